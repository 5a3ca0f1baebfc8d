"""Probabilities that mean what they say, and cuts that follow a person's judgements."""

import numpy as np
import pytest

from vlm_desktop.engine.nullscores import NullScores, fit_scores
from vlm_desktop.engine.thresholds import Space, corrected, moved, probabilities

RANDOM = np.random.default_rng(3)


@pytest.fixture(scope="module")
def null() -> NullScores:
    return fit_scores(RANDOM.normal(0.1, 0.02, 200_000).astype(np.float32))


def test_probabilities_are_the_share_that_is_right(null: NullScores) -> None:
    shows = np.arange(20_000) < 3_000
    scores = np.where(shows, RANDOM.normal(0.16, 0.02, 20_000), RANDOM.normal(0.1, 0.02, 20_000))
    found = probabilities(scores.astype(np.float32), null)
    for low, high in ((0.3, 0.6), (0.6, 0.9), (0.9, 1.0)):
        inside = (found >= low) & (found < high)
        assert inside.sum() > 50
        # Never much surer than it should be; a common word may be up to a quarter too careful.
        assert -0.1 < shows[inside].mean() - found[inside].mean() < 0.25


def test_a_word_nothing_shows_is_probable_nowhere(null: NullScores) -> None:
    scores = RANDOM.normal(0.1, 0.02, 20_000).astype(np.float32)
    assert (probabilities(scores, null) >= 0.5).mean() < 0.002


def test_a_word_that_lies_close_to_everything_is_not_believed(null: NullScores) -> None:
    scores = RANDOM.normal(0.14, 0.02, 20_000).astype(np.float32)
    assert (probabilities(scores, null) >= 0.5).mean() < 0.01


@pytest.mark.parametrize("count", [30, 300, 3_000])
def test_few_photos_are_no_reason_to_be_surer(null: NullScores, count: int) -> None:
    believed = [
        (probabilities(RANDOM.normal(0.1, 0.02, count).astype(np.float32), null) >= 0.5).mean()
        for _ in range(20)
    ]
    assert np.mean(believed) < 0.04


def test_probabilities_rise_with_the_score(null: NullScores) -> None:
    scores = np.sort(RANDOM.normal(0.13, 0.03, 5_000)).astype(np.float32)
    assert (np.diff(probabilities(scores, null)) >= -1e-9).all()
    assert len(probabilities(scores[:0], null)) == 0


def test_judgements_move_the_cut_towards_what_they_say() -> None:
    assert moved(0.6, []) == 0.6
    one = moved(0.6, [(0.8, False)])
    many = moved(0.6, [(0.8, False)] * 12)
    assert 0.6 < one < many
    assert many > 0.8
    assert moved(0.6, [(0.4, True)] * 12) < 0.45


def test_judgements_that_agree_with_the_cut_leave_it_about_there() -> None:
    said = [(0.95, True), (0.9, True), (0.2, False), (0.1, False)]
    assert moved(0.6, said) == pytest.approx(0.6, abs=0.1)


def test_corrections_reach_photos_like_the_judged_ones_first() -> None:
    one, other = np.eye(8, dtype=np.float32)[:2]
    both = np.repeat([one, other], 20, axis=0)
    vectors = (both + RANDOM.normal(0, 0.05, (40, 8))).astype(np.float32)
    space = Space(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    shares = np.full(40, 0.6)
    scores = np.full(40, 0.2, np.float32)
    after = corrected(shares, scores, np.arange(6), np.zeros(6, bool), space)
    assert after[:20].max() < 0.35
    assert after[20:].min() > after[:20].max() + 0.1
    nobody = np.array([], int)
    assert np.array_equal(corrected(shares, scores, nobody, nobody > 0, space), shares)


def test_directions_of_some_photos_agree_with_what_all_of_them_are_measured_by() -> None:
    vectors = RANDOM.normal(0, 1, (30, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.array([3, 7, 8, 20])
    slope = RANDOM.normal(0, 1, 8).astype(np.float32)
    space = Space(vectors, rows)
    assert space.along(slope) == pytest.approx(space.directions(np.arange(4)) @ slope, abs=1e-4)
    assert space.scores(vectors[:2]) == pytest.approx(vectors[rows] @ vectors[:2].T, abs=1e-6)
