"""What null prompts find: whether words find anything, and how far their hits reach."""

import json

import numpy as np
import pytest

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.engine.cuts import LIKELY, POSSIBLE
from vlm_desktop.engine.judging import floor_of, ranked
from vlm_desktop.engine.nullscores import fit_scores
from vlm_desktop.engine.peaks import (
    FALSE_ALARMS,
    FARTHEST,
    Peaks,
    Standing,
    fit_peaks,
    reach,
    read_peaks,
)
from vlm_desktop.engine.ranking import CombinedQuery, Term, combine

_DIMENSION = 64


def unit_rows(count: int, seed: int, about: VectorArray | None = None) -> VectorArray:
    """Unit rows in all directions, or half-way towards one."""
    rows = np.random.default_rng(seed).standard_normal((count, _DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    if about is not None:
        rows = rows + about
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


class Asked:
    """A library whose photos may be asked for, with 545 null prompts."""

    def __init__(self, photos: VectorArray) -> None:
        self.photos = photos
        nulls = unit_rows(545, 99)
        self.null = fit_scores((photos @ nulls.T).ravel())
        self.peaks = fit_peaks(photos, nulls)

    def query(self, vector: VectorArray) -> CombinedQuery:
        return combine([Term(vector, self.null, 1.0, self.peaks)])

    def hits(self, vector: VectorArray, cut: float = POSSIBLE) -> list[int]:
        order, probabilities = ranked(self.photos, self.query(vector))
        assert (np.diff(probabilities) <= 1e-12).all()
        assert ((probabilities >= 0) & (probabilities <= 1)).all()
        return order[probabilities >= cut].tolist()


@pytest.mark.parametrize("size", [40, 165, 1_000])
def test_a_dozen_dogs_are_found_in_a_library_of_any_size(size: int) -> None:
    dog = unit_rows(1, 7)[0]
    asked = Asked(np.concatenate([unit_rows(12, 1, dog), unit_rows(size - 12, 2)]))
    assert set(asked.hits(dog)) >= set(range(12))
    assert len(asked.hits(dog)) <= 14
    assert len(asked.hits(dog, LIKELY)) >= 8


def test_deleting_one_photo_changes_little() -> None:
    dog = unit_rows(1, 7)[0]
    photos = np.concatenate([unit_rows(12, 1, dog), unit_rows(150, 2)])
    before = len(Asked(photos).hits(dog))
    for gone in range(12):
        assert len(Asked(np.delete(photos, gone, axis=0)).hits(dog)) >= before - 2


@pytest.mark.parametrize("size", [20, 165, 1_000])
def test_what_no_photo_shows_is_refused(size: int) -> None:
    asked = Asked(unit_rows(size, 2))
    refused = [not asked.hits(vector) for vector in unit_rows(200, 3)]
    assert np.mean(refused) >= 0.94


def test_all_photos_of_one_thing_are_all_found() -> None:
    dog = unit_rows(1, 7)[0]
    asked = Asked(unit_rows(300, 1, dog))
    assert len(asked.hits(dog)) >= 285


def test_photos_that_lie_close_to_null_prompts_do_not_hide_the_others() -> None:
    """Half of the library is what many null prompts are about; a lonely photo is still found."""
    shelf, lawn = unit_rows(2, 7)
    photos = np.concatenate([unit_rows(100, 1, shelf), unit_rows(1, 4, lawn), unit_rows(99, 2)])
    nulls = np.concatenate([unit_rows(150, 5, shelf), unit_rows(395, 6)])
    towards = 0.75 * lawn + 0.6 * unit_rows(1, 8)[0]
    query = towards / np.linalg.norm(towards)
    peaks = fit_peaks(photos, nulls)
    best = np.argsort(-(photos @ query))[:16]
    assert peaks.chance((photos @ query)[best], photos[best], len(photos)) <= FALSE_ALARMS
    plain = np.quantile((photos @ nulls.T).max(axis=0), 1 - FALSE_ALARMS)
    assert (photos @ query).max() < plain


def test_fewer_photos_are_lucky_less_often() -> None:
    photos = unit_rows(400, 2)
    asked = Asked(photos)
    query = unit_rows(1, 3)[0]
    best = np.argsort(-(photos @ query))[:16]
    chances = [asked.peaks.chance((photos @ query)[best], photos[best], n) for n in (40, 400)]
    assert 0 < chances[0] < chances[1] <= 1
    assert asked.peaks.chance((photos @ query)[best], photos[best], 4_000) <= 1


def test_the_reach_grows_as_chance_shrinks_and_ends_at_half() -> None:
    scores = np.linspace(5.0, 0.0, 101)
    near, far = (reach(scores, Standing(5.0, chance)) for chance in (FALSE_ALARMS, 0.0005))
    assert (far[far > 0] > near[far > 0]).all()
    assert far[0] > near[0] > LIKELY
    assert (far[scores < FARTHEST * 5.0] == 0).all()
    assert (reach(scores, Standing(5.0, FALSE_ALARMS * 1.01)) < POSSIBLE).all()
    assert len(reach(scores[:0], Standing(5.0, 0.5))) == 0
    assert np.isfinite(reach(-scores[::-1] - 1, Standing(-1.0, 0.9))).all()


def test_no_photo_below_the_floor_can_be_a_hit() -> None:
    dog = unit_rows(1, 7)[0]
    asked = Asked(np.concatenate([unit_rows(12, 1, dog), unit_rows(200, 2)]))
    query = asked.query(dog)
    order, probabilities = ranked(asked.photos, query)
    scores = asked.photos[order] @ query.vector - query.offset
    assert probabilities[scores < floor_of(scores, query)].max() < POSSIBLE


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_tiny_libraries_have_peaks(rows: int) -> None:
    photos = unit_rows(rows, 2)
    peaks = fit_peaks(photos, unit_rows(545, 99))
    assert 0 <= peaks.chance(photos[:1] @ photos[0], photos[:1], rows) <= FALSE_ALARMS


def test_peaks_survive_json_exactly() -> None:
    peaks = fit_peaks(unit_rows(100, 2), unit_rows(545, 99))
    stored = json.loads(json.dumps(peaks.as_json()))
    again = read_peaks(stored)
    photos = unit_rows(16, 3)
    scores = photos @ unit_rows(1, 4)[0]
    assert again.chance(scores, photos, 50) == peaks.chance(scores, photos, 50)
    for broken in ({}, {**stored, "mean": "?"}, {**stored, "crowds": []}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            read_peaks(broken)


def test_words_mixed_with_others_have_no_peaks() -> None:
    asked = Asked(unit_rows(50, 2))
    words = Term(unit_rows(1, 3)[0], asked.null, 1.0, asked.peaks)
    picture = Term(unit_rows(1, 4)[0], asked.null, 1.0)
    assert isinstance(combine([words]).peaks, Peaks)
    assert combine([words, picture]).peaks is None
