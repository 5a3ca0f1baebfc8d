"""Splits, the doctor and what to label next, over real pictures."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.fakes import ColourEncoder, make_photo
from tests.flow.training_data.conftest import done, drive, example, read_of
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, Cancelled, ModelBroken
from vlm_desktop.base.trainerrors import (
    DataSetUnknown,
    DataUnclear,
    NothingToTrain,
    TooFewExamples,
)
from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import (
    AskReason,
    DoctorOfData,
    ExampleMark,
    ExamplesChange,
    FindingCode,
    Fix,
    TrainFinding,
)
from vlm_desktop.base.types import Box
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.engine.train.recipedata import RecipeExamples, wanted


def scene(path: Path, seed: int, *, quality: int = 92, orientation: int = 0) -> Path:
    """A picture with a shape of its own: coarse random cells."""
    cells = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(cells).resize((144, 96), Image.Resampling.BICUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    picture.save(path, quality=quality, exif=exif)
    return path


def words(seed: int) -> str:
    names = ("hill", "lake", "tree", "road", "wall", "cloud", "river", "field", "bridge", "tower")
    return f"A {names[seed % 10]} beside a {names[(seed * 3 + 1) % 10]}."


def filled_with(training: Training, *examples: Example) -> int:
    kept = training.datasets.create("Set")
    done(training.datasets.add(kept.id, read_of(*examples), CancelToken()))
    return kept.id


def examined(training: Training, set_id: int, **how: object) -> DoctorOfData:
    return done(training.doctor.examine(set_id, CancelToken(), **how))  # type: ignore[arg-type]


def mended(training: Training, set_id: int, finding: TrainFinding) -> ExamplesChange:
    return done(training.doctor.mend(set_id, finding, CancelToken()))


def one_of(report: DoctorOfData, code: FindingCode) -> TrainFinding:
    (found,) = report.of(code)
    return found


def sides(training: Training, set_id: int) -> list[Split]:
    return [one.split for one in training.datasets.examples(set_id)]


# --- splits ----------------------------------------------------------------------------------


def test_copies_and_captions_of_one_picture_stay_on_one_side(
    training: Training, tmp_path: Path
) -> None:
    examples = []
    for seed in range(12):
        first = scene(tmp_path / f"{seed}.jpg", seed)
        again = scene(tmp_path / "small" / f"other {seed}.jpg", seed, quality=40)
        examples += [example(first, words(seed)), example(first, "Else."), example(again, "Copy.")]
    set_id = filled_with(training, *examples)
    made = done(training.splits.split(set_id, CancelToken(), share=0.25, seed=3))
    assert made.groups == 12
    assert (made.train, made.validation) == (27, 9)
    now = training.datasets.examples(set_id)
    by_seed = [{one.split for one in now[at : at + 3]} for at in range(0, 36, 3)]
    assert all(len(side) == 1 for side in by_seed)
    assert all(len({one.group for one in now[at : at + 3]}) == 1 for at in range(0, 36, 3))
    training.datasets.apply(made.undo)
    assert set(sides(training, set_id)) == {Split.TRAIN}


def test_what_was_seen_is_not_decoded_again(
    training: Training, services: AppServices, tmp_path: Path
) -> None:
    set_id = filled_with(training, *(example(scene(tmp_path / f"{at}.jpg", at)) for at in range(3)))
    done(training.splits.split(set_id, CancelToken()))

    def refuse() -> None:
        raise AssertionError("nothing is to be decoded")

    services.training.splits._looking._open_pool = refuse  # type: ignore[assignment]
    done(training.splits.split(set_id, CancelToken(), seed=5))
    scene(tmp_path / "0.jpg", 77)
    with pytest.raises(AssertionError, match="decoded"):
        done(training.splits.split(set_id, CancelToken()))


def test_photos_of_the_library_are_not_decoded_again(services: AppServices, tmp_path: Path) -> None:
    paths = [scene(tmp_path / "p" / f"{at}.jpg", at) for at in range(3)]
    done(services.index([tmp_path / "p"], CancelToken()))
    facts = services.library.seen_pictures([str(path) for path in paths])
    assert set(facts) == {str(path) for path in paths}
    assert all(one.fingerprint and one.size.width == 144 for one in facts.values())


def test_a_cancelled_split_changes_nothing(training: Training, tmp_path: Path) -> None:
    set_id = filled_with(training, *(example(scene(tmp_path / f"{at}.jpg", at)) for at in range(3)))
    cancel = CancelToken()
    verb = training.splits.split(set_id, cancel)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        drive(verb)
    assert set(sides(training, set_id)) == {Split.TRAIN}


# --- the doctor ------------------------------------------------------------------------------


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


# --- what the search model says ----------------------------------------------------------------


@pytest.fixture
def coloured(training: Training, tmp_path: Path) -> int:
    """Six pictures of each colour, one of them under the wrong name."""
    examples = []
    for at, colour in enumerate(("red", "green", "blue")):
        for copy in range(6):
            path = make_photo(tmp_path / colour / f"{copy}.jpg", colour, seed=10 * at + copy)
            label = "blue" if (colour, copy) == ("red", 2) else colour
            examples.append(example(path, label, label=label))
    return filled_with(training, *examples)


def test_a_wrong_label_is_told_by_the_search_model(training: Training, coloured: int) -> None:
    finding = one_of(examined(training, coloured), FindingCode.LABEL_NOISE)
    assert (Path(finding.image).name, finding.detail) == ("2.jpg", "red")
    mended(training, coloured, finding)
    assert examined(training, coloured).of(FindingCode.LABEL_NOISE) == ()


def test_stored_vectors_are_taken_as_they_are(
    services: AppServices, coloured: int, encoder: ColourEncoder, tmp_path: Path
) -> None:
    done(services.index([tmp_path / "red", tmp_path / "green", tmp_path / "blue"], CancelToken()))
    encoded = encoder.pictures
    assert len(examined(services.training, coloured).of(FindingCode.LABEL_NOISE)) == 1
    assert encoder.pictures == encoded


def test_without_a_model_the_other_checks_count(
    training: Training, coloured: int, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ModelBroken(model="colours", detail="it is a test")

    monkeypatch.setattr(encoder, "encode_images", broken)
    report = examined(training, coloured)
    assert FindingCode.LABEL_NOISE in report.not_done
    assert report.of(FindingCode.NO_VALIDATION)


# --- what to label next ------------------------------------------------------------------------


def test_items_of_which_two_models_say_different_things(training: Training, tmp_path: Path) -> None:
    items = [
        replace(example(scene(tmp_path / f"{at}.jpg", at), ""), key=f"k{at}") for at in range(6)
    ]
    found = done(
        training.active.between(
            items,
            lambda one: "a dog runs",
            lambda one: "a dog runs" if one.key in ("k0", "k1") else f"a cat {one.key}",
            CancelToken(),
            most=3,
        )
    )
    assert found.looked == 6
    assert len(found.items) == 3
    assert {one.key for one in found.items} <= {"k2", "k3", "k4", "k5"}
    assert {one.reason for one in found.items} == {AskReason.TUNED_DIFFERS}
    assert found.items[0].first == "a dog runs"


def test_of_a_burst_only_one_is_asked_about(training: Training, tmp_path: Path) -> None:
    burst = [scene(tmp_path / f"burst {at}.jpg", 1, quality=90 - at) for at in range(5)]
    alone = [scene(tmp_path / f"{at}.jpg", 10 + at) for at in range(3)]
    items = [replace(example(path, ""), key=path.stem) for path in [*burst, *alone]]
    doubts = {one.key: f"x{at}" for at, one in enumerate(items)}
    found = done(
        training.active.between(items, lambda _: "y", lambda one: doubts[one.key], CancelToken())
    )
    assert len(found.items) == 4
    assert sum(one.key.startswith("burst") for one in found.items) == 1


def test_items_whose_answers_differ_among_themselves(training: Training, tmp_path: Path) -> None:
    items = [replace(example(scene(tmp_path / f"{at}.jpg", at)), key=f"k{at}") for at in range(3)]

    def draw(one: Example, seed: int) -> str:
        return f"answer {seed}" if one.key == "k1" else "always the same"

    found = done(training.active.among(items, draw, CancelToken()))
    assert [(one.key, one.reason) for one in found.items] == [("k1", AskReason.SAMPLES_DIFFER)]
    assert found.items[0].first != found.items[0].second


def test_items_whose_text_looks_like_another(training: Training, coloured: int) -> None:
    items = training.datasets.examples(coloured)
    found = done(training.active.by_search(items, CancelToken(), most=1))
    assert [(Path(one.image).name, one.first, one.second) for one in found.items] == [
        ("2.jpg", "blue", "red")
    ]


# --- the part [data] of a recipe -----------------------------------------------------------------


def recipe(training: Training, folder: Path, **said: object) -> RecipeExamples:
    return done(training.data.examples(said, folder, CancelToken()))


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    lines = ["image,caption,split"]
    for at in range(10):
        scene(tmp_path / "data" / f"{at}.jpg", at)
        lines.append(f"{at}.jpg,{words(at)},{'val' if at == 7 else 'train'}")
    path = tmp_path / "data" / "captions.csv"
    path.write_text("\n".join(lines))
    return path


def test_a_file_of_a_recipe_keeps_the_sides_it_tells(training: Training, captions: Path) -> None:
    found = recipe(training, captions.parent, file="captions.csv")
    assert not found.split_here
    assert [Path(one.image).stem for one in found.examples if one.split is Split.VALIDATION] == [
        "7"
    ]
    assert all(one.key and one.content for one in found.examples)
    assert (found.name, len(found.examples)) == ("captions.csv", 10)


def test_a_recipe_draws_sides_where_it_is_asked_to(training: Training, captions: Path) -> None:
    found = recipe(training, captions.parent.parent, file="data/captions.csv", validation=0.4)
    assert found.split_here
    assert sum(one.split is Split.VALIDATION for one in found.examples) == 4
    again = recipe(training, captions.parent.parent, file="data/captions.csv", validation=0.4)
    assert again == found
    other = recipe(
        training, captions.parent.parent, file="data/captions.csv", validation=0.4, seed=1
    )
    assert other != found


def test_a_recipe_without_sides_holds_a_fifth_out(training: Training, captions: Path) -> None:
    captions.write_text(captions.read_text().replace(",val", ",train"))
    found = recipe(training, captions.parent, file="captions.csv")
    assert found.split_here
    assert sum(one.split is Split.VALIDATION for one in found.examples) == 2
    none = recipe(training, captions.parent, file="captions.csv", validation=0, limit=4)
    assert [one.split for one in none.examples] == [Split.TRAIN] * 4


def test_a_recipe_reads_data_sets_and_what_people_decided(
    training: Training, services: AppServices, tmp_path: Path
) -> None:
    set_id = filled_with(training, *(example(scene(tmp_path / f"{at}.jpg", at)) for at in range(4)))
    first = training.datasets.examples(set_id)[0]
    marks = (ExampleMark(first.key, Split.VALIDATION, ""),)
    training.datasets.apply(ExamplesChange(set_id, marks=marks))
    assert recipe(training, tmp_path, dataset="set").examples == training.datasets.examples(set_id)
    assert recipe(training, tmp_path, source="alt texts").examples == ()
    with pytest.raises(DataSetUnknown):
        recipe(training, tmp_path, dataset="nothing")
    with pytest.raises(BadInputFile):
        recipe(training, tmp_path, file="nothing.csv")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"file": "a.csv", "dataset": "b"},
        {"file": "a.csv", "colour": "red"},
        {"file": 3},
        {"file": "a.csv", "validation": 1.0},
        {"file": "a.csv", "validation": True},
        {"file": "a.csv", "seed": -1},
        {"file": "a.csv", "limit": 2.5},
        {"source": "the web"},
    ],
)
def test_a_part_that_makes_no_sense_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(DataUnclear):
        wanted(said)


def test_reading_a_recipe_makes_no_library(
    open_services: Callable[..., AppServices], captions: Path
) -> None:
    services = open_services()
    found = recipe(services.training, captions.parent, file="captions.csv", validation=0.2)
    Path(found.examples[0].image).unlink()
    report = done(services.training.doctor.of(found.examples, CancelToken(), judged=False))
    assert one_of(report, FindingCode.VANISHED).keys == (found.examples[0].key,)
    assert not services.paths.database.exists()
