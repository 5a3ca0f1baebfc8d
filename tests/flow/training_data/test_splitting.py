"""Splits over real pictures: copies stay together, nothing is decoded twice."""

from pathlib import Path

import pytest

from tests.flow.training_data.conftest import done, drive, example, filled_with, scene, words
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.training import Split
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training


def sides(training: Training, set_id: int) -> list[Split]:
    return [one.split for one in training.datasets.examples(set_id)]


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
