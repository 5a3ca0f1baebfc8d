"""The null scores: fits recover what they were drawn from, and hits are judged together."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from vlm_desktop.base.types import Verdict
from vlm_desktop.engine.calibration import (
    RAREST,
    Calibration,
    calibrate,
    fit_image_pairs,
    fit_text,
    hit_probabilities,
)
from vlm_desktop.engine.cuts import LIKELY, POSSIBLE, verdict_of
from vlm_desktop.engine.nullscores import NullScores, fit_scores
from vlm_desktop.engine.peaks import fit_peaks


def unit_rows(count: int, dimension: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def judged(scores: np.ndarray, null: NullScores) -> np.ndarray:
    """Probabilities of a query's hits, best first. scores [photos]."""
    standardised = -np.sort(-(scores - null.mean) / null.spread)
    return hit_probabilities(
        standardised[standardised >= null.standardised_at(RAREST)], len(scores), [null]
    )


def verdicts(queries: np.ndarray, matrix: np.ndarray, null: NullScores) -> list[bool]:
    """Whether each query has a hit."""
    found = [judged(matrix @ query, null) for query in queries]
    return [bool(len(one)) and one[0] >= POSSIBLE for one in found]


def test_fit_follows_any_body_and_an_exponential_tail() -> None:
    random = np.random.default_rng(0)
    body = random.uniform(-0.3, 0.3, 180_000)
    tail = 0.3 + random.exponential(0.04, 20_000)
    null = fit_scores(np.concatenate([body, tail]).astype(np.float32))
    for score, share in ((0.3, 0.1), (0.4, 0.1 * np.exp(-2.5)), (0.6, 0.1 * np.exp(-7.5))):
        standardised = np.array([(score - null.mean) / null.spread], dtype=np.float32)
        assert null.exceedance(standardised)[0] == pytest.approx(share, rel=0.5)


def test_exceedance_falls_and_inverts() -> None:
    null = fit_scores(np.random.default_rng(1).normal(0.2, 0.05, 100_000).astype(np.float32))
    shares = null.exceedance(np.linspace(-3, 9, 200).astype(np.float32))
    assert (np.diff(shares) <= 0).all()
    assert shares[-1] < 1e-5
    assert null.standardised_at(0.01) == pytest.approx(NormalDist().inv_cdf(0.99), abs=0.05)


def test_unrelated_queries_are_refused_and_planted_ones_kept() -> None:
    """2,000 random photos; random queries have no hit, those close to a photo do."""
    matrix = unit_rows(2_000, 64, 4)
    null = calibrate(matrix, unit_rows(600, 64, 5), text_matches=0, text_trials=200).text
    assert np.mean(verdicts(unit_rows(200, 64, 6), matrix, null)) <= 0.06
    near = matrix[:200] + 0.5 * unit_rows(200, 64, 7)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert all(verdicts(near, matrix, null))


def test_a_crowd_a_little_above_is_believed_and_one_photo_is_not() -> None:
    null = fit_scores(np.random.default_rng(2).normal(0.0, 0.1, 200_000).astype(np.float32))
    library = np.random.default_rng(3).normal(0.0, 0.1, 1_000)
    alone, crowd = library.copy(), library.copy()
    alone[:1] = 0.30
    crowd[:200] = 0.30
    assert judged(alone, null)[0] < POSSIBLE
    assert (judged(crowd, null) >= POSSIBLE).sum() >= 200


def test_probabilities_fall_with_the_rank_and_stay_in_bounds() -> None:
    null = fit_scores(np.random.default_rng(4).normal(0.0, 1.0, 50_000).astype(np.float32))
    scores = -np.sort(-np.random.default_rng(5).normal(1.0, 2.0, 500)).astype(np.float32)
    probabilities = hit_probabilities(scores, 500, [null])
    assert (np.diff(probabilities) <= 0).all()
    assert (probabilities >= 0).all()
    assert (probabilities <= 1).all()
    assert len(hit_probabilities(scores[:0], 500, [null])) == 0


def test_the_more_lenient_null_of_several_counts() -> None:
    wide = fit_scores(np.random.default_rng(6).standard_t(3, 50_000).astype(np.float32))
    narrow = fit_scores(np.random.default_rng(7).normal(0, 1, 50_000).astype(np.float32))
    scores = np.array([4.0, 3.5], dtype=np.float32)
    both = hit_probabilities(scores, 100, [narrow, wide])
    np.testing.assert_allclose(both, hit_probabilities(scores, 100, [wide]))
    assert (both <= hit_probabilities(scores, 100, [narrow])).all()


def test_unrelated_photos_are_no_hits_and_the_same_scene_is() -> None:
    matrix = unit_rows(3_000, 64, 8)
    null = fit_image_pairs(matrix)
    assert np.mean(verdicts(unit_rows(200, 64, 9), matrix, null)) <= 0.1
    near = matrix[:50] + 0.4 * unit_rows(50, 64, 10)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert all(verdicts(near, matrix, null))


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_tiny_libraries_calibrate(rows: int) -> None:
    matrix = unit_rows(rows, 8, 10)
    for null in (fit_image_pairs(matrix), fit_text(matrix, unit_rows(540, 8, 11))):
        assert null.spread > 0
        assert null.tail_scale > 0
        assert np.isfinite(null.quantiles).all()
        assert (np.diff(null.quantiles) >= 0).all()


def test_a_large_library_is_sampled() -> None:
    matrix = unit_rows(60_000, 4, 12)
    nulls = unit_rows(20, 4, 13)
    sampled, whole = fit_text(matrix, nulls), fit_scores((matrix @ nulls.T).ravel())
    assert sampled.mean == pytest.approx(whole.mean, abs=0.01)
    assert sampled.spread == pytest.approx(whole.spread, rel=0.02)


def test_verdicts() -> None:
    assert verdict_of(LIKELY) is Verdict.LIKELY
    assert verdict_of(POSSIBLE) is Verdict.POSSIBLE
    assert verdict_of(POSSIBLE - 1e-6) is Verdict.NONE


def test_calibration_survives_json_and_knows_when_it_is_outgrown() -> None:
    null = fit_scores(np.random.default_rng(14).normal(0, 1, 5_000).astype(np.float32))
    peaks = fit_peaks(unit_rows(30, 8, 15), unit_rows(200, 8, 16))
    one = Calibration(1_000, 540, null, null, 0.01, peaks)
    assert Calibration.from_json(one.to_json()).to_json() == one.to_json()
    assert one.fits(1_100)
    assert not one.fits(1_101)
    assert not one.fits(800)
    for broken in ("", "{}", "[]", one.to_json().replace('"quantiles": [', '"quantiles": [1.0, ')):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Calibration.from_json(broken)


def test_null_prompts_that_find_too_much_raise_the_bar() -> None:
    matrix, nulls = unit_rows(300, 32, 20), unit_rows(500, 32, 22)
    close = matrix[:40] + 0.3 * unit_rows(40, 32, 23)
    lucky = np.concatenate([nulls, close / np.linalg.norm(close, axis=1, keepdims=True)])
    plain, careful = fit_text(matrix, nulls), fit_text(matrix, lucky.astype(np.float32))
    assert 1.0 <= plain.caution < careful.caution <= 4.0
    scores = np.array([3.5, 3.2], dtype=np.float32)
    unmoved = replace(careful, caution=1.0)
    assert (
        hit_probabilities(scores, 300, [careful]) < hit_probabilities(scores, 300, [unmoved])
    ).all()
