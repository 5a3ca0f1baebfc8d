"""The doctor over real pictures: what is wrong is found, mended and undone."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.training_data.conftest import (
    done,
    examined,
    example,
    filled_with,
    mended,
    one_of,
    scene,
    words,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.trainerrors import (
    NothingToTrain,
    TooFewExamples,
)
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    REST,
    ExamplesChange,
    FindingCode,
    Fix,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training


def sides(training: Training, set_id: int) -> list[Split]:
    return [one.split for one in training.datasets.examples(set_id)]


@pytest.fixture
def sick(training: Training, tmp_path: Path) -> int:
    """A data set with something wrong of each kind."""
    good = [scene(tmp_path / f"{seed}.jpg", seed) for seed in range(8)]
    copy = tmp_path / "copies" / "again.jpg"
    copy.parent.mkdir()
    copy.write_bytes(good[0].read_bytes())
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture at all")
    turned = scene(tmp_path / "turned.jpg", 50, orientation=6)
    gone = scene(tmp_path / "gone.jpg", 51)
    question = {"kind": ExampleKind.QUESTION}
    examples = [
        *(example(path, words(at)) for at, path in enumerate(good)),
        example(copy, "The same picture on the other side.", split=Split.VALIDATION),
        example(broken, "A broken one."),
        example(turned, "A turned one."),
        example(gone, "A lost one."),
        example(good[1], "  \n"),
        example(good[2], "DSC_0042.JPG"),
        example(good[3], "[0, 0, 300, 40]", kind=ExampleKind.BOX, box=Box(0, 0, 300, 40)),
        example(good[4], "[9, 9, 9, 20]", kind=ExampleKind.BOX, box=Box(9, 9, 9, 20)),
        replace(example(good[5], **question), turns=(Exchange("How many?", "Three"),)),
        replace(example(good[5], **question), turns=(Exchange("How many?", "Four"),)),
        example(good[6], "word " * 40),
    ]
    set_id = filled_with(training, *examples)
    gone.unlink()
    return set_id


def count_words(one: Example) -> int:
    return sum(len(turn.answer.split()) for turn in one.turns)


def test_each_thing_that_is_wrong_is_found_with_its_picture(training: Training, sick: int) -> None:
    before = training.datasets.examples(sick)
    report = examined(training, sick, tokens=count_words, most_tokens=30, judged=False)
    found = {one.code: one for one in report.findings}
    assert set(found) == {
        FindingCode.ACROSS_SPLITS, FindingCode.UNREADABLE, FindingCode.ROTATED,
        FindingCode.VANISHED, FindingCode.EMPTY, FindingCode.FILE_NAME, FindingCode.BOX_OUTSIDE,
        FindingCode.BOX_EMPTY, FindingCode.CONFLICT, FindingCode.TOO_LONG,
    }  # fmt: skip
    names = {code: Path(one.image).name for code, one in found.items()}
    assert names[FindingCode.UNREADABLE] == "broken.jpg"
    assert names[FindingCode.ROTATED] == "turned.jpg"
    assert names[FindingCode.VANISHED] == "gone.jpg"
    assert found[FindingCode.TOO_LONG].detail == "40 > 30"
    assert not report.refused
    assert report.not_done == (FindingCode.LABEL_NOISE,)
    assert training.datasets.examples(sick) == before


def test_every_fix_ends_its_finding_and_is_undone(training: Training, sick: int) -> None:
    how = {"tokens": count_words, "most_tokens": 30, "judged": False}
    for finding in examined(training, sick, **how).findings:
        if finding.fix is None:
            continue
        before = training.datasets.examples(sick)
        undo = mended(training, sick, finding)
        assert not undo.is_empty, finding
        after = examined(training, sick, **how)
        assert finding.code not in {one.code for one in after.findings}
        training.datasets.apply(undo)
        assert training.datasets.examples(sick) == before


def test_all_findings_of_a_kind_are_mended_as_one_change(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three pictures on both sides; each goes where most of it is, also of the rest."""
    examples = []
    for seed, split in enumerate((Split.TRAIN, Split.VALIDATION, Split.VALIDATION)):
        for copy, side in enumerate((split, split, _other(split))):
            path = scene(tmp_path / f"{seed}-{copy}.jpg", seed)
            examples.append(example(path, f"{words(seed)} {copy}", split=side))
    set_id = filled_with(training, *examples)
    before = training.datasets.examples(set_id)
    monkeypatch.setattr("vlm_desktop.engine.train.doctor.MOST_TOLD", 1)
    found = examined(training, set_id, judged=False).of(FindingCode.ACROSS_SPLITS)
    assert [one.detail == REST for one in found] == [False, True]
    undo = done(training.doctor.mend_all(set_id, found, CancelToken()))
    assert sides(training, set_id) == [Split.TRAIN] * 3 + [Split.VALIDATION] * 6
    training.datasets.apply(undo)
    assert training.datasets.examples(set_id) == before


def _other(split: Split) -> Split:
    return Split.VALIDATION if split is Split.TRAIN else Split.TRAIN


def test_a_clipped_box_says_where_it_is_now(training: Training, sick: int) -> None:
    mended(training, sick, one_of(examined(training, sick, judged=False), FindingCode.BOX_OUTSIDE))
    (clipped,) = [one for one in training.datasets.examples(sick) if one.box == Box(0, 0, 144, 40)]
    assert clipped.turns[0].answer == "[0, 0, 144, 40]"


def test_a_moved_picture_is_followed(services: AppServices, tmp_path: Path) -> None:
    training = services.training
    folder = tmp_path / "p"
    paths = [scene(folder / f"{at}.jpg", at) for at in range(3)]
    done(services.index([folder], CancelToken()))
    set_id = filled_with(training, *(example(path, words(at)) for at, path in enumerate(paths)))
    moved = folder / "deep" / "moved.jpg"
    moved.parent.mkdir()
    paths[0].rename(moved)
    done(services.index([folder], CancelToken()))
    finding = one_of(examined(training, set_id, judged=False), FindingCode.MOVED)
    assert (finding.fix, finding.detail) == (Fix.FIND_MOVED, str(moved))
    mended(training, set_id, finding)
    assert training.datasets.examples(set_id)[0].image == str(moved)


def test_repeats_are_removed_but_for_the_first(training: Training, tmp_path: Path) -> None:
    first = scene(tmp_path / "1.jpg", 1)
    examples = [example(first, words(1)), example(scene(tmp_path / "2.jpg", 2), words(2))]
    set_id = filled_with(training, *examples)
    copy = first.with_name("copy.jpg")
    copy.write_bytes(first.read_bytes())
    # Under another key, as when its picture could not be read while it was added.
    known = training.datasets.examples(set_id)[0]
    again = replace(known, key="other", image=str(copy))
    training.datasets.apply(
        ExamplesChange(set_id, put=(replace(training.datasets.page(set_id)[0], example=again),))
    )
    finding = one_of(examined(training, set_id, judged=False), FindingCode.REPEATED)
    mended(training, set_id, finding)
    assert len(training.datasets.examples(set_id)) == 2


@pytest.mark.parametrize(
    ("examples", "error"),
    [((), NothingToTrain), (("1.jpg",), TooFewExamples), (("1.jpg", "1.jpg"), TooFewExamples)],
)
def test_too_little_is_refused(
    training: Training, tmp_path: Path, examples: tuple[str, ...], error: type[Exception]
) -> None:
    some = [example(scene(tmp_path / name, 1), "The same.") for name in examples]
    some = [replace(one, key=f"k{at}") for at, one in enumerate(some)]
    report = done(training.doctor.of(some, CancelToken(), judged=False))
    assert report.refused
    assert isinstance(training.doctor.refusal(report, some), error)


def test_a_good_set_is_let_through(training: Training, tmp_path: Path) -> None:
    some = [example(scene(tmp_path / f"{at}.jpg", at), words(at)) for at in range(6)]
    some[0] = replace(some[0], split=Split.VALIDATION)
    report = done(training.doctor.of(some, CancelToken(), judged=False))
    assert report.findings == ()
    assert training.doctor.refusal(report, some) is None


def test_what_cannot_be_trained_on_is_sorted_out(training: Training, sick: int) -> None:
    examples = training.datasets.examples(sick)
    report = examined(training, sick, judged=False)
    sorted_out = training.doctor.sorted_out(report, examples)
    gone = [
        Path(one.image).name
        for one, before in zip(sorted_out, examples, strict=True)
        if one.split is Split.LEFT_OUT is not before.split
    ]
    assert gone == ["broken.jpg", "gone.jpg", "1.jpg"]
    assert training.doctor.refusal(report, sorted_out) is None
    lost = [one for one in examples if Path(one.image).name in ("broken.jpg", "gone.jpg")]
    report = done(training.doctor.of(lost, CancelToken(), judged=False))
    assert not report.refused
    left = training.doctor.sorted_out(report, lost)
    assert isinstance(training.doctor.refusal(report, left), NothingToTrain)


def test_a_set_without_validation_is_split_by_its_fix(training: Training, tmp_path: Path) -> None:
    some = [example(scene(tmp_path / f"{at}.jpg", at), words(at)) for at in range(6)]
    set_id = filled_with(training, *some)
    finding = one_of(examined(training, set_id, judged=False), FindingCode.NO_VALIDATION)
    undo = mended(training, set_id, finding)
    assert Split.VALIDATION in sides(training, set_id)
    training.datasets.apply(undo)
    assert set(sides(training, set_id)) == {Split.TRAIN}


def test_many_findings_of_a_kind_are_told_as_one_more(training: Training, tmp_path: Path) -> None:
    path = scene(tmp_path / "1.jpg", 1)
    some = [
        replace(example(path), turns=(Exchange(f"Question {at}?", ""),), key=f"k{at}")
        for at in range(130)
    ]
    report = done(training.doctor.of(some, CancelToken(), judged=False))
    silent = report.of(FindingCode.EMPTY)
    assert len(silent) == 101
    assert {key for one in silent for key in one.keys} == {one.key for one in some}
