"""Search: SQL narrows, one exact pass scores, calibration decides, texts are fused in."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import QueryEmpty
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import (
    Hit,
    ImageTerm,
    Query,
    SearchResult,
    Signal,
    Verdict,
)
from vlm_desktop.engine.background import Backgrounds, sampled_rows
from vlm_desktop.engine.calibration import Calibration, believed, calibrate, read_prompts
from vlm_desktop.engine.concepts import Concepts
from vlm_desktop.engine.cuts import LIKELY, POSSIBLE, verdict_of
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.feedback import moved, shift_of, shifted, vote_key, voted_vectors
from vlm_desktop.engine.judging import floor_of, judged, settled
from vlm_desktop.engine.peaks import BEST
from vlm_desktop.engine.pictures import PictureVectors
from vlm_desktop.engine.querytext import search_words
from vlm_desktop.engine.ranking import (
    CombinedQuery,
    best_first,
    combine,
    first_of_each,
    fuse,
    score_rows,
)
from vlm_desktop.engine.terms import NamedTerm, QueryTerms, check_size
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library
from vlm_desktop.store.vectors import VectorMatrix

_TEXT_TRIALS = 200
_TEXT_MATCHES = 1_000
_SPREAD_ROWS = 4_000
_MOST_WORDS = 60
"""Different words that are looked up in texts. A text that holds sixty holds the rest as well."""

_SPARE = 64
"""Rows taken beyond the limit when all are shown, for those that exclusion and pages take away."""

_FUSED_AT_LEAST = 200
"""Photos of the vector ranking that take part in rank fusion, however few are asked for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One query on its way: what it is asked of, and the rows it may hit (None: all)."""

    query: Query
    model_id: str
    matrix: VectorMatrix
    calibration: Calibration
    eligible: NDArray[np.int64] | None
    votes: dict[int, int]
    """Content id -> +1 or -1, of those that a person said something of."""

    def rows(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """From positions among the eligible rows to rows of the matrix."""
        return positions if self.eligible is None else self.eligible[positions]

    def vectors(self, positions: NDArray[np.int64]) -> VectorArray:
        """The embeddings of a few of the eligible rows [k] -> [k, d]."""
        return np.asarray(self.matrix.matrix[self.rows(positions)])

    @property
    def among(self) -> int:
        """How many rows it may hit."""
        return len(self.matrix) if self.eligible is None else len(self.eligible)


@dataclass(frozen=True, slots=True)
class _Scored:
    """Photos best first, with their probabilities, and how many of all reach each cut."""

    content_ids: NDArray[np.int64]
    pages: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    likely: int
    possible: int


_NOTHING_SCORED = _Scored(
    np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0), likely=0, possible=0
)

TextRankings: TypeAlias = dict[str, dict[int, float]]
"""Kind of text -> content id -> match value, best first."""


class Searcher:
    """Answers queries over one library. Reads only, but for a calibration that is due.

    `pictures` and `backgrounds` outlive it where queries follow each other.
    """

    def __init__(
        self,
        library: Library,
        encoders: Encoders,
        open_pool: Callable[[], DecodePool],
        *,
        pictures: PictureVectors | None = None,
        backgrounds: Backgrounds | None = None,
    ) -> None:
        self._library = library
        self._encoders = encoders
        self._backgrounds = backgrounds or Backgrounds()
        self.concepts = Concepts(library, encoders, self._backgrounds)
        self.terms = QueryTerms(
            library, encoders, open_pool, pictures or PictureVectors(), self.concepts
        )

    # --- verbs -------------------------------------------------------------------------

    def search(
        self, query: Query, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, SearchResult]:
        """Find photos. Raises QueryEmpty, QueryTooLong, LibraryEmpty, ModelError, MediaRefused."""
        if not (query.text or query.images or query.phrases or not query.filters.is_empty):
            raise QueryEmpty
        check_size(query)
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        calibration = yield from self.calibration(model_id, matrix)
        cancel.raise_if_cancelled()
        eligible = self._eligible(query, matrix)
        votes = self._library.votes(vote_key(query))
        asked = _Asked(query, model_id, matrix, calibration, eligible, votes)
        terms = self.terms.of(query, model_id, matrix, calibration, cancel)
        if not terms and not query.text:
            return self._listed(asked)
        cancel.raise_if_cancelled()
        scored = self._scored(asked, terms) if terms else _NOTHING_SCORED
        cancel.raise_if_cancelled()
        return self._fused(asked, scored, self._text_rankings(asked))

    def similar(
        self, path: Path, model_id: str, limit: int, cancel: CancelToken
    ) -> Generator[Event, None, SearchResult]:
        """Photos that look like `path`, which need not be in the library; it is left out."""
        query = Query(images=(ImageTerm(path),), limit=limit + 1, show_all=True)
        result = yield from self.search(query, model_id, cancel)
        own = self._library.content_of(path)
        hits = tuple(hit for hit in result.hits if hit.content_id != own)[:limit]
        best = hits[0].probability if hits else 0.0
        return replace(result, hits=hits, verdict=verdict_of(best))

    def calibration(
        self, model_id: str, matrix: VectorMatrix | None = None
    ) -> Generator[Event, None, Calibration]:
        """The calibration of this library, measured anew when the library has outgrown it."""
        matrix = matrix or searchable_vectors(self._library, self._encoders, model_id)
        stored = self._stored_calibration(model_id, len(matrix.content_ids))
        if stored is not None:
            return stored
        prompts = list(read_prompts(bundled("resources") / "prompts" / "null_prompts.txt"))
        yield Progress(Phase.CALIBRATE, 0, len(prompts))
        vectors = self._encoders.queries(model_id, prompts)
        trials = prompts[:: max(1, len(prompts) // _TEXT_TRIALS)]
        matches = sum(
            bool(words) and bool(self._library.search_text(words, (), 1))
            for words in map(search_words, trials)
        )
        measured = calibrate(matrix.matrix, vectors, text_matches=matches, text_trials=len(trials))
        self._library.save_calibration(model_id, "library", matrix.generation, measured.to_json())
        yield Progress(Phase.CALIBRATE, len(prompts), len(prompts))
        return measured

    # --- parts -------------------------------------------------------------------------

    def _stored_calibration(self, model_id: str, rows: int) -> Calibration | None:
        stored = self._library.load_calibration(model_id, "library")
        if stored is None:
            return None
        try:
            calibration = Calibration.from_json(stored[1])
        except (KeyError, TypeError, ValueError):
            return None
        return calibration if calibration.fits(rows) else None

    def _eligible(self, query: Query, matrix: VectorMatrix) -> NDArray[np.int64] | None:
        """Rows that filters and phrases leave over; None for all."""
        ids = self._library.filter_contents(query.filters)
        if query.phrases:
            matches = self._library.search_text((), query.phrases, len(matrix.content_ids))
            matched = np.unique(np.array([m.content_id for m in matches], dtype=np.int64))
            ids = matched if ids is None else np.intersect1d(ids, matched, assume_unique=True)
        hidden = self._library.hidden_contents()
        if ids is None:
            if not len(hidden):
                return None
            return np.flatnonzero(~np.isin(matrix.content_ids, hidden)).astype(np.int64)
        if len(hidden):
            ids = np.setdiff1d(ids, hidden, assume_unique=True)
        return matrix.rows_of(ids)

    def _scored(self, asked: _Asked, terms: Sequence[NamedTerm]) -> _Scored:
        matrix, query = asked.matrix, asked.query
        combined = combine([named.term for named in terms])
        combined, shift = self._with_votes(asked, combined)
        positions, probabilities = self._judged(
            asked, combined, query.limit + _SPARE if query.show_all else 0
        )
        rows, probabilities = _voted_on(asked, asked.rows(positions), shifted(probabilities, shift))
        wanted = np.ones(len(rows), dtype=bool)
        if not query.show_all:
            wanted &= probabilities >= POSSIBLE
        if query.exclude:
            wanted &= ~np.isin(rows, self._excluded_rows(asked))
        rows, probabilities = rows[wanted], probabilities[wanted]
        content_ids, pages = np.asarray(matrix.content_ids[rows]), np.asarray(matrix.pages[rows])
        if pages.any():
            first = first_of_each(content_ids)
            content_ids, pages = content_ids[first], pages[first]
            probabilities = probabilities[first]
        shown = max(query.limit, _FUSED_AT_LEAST)
        return _Scored(
            content_ids=content_ids[:shown],
            pages=pages[:shown],
            probabilities=probabilities[:shown],
            likely=int((probabilities >= LIKELY).sum()),
            possible=int((probabilities >= POSSIBLE).sum()),
        )

    def _with_votes(self, asked: _Asked, combined: CombinedQuery) -> tuple[CombinedQuery, float]:
        """The query as the votes change it, and by how much they shift the log odds."""
        if not asked.votes:
            return combined, 0.0
        stored = self._library.vectors_of(asked.model_id, list(asked.votes))
        if not stored:
            return combined, 0.0
        voted = voted_vectors(asked.votes, stored, asked.matrix.matrix.shape[1])
        # What the calibration claimed of the voted photos before anyone said anything.
        positions, claimed = self._judged(asked, combined, BEST)
        combined = settled(combined, asked.vectors(positions[:BEST]), asked.among)
        ids = np.asarray(asked.matrix.content_ids[asked.rows(positions)])
        before = dict(zip(ids.tolist(), claimed.tolist(), strict=True))
        known = list(stored)
        shift = shift_of(
            np.array([before.get(content_id, 0.0) for content_id in known]),
            np.array([asked.votes[content_id] for content_id in known]),
        )
        background = self._backgrounds.of(asked.model_id, asked.matrix)
        sample = sampled_rows(asked.matrix.matrix, _SPREAD_ROWS)
        return moved(combined, voted, background, sample), shift

    def _judged(
        self, asked: _Asked, combined: CombinedQuery, at_least: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Positions among the eligible rows, best first, and their probabilities.

        All that can be hits, and at least `at_least` of the best.
        """
        scores = score_rows(asked.matrix.matrix, asked.eligible, combined)
        ids = asked.matrix.content_ids
        tie_break = ids if asked.eligible is None else ids[asked.eligible]
        above = np.flatnonzero(scores >= floor_of(scores, combined))
        if len(above) < at_least:
            above = np.sort(best_first(scores, np.asarray(tie_break), at_least))
        positions = above[np.lexsort((tie_break[above], -scores[above]))]
        best = asked.vectors(positions[:BEST])
        return positions, judged(scores[positions], best, len(scores), combined)

    def _excluded_rows(self, asked: _Asked) -> NDArray[np.int64]:
        """Rows that show one of the excluded things: hits of that thing as a query."""
        excluded = [np.empty(0, dtype=np.int64)]
        for terms in self.terms.excluded(
            asked.query, asked.model_id, asked.matrix, asked.calibration
        ):
            if terms:
                combined = combine([named.term for named in terms])
                positions, probabilities = self._judged(asked, combined, 0)
                excluded.append(asked.rows(positions[probabilities >= POSSIBLE]))
        return np.concatenate(excluded)

    def _text_rankings(self, asked: _Asked) -> TextRankings:
        """Stored texts that hold the query's own words, of photos that may be hit."""
        words = tuple(dict.fromkeys(search_words(asked.query.text)))[:_MOST_WORDS]
        if not words and not asked.query.phrases:
            return {}
        matches = self._library.search_text(words, asked.query.phrases, _TEXT_MATCHES)
        if not matches:
            return {}
        ids = np.unique(np.array([match.content_id for match in matches], dtype=np.int64))
        rows = asked.matrix.rows_of(ids)
        if asked.eligible is not None:
            rows = np.intersect1d(rows, asked.eligible, assume_unique=True)
        if asked.query.exclude:
            rows = np.setdiff1d(rows, self._excluded_rows(asked), assume_unique=True)
        allowed = set(np.asarray(asked.matrix.content_ids[rows]).tolist())
        if not asked.query.show_all:
            allowed -= {content_id for content_id, vote in asked.votes.items() if vote < 0}
        rankings: TextRankings = {}
        for match in matches:
            if match.content_id in allowed:
                rankings.setdefault(match.kind, {}).setdefault(match.content_id, match.rank)
        return rankings

    def _fused(self, asked: _Asked, scored: _Scored, texts: TextRankings) -> SearchResult:
        ids = scored.content_ids.tolist()
        by_vector = dict(zip(ids, scored.probabilities.tolist(), strict=True))
        pages = dict(zip(ids, scored.pages.tolist(), strict=True))
        votes = asked.votes
        named = {i for ranking in texts.values() for i in ranking if not votes.get(i)}
        by_text = float(believed(np.array(asked.calibration.text_match)))

        def probability(content_id: int) -> float:
            seen: float = by_vector.get(content_id, 0.0)
            return max(seen, by_text) if content_id in named else seen

        fused = fuse({"vector": by_vector, **texts})
        ranked = sorted(fused, key=lambda i: (-fused[i], -probability(i), i))[: asked.query.limit]
        located = self._library.locate(ranked)
        likely = scored.likely + _newly(named, by_vector, by_text, LIKELY)
        possible = scored.possible + _newly(named, by_vector, by_text, POSSIBLE)
        return SearchResult(
            query=asked.query,
            model_id=asked.model_id,
            verdict=verdict_of(max((probability(i) for i in fused), default=0.0)),
            hits=tuple(
                Hit(
                    content_id=content_id,
                    path=located[content_id].path,
                    page=pages.get(content_id, 0),
                    score=fused[content_id],
                    probability=probability(content_id),
                    signals=_signals(content_id, by_vector, texts, votes.get(content_id, 0)),
                    vote=votes.get(content_id, 0),
                )
                for content_id in ranked
                if content_id in located
            ),
            likely=likely,
            possible=max(0, possible - likely),
        )

    def _listed(self, asked: _Asked) -> SearchResult:
        """A query of filters or phrases alone: everything that passes, the newest first."""
        rows = asked.eligible
        if asked.query.exclude:
            rows = np.arange(len(asked.matrix)) if rows is None else rows
            rows = np.setdiff1d(rows, self._excluded_rows(asked), assume_unique=True)
        ids = asked.matrix.content_ids
        ids = np.unique(np.asarray(ids if rows is None else ids[rows]))[::-1]
        shown = ids[: asked.query.limit].tolist()
        located = self._library.locate(shown)
        hits = tuple(
            Hit(i, located[i].path, 0, 1.0, 1.0, (Signal("filter", 1.0),))
            for i in shown
            if i in located
        )
        verdict = Verdict.LIKELY if hits else Verdict.NONE
        return SearchResult(asked.query, asked.model_id, verdict, hits, likely=len(ids), possible=0)


def _voted_on(
    asked: _Asked, rows: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Photos a person voted on are 1 or 0, and those voted up take part wherever they rank."""
    if not asked.votes:
        return rows, probabilities
    ids = asked.matrix.content_ids
    up = np.array([i for i, vote in asked.votes.items() if vote > 0], dtype=np.int64)
    down = np.array([i for i, vote in asked.votes.items() if vote < 0], dtype=np.int64)
    liked = asked.matrix.rows_of(np.sort(up))
    if asked.eligible is not None:
        liked = np.intersect1d(liked, asked.eligible, assume_unique=True)
    missing = np.setdiff1d(liked, rows, assume_unique=True)
    rows = np.concatenate([missing, rows])
    probabilities = np.concatenate([np.ones(len(missing)), probabilities])
    probabilities[np.isin(ids[rows], up)] = 1.0
    probabilities[np.isin(ids[rows], down)] = 0.0
    # Those below every other come last, whatever their rank was.
    order = np.argsort(np.isin(ids[rows], down), kind="stable")
    return rows[order], probabilities[order]


def _newly(named: set[int], by_vector: dict[int, float], by_text: float, probability: float) -> int:
    """How many photos reach a cut by their texts alone."""
    if by_text < probability:
        return 0
    return sum(by_vector.get(content_id, 0.0) < probability for content_id in named)


def _signals(
    content_id: int, by_vector: dict[int, float], texts: TextRankings, vote: int
) -> tuple[Signal, ...]:
    signals = []
    if content_id in by_vector:
        signals.append(Signal("vector", by_vector[content_id]))
    signals += [
        Signal(kind, ranking[content_id])
        for kind, ranking in texts.items()
        if content_id in ranking
    ]
    if vote:
        signals.append(Signal("vote", float(vote)))
    return tuple(signals)
