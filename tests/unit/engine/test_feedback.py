"""Votes and probes on vectors made for the purpose."""

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.base.types import Box, Filters, ImageTerm, Query
from vlm_desktop.engine.background import measure_background
from vlm_desktop.engine.concepts import checked_name
from vlm_desktop.engine.cuts import LIKELY, POSSIBLE
from vlm_desktop.engine.explaining import excerpt
from vlm_desktop.engine.feedback import VotedVectors, moved, shift_of, shifted, vote_key
from vlm_desktop.engine.nullscores import NullScores
from vlm_desktop.engine.probes import read_probe, teach
from vlm_desktop.engine.ranking import CombinedQuery, score_rows

_NOBODY = np.empty((0, 64), np.float32)


def photos(count: int, seed: int = 0) -> np.ndarray:
    """Unit rows that share a good deal, as photos do: float32 [count, 64]."""
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, 64)) * np.linspace(2, 0.2, 64) + 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def like(row: np.ndarray, count: int, seed: int, by: float = 0.05) -> np.ndarray:
    rows = row + by * np.random.default_rng(seed).standard_normal((count, len(row)))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def asked(matrix: np.ndarray, vector: np.ndarray) -> CombinedQuery:
    """A query whose scores over `matrix` have mean 0 and spread 1."""
    scores = matrix @ vector
    quantiles = tuple(NormalDist().inv_cdf(1 - p) for p in np.geomspace(0.5, 0.001, 40))
    null = NullScores(float(scores.mean()), float(scores.std()), quantiles, 0.29)
    return CombinedQuery(
        (vector / null.spread).astype(np.float32), null.mean / null.spread, (null,)
    )


# --- votes -------------------------------------------------------------------------------


def test_photos_like_those_voted_on_move_and_the_rest_stays_standardised() -> None:
    liked, disliked = photos(2, seed=9)
    matrix = np.concatenate([like(liked, 5, 1), like(disliked, 5, 2), photos(2_000)])
    query = asked(matrix, photos(1, seed=5)[0])
    background = measure_background(matrix)
    voted = VotedVectors(matrix[:1], matrix[5:6])
    before = score_rows(matrix, None, query)
    after = score_rows(matrix, None, moved(query, voted, background, matrix))
    change = after - before
    assert change[1:5].min() > 0.5
    assert change[6:10].max() < -0.2
    rest = after[10:]
    assert abs(float(np.median(rest))) < 0.2
    assert float(np.median(np.abs(rest - np.median(rest)))) * 1.4826 < 1.1


def test_votes_that_agree_with_the_calibration_change_little() -> None:
    assert abs(shift_of(np.array([0.9999, 0.1]), np.array([1, -1]))) < 0.1


def test_votes_against_the_calibration_shift_towards_them_within_bounds() -> None:
    assert shift_of(np.array([0.999] * 3), np.array([-1] * 3)) < -0.3
    assert shift_of(np.array([0.2] * 3), np.array([1] * 3)) > 0.3
    assert shift_of(np.full(500, 0.999), np.full(500, -1)) >= -1.0
    assert shift_of(np.empty(0), np.empty(0, np.int64)) == 0.0


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=20),
    st.floats(-1, 1, allow_subnormal=False),
)
def test_a_shift_keeps_the_order_and_the_certain(claimed: list[float], shift: float) -> None:
    before = np.sort(np.array(claimed))
    after = shifted(before, shift)
    assert np.all(np.diff(after) >= -1e-12)
    assert np.all((after == 0) == (before == 0))
    assert np.all((after >= 0) & (after <= 1))


def test_thumbs_down_bring_a_hit_at_the_cut_below_it() -> None:
    shift = shift_of(np.array([LIKELY, LIKELY]), np.array([-1, -1]))
    assert shifted(np.array([POSSIBLE + 0.001]), shift)[0] < POSSIBLE


def test_votes_are_kept_by_words_and_pictures_alone() -> None:

    plain = vote_key(Query(text="A  Dog"))
    assert plain == vote_key(Query(text="a dog", filters=Filters(camera="x"), exclude=("cat",)))
    assert vote_key(Query(filters=Filters(camera="x"))) == ""

    whole = vote_key(Query(text="a dog", images=(ImageTerm(Path("/a.jpg"), 0.5),)))
    part = vote_key(Query(text="a dog", images=(ImageTerm(Path("/a.jpg"), box=Box(1, 2, 3, 4)),)))
    assert len({plain, whole, part}) == 3
    assert whole == vote_key(Query(text="a dog", images=(ImageTerm(Path("/a.jpg")),)))


# --- probes ------------------------------------------------------------------------------


def test_a_probe_finds_photos_it_was_not_shown_and_knows_that_it_does() -> None:
    rocky = photos(1, seed=77)[0]
    examples, hidden = like(rocky, 10, 1), like(rocky, 10, 2)
    library = np.concatenate([photos(2_000), hidden])
    probe = teach(examples, _NOBODY, photos(2_000), measure_background(library))
    scores = library @ probe.vector - probe.null.mean
    assert set(np.argsort(-scores)[:10]) == set(range(2_000, 2_010))
    assert probe.score.recall is not None
    assert probe.score.recall >= 0.9
    assert probe.score.precision is not None
    assert probe.score.precision >= 0.8


def test_examples_with_nothing_in_common_are_found_out() -> None:
    probe = teach(photos(8, seed=50), _NOBODY, photos(2_000), measure_background(photos(2_000)))
    assert probe.score.recall is not None
    assert probe.score.recall <= 0.25


def test_a_counterexample_pushes_its_like_away() -> None:
    rocky, friend = like(photos(1, seed=77)[0], 2, 5, by=0.12)
    library, examples = photos(2_000), like(rocky, 8, 1)
    background = measure_background(library)

    def friendly(against: np.ndarray) -> float:
        probe = teach(examples, against, library, background)
        return float((like(friend, 5, 9) @ probe.vector - probe.null.mean).mean())

    assert friendly(like(friend, 3, 4)) < friendly(_NOBODY) - 1


def test_in_a_tiny_library_precision_is_not_claimed() -> None:
    probe = teach(photos(5, seed=1), _NOBODY, photos(12), measure_background(photos(17)))
    assert probe.score.precision is None


def test_a_probe_survives_the_database() -> None:
    probe = teach(photos(5, seed=1), _NOBODY, photos(300), measure_background(photos(305)))
    again = read_probe(probe.vector, probe.payload())
    assert (again.null, again.score, again.rows) == (probe.null, probe.score, probe.rows)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_probe(probe.vector, "{}")


# --- words -------------------------------------------------------------------------------


def test_a_name_gets_single_spaces() -> None:
    assert checked_name("  Rocky   Marciano ") == "Rocky Marciano"


def test_an_excerpt_is_one_line_with_its_marks_in_place() -> None:
    text = "x" * 100 + "\n the Grand\tHotel here " + "y" * 100
    start = text.index("Grand")
    piece, marks = excerpt(text, [(start, start + 11)])
    assert [piece[a:b] for a, b in marks] == ["Grand Hotel"]
    assert "\n" not in piece
    assert len(piece) <= 131
