"""Signals of doubt about an answer, each named as what it is; none is "confidence".

- Blank-image test: does the answer change when the picture is grey?
- Sample agreement: of answers drawn by chance, how many say the same?
- Nouns found by search: would a search for the noun find this picture among the library's?
"""

import re
from collections.abc import Callable, Generator, Sequence

import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.chatwork import NounFound, NounsFound
from vlm_desktop.base.errors import LibraryEmpty, ModelError
from vlm_desktop.base.events import Event
from vlm_desktop.base.vqascores import normalise
from vlm_desktop.engine.calibration import Calibration
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.judging import judged
from vlm_desktop.engine.peaks import BEST
from vlm_desktop.engine.ranking import Term, combine, score_rows
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.engine.vocabulary import everyday_words
from vlm_desktop.store.library import Library

NO_LIBRARY, NO_NOUNS, NO_PICTURE = "no-library", "no-nouns", "no-picture"
LONG_ANSWER = 6
"""Words from which an answer is a sentence, which nobody says twice in the same words."""
SHARED_WORDS = 0.6
"""Two sentences agree when they share this much of their words (Dice)."""
_MOST_NOUNS = 24


def agree(one: str, other: str) -> bool:
    """Whether two answers say the same, but for case, articles and punctuation.

    Sentences do when they share at least 60 % of their words.
    """
    first, second = normalise(one), normalise(other)
    if first == second:
        return True
    words, others = first.split(), second.split()
    if min(len(words), len(others)) < LONG_ANSWER:
        return False
    shared = len(set(words) & set(others))
    return 2 * shared / (len(set(words)) + len(set(others))) >= SHARED_WORDS


def nouns_in(text: str) -> tuple[tuple[str, int, int], ...]:
    """Things of the bundled word list that an answer names: (word, start, end), each once.

    Longer names come before shorter ones within them ("traffic light" before "light"). Plurals
    count. English, as the list is.
    """
    found: dict[str, tuple[str, int, int]] = {}
    taken: list[tuple[int, int]] = []
    for word in sorted(everyday_words(), key=len, reverse=True):
        pattern = rf"\b{re.escape(word.casefold())}(?:e?s)?\b"
        for match in re.finditer(pattern, text.casefold()):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            taken.append((start, end))
            found.setdefault(word, (word, start, end))
    return tuple(sorted(found.values(), key=lambda one: one[1])[:_MOST_NOUNS])


class NounJudge:
    """Judges nouns by the search model on this library. For the lane "answers"."""

    def __init__(
        self,
        library: Callable[[], Library],
        encoders: Encoders,
        model_in_use: Callable[[], str],
        calibration: Callable[[str], Generator[Event, None, Calibration]],
    ) -> None:
        self._library = library
        self._encoders = encoders
        self._model_in_use = model_in_use
        self._calibration = calibration

    def judge(self, answer: str, pixels: PixelArray) -> Generator[Event, None, NounsFound]:
        """Each noun as a query; the picture takes part beside the library's photos.

        The hits of a query are judged together, so this says what the search would say.
        """
        nouns = nouns_in(answer)
        model_id = self._model_in_use()
        if not nouns:
            return NounsFound(model_id, (), NO_NOUNS)
        try:
            matrix = searchable_vectors(self._library(), self._encoders, model_id)
            calibration = yield from self._calibration(model_id)
        except (LibraryEmpty, ModelError):
            return NounsFound(model_id, (), NO_LIBRARY)
        vectors = self._encoders.queries(model_id, [noun for noun, _, _ in nouns])
        picture = self._encoders.images(model_id, [pixels])
        found = []
        for (noun, start, end), vector in zip(nouns, vectors, strict=True):
            query = combine([Term(vector, calibration.text, 1.0, calibration.peaks)])
            others = score_rows(matrix.matrix, None, query)
            own = score_rows(picture, None, query)[0]
            rank = int((others > own).sum())
            scores = np.append(others, own)
            order = np.argsort(-scores, kind="stable")
            best = [matrix.matrix[row] if row < len(others) else picture[0] for row in order[:BEST]]
            probabilities = judged(scores[order], np.stack(best), len(scores), query)
            found.append(NounFound(noun, start, end, float(probabilities[rank])))
        return NounsFound(model_id, tuple(found))


def agreeing(samples: Sequence[str], answer: str) -> int:
    """How many samples agree with an answer."""
    return sum(agree(sample, answer) for sample in samples)
