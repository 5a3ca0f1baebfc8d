"""Each thing the doctor looks for: found where it is, and not where it is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop import strings, trainstrings
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    Advice,
    AskReason,
    FindingCode,
    Fix,
    SkipReason,
    TrainFinding,
    TrainSource,
    Weight,
)
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.alttext.lintrules import LintContext
from vlm_desktop.engine.train import checks
from vlm_desktop.engine.train.active import unlike
from vlm_desktop.engine.train.balance import balance_of
from vlm_desktop.engine.train.noise import Judged, doubted_captions, doubted_labels
from vlm_desktop.store.trainingpictures import PictureFacts


def example(number: int = 0, said: str = "A dog runs.", **more: object) -> Example:
    made = Example(f"k{number}", f"/p/{number}.jpg", (Exchange("", said),), content=f"h{number}")
    return replace(made, **more)  # type: ignore[arg-type]


def facts(one: Example, **said: object) -> dict[str, PictureFacts]:
    known = {"content_hash": one.content, "size": Size(100, 50), **said}
    return {one.image: PictureFacts(one.image, 1, 1, **known)}  # type: ignore[arg-type]


def codes(found: checks.Findings) -> list[FindingCode]:
    return [one.code for one in found]


# --- how many ------------------------------------------------------------------------------

HELD = example(9, "A cat.", split=Split.VALIDATION)


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        ([], FindingCode.NOTHING),
        ([example(split=Split.LEFT_OUT)], FindingCode.NOTHING),
        ([example()], FindingCode.ONE_ITEM),
        ([HELD, replace(HELD, key="k8")], FindingCode.NO_TRAINING),
        ([example(1), example(2)], FindingCode.NO_VALIDATION),
    ],
)
def test_too_few_are_told(examples: list[Example], expected: FindingCode) -> None:
    (found,) = checks.numbers(examples)
    assert found.code is expected
    assert (found.weight is Weight.REFUSAL) == (expected is not FindingCode.NO_VALIDATION)


def test_enough_are_not_told() -> None:
    assert codes(checks.numbers([example(), HELD])) == []


def test_all_the_same_is_told_and_refused_where_the_picture_is_one_too() -> None:
    (found,) = checks.sameness([example(1), example(2, "a DOG runs")])
    assert found.weight is Weight.WARNING
    same_picture = [example(1), example(2, content="h1")]
    assert [one.weight for one in checks.sameness(same_picture)] == [Weight.REFUSAL]
    assert codes(checks.sameness([example(1), example(2, "A cat.")])) == []
    asked = [
        example(at, turns=(Exchange(ask, "Yes"),)) for at, ask in enumerate(("A dog?", "A cat?"))
    ]
    assert codes(checks.sameness(asked)) == []


# --- pictures ------------------------------------------------------------------------------


def test_pictures_that_cannot_be_read_are_told_once_with_their_reason() -> None:
    one = example()
    both = [one, replace(one, key="k2")]
    (found,) = checks.pictures(both, facts(one, problem="corrupt"), lambda _: Path("/p/0.jpg"))
    assert found.keys == ("k0", "k2")
    assert (found.code, found.reason) == (FindingCode.UNREADABLE, "corrupt")
    said = trainstrings.finding(found, strings.refusal(Refusal.CORRUPT))
    assert "0.jpg" in said
    assert strings.refusal(Refusal.CORRUPT) in said


def test_gone_is_told_from_moved(tmp_path: Path) -> None:
    one = example()
    gone = facts(one, problem="vanished")
    (found,) = checks.pictures([one], gone, lambda each: Path(each.image))
    assert (found.code, found.fix) == (FindingCode.VANISHED, Fix.LEAVE_OUT)
    (moved,) = checks.pictures([one], gone, lambda _: tmp_path)
    assert (moved.code, moved.fix) == (FindingCode.MOVED, Fix.FIND_MOVED)
    assert moved.detail == str(tmp_path)


def test_a_turned_picture_is_worth_a_note() -> None:
    one = example()
    found = list(checks.pictures([one], facts(one, orientation=6), lambda each: Path(each.image)))
    assert [(each.code, each.weight) for each in found] == [(FindingCode.ROTATED, Weight.NOTE)]
    assert codes(checks.pictures([one], facts(one), lambda each: Path(each.image))) == []


# --- sides and repeats -----------------------------------------------------------------------


def test_a_group_on_both_sides_is_told_with_all_of_it() -> None:
    some = [example(1), example(2, split=Split.VALIDATION), example(3, split=Split.LEFT_OUT)]
    (found,) = checks.sides(some, ["g", "g", "g"])
    assert (found.keys, found.fix) == (("k1", "k2"), Fix.GROUP)
    assert codes(checks.sides(some, ["g", "h", "g"])) == []
    assert codes(checks.sides(some, ["", "", ""])) == []


def test_repeats_name_all_but_the_first() -> None:
    some = [example(1), example(2, content="h1"), example(3), example(4, "Else.", content="h1")]
    (found,) = checks.repeats(some, {})
    assert (found.keys, found.fix) == (("k2",), Fix.REMOVE)


# --- words ---------------------------------------------------------------------------------


def test_silence_is_told() -> None:
    assert codes(checks.silence([example(said=" \n"), example(1)])) == [FindingCode.EMPTY]


def test_lengths_are_those_of_the_counter() -> None:
    some = [example(1, "one two three"), example(2, "one")]
    found = list(checks.lengths(some, lambda one: len(one.turns[0].answer.split()), 2))
    assert [(one.keys, one.detail) for one in found] == [(("k1",), "3 > 2")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("IMG_2041", "IMG_2041.jpg"),
        ("Photo from IMG_2041 at the lake", "IMG_2041.jpg"),
        ("A lake, p2041", "p2041.jpg"),
        ("DSC00123.JPG", "other.jpg"),
        ("OLYMPUS DIGITAL CAMERA", "x.jpg"),
        ("holiday.png", "x.jpg"),
        ("Taken with Canon EOS 5D", "x.jpg"),
    ],
)
def test_names_of_files_and_cameras_are_found(text: str, name: str) -> None:
    assert checks.leaked_name(text, LintContext(file_name=name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A dog on the beach.", "dog.jpg"),
        ("A dog on the beach.", "a dog on the beach.jpg"),
        ("Two cats, one on a red sofa from 1970.", "1970s.jpg"),
        ("A beach in 2041", "12.jpg"),
    ],
)
def test_plain_sentences_hold_no_name(text: str, name: str) -> None:
    assert checks.leaked_name(text, LintContext(file_name=name)) == ""


def test_a_label_may_be_what_a_file_is_called() -> None:
    labelled = example(said="rocky_1", label="rocky_1", image="/p/rocky_1.jpg")
    assert codes(checks.names([labelled], {})) == []
    assert codes(checks.names([replace(labelled, label="")], {})) == [FindingCode.FILE_NAME]
    fields = replace(labelled, label="", kind=ExampleKind.FIELDS)
    assert codes(checks.names([fields], {})) == []


# --- places --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(0, 0, 100, 50), []),
        (Box(-5, 0, 50, 60), [FindingCode.BOX_OUTSIDE]),
        (Box(100, 0, 140, 20), [FindingCode.BOX_EMPTY]),
        (Box(10, 10, 10, 30), [FindingCode.BOX_EMPTY]),
        (Box(30, 30, 10, 10), [FindingCode.BOX_EMPTY]),
    ],
)
def test_boxes_are_held_against_their_picture(box: Box, expected: list[FindingCode]) -> None:
    one = example(box=box, kind=ExampleKind.BOX)
    assert codes(checks.boxes([one], facts(one))) == expected
    assert codes(checks.boxes([one], facts(one, problem="corrupt"))) == []


# --- conflicts -----------------------------------------------------------------------------


def ask(number: int, question: str, answer: str) -> Example:
    made = example(number, kind=ExampleKind.QUESTION, content="h")
    return replace(made, turns=(Exchange(question, answer),))


def test_what_fewer_say_is_in_conflict() -> None:
    some = [ask(1, "Who?", "Rocky"), ask(2, "who ?", "rocky."), ask(3, "Who?", "Minka")]
    (found,) = checks.conflicts(some, {})
    assert (found.keys, found.fix) == (("k3",), Fix.LEAVE_OUT)
    assert codes(checks.conflicts([some[0], ask(4, "Where?", "Home")], {})) == []


def test_labels_conflict_and_captions_do_not() -> None:
    labels = [example(1, label="dog", content="h"), example(2, label="cat", content="h")]
    (found,) = checks.conflicts(labels, {})
    assert found.keys == ("k2",)
    captions = [example(1, content="h"), example(2, "Another view.", content="h")]
    assert codes(checks.conflicts(captions, {})) == []


# --- what the base model doubts ------------------------------------------------------------


def clouds(classes: int, each: int, spread: float = 0.25) -> tuple[np.ndarray, list[int]]:
    """Unit vectors around a centre for each class."""
    random = np.random.default_rng(3)
    centres = np.eye(classes, 16)
    rows = np.repeat(centres, each, axis=0) + random.normal(0, spread, (classes * each, 16))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit.astype(np.float32), [at // each for at in range(classes * each)]


def test_a_wrong_label_is_doubted_and_right_ones_are_not() -> None:
    vectors, numbers = clouds(4, 12)
    labels = [f"pet {number}" for number in numbers]
    texts = np.zeros_like(vectors)  # the model knows no names of pets
    judged = Judged(vectors, texts, 20.0)
    assert doubted_labels(judged, labels) == []
    labels[5] = "pet 3"
    (found,) = doubted_labels(judged, labels)
    assert (found.place, found.rather) == (5, "pet 0")


def test_names_tell_labels_where_classes_are_small() -> None:
    vectors, numbers = clouds(4, 2, 0.1)
    names = np.eye(4, 16, dtype=np.float32)
    labels = [f"pet {number}" for number in numbers]
    judged = Judged(vectors, names[numbers], 20.0)
    assert doubted_labels(judged, labels) == []
    swapped = labels[:1] + ["pet 2"] + labels[2:]
    texts = names[[int(label[-1]) for label in swapped]]
    found = doubted_labels(Judged(vectors, texts, 20.0), swapped)
    assert [(one.place, one.rather) for one in found] == [(1, "pet 0")]


def test_a_caption_of_another_picture_is_doubted() -> None:
    vectors, _ = clouds(16, 2, 0.1)
    texts = [f"caption {at}" for at in range(len(vectors))]
    assert doubted_captions(Judged(vectors, vectors, 50.0), texts, [""] * len(texts)) == []
    wrong = vectors.copy()
    wrong[4] = -vectors[4]
    found = doubted_captions(Judged(vectors, wrong, 50.0), texts, [""] * len(texts))
    assert [one.place for one in found] == [4]
    assert found[0].rather != "caption 4"


def test_pictures_without_a_vector_are_passed_over() -> None:
    vectors, numbers = clouds(3, 6)
    vectors[0] = np.nan
    labels = ["wrong", *(f"pet {number}" for number in numbers[1:])]
    judged = Judged(vectors, np.nan_to_num(vectors), 20.0)
    assert 0 not in {one.place for one in doubted_labels(judged, labels)}
    assert 0 not in {one.place for one in doubted_captions(judged, labels, [""] * len(labels))}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", 0.0), ("A dog", "a DOG!", 0.0), ("a dog", "a cat", 0.5), ("x", "", 1.0)],
)
def test_texts_differ_by_their_words(one: str, other: str, expected: float) -> None:
    assert unlike(one, other) == pytest.approx(expected)


# --- balance -------------------------------------------------------------------------------


def test_balance_counts_by_label_kind_and_source() -> None:
    some = [example(at, label="dog", source=f"csv: line {at}") for at in range(12)]
    some += [example(20, label="cat", source="coco: annotation 1", group="~g")]
    some += [example(21, label="cat", source="jsonl: line 1", group="~g", split=Split.LEFT_OUT)]
    found = balance_of(some)
    assert [(one.name, one.train, one.total) for one in found.by_label] == [
        ("dog", 12, 12),
        ("cat", 1, 2),
    ]
    assert [one.name for one in found.by_source] == ["csv", "coco", "jsonl"]
    assert (found.total.total, found.groups) == (14, 13)
    assert {one.code for one in found.advice} == {"few", "split", "uneven", "few-of-label"}


def test_a_good_data_set_needs_no_advice() -> None:
    some = [
        example(
            at, label=("dog", "cat")[at % 2], split=(Split.TRAIN, Split.VALIDATION)[at % 10 > 7]
        )
        for at in range(100)
    ]
    assert balance_of(some).advice == ()


# --- every code has its words ----------------------------------------------------------------


def test_every_code_has_a_sentence() -> None:
    assert set(trainstrings.FINDINGS) == {one.value for one in FindingCode}
    assert set(trainstrings.FIXES) == {one.value for one in Fix}
    assert set(trainstrings.SKIPPED) == {one.value for one in SkipReason}
    assert set(trainstrings.TRAIN_SOURCES) == {one.value for one in TrainSource}
    assert set(trainstrings.ASK_REASONS) == {one.value for one in AskReason}
    told = {one.code for one in _advices()}
    assert told == set(trainstrings.ADVICE)
    assert all("{" not in trainstrings.advice(one) for one in _advices())


def _advices() -> list[Advice]:
    """One of each."""
    kinds = [
        [example(at, label="a") for at in range(3)] + [example(9)],
        [example(at, label="a") for at in range(40)] + [example(50, label="b"), HELD],
    ]
    return [one for some in kinds for one in balance_of(some).advice]


def test_the_rest_of_many_findings_is_counted() -> None:
    rest = TrainFinding(FindingCode.EMPTY, Weight.WARNING, ("a", "b"), "…", Fix.REMOVE)
    assert "2" in trainstrings.finding(rest)
