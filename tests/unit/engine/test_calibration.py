"""The null distributions: fits recover what they were drawn from, and verdicts follow."""

import numpy as np
import pytest

from vlm_desktop.base.types import Verdict
from vlm_desktop.engine.calibration import (
    LIKELY,
    POSSIBLE,
    Calibration,
    NullTail,
    best_null_scores,
    calibrate,
    fit_image_pairs,
    fit_tail,
    probability_of,
    standard_at,
    verdict_of,
)


def unit_rows(count: int, dimension: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_tail_fit_recovers_an_exponential_tail_under_any_body() -> None:
    random = np.random.default_rng(0)
    body = random.uniform(-0.3, 0.3, 18_000)
    tail = 0.3 + random.exponential(0.04, 2_000)
    fit = fit_tail(np.concatenate([body, tail]).astype(np.float32))
    assert fit.location == pytest.approx(0.3, abs=0.002)
    assert fit.scale == pytest.approx(0.04, rel=0.08)


def test_a_null_prompt_that_matches_does_not_lift_the_cut() -> None:
    drawn = np.random.default_rng(1).normal(0.3, 0.02, 500).astype(np.float32)
    spoiled = np.concatenate([drawn, np.array([0.95, 0.9], dtype=np.float32)])
    assert fit_tail(spoiled).score_at(POSSIBLE) == pytest.approx(
        fit_tail(drawn).score_at(POSSIBLE), abs=0.005
    )


def test_probability_and_quantile_are_inverse_and_rise_smoothly() -> None:
    for probability in (0.05, 0.5, 0.9, POSSIBLE, LIKELY):
        assert probability_of(standard_at(probability)) == pytest.approx(probability)
    values = [probability_of(x) for x in np.linspace(-5, 5, 1_001)]
    steps = np.diff(values)
    assert (steps > 0).all()
    assert np.abs(np.diff(steps)).max() < 1e-5
    assert probability_of(-1e9) == 0.0
    assert probability_of(1e9) == 1.0


def test_best_null_scores_equals_the_plain_product_over_blocks() -> None:
    matrix, nulls = unit_rows(70_000, 4, 2), unit_rows(5, 4, 3)
    np.testing.assert_allclose(
        best_null_scores(matrix, nulls), (matrix @ nulls.T).max(axis=0), atol=1e-6
    )


def test_unrelated_queries_are_refused_and_planted_ones_kept() -> None:
    """2,000 random photos; 300 random queries answer none, 300 close to a photo do not."""
    matrix = unit_rows(2_000, 64, 4)
    calibration = calibrate(matrix, unit_rows(600, 64, 5), text_matches=0, text_trials=200)
    cut = calibration.text.score_at(POSSIBLE)
    absent = (unit_rows(300, 64, 6) @ matrix.T).max(axis=1)
    assert (absent < cut).mean() >= 0.89
    near = matrix[:300] + 0.5 * unit_rows(300, 64, 7)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert ((near @ matrix.T).max(axis=1) >= cut).all()


def test_image_cut_lies_near_the_best_of_unrelated_photos() -> None:
    matrix = unit_rows(3_000, 64, 8)
    fit = fit_image_pairs(matrix)
    best = (unit_rows(200, 64, 9) @ matrix.T).max(axis=1)
    assert 0.5 < np.mean([probability_of(fit.standardise(s)) for s in best]) < 0.95


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_tiny_libraries_calibrate(rows: int) -> None:
    fit = fit_image_pairs(unit_rows(rows, 8, 10))
    assert fit.scale > 0
    assert np.isfinite(fit.location)


def test_verdicts() -> None:
    assert verdict_of(LIKELY) is Verdict.LIKELY
    assert verdict_of(POSSIBLE) is Verdict.POSSIBLE
    assert verdict_of(POSSIBLE - 1e-6) is Verdict.NONE


def test_calibration_survives_json_and_knows_when_it_is_outgrown() -> None:
    one = Calibration(1_000, 540, NullTail(0.3, 0.02), NullTail(0.6, 0.05), 0.01)
    assert Calibration.from_json(one.to_json()) == one
    assert one.fits(1_100)
    assert not one.fits(1_101)
    assert not one.fits(800)
