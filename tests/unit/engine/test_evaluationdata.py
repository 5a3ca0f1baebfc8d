import json
from pathlib import Path
from typing import Any

import pytest

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.splits import is_held_out
from vlm_desktop.engine.evaluationdata import (
    DescribedPicture,
    Question,
    Selection,
    read_described,
    read_given_answers,
    read_given_captions,
    read_questions,
)

ALL = Selection()


def _file(path: Path, *rows: dict[str, Any] | str) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    )
    return path


def test_rows_of_one_picture_are_put_together(tmp_path: Path) -> None:
    data = _file(
        tmp_path / "data.jsonl",
        {"image": "in/a.jpg", "captions": ["one", "two"], "split": "dev"},
        "",
        {"image": "b.jpg", "captions": ["other"], "split": "train"},
        {"image": "in/a.jpg", "captions": ["three"], "split": "dev"},
        {"image": "in/a.jpg", "labels": ["dog"], "split": "dev"},
    )
    assert read_described(data, Selection("dev")) == (
        DescribedPicture("in/a.jpg", tmp_path / "in/a.jpg", ("one", "two", "three"), ("dog",)),
    )
    assert read_described(data, ALL)[1].labels is None


def test_answers_come_in_three_forms(tmp_path: Path) -> None:
    panel = [{"answer": "red", "answer_id": number} for number in range(10)]
    data = _file(
        tmp_path / "data.jsonl",
        {"image": "a.jpg", "question": "colour?", "answer": "red", "type": "color"},
        {"image": "a.jpg", "question": "how?", "answers": ["so"], "kind": "manner"},
        {"image": "a.jpg", "question": "what?", "answers": panel, "answer": "blue"},
    )
    path = tmp_path / "a.jpg"
    assert read_questions(data, ALL) == (
        Question("a.jpg", path, "colour?", ("red",), "color"),
        Question("a.jpg", path, "how?", ("so",), "manner"),
        Question("a.jpg", path, "what?", ("red",) * 10, ""),
    )


def test_a_limit_is_spread_over_the_file(tmp_path: Path) -> None:
    rows = [{"image": f"{n}.jpg", "question": "?", "answer": str(n)} for n in range(10)]
    data = _file(tmp_path / "data.jsonl", *rows)
    chosen = read_questions(data, Selection(limit=4))
    assert [question.answers[0] for question in chosen] == ["0", "2", "5", "7"]
    assert len(read_questions(data, Selection(limit=99))) == 10


def test_held_out_rows_are_those_training_leaves_out(tmp_path: Path) -> None:
    rows = [{"image": f"images/{n}.jpg", "question": "?", "answer": "a"} for n in range(40)]
    data = _file(tmp_path / "data.jsonl", *rows)
    held = [question.image for question in read_questions(data, Selection(held_out=True))]
    assert held == [str(row["image"]) for row in rows if is_held_out(str(row["image"]))]
    assert 0 < len(held) < 40


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("{", 2),
        ("[]", 2),
        ({"captions": ["a"]}, 2),
        ({"image": "a.jpg"}, 2),
        ({"image": "a.jpg", "captions": "a"}, 2),
        ({"image": "a.jpg", "captions": [1]}, 2),
        ({"image": 3, "captions": ["a"]}, 2),
    ],
)
def test_a_line_that_does_not_read_is_named(
    tmp_path: Path, row: dict[str, Any] | str, line: int
) -> None:
    data = _file(tmp_path / "data.jsonl", {"image": "a.jpg", "captions": ["a"]}, row)
    with pytest.raises(BadInputFile) as refused:
        read_described(data, ALL)
    assert refused.value.fields["line"] == line


@pytest.mark.parametrize(
    "row",
    [
        {"image": "a.jpg", "question": "?"},
        {"image": "a.jpg", "question": "?", "answers": []},
        {"image": "a.jpg", "question": 1, "answer": "b"},
        {"image": "a.jpg", "answer": "b"},
        {"image": "a.jpg", "question": "?", "answer": 4},
    ],
)
def test_a_question_without_its_parts_is_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(BadInputFile):
        read_questions(_file(tmp_path / "data.jsonl", row), ALL)


def test_nothing_left_says_why(tmp_path: Path) -> None:
    data = _file(tmp_path / "data.jsonl", {"image": "a.jpg", "captions": ["a"]})
    with pytest.raises(BadInputFile, match="split dev"):
        read_described(data, Selection("dev"))
    with pytest.raises(BadInputFile, match="no row"):
        read_described(_file(tmp_path / "empty.jsonl"), ALL)
    with pytest.raises(BadInputFile):
        read_described(tmp_path / "absent.jsonl", ALL)


def test_given_answers_are_found_by_picture_and_question(tmp_path: Path) -> None:
    answers = _file(
        tmp_path / "answers.jsonl",
        {"image": "a.jpg", "question": "one?", "answer": "1"},
        {"image": "a.jpg", "question": "two?", "answer": "2"},
    )
    assert read_given_answers(answers) == {("a.jpg", "one?"): "1", ("a.jpg", "two?"): "2"}
    captions = _file(tmp_path / "captions.jsonl", {"image": "a.jpg", "caption": "a dog"})
    assert read_given_captions(captions) == {"a.jpg": "a dog"}
    with pytest.raises(BadInputFile):
        read_given_captions(answers)
