"""Probabilities that mean what they say, and cuts that follow a person's judgements."""

import numpy as np
import pytest

from vlm_desktop.engine.calibration import NullScores, fit_scores
from vlm_desktop.engine.thresholds import corrected, moved, probabilities

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
    shares = np.full(40, 0.6)
    after = corrected(shares, vectors, np.array([0, 1, 2]), np.array([False, False, False]))
    assert after[:20].max() < 0.4
    assert after[20:].min() > 0.5
    assert np.array_equal(corrected(shares, vectors, np.array([], int), np.array([], bool)), shares)
