"""A conversation as Markdown, HTML and JSON: complete, self-contained, and nothing in it runs."""

import base64
import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes import FakeChatModel
from tests.flow.chat.conftest import OpenChat, ask, drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import ConversationFormat, ConversationWords
from vlm_desktop.base.conversations import Attachment, Conversation
from vlm_desktop.base.errors import Cancelled, DestinationNotWritable
from vlm_desktop.engine.chat import Chat

NASTY = "See <script>alert(1)</script> and ![x](https://example.org/x.png) **bold** & more"


@pytest.fixture
def chat(open_chat: OpenChat) -> Chat:
    return open_chat(FakeChatModel(say=lambda *_: NASTY)).chat


@pytest.fixture
def talk(chat: Chat, red: Attachment, blue: Attachment) -> Conversation:
    started = chat.start(system_prompt="Be kind.", title="A *title* <b>")
    first = ask(chat, started, "first?", [red], GenerationOptions(max_image_tokens=64, seed=5))
    ask(chat, started, "left behind?")
    chat.branch(started.id, first.id)
    ask(chat, started, "second?", [blue])
    return chat.open(started.id)


def export(chat: Chat, talk: Conversation, target: Path, kind: ConversationFormat):
    return drive(chat.export(talk.id, target, kind, CancelToken()))[1]


def size_of(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return picture.size


def test_html_holds_the_pictures_and_runs_nothing(
    chat: Chat, talk: Conversation, tmp_path: Path
) -> None:
    made = export(chat, talk, tmp_path / "talk.html", ConversationFormat.HTML)
    text = made.target.read_text(encoding="utf-8")
    assert made.pictures == ()
    assert "<script" not in text
    assert "alert(1)" in text
    assert re.findall(r'(?:src|href)="(?!data:image/jpeg;base64,)', text) == []
    assert "default-src 'none'" in text
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)" alt="([^"]+)"', text)
    assert [name for _, name in pictures] == ["Picture A", "Picture B"]
    assert size_of(base64.b64decode(pictures[0][0])) == (96, 64)
    assert text.index("first?") < text.index("second?")
    assert "left behind" not in text
    assert "A *title* &lt;b&gt;" in text
    assert "Be kind." in text
    assert "seed 5, max_image_tokens 64" in text


def test_markdown_has_its_pictures_beside(chat: Chat, talk: Conversation, tmp_path: Path) -> None:
    made = export(chat, talk, tmp_path / "my talk.md", ConversationFormat.MARKDOWN)
    text = made.target.read_text(encoding="utf-8")
    assert [path.name for path in made.pictures] == ["A.jpg", "B.jpg"]
    assert "![Picture A](my%20talk%20pictures/A.jpg)" in text
    assert size_of(made.pictures[0].read_bytes()) == (96, 64)
    assert text.startswith("# A \\*title\\* \\<b\\>\n")
    assert "![x]" not in text
    assert "<script" not in text
    assert "**bold**" in text
    again = export(chat, talk, tmp_path / "my talk.md", ConversationFormat.MARKDOWN)
    assert again.pictures[0].parent.name == "my talk pictures 2"
    assert made.pictures[0].exists()


def test_json_holds_every_branch_and_setting(
    chat: Chat, talk: Conversation, tmp_path: Path, red: Attachment
) -> None:
    made = export(chat, talk, tmp_path / "talk.json", ConversationFormat.JSON)
    said = json.loads(made.target.read_text(encoding="utf-8"))
    assert [turn["text"] for turn in said["turns"] if turn["role"] == "user"] == [
        "first?", "left behind?", "second?",
    ]  # fmt: skip
    answer = said["turns"][1]
    assert (answer["options"]["seed"], answer["model"], answer["state"]) == (5, "starter", "done")
    assert answer["usage"]["image"] == 64
    assert said["leaf"] == talk.leaf
    assert said["pictures"][0]["path"] == str(red.path)
    jpeg = base64.b64decode(said["pictures"][0]["jpeg"])
    assert size_of(jpeg) == (96, 64)


def test_a_picture_that_is_gone_is_shown_small(
    open_chat: OpenChat, chat: Chat, talk: Conversation, tmp_path: Path, red: Attachment
) -> None:
    red.path.unlink()
    made = export(open_chat().chat, talk, tmp_path / "t.html", ConversationFormat.HTML)
    assert made.target.read_text(encoding="utf-8").count("<img") == 2


def test_words_are_the_front_s(chat: Chat, talk: Conversation, tmp_path: Path) -> None:
    words = ConversationWords(you="Ich", picture="Bild {letter}")
    target = tmp_path / "talk.html"
    drive(chat.export(talk.id, target, ConversationFormat.HTML, CancelToken(), words))
    text = target.read_text(encoding="utf-8")
    assert "<h2>Ich</h2>" in text
    assert "Bild A" in text


@pytest.mark.parametrize("kind", list(ConversationFormat))
def test_what_cannot_be_written_leaves_nothing(
    chat: Chat, talk: Conversation, tmp_path: Path, kind: ConversationFormat
) -> None:
    nowhere = tmp_path / "nowhere" / "talk"
    with pytest.raises(DestinationNotWritable):
        export(chat, talk, nowhere, kind)
    cancel = CancelToken()
    verb = chat.export(talk.id, tmp_path / "talk", kind, cancel)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "photos"}
