"""`evaluate captions` and `evaluate vqa`, with a model that names colours."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeChatModel, FakeRegistry, colour_of, make_photo
from tests.flow.cli.conftest import Cli
from vlm_desktop.backends.meteor import MeteorAbsence
from vlm_desktop.base.chat import ChatImage, GenerationOptions, Message
from vlm_desktop.base.splits import is_held_out
from vlm_desktop.engine import captionmetrics

COLOURS = ("red", "green", "blue", "yellow")


def _say(
    messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
) -> str:
    colour = colour_of(images[0].pixels)
    question = messages[-1].text
    if question.startswith("is"):
        return "yes" if colour == "grey" or colour in question else "no"
    return f"a {colour} dog" if question.startswith("Provide") else colour


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> FakeChatModel:
    made = FakeChatModel(say=_say)
    monkeypatch.setattr(
        FakeRegistry,
        "open_chat",
        lambda self, model_id, **_: made if model_id == "starter" else self.chats[model_id],
    )
    monkeypatch.setattr(captionmetrics, "find_meteor", lambda: MeteorAbsence.NO_RESOURCES)
    return made


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    rows = [
        {
            "image": f"in/{name}.jpg",
            "captions": [f"a {name} dog runs", f"the dog is {name}"],
            "labels": ["dog"] if name != "blue" else ["cat"],
            "split": "dev" if name != "yellow" else "train",
        }
        for name in COLOURS
    ]
    return _data(tmp_path / "captions.jsonl", rows)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = []
    for name in COLOURS:
        image = f"in/{name}.jpg"
        rows.append({"image": image, "question": "colour?", "answer": name, "type": "color"})
        truth = "no" if name == "blue" else "yes"
        asked = f"is it {'red' if name == 'blue' else name}?"
        rows.append({"image": image, "question": asked, "answers": [truth] * 10, "type": "yes/no"})
    return _data(tmp_path / "questions.jsonl", rows)


def _data(path: Path, rows: list[dict[str, Any]]) -> Path:
    for name in COLOURS:
        make_photo(path.parent / "in" / f"{name}.jpg", name)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_captions_answer_as_promised(cli: Cli, captions: Path) -> None:
    code, out, _ = cli("--json", "evaluate", "captions", captions, "--split", "dev")
    (answer,) = map(json.loads, out.splitlines())
    assert code == 0
    assert set(answer) == {
        "model", "beams", "n", "unreadable", "missing", "seconds", "bleu1", "bleu2", "bleu3",
        "bleu4", "cider", "rouge_l", "meteor", "meteor_reason", "clipscore", "ref_clipscore",
        "clipscore_encoder", "chair",
    }  # fmt: skip
    assert (answer["model"], answer["beams"], answer["n"]) == ("starter", 1, 3)
    assert answer["bleu1"] > answer["bleu4"] >= 0
    assert answer["meteor"] is None
    assert "pycocoevalcap" in answer["meteor_reason"]
    assert answer["clipscore_encoder"] == "colours"
    # The picture of a cat: people call it a dog in its captions, so a dog is there.
    assert (answer["chair"]["chair_s"], answer["chair"]["named"]) == (0, 3)


def test_captions_are_shown_as_a_table(cli: Cli, captions: Path, model: FakeChatModel) -> None:
    code, out, _ = cli("evaluate", "captions", captions, "--beams", 3, "--limit", 2)
    assert code == 0
    assert out.startswith("starter, 3 beams: 2 pictures")
    measures = [line.split()[0] for line in out.splitlines()[2:]]
    assert measures[:7] == [
        "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D", "ROUGE-L", "METEOR",
    ]  # fmt: skip
    assert {"CLIPScore", "RefCLIPScore", "CHAIRs", "CHAIRi"} <= set(measures)
    assert "compare within one encoder" in out
    assert [options.beams for _, _, options in model.asked] == [3, 3]


def test_saved_captions_are_judged_to_the_same_figures(
    cli: Cli, captions: Path, tmp_path: Path, model: FakeChatModel
) -> None:
    saved = tmp_path / "saved.jsonl"
    _, first, _ = cli("--json", "evaluate", "captions", captions, "--save", saved)
    asked = len(model.asked)
    code, second, _ = cli("--json", "evaluate", "captions", captions, "--answers", saved)
    assert code == 0
    one, other = json.loads(first), json.loads(second)
    assert other["model"] is None
    assert len(model.asked) == asked
    for key in ("n", "bleu4", "cider", "rouge_l", "clipscore", "chair"):
        assert one[key] == other[key]


def test_answers_answer_as_promised(cli: Cli, questions: Path) -> None:
    code, out, _ = cli("--json", "evaluate", "vqa", questions)
    (answer,) = map(json.loads, out.splitlines())
    assert code == 0
    figures = {
        "n", "exact_match", "exact_match_n", "vqa_accuracy", "vqa_accuracy_n", "exact_match_all",
        "by_type", "yes_no",
    }  # fmt: skip
    assert set(answer) == figures | {"model", "seconds", "unreadable", "missing", "blank", "gap"}
    assert set(answer["blank"]) == figures
    assert (answer["n"], answer["exact_match"], answer["vqa_accuracy"]) == (8, 100, 100)
    assert (answer["exact_match_n"], answer["vqa_accuracy_n"]) == (4, 4)
    assert answer["by_type"]["color"] == {"n": 4, "score": 100}
    assert (answer["yes_no"]["accuracy"], answer["yes_no"]["yes_rate"]) == (100, 75)
    assert (answer["blank"]["exact_match"], answer["blank"]["yes_no"]["yes_rate"]) == (0, 100)
    assert answer["gap"] == {"exact_match": 100, "vqa_accuracy": 25}


def test_answers_are_shown_as_tables(cli: Cli, questions: Path) -> None:
    code, out, _ = cli("evaluate", "vqa", questions)
    assert code == 0
    rows = {line.split("  ")[0].strip(): line.split() for line in out.splitlines()}
    assert rows["exact match, one answer (4)"][-3:] == ["100.00", "0.00", "100.00"]
    assert rows["VQA accuracy, ten answers (4)"][-3:] == ["100.00", "75.00", "25.00"]
    assert rows["with the picture"][-1] == "75.00"
    assert rows["with a grey one"][-1] == "100.00"
    assert "75.00 % are yes" in out


def test_without_grey_pictures_there_is_no_gap(
    cli: Cli, questions: Path, tmp_path: Path, model: FakeChatModel
) -> None:
    saved = tmp_path / "saved.jsonl"
    code, out, _ = cli("--json", "evaluate", "vqa", questions, "--no-blank", "--save", saved)
    assert code == 0
    assert (json.loads(out)["blank"], json.loads(out)["gap"]) == (None, None)
    assert len(model.asked) == 8
    _, again, _ = cli("--json", "evaluate", "vqa", questions, "--answers", saved)
    assert json.loads(again)["vqa_accuracy"] == 100
    assert len(model.asked) == 8


def test_only_held_out_pictures_are_asked_about(cli: Cli, questions: Path) -> None:
    held = [name for name in COLOURS if is_held_out(f"in/{name}.jpg")]
    code, out, err = cli("--json", "evaluate", "vqa", questions, "--held-out")
    if held:
        assert json.loads(out)["n"] == 2 * len(held)
    else:
        assert code == 1
        assert "no row is held out" in err


def test_bad_files_are_told_and_wrong_usage_refused(
    cli: Cli, captions: Path, questions: Path, tmp_path: Path
) -> None:
    (tmp_path / "in" / "red.jpg").write_text("no")
    code, out, err = cli("--json", "evaluate", "captions", captions)
    assert code == 0
    assert (json.loads(out)["n"], json.loads(out)["unreadable"]) == (3, 1)
    assert "red.jpg" in err
    code, _, err = cli("evaluate", "vqa", captions)
    assert (code, "line 1" in err) == (1, True)
    code, _, err = cli("evaluate", "captions", captions, "--save", tmp_path / "no" / "file")
    assert (code, "cannot be written" in err) == (1, True)
    for words in (("--limit", 0), ("--beams", "many"), ("--model", "m", "--answers", "f")):
        with pytest.raises(SystemExit):
            cli("evaluate", "captions", captions, *words)


def test_an_unknown_model_is_said(
    cli: Cli, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    code, out, err = cli("evaluate", "vqa", questions, "--model", "nobody")
    assert (code, out) == (1, "")
    assert "nobody" in err
