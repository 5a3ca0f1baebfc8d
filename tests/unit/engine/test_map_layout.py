"""The plane keeps neighbours together, the same each time, and gives way when cancelled."""

from collections.abc import Generator
from typing import TypeVar

import numpy as np
import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.events import Event
from vlm_desktop.engine.layout import lay_out
from vlm_desktop.engine.places import find_places, name_places
from vlm_desktop.engine.plane import nearest, place

Result = TypeVar("Result")
GROUPS, EACH, DIMENSION = 4, 30, 24


def run(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    random = np.random.default_rng(1)
    centres = np.linalg.qr(random.standard_normal((DIMENSION, GROUPS)))[0].T
    rows = np.repeat(centres, EACH, axis=0) + random.normal(0, 0.08, (GROUPS * EACH, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_groups_stay_together_and_become_places(vectors: np.ndarray) -> None:
    plane = run(lay_out(vectors, CancelToken()))
    assert plane.positions.min() >= 0
    assert plane.positions.max() <= 1
    near, _ = nearest(plane.positions, plane.positions, 5, CancelToken(), itself=False)
    own = np.repeat(np.arange(GROUPS), EACH)
    assert (own[near] == own[:, None]).mean() > 0.95
    places = find_places(plane.positions)
    assert places.max() + 1 >= GROUPS
    assert all(len(set(own[places == number])) == 1 for number in set(places.tolist()))
    assert np.array_equal(run(lay_out(vectors, CancelToken())).positions, plane.positions)


def test_new_photos_go_to_their_like(vectors: np.ndarray) -> None:
    known = np.arange(len(vectors)) % 3 > 0
    plane = run(lay_out(vectors[known], CancelToken()))
    spots, likest = place(vectors[~known], vectors[known], plane, CancelToken())
    own = np.repeat(np.arange(GROUPS), EACH)
    assert (own[known][likest] == own[~known]).all()
    for group in range(GROUPS):
        middle = np.median(plane.positions[own[known] == group], axis=0)
        away = np.hypot(*(spots[own[~known] == group] - middle).T)
        assert np.median(away) < 0.2


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7])
def test_few_photos_are_laid_out_too(vectors: np.ndarray, count: int) -> None:
    plane = run(lay_out(vectors[:count], CancelToken()))
    assert plane.positions.shape == (count, 2)
    assert np.isfinite(plane.positions).all()
    assert len(find_places(plane.positions)) == count


def test_equal_photos_do_not_upset_it() -> None:
    same = np.tile(np.eye(DIMENSION, dtype=np.float32)[0], (12, 1))
    plane = run(lay_out(same, CancelToken()))
    assert np.isfinite(plane.positions).all()


def test_a_cancelled_layout_stops_in_the_middle(vectors: np.ndarray) -> None:
    cancel = CancelToken()
    verb = lay_out(vectors, cancel)
    next(verb)
    next(verb)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(verb)


def test_places_are_named_by_what_stands_out_there() -> None:
    axes = np.eye(4, dtype=np.float32)
    vectors = np.repeat(axes[:2], 10, axis=0) + 0.2 * axes[3]
    places = np.repeat(np.arange(2, dtype=np.int32), 10)
    words = ["first", "second", "everywhere"]
    names = name_places(vectors, places, words, axes[[0, 1, 3]])
    assert names == ("first", "second")
    assert name_places(vectors, places, [], axes[:0]) == ("", "")
