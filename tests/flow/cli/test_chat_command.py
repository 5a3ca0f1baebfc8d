"""`vlm-desktop chat` as a person or a script meets it."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import FakeChatModel
from tests.flow.chat.conftest import open_chat, red
from tests.flow.cli.conftest import Cli
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.cli.main import main
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.answering import STARTER_FAMILY
from vlm_desktop.engine.services import AppServices

__all__ = ["open_chat", "red"]

SCHEMA = '{"type": "object", "properties": {"colour": {"type": "string"}}}'


@pytest.fixture
def model() -> FakeChatModel:
    return FakeChatModel(family=STARTER_FAMILY)


@pytest.fixture(name="chat")
def run_chat(
    open_chat: Callable[..., AppServices],  # noqa: F811 - a fixture
    model: FakeChatModel,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    def run(*words: object) -> tuple[int, str, str]:
        argv = ["--home", str(tmp_path / "home"), "chat", *map(str, words)]
        code = main(argv, lambda _: open_chat(model, FakeChatModel("other"), sign="STOP"))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_it_answers_as_promised(chat: Cli, red: Attachment, tmp_path: Path) -> None:  # noqa: F811
    code, out, err = chat(red.path, "--ask", "colour?", "--ask", "size?", "--json")
    (line,) = out.splitlines()
    turns = json.loads(line)["turns"]
    assert code == 0
    assert [turn["ask"] for turn in turns] == ["colour?", "size?"]
    assert turns[0]["answer"] == "colour? -> [red]"
    assert turns[0]["tokens"] == 3
    assert turns[0]["tokens_per_second"] == pytest.approx(2 / 0.3, abs=0.01)
    assert turns[0]["seconds_to_first_token"] > 0
    assert {"ask", "answer", "tokens", "seconds_to_first_token", "tokens_per_second"} <= set(
        turns[0]
    )
    assert (turns[0]["model"], turns[0]["source"]) == ("starter", "model")
    assert err == ""
    assert not (tmp_path / "home" / "library.sqlite3").exists()


def test_answers_stream_to_stdout_and_their_source_to_stderr(
    chat: Cli,
    red: Attachment,  # noqa: F811
) -> None:
    code, out, err = chat(red.path, "--ask", "colour?", "--ask", "What does the sign say?")
    assert (code, out) == (0, "colour? -> [red]\n\nSTOP\n")
    assert err.splitlines() == ["starter answers:", "Read in the picture:"]


def test_the_file_answers_with_its_source(chat: Cli, red: Attachment) -> None:  # noqa: F811
    out = chat(red.path, "--ask", "When was this taken?", "--json")[1]
    (turn,) = json.loads(out)["turns"]
    assert (turn["source"], turn["tokens"], turn["tokens_per_second"]) == ("metadata", 0, 0.0)
    assert turn["answer"] == "The file does not say when it was taken."


def test_model_region_tokens_and_schema_reach_the_model(
    chat: Cli,
    model: FakeChatModel,
    red: Attachment,
    tmp_path: Path,  # noqa: F811
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(SCHEMA)
    model.say = lambda *_: '{"colour": "red"}'
    out = chat(
        red.path, "--ask", "fill in", "--region", "10,10,50,40", "--max-image-tokens", 16,
        "--schema", schema, "--json",
    )[1]  # fmt: skip
    (turn,) = json.loads(out)["turns"]
    assert turn["data"] == {"colour": "red"}
    _, (crop, whole), options = model.asked[0]
    assert crop.pixels.shape == (30, 40, 3)
    assert whole.pixels.shape == (64, 96, 3)
    assert (options.max_image_tokens, options.json_schema) == (16, SCHEMA)
    out = chat(red.path, "--ask", "who?", "--model", "other", "--json")[1]
    assert json.loads(out)["turns"][0]["model"] == "other"


def test_a_restart_is_told_beside_the_answer(
    chat: Cli,
    model: FakeChatModel,
    red: Attachment,  # noqa: F811
) -> None:
    model.say = lambda *_: "one two three"
    model.fails = (1, ModelOutOfMemory(model="starter", detail="full"))
    code, out, err = chat(red.path, "--ask", "count")
    assert code == 0
    assert out == "one \none two three\n"
    assert "at most 64 tokens" in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_answer_cannot_steer_the_terminal() -> None:
    for stream, shown in (
        (Terminal(), "a\\x1b[2J\tb\\x07\nc"),
        (io.StringIO(), "a\x1b[2J\tb\x07\nc"),
    ):
        output = Output(as_json=False, answer=stream, progress=io.StringIO())
        output.piece("a\x1b[2J\tb\x07\nc")
        assert stream.getvalue() == shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ask", "what?"], "IMAGE"),
        (["IMAGE"], "--ask"),
        (["IMAGE", "--ask", "x", "--region", "1,2,3"], "four numbers"),
        (["IMAGE", "--ask", "x", "--region", "9,0,1,5"], "less than"),
        (["IMAGE", "--ask", "x", "--max-image-tokens", "0"], "1 or more"),
    ],
)
def test_wrong_usage_is_told(
    chat: Cli, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as usage:
        chat(*words)
    assert usage.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["IMAGE", "--ask", "x", "--region", "500,500,600,600"], "does not meet the picture"),
        (["IMAGE", "--ask", "x", "--model", "none"], "no model called none"),
        (["IMAGE", "--ask", "x", "--schema", "absent.json"], "absent.json"),
        (["absent.jpg", "--ask", "x"], "no longer there"),
        (["IMAGE", "--ask", " "], "no question"),
        ([*["IMAGE"] * 5, "--ask", "x"], "takes 4 pictures"),
    ],
)
def test_mistakes_are_one_sentence(
    chat: Cli,
    red: Attachment,  # noqa: F811
    words: list[str],
    said: str,
) -> None:
    code, out, err = chat(*[red.path if word == "IMAGE" else word for word in words])
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
