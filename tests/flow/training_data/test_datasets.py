"""Data sets over a real library: kept, changed, undone, moved with their pictures, forgotten."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import make_photo
from tests.flow.training_data.conftest import done, example, read_of
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.trainerrors import (
    DataSetNameEmpty,
    DataSetNameTaken,
    DataSetUnknown,
    ExampleKnown,
    ExampleSilent,
    ExampleUnknown,
)
from vlm_desktop.base.training import ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import ExampleMark, ExamplesChange
from vlm_desktop.base.types import Box
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.media.source import read_source
from vlm_desktop.store.following import WrittenPhoto


def texts(training: Training, set_id: int) -> list[str]:
    return [one.turns[0].answer for one in training.datasets.examples(set_id)]


def keys(training: Training, set_id: int) -> list[str]:
    return [one.key for one in training.datasets.examples(set_id)]


# --- sets ----------------------------------------------------------------------------------


def test_names_are_unique_whatever_the_case(training: Training) -> None:
    made = training.datasets.create("  Mine ")
    assert made.name == "Mine"
    with pytest.raises(DataSetNameTaken):
        training.datasets.create("mINE")
    with pytest.raises(DataSetNameEmpty):
        training.datasets.create("  ")
    assert training.datasets.get("MINE").id == made.id
    assert training.datasets.rename(made.id, "MINE") == "Mine"
    with pytest.raises(DataSetUnknown) as caught:
        training.datasets.get("Yours")
    assert "MINE" in str(caught.value)


def test_a_removed_set_comes_back_whole(training: Training, filled: int) -> None:
    before = training.datasets.examples(filled)
    training.datasets.remove(filled)
    assert training.datasets.list() == ()
    with pytest.raises(DataSetUnknown):
        training.datasets.examples(filled)
    training.datasets.restore(filled)
    assert training.datasets.examples(filled) == before
    training.datasets.remove(filled)
    training.datasets.create("Mine")
    with pytest.raises(DataSetNameTaken):
        training.datasets.restore(filled)


def test_counts_follow_the_examples(training: Training, filled: int, shots: list[Path]) -> None:
    again = example(shots[0], "Another text")
    done(training.datasets.add(filled, read_of(again), CancelToken()))
    training.datasets.use_for(filled, keys(training, filled)[:1], Split.LEFT_OUT)
    kept = training.datasets.get(filled)
    assert (kept.train, kept.validation, kept.left_out) == (4, 0, 1)
    assert (kept.examples, kept.pictures) == (5, 4)


# --- examples --------------------------------------------------------------------------------


def test_everything_of_an_example_survives_a_restart(
    training: Training, open_services: Callable[..., AppServices], shots: list[Path]
) -> None:
    odd = shots[0].with_name("odd \udcff.jpg")
    shutil.copy(shots[0], odd)
    one = example(
        odd,
        "A “cup”\nof tea",
        kind=ExampleKind.BOX,
        split=Split.VALIDATION,
        group="mine",
        label="cup",
        source="jsonl: line 3",
        box=Box(0.5, 1, 20, 30.25),
    )
    one = replace(one, turns=(*one.turns, Exchange("And?", "Red.")))
    kept = training.datasets.create("Mine")
    done(training.datasets.add(kept.id, read_of(one), CancelToken()))
    (again,) = open_services().training.datasets.examples(kept.id)
    assert replace(again, key="", content="") == one
    assert again.content == read_source(odd).content_hash
    assert again.key


def test_the_same_words_about_the_same_bytes_are_added_once(
    training: Training, filled: int, shots: list[Path]
) -> None:
    copy = shots[0].with_name("copy.jpg")
    shutil.copy(shots[0], copy)
    again = example(copy, f"Text of {shots[0].name}")
    added = done(training.datasets.add(filled, read_of(again, again), CancelToken()))
    assert (added.added, added.known) == (0, 2)
    assert len(training.datasets.examples(filled)) == 4


def test_adding_is_undone_and_done_again(training: Training, filled: int, tmp_path: Path) -> None:
    before = training.datasets.examples(filled)
    new = [example(make_photo(tmp_path / f"{at}.jpg", "orange", seed=at)) for at in range(3)]
    added = done(training.datasets.add(filled, read_of(*new), CancelToken()))
    after = training.datasets.examples(filled)
    assert [one.image for one in after[4:]] == [one.image for one in new]
    redo = training.datasets.apply(added.undo)
    assert training.datasets.examples(filled) == before
    training.datasets.apply(redo)
    assert training.datasets.examples(filled) == after


def test_a_cancelled_adding_leaves_nothing(training: Training, filled: int, tmp_path: Path) -> None:
    cancel = CancelToken()
    verb = training.datasets.add(
        filled, read_of(example(make_photo(tmp_path / "x.jpg", "orange"))), cancel
    )
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(verb)
    assert len(training.datasets.examples(filled)) == 4


def test_an_edit_keeps_the_place_and_is_undone(training: Training, filled: int) -> None:
    before = training.datasets.examples(filled)
    second = before[1]
    better = replace(second, turns=(Exchange("", "A green picture."),))
    undo = training.datasets.edit(filled, second.key, better)
    after = training.datasets.examples(filled)
    assert [one.image for one in after] == [one.image for one in before]
    assert after[1].turns == better.turns
    assert after[1].key != second.key
    training.datasets.apply(undo)
    assert training.datasets.examples(filled) == before


def test_edits_that_make_no_sense_are_refused(training: Training, filled: int) -> None:
    first, second, *_ = training.datasets.examples(filled)
    with pytest.raises(ExampleSilent):
        training.datasets.edit(filled, first.key, replace(first, turns=(Exchange("Hm?", " "),)))
    with pytest.raises(ExampleUnknown):
        training.datasets.edit(filled, "nothing", first)
    with pytest.raises(ExampleKnown):
        training.datasets.edit(filled, first.key, second)
    labelled = replace(first, label="red")
    training.datasets.edit(filled, first.key, labelled)
    assert training.datasets.example(filled, first.key) == labelled


def test_what_is_taken_out_comes_back_to_its_place(training: Training, filled: int) -> None:
    before = training.datasets.examples(filled)
    undo = training.datasets.take_out(filled, [before[0].key, before[2].key, "nothing"])
    assert training.datasets.examples(filled) == (before[1], before[3])
    training.datasets.apply(undo)
    assert training.datasets.examples(filled) == before


def test_a_side_takes_the_whole_group_along_and_is_undone(training: Training, filled: int) -> None:
    before = training.datasets.examples(filled)
    marks = tuple(ExampleMark(one.key, one.split, "g") for one in before[:2])
    training.datasets.apply(ExamplesChange(filled, marks=marks))
    grouped = training.datasets.examples(filled)
    undo = training.datasets.use_for(filled, [before[0].key], Split.VALIDATION)
    sides = [one.split for one in training.datasets.examples(filled)]
    assert sides == [Split.VALIDATION] * 2 + [Split.TRAIN] * 2
    training.datasets.apply(undo)
    assert training.datasets.examples(filled) == grouped
    training.datasets.use_for(filled, [before[0].key], Split.LEFT_OUT)
    alone = [one.split is Split.LEFT_OUT for one in training.datasets.examples(filled)]
    assert alone == [True, False, False, False]


def test_pages_are_cut_out_of_the_order_of_the_list(training: Training, filled: int) -> None:
    everything = training.datasets.examples(filled)
    page = training.datasets.page(filled, 1, 2)
    assert tuple(one.example for one in page) == everything[1:3]
    training.datasets.use_for(filled, [everything[3].key], Split.VALIDATION)
    (held,) = training.datasets.page(filled, split=Split.VALIDATION)
    assert held.example.key == everything[3].key


def test_large_sets_are_changed_at_once(training: Training, shots: list[Path]) -> None:
    """More than one statement's worth of keys, all or nothing, and back."""
    kept = training.datasets.create("Large")
    some = [example(shots[at % 4], f"Text {at}") for at in range(2_300)]
    added = done(training.datasets.add(kept.id, read_of(*some), CancelToken()))
    assert added.added == 2_300
    before = training.datasets.examples(kept.id)
    undo = training.datasets.take_out(kept.id, [one.key for one in before[100:]])
    assert training.datasets.examples(kept.id) == before[:100]
    training.datasets.apply(undo)
    assert training.datasets.examples(kept.id) == before


# --- pictures that move, change and are forgotten ---------------------------------------------


@pytest.fixture
def indexed(services: AppServices, shots: list[Path]) -> AppServices:
    done(services.index([shots[0].parent], CancelToken()))
    return services


def test_a_moved_picture_is_found_by_its_bytes(
    indexed: AppServices, filled: int, shots: list[Path]
) -> None:
    training = indexed.training
    moved = shots[0].parent / "deeper" / "other.jpg"
    moved.parent.mkdir()
    shots[0].rename(moved)
    first = training.datasets.examples(filled)[0]
    assert training.datasets.lies_at(first) == shots[0]
    done(indexed.index([shots[0].parent], CancelToken()))
    assert training.datasets.lies_at(first) == moved


def test_examples_follow_what_the_program_writes_into_a_picture(
    indexed: AppServices, filled: int, shots: list[Path]
) -> None:
    before = indexed.training.datasets.examples(filled)[0].content
    written = WrittenPhoto(shots[0], before, "new hash", 1, 1, 0, "Alt", "")
    indexed.library.follow_written(written)
    first, second, *_ = indexed.training.datasets.examples(filled)
    assert first.content == "new hash"
    assert second.content == read_source(shots[1]).content_hash


def test_forgetting_a_picture_forgets_its_examples(
    indexed: AppServices, filled: int, shots: list[Path]
) -> None:
    training = indexed.training
    report = done(indexed.upkeep.forget([shots[0]], CancelToken(), keep_out=False))
    assert report.examples == 1
    assert texts(training, filled) == [f"Text of {path.name}" for path in shots[1:]]
    report = done(indexed.upkeep.forget([shots[0].parent], CancelToken(), keep_out=False))
    assert report.examples == 3
    assert training.datasets.examples(filled) == ()
    stored = indexed.paths.database.read_bytes()
    assert b"Text of" not in stored
    assert b"green.jpg" not in stored


def test_a_removed_set_is_forgotten_with_its_pictures_too(
    indexed: AppServices, filled: int, shots: list[Path]
) -> None:
    indexed.training.datasets.remove(filled)
    done(indexed.upkeep.forget([shots[0]], CancelToken(), keep_out=False))
    indexed.training.datasets.restore(filled)
    assert len(indexed.training.datasets.examples(filled)) == 3


def test_examples_stay_where_the_library_has_the_same_bytes_elsewhere(
    services: AppServices, filled: int, shots: list[Path]
) -> None:
    copy = shots[0].parent / "copies" / "red too.jpg"
    copy.parent.mkdir()
    shutil.copy(shots[0], copy)
    done(services.index([shots[0].parent], CancelToken()))
    done(services.upkeep.forget([shots[0]], CancelToken(), keep_out=False))
    assert services.training.datasets.examples(filled)[0].image == str(copy)


def test_pictures_outside_of_the_library_are_forgotten_by_their_folder(
    training: Training, services: AppServices, filled: int, shots: list[Path]
) -> None:
    report = done(services.upkeep.forget([shots[0].parent], CancelToken(), keep_out=False))
    assert report.examples == 4
    assert training.datasets.examples(filled) == ()


def test_a_whole_set_is_forgotten_without_a_trace(
    training: Training, services: AppServices, filled: int
) -> None:
    other = training.datasets.create("Other")
    gone = done(training.datasets.forget([filled], CancelToken()))
    assert (gone.examples, gone.clean) == (4, True)
    assert [one.id for one in training.datasets.list()] == [other.id]
    assert b"Text of" not in services.paths.database.read_bytes()


def test_a_rebuilt_library_keeps_data_sets(
    training: Training, services: AppServices, filled: int
) -> None:
    before = training.datasets.examples(filled)
    services.rebuild()
    assert training.datasets.examples(filled) == before
