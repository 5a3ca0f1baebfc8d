"""Search: SQL narrows, one exact pass scores, calibration decides, texts are fused in."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import LibraryEmpty, NotInLibrary, QueryEmpty
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import (
    DecodeLimits,
    Hit,
    ImageTerm,
    Query,
    SearchResult,
    Signal,
    VectorArray,
    Verdict,
)
from vlm_desktop.engine.calibration import (
    LIKELY,
    POSSIBLE,
    Calibration,
    calibrate,
    probability_of,
    read_prompts,
    standard_at,
    verdict_of,
)
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.querytext import search_words
from vlm_desktop.engine.ranking import (
    CombinedQuery,
    Term,
    best_first,
    combine,
    first_of_each,
    fuse,
    score_rows,
)
from vlm_desktop.media.decode import load_pixels
from vlm_desktop.store.library import Library
from vlm_desktop.store.vectors import VectorMatrix

_TEXT_TRIALS = 200
_TEXT_MATCHES = 1_000
_SPARE = 64
"""Hits taken beyond the limit, for the rows that exclusion and pages of one file take away."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """Photos with their best standardised score, best first."""

    content_ids: NDArray[np.int64]
    pages: NDArray[np.int32]
    scores: NDArray[np.float32]
    likely: int
    possible: int


class Searcher:
    """Answers queries over one library. Reads only, but for a calibration that is due."""

    def __init__(self, library: Library, encoders: Encoders, limits: DecodeLimits) -> None:
        self._library = library
        self._encoders = encoders
        self._limits = limits

    # --- verbs -------------------------------------------------------------------------

    def search(
        self, query: Query, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, SearchResult]:
        """Find photos. Raises QueryEmpty, LibraryEmpty, ModelError, MediaRefused."""
        if not (query.text or query.images or query.phrases or not query.filters.is_empty):
            raise QueryEmpty
        matrix = self._matrix(model_id)
        calibration = yield from self.calibration(model_id, matrix)
        cancel.raise_if_cancelled()
        eligible = self._eligible(query, matrix)
        combined = self._combined(query, model_id, calibration)
        cancel.raise_if_cancelled()
        if combined is None:
            return self._listed(query, model_id, matrix, eligible)
        scored = self._scored(query, matrix, eligible, combined, calibration, model_id)
        cancel.raise_if_cancelled()
        texts = self._text_matches(query, eligible)
        return self._fused(query, model_id, scored, texts, calibration)

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
        self, model_id: str, matrix: VectorMatrix | None = None, *, fresh: bool = False
    ) -> Generator[Event, None, Calibration]:
        """The calibration of this library, measured anew when the library has outgrown it."""
        matrix = matrix or self._matrix(model_id)
        if not fresh:
            stored = self._stored_calibration(model_id, len(matrix.content_ids))
            if stored is not None:
                return stored
        prompts = list(read_prompts(bundled("resources") / "prompts" / "null_prompts.txt"))
        yield Progress(Phase.CALIBRATE, 0, len(prompts))
        vectors = self._null_vectors(model_id, prompts)
        trials = prompts[:: max(1, len(prompts) // _TEXT_TRIALS)]
        matches = sum(
            bool(words) and bool(self._library.search_text(words, (), 1))
            for words in map(search_words, trials)
        )
        measured = calibrate(
            matrix.matrix, vectors, text_matches=matches, text_trials=len(trials)
        )
        self._library.save_calibration(model_id, "library", matrix.generation, measured.to_json())
        yield Progress(Phase.CALIBRATE, len(prompts), len(prompts))
        return measured

    # --- parts -------------------------------------------------------------------------

    def _matrix(self, model_id: str) -> VectorMatrix:
        matrix = self._library.vectors(model_id)
        if not len(matrix.content_ids):
            raise LibraryEmpty(model=model_id)
        return matrix

    def _stored_calibration(self, model_id: str, rows: int) -> Calibration | None:
        stored = self._library.load_calibration(model_id, "library")
        if stored is None:
            return None
        try:
            calibration = Calibration.from_json(stored[1])
        except (KeyError, TypeError, ValueError):
            return None
        return calibration if calibration.fits(rows) else None

    def _null_vectors(self, model_id: str, prompts: list[str]) -> VectorArray:
        return self._encoders.texts(model_id, prompts)

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

    def _combined(
        self, query: Query, model_id: str, calibration: Calibration
    ) -> CombinedQuery | None:
        terms: list[Term] = []
        if query.text and query.text_weight > 0:
            vector = self._encoders.texts(model_id, [query.text])[0]
            terms.append(Term(vector, calibration.text, query.text_weight))
        terms += [
            Term(self._image_vector(term.path, model_id), calibration.image, term.weight)
            for term in query.images
            if term.weight > 0
        ]
        return combine(terms) if terms else None

    def _image_vector(self, path: Path, model_id: str) -> VectorArray:
        content_id = self._library.content_of(path)
        if content_id is not None:
            stored = self._library.vectors_of(model_id, [content_id])
            if content_id in stored:
                return stored[content_id][0]
        side = self._encoders.spec(model_id).image_side
        page = load_pixels(path, min_side=side, limits=self._limits)
        return self._encoders.images(model_id, [page.pixels])[0]

    def _scored(
        self,
        query: Query,
        matrix: VectorMatrix,
        eligible: NDArray[np.int64] | None,
        combined: CombinedQuery,
        calibration: Calibration,
        model_id: str,
    ) -> _Scored:
        scores = score_rows(matrix.matrix, eligible, combined)
        cut = standard_at(POSSIBLE)
        if query.show_all:
            kept = np.arange(len(scores))
        else:
            kept = np.flatnonzero(scores >= cut)
        rows = kept if eligible is None else eligible[kept]
        scores = scores[kept]
        if query.exclude:
            wanted = self._not_excluded(query.exclude, model_id, matrix, rows, calibration)
            rows, scores = rows[wanted], scores[wanted]
        content_ids = np.asarray(matrix.content_ids[rows])
        pages = np.asarray(matrix.pages[rows])
        if pages.any():
            order = np.lexsort((content_ids, -scores))
            order = order[first_of_each(content_ids[order])]
            content_ids, pages, scores = content_ids[order], pages[order], scores[order]
        top = best_first(scores, content_ids, query.limit + _SPARE)
        return _Scored(
            content_ids=content_ids[top],
            pages=pages[top],
            scores=scores[top],
            likely=int((scores >= standard_at(LIKELY)).sum()),
            possible=int((scores >= cut).sum()),
        )

    def _not_excluded(
        self,
        exclude: tuple[str, ...],
        model_id: str,
        matrix: VectorMatrix,
        rows: NDArray[np.int64],
        calibration: Calibration,
    ) -> NDArray[np.bool_]:
        """Which rows show none of the excluded things: no score above the calibrated cut."""
        wanted = np.ones(len(rows), dtype=np.bool_)
        cut = standard_at(POSSIBLE)
        for vector in self._encoders.texts(model_id, list(exclude)):
            term = combine([Term(vector, calibration.text, 1.0)])
            wanted &= score_rows(matrix.matrix, rows, term) < cut
        return wanted

    def _text_matches(
        self, query: Query, eligible: NDArray[np.int64] | None
    ) -> dict[str, dict[int, float]]:
        """Kind of text -> content id -> rank value, best first, for the query's own words."""
        words = search_words(query.text)
        if not words and not query.phrases:
            return {}
        by_kind: dict[str, dict[int, float]] = {}
        for match in self._library.search_text(words, query.phrases, _TEXT_MATCHES):
            by_kind.setdefault(match.kind, {}).setdefault(match.content_id, match.rank)
        return by_kind

    def _fused(
        self,
        query: Query,
        model_id: str,
        scored: _Scored,
        texts: dict[str, dict[int, float]],
        calibration: Calibration,
    ) -> SearchResult:
        vector_scores = dict(zip(scored.content_ids.tolist(), scored.scores.tolist(), strict=True))
        pages = dict(zip(scored.content_ids.tolist(), scored.pages.tolist(), strict=True))
        texts = self._allowed(query, texts, model_id)
        text_only = {i for kind in texts.values() for i in kind} - vector_scores.keys()
        text_probability = 1.0 - calibration.text_match
        fused = fuse({"vector": vector_scores, **texts})

        def probability(content_id: int) -> float:
            from_vector = probability_of(vector_scores.get(content_id, -30.0))
            named = any(content_id in kind for kind in texts.values())
            return max(from_vector, text_probability if named else 0.0)

        ranked = sorted(fused, key=lambda i: (-fused[i], -probability(i), i))[: query.limit]
        located = self._library.locate(ranked)
        hits = tuple(
            Hit(
                content_id=content_id,
                path=located[content_id].path,
                page=pages.get(content_id, 0),
                score=fused[content_id],
                probability=probability(content_id),
                signals=_signals(content_id, vector_scores, texts),
            )
            for content_id in ranked
            if content_id in located
        )
        best = max((probability(i) for i in fused), default=0.0)
        text_likely = len(text_only) if text_probability >= LIKELY else 0
        text_possible = len(text_only) if text_probability >= POSSIBLE else 0
        return SearchResult(
            query=query,
            model_id=model_id,
            verdict=verdict_of(best),
            hits=hits,
            likely=scored.likely + text_likely,
            possible=scored.possible + text_possible - scored.likely - text_likely,
        )

    def _allowed(
        self, query: Query, texts: dict[str, dict[int, float]], model_id: str
    ) -> dict[str, dict[int, float]]:
        """Text matches that pass the same filters and exclusions as the vectors."""
        found = {i for kind in texts.values() for i in kind}
        if not found:
            return {}
        matrix = self._library.vectors(model_id)
        rows = self._eligible(query, matrix)
        if rows is not None:
            found &= set(np.asarray(matrix.content_ids[rows]).tolist())
        if query.exclude and found:
            ids = np.array(sorted(found), dtype=np.int64)
            own = matrix.rows_of(ids)
            calibration = self._stored_calibration(model_id, len(matrix.content_ids))
            if calibration is not None:
                wanted = self._not_excluded(query.exclude, model_id, matrix, own, calibration)
                found -= set(np.asarray(matrix.content_ids[own[~wanted]]).tolist())
        allowed = {
            kind: {i: rank for i, rank in ranking.items() if i in found}
            for kind, ranking in texts.items()
        }
        return {kind: ranking for kind, ranking in allowed.items() if ranking}

    def _listed(
        self,
        query: Query,
        model_id: str,
        matrix: VectorMatrix,
        eligible: NDArray[np.int64] | None,
    ) -> SearchResult:
        """A query of filters or phrases alone: everything that passes, newest id first."""
        ids = matrix.content_ids if eligible is None else matrix.content_ids[eligible]
        ids = np.unique(np.asarray(ids))[::-1]
        shown = ids[: query.limit].tolist()
        located = self._library.locate(shown)
        hits = tuple(
            Hit(i, located[i].path, 0, 1.0, 1.0, (Signal("filter", 1.0),))
            for i in shown
            if i in located
        )
        verdict = Verdict.LIKELY if hits else Verdict.NONE
        return SearchResult(query, model_id, verdict, hits, likely=len(ids), possible=0)


def _signals(
    content_id: int, vector_scores: dict[int, float], texts: dict[str, dict[int, float]]
) -> tuple[Signal, ...]:
    signals = []
    if content_id in vector_scores:
        signals.append(Signal("vector", probability_of(vector_scores[content_id])))
    signals += [
        Signal(kind, ranking[content_id])
        for kind, ranking in texts.items()
        if content_id in ranking
    ]
    return tuple(signals)


def require_in_library(library: Library, path: Path) -> int:
    """The content id of a stored photo. Raises NotInLibrary."""
    content_id = library.content_of(path)
    if content_id is None:
        raise NotInLibrary(path=path)
    return content_id
