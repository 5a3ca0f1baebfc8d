"""`vlm-desktop alttext draft | lint` as a person or a script meets it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeChatModel, make_photo
from tests.flow.chat.conftest import open_chat, pool, red
from tests.flow.cli.conftest import Cli
from vlm_desktop.base.chat import ChatCapabilities, Message
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.cli.main import main
from vlm_desktop.engine.answering import STARTER_FAMILY
from vlm_desktop.engine.services import AppServices

__all__ = ["open_chat", "pool", "red"]


def caption(messages: Sequence[Message], *_: object) -> str:
    return "A woman rides a red bike." if "Describe" in messages[-1].text else "yes"


@pytest.fixture
def model() -> FakeChatModel:
    can = ChatCapabilities(max_images=1, multi_turn=False, system_prompt=False, json=False)
    return FakeChatModel(say=caption, capabilities=can, family=STARTER_FAMILY)


@pytest.fixture(name="alttext")
def run_alttext(
    open_chat: Callable[..., AppServices],  # noqa: F811 - a fixture
    model: FakeChatModel,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    def run(*words: object) -> tuple[int, str, str]:
        argv = ["--home", str(tmp_path / "home"), "alttext", *map(str, words)]
        code = main(argv, lambda _: open_chat(model))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# --- drafting ------------------------------------------------------------------------------


def test_a_draft_is_a_line_of_json(alttext: Cli, red: Attachment) -> None:  # noqa: F811
    code, out, err = alttext("draft", red.path, "--json")
    (line,) = out.splitlines()
    document = json.loads(line)
    assert (code, err) == (0, "")
    assert {"image", "alt", "extended", "claims", "model"} <= set(document)
    assert document["image"] == str(red.path)
    assert document["alt"] == "A person rides a red bike."
    assert document["model"] == "starter"
    assert document["decision"] == "informative"
    assert document["claims"]
    assert {"text", "state", "evidence"} <= set(document["claims"][0])


def test_claims_are_left_out_on_request(alttext: Cli, red: Attachment) -> None:  # noqa: F811
    code, out, _ = alttext("draft", red.path, "--no-claims", "--style", "detailed")
    first, second = out.splitlines()
    assert code == 0
    assert first == "A person rides a red bike."
    assert second.startswith("Extended description: ")


def test_a_link_is_drafted_without_the_model(
    alttext: Cli,
    red: Attachment,
    model: FakeChatModel,  # noqa: F811
) -> None:
    _, out, _ = alttext("draft", red.path, "--link", "https://example.org/our-team", "--json")
    document = json.loads(out)
    assert (document["alt"], document["decision"]) == ("Go to our team", "functional")
    code, _, err = alttext("draft", red.path, "--style", "functional")
    assert code == 1
    assert err.startswith("Nothing tells what")


def test_a_draft_of_what_looks_decorative_says_so(alttext: Cli, tmp_path: Path) -> None:
    dot = make_photo(tmp_path / "dot.png", "red", (1, 1))
    code, out, err = alttext("draft", dot, "--no-claims")
    assert (code, out) == (0, "A person rides a red bike.\n")
    assert err.endswith("looks decorative: its alt text may rather be empty.\n")
    _, out, err = alttext("draft", dot, "--decision", "decorative", "--json")
    assert (json.loads(out)["alt"], err) == ("", "")


def test_a_bad_image_does_not_end_the_others(
    alttext: Cli,
    red: Attachment,
    tmp_path: Path,  # noqa: F811
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("words")
    code, out, err = alttext(
        "draft", text, red.path, tmp_path / "none.jpg", "--no-claims", "--json"
    )
    assert code == 0
    assert [json.loads(line)["image"] for line in out.splitlines()] == [str(red.path)]
    assert len(err.splitlines()) == 2
    assert alttext("draft", text)[0] == 1
    assert alttext("draft", text, tmp_path / "none.jpg")[0] == 1


def test_what_the_model_cannot_do_is_said(alttext: Cli, red: Attachment) -> None:  # noqa: F811
    code, out, err = alttext("draft", red.path, "--style", "poetic")
    assert (code, out) == (1, "")
    assert "plain captions" in err
    assert alttext("draft", red.path, "--model", "nobody")[0] == 1
    with pytest.raises(SystemExit) as ended:
        alttext("draft", red.path, "--style", "grand")
    assert ended.value.code == 2


# --- lint ----------------------------------------------------------------------------------


def test_findings_come_with_their_fixes(alttext: Cli) -> None:
    code, out, _ = alttext("lint", "Image of a dog.jpg", "--json")
    document = json.loads(out)
    assert code == 0
    assert [one["rule"] for one in document["findings"]] == [
        "extension", "image-of", "no-full-stop",
    ]  # fmt: skip
    assert document["findings"][1]["fix"] == "A dog.jpg"
    assert document["fixed"] == "A dog."
    assert document["score"] == 14


def test_findings_are_told_in_sentences(alttext: Cli) -> None:
    _, out, _ = alttext("lint", "Two dogs play")
    assert out.splitlines() == [
        "Hint: Does not end with a full stop [no-full-stop]",
        "  fix: Two dogs play.",
        "1 points off.",
    ]
    assert alttext("lint", "Two dogs play.")[1] == "No findings.\n"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("A dog runs on the beach.", "--caption", "A dog runs on the beach"), "repeats-caption"),
        (("Summer in Rome.", "--title", "Summer in Rome"), "repeats-title"),
        (("A dog runs on the beach.", "--limit", "10"), "too-long"),
        (("A dog. " * 250, "--destination", "mastodon"), "too-long"),
        (("Ein Hund und eine Katze im Garten.", "--language", "en"), "language"),
        (("A dog.", "--decision", "decorative"), "decorative-text"),
        (("Blue arrow", "--decision", "functional", "--link", "button"), "no-action"),
        (("dog", "--image", "dog.jpg"), "file-name"),
    ],
)
def test_what_stands_around_is_told_by_options(
    alttext: Cli, words: tuple[str, ...], rule: str
) -> None:
    _, out, _ = alttext("lint", *words, "--json")
    assert rule in [one["rule"] for one in json.loads(out)["findings"]]


def test_many_texts_are_compared_with_each_other(alttext: Cli, tmp_path: Path) -> None:
    file = tmp_path / "alts.txt"
    file.write_text("A dog runs.\n\nA cat sleeps.\na dog runs.\n", encoding="utf-8")
    code, out, _ = alttext("lint", "--file", file, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["line"] for row in rows] == [1, 3, 4]
    assert [[one["rule"] for one in row["findings"]] for row in rows] == [
        ["repeats-in-set"], [], ["repeats-in-set"],
    ]  # fmt: skip


def test_json_lines_carry_their_own_context(alttext: Cli, tmp_path: Path) -> None:
    file = tmp_path / "alts.jsonl"
    lines = [
        {"alt": "Zwei Hunde spielen im Garten.", "language": "de", "image": "a/IMG_1.jpg"},
        {"alt": "", "decision": "informative"},
        {"alt": "Rome today.", "caption": "Rome today", "extended": "Two  lines."},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    _, out, _ = alttext("lint", "--file", file, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [[one["rule"] for one in row["findings"]] for row in rows] == [
        [], ["no-text"], ["repeats-caption", "double-spaces"],
    ]  # fmt: skip
    assert rows[2]["fixed_extended"] == "Two lines."


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b'{"alt": 3', b'{"alt": ""}\n[]', b'{"decision": "odd"}']
)
def test_bad_files_are_named(alttext: Cli, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(content)
    code, out, err = alttext("lint", "--file", file)
    assert (code, out) == (1, "")
    assert "bad.jsonl" in err
    assert alttext("lint", "--file", tmp_path / "none")[0] == 1


def test_a_text_or_a_file(alttext: Cli, tmp_path: Path) -> None:
    assert alttext("lint")[0] == 2
    assert alttext("lint", "A dog.", "--file", tmp_path / "x")[0] == 2


def test_hostile_texts_are_told_not_interpreted(alttext: Cli) -> None:
    text = "<script>alert(1)</script> A dog. \x1b[31m &#x202e;"
    code, out, _ = alttext("lint", text, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["text"] == text
    assert "markup" in [one["rule"] for one in document["findings"]]
    assert "<script>" not in document["fixed"]
