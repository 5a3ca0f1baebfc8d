"""Why a photo was found: what each part of a query says of it, and where its texts match."""

import re
from collections.abc import Callable, Generator, Sequence

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.queries import Explanation, TermReason, TextReason
from vlm_desktop.base.types import Query
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.feedback import vote_key
from vlm_desktop.engine.querytext import search_words
from vlm_desktop.engine.search import Searcher
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.store.library import Library
from vlm_desktop.store.texts import places_of_word

_AROUND = 60
"""Letters shown on either side of the first match."""


class Explainer:
    """Looks again at one photo of a result. Reads only."""

    def __init__(self, library: Library, encoders: Encoders, searcher: Searcher) -> None:
        self._library = library
        self._encoders = encoders
        self._searcher = searcher

    def explain(
        self, query: Query, content_id: int, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, Explanation]:
        """The reasons for one photo, whether it was a hit or not. Raises as a search does."""
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        calibration = yield from self._searcher.calibration(model_id, matrix)
        pages = self._library.vectors_of(model_id, [content_id]).get(content_id)
        reasons: list[TermReason] = []
        if pages is not None:
            for named in self._searcher.terms.of(query, model_id, matrix, calibration, cancel):
                null = named.term.null
                best = float((pages @ named.term.vector).max())
                standardised = (best - null.mean) / null.spread
                reasons.append(TermReason(named.kind, named.name, standardised, named.term.weight))
        votes = self._library.votes(vote_key(query))
        return Explanation(
            content_id=content_id,
            terms=tuple(reasons),
            texts=self._texts(query, content_id),
            vote=votes.get(content_id, 0),
            votes=len(votes),
        )

    def _texts(self, query: Query, content_id: int) -> tuple[TextReason, ...]:
        words = tuple(dict.fromkeys(search_words(query.text)))
        phrases = tuple(phrase for phrase in query.phrases if phrase.strip())
        if not words and not phrases:
            return ()
        found = []
        for stored in self._library.texts_of(content_id):
            places = _places(stored.text, words, phrases)
            if places:
                found.append(TextReason(stored.kind, stored.page, *excerpt(stored.text, places)))
        return tuple(found)


def _places(text: str, words: Sequence[str], phrases: Sequence[str]) -> list[tuple[int, int]]:
    """Where all words and phrases stand; none when one of them is missing, as in a search."""
    finders: list[Callable[[], list[tuple[int, int]]]] = [
        *(lambda word=word: list(places_of_word(text, word)) for word in words),
        *(
            lambda phrase=phrase: [
                match.span() for match in re.finditer(re.escape(phrase), text, re.IGNORECASE)
            ]
            for phrase in phrases
        ),
    ]
    places: list[tuple[int, int]] = []
    for find in finders:
        some = find()
        if not some:
            return []
        places += some
    return sorted(places)


def excerpt(
    text: str, places: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A piece of the text around the first of `places`, in one line, and the places in it."""
    start = max(0, places[0][0] - _AROUND)
    end = min(len(text), places[0][1] + _AROUND)
    # Each line break becomes one blank, so that places stay where they are.
    piece = re.sub(r"\s", " ", text[start:end])
    marks: list[tuple[int, int]] = []
    for first, last in places:
        if first >= start and last <= end and (not marks or first - start >= marks[-1][1]):
            marks.append((first - start, last - start))
    return piece, tuple(marks)
