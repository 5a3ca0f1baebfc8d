"""What `evaluate grounding` reads and says."""

import json
from pathlib import Path

import pytest

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.grounding import Verdict
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.measuring import Judged, calibrated, report
from vlm_desktop.engine.ground.phraserows import PhraseRow, read_rows

SIZE = Size(100, 100)


def written(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_rows_keep_what_they_say(tmp_path: Path) -> None:
    row = {
        "image": "a.jpg", "phrase": "the red cup on the left", "box": [1, 2, 30, 40.5],
        "kind": "leftmost", "area_fraction": 0.11,
    }  # fmt: skip
    found = read_rows(written(tmp_path, row, {"image": "a.jpg", "phrase": "a dog", "box": None}))
    assert not found.made
    cup, dog = found.rows
    assert cup.box == Box(1, 2, 30, 40.5)
    assert (cup.kind, cup.area, cup.path) == ("leftmost", 0.11, tmp_path / "a.jpg")
    assert cup.noun == "cup"
    assert dog.box is None


def test_a_missing_box_is_an_absent_phrase(tmp_path: Path) -> None:
    found = read_rows(written(tmp_path, {"image": "a.jpg", "phrase": "a dog"}))
    assert found.rows[0].box is None


def test_absent_phrases_are_made_where_there_are_none(tmp_path: Path) -> None:
    def row(image: str, noun: str) -> dict[str, object]:
        return {"image": image, "phrase": f"the {noun}", "box": [0, 0, 9, 9]}

    path = written(
        tmp_path, row("a", "cup"), row("a", "table"), row("b", "cup"), row("b", "bear"),
        row("c", "teddy bear"),
    )  # fmt: skip
    found = read_rows(path)
    assert found.made
    made = {(one.image, one.noun) for one in found.rows if one.box is None}
    assert made
    named = {(one.image, one.noun) for one in found.rows if one.box is not None}
    assert not made & named
    assert ("c", "bear") not in made, "a teddy bear may be called a bear"
    assert made == {(one.image, one.noun) for one in read_rows(path).rows if one.box is None}


def test_a_limit_keeps_whole_pictures(tmp_path: Path) -> None:
    rows = [
        {"image": f"{number}.jpg", "phrase": phrase, "box": [0, 0, 5, 5]}
        for number in range(10)
        for phrase in ("the cup", f"the dog {number}")
    ]
    found = read_rows(written(tmp_path, *rows), 3)
    images = [one.image for one in found.rows if one.box is not None]
    assert len(images) == 6
    assert len(set(images)) == 3


@pytest.mark.parametrize(
    "row",
    [
        {"image": "a.jpg"},
        {"image": "a.jpg", "phrase": "  "},
        {"image": "a.jpg", "phrase": "a cup", "box": [1, 2, 3]},
        {"image": "a.jpg", "phrase": "a cup", "box": [5, 5, 5, 9]},
        {"image": "a.jpg", "phrase": "a cup", "box": ["x", 1, 2, 3]},
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path: Path, row: dict[str, object]) -> None:
    good = {"image": "a.jpg", "phrase": "a cup", "box": None}
    with pytest.raises(BadInputFile) as caught:
        read_rows(written(tmp_path, good, row))
    assert caught.value.fields["line"] == 2


def judged(
    box: Box | None, said: Box | None, verdict: Verdict, confidence: float = 0.5, kind: str = "k"
) -> Judged:
    row = PhraseRow("a", Path("a"), "the cup", "cup", box, kind, None)
    return Judged(row, SIZE, verdict, said, confidence)


def test_figures_count_what_was_answered() -> None:
    cup = Box(10, 10, 50, 50)
    found = report(
        [
            judged(cup, cup, Verdict.FOUND, 0.9),
            judged(cup, Box(60, 60, 90, 90), Verdict.SEVERAL, 0.3),
            judged(cup, None, Verdict.ABSENT),
            judged(Box(0, 0, 10, 10), Box(0, 0, 10, 12), Verdict.UNSURE, 0.6, "small"),
            judged(None, None, Verdict.ABSENT),
            judged(None, None, Verdict.ATTRIBUTE_WRONG),
            judged(None, cup, Verdict.UNSURE, 0.2),
        ],
        made=True,
    )
    assert found.places["all"].accuracy == pytest.approx(2 / 4)
    assert found.places["large"].phrases == 3
    assert found.places["large"].accuracy == pytest.approx(1 / 3)
    assert found.places["k"].accuracy_where_answered == pytest.approx(1 / 2)
    assert found.places["small"].mean_iou == pytest.approx(100 / 120)
    assert found.absent_accuracy == pytest.approx(2 / 3)
    assert found.present_accepted == pytest.approx(3 / 4)
    assert found.verdicts["not there"] == {"absent": 1, "attribute-wrong": 1, "unsure": 1}
    assert found.confidence.told == 4, "a box for what is absent is wrong, whatever it holds"
    assert found.confidence.share_right == pytest.approx(2 / 4)
    assert found.bases["middle"] == 0


def test_bases_answer_without_a_look() -> None:
    found = report([judged(Box(0, 0, 100, 60), None, Verdict.ABSENT)])
    assert found.bases["whole picture"] == 1
    assert found.absent_accuracy is None


def test_calibration_is_the_gap_of_what_is_said_and_what_is_right() -> None:
    assert calibrated([(0.95, True), (0.95, False)]).error == pytest.approx(0.45)
    assert calibrated([(0.55, True), (0.55, False)]).error == pytest.approx(0.05)
    assert calibrated([]).error == 0
