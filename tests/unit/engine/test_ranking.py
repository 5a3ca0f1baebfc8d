"""Scoring and fusion against plain reference code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.engine.nullscores import NullScores
from vlm_desktop.engine.ranking import Term, best_first, combine, first_of_each, fuse, score_rows


def unit_rows(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def null(mean: float, spread: float) -> NullScores:
    return NullScores(mean, spread, tuple(np.linspace(0, 3, 40).tolist()), 0.3)


def test_one_term_is_the_standardised_cosine() -> None:
    matrix = unit_rows(50, 8)
    query = unit_rows(1, 8, seed=1)[0]
    scores = score_rows(matrix, None, combine([Term(query, null(0.2, 0.05), 3.0)]))
    np.testing.assert_allclose(scores, (matrix @ query - 0.2) / 0.05, rtol=1e-4, atol=1e-4)


def test_terms_are_combined_on_calibrated_scores() -> None:
    """A raw sum would let the term with the wider band win; calibrated scores do not."""
    matrix = unit_rows(80, 16)
    text, image = unit_rows(2, 16, seed=2)
    combined = combine([Term(text, null(0.1, 0.01), 3.0), Term(image, null(0.6, 0.1), 4.0)])
    expected = (3 * (matrix @ text - 0.1) / 0.01 + 4 * (matrix @ image - 0.6) / 0.1) / 5
    np.testing.assert_allclose(score_rows(matrix, None, combined), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("count", [0, 3, 40, 100])
def test_rows_score_the_same_alone_and_in_the_crowd(count: int) -> None:
    matrix = unit_rows(100, 8)
    query = combine([Term(unit_rows(1, 8, seed=3)[0], null(0.0, 1.0), 1.0)])
    rows = np.random.default_rng(4).permutation(100)[:count]
    everything = score_rows(matrix, None, query)
    np.testing.assert_allclose(score_rows(matrix, rows, query), everything[rows], atol=1e-6)


@given(
    st.lists(st.integers(0, 5), min_size=0, max_size=60),
    st.integers(0, 70),
    st.randoms(use_true_random=False),
)
def test_best_first_equals_a_full_sort_with_ties(values: list[int], limit: int, random) -> None:
    ids = list(range(len(values)))
    random.shuffle(ids)
    scores = np.array(values, dtype=np.float32)
    tie_break = np.array(ids, dtype=np.int64)
    expected = sorted(range(len(values)), key=lambda i: (-values[i], ids[i]))[:limit]
    assert best_first(scores, tie_break, limit).tolist() == expected


def test_first_of_each_keeps_order() -> None:
    assert first_of_each(np.array([5, 3, 5, 3, 9])).tolist() == [0, 1, 4]


def test_fusion_rewards_agreement() -> None:
    fused = fuse({"vector": [1, 2, 3], "ocr": [3]})
    assert max(fused, key=fused.__getitem__) == 3
    assert fused[1] == pytest.approx(1 / 61)
    assert fused[3] == pytest.approx(1 / 63 + 1 / 61)
