"""Where on the pages a text stands: what a model or a person wrote, led back to words.

Spaces and letter case do not count, because readers drop the one and models change the other.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documentanswers import Difference
from vlm_desktop.base.documents import Evidence
from vlm_desktop.base.pagereading import DocumentReading, PageReading

LEAST_LIKENESS = 0.8
"""Share of characters that agree, from which a text is taken to stand on the page."""
_SHORT = 4
"""Characters up to which a text must stand there as it is: one wrong of three is another word."""
_MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class Alignment:
    """A text found on a page. `likeness` is 1.0 where it stands there word by word."""

    evidence: Evidence
    likeness: float


class PageText:
    """A page's words in reading order as one text without spaces, made once for many searches."""

    def __init__(self, page: PageReading) -> None:
        self.page = page
        self.words = tuple(word for line in page.lines for word in line.words)
        folded = [fold(page.words[word].text) for word in self.words]
        self.text = "".join(folded)
        self._starts = [0, *accumulate(map(len, folded))]

    def find(self, wanted: str, least: float) -> tuple[float, Sequence[int]] | None:
        """Likeness and words of the best place of a folded text."""
        exact = next(self._exact(wanted), None)
        if exact is not None:
            return 1.0, exact
        if len(wanted) <= _SHORT:
            return None
        near = fuzz.partial_ratio_alignment(wanted, self.text, score_cutoff=100 * least)
        if near is None:
            return None
        words = self._covering(near.dest_start, near.dest_end)
        said = "".join(fold(self.page.words[word].text) for word in words)
        likeness = fuzz.ratio(wanted, said) / 100
        return (likeness, words) if likeness >= least else None

    def _exact(self, wanted: str) -> Iterator[Sequence[int]]:
        """Places where the text stands as whole words."""
        at = -1
        for _ in range(_MOST_PLACES):
            at = self.text.find(wanted, at + 1)
            if at < 0:
                return
            words = self._covering(at, at + len(wanted))
            if sum(len(fold(self.page.words[word].text)) for word in words) == len(wanted):
                yield words

    def _covering(self, start: int, end: int) -> Sequence[int]:
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, end - 1)) - 1
        return self.words[first : last + 1]


class DocumentText:
    """All pages of a reading, ready to be searched."""

    def __init__(self, reading: DocumentReading) -> None:
        self.pages = tuple(map(PageText, reading.pages))

    def find(self, text: str, least: float = LEAST_LIKENESS) -> Alignment | None:
        """The best place of a text, the first among equals; None when it stands nowhere."""
        wanted = fold(text)
        if not wanted:
            return None
        best: tuple[float, PageText, Sequence[int]] | None = None
        for page in self.pages:
            found = page.find(wanted, least)
            if found is not None and (best is None or found[0] > best[0]):
                best = (found[0], page, found[1])
        if best is None:
            return None
        likeness, where, words = best
        return Alignment(evidence_of(where.page, words), likeness)


def evidence_of(page: PageReading, words: Sequence[int]) -> Evidence:
    """Words of a page as evidence, their box in the page's own coordinates."""
    return Evidence(
        page=page.number,
        box=page.view.box_to_page(around([page.words[word].box for word in words])),
        text=page.text(tuple(words)),
        words=tuple(words),
    )


def fold(text: str) -> str:
    """A text without spaces, letter case and forms of the same character (Unicode NFKC)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def differences(expected: str, found: str) -> tuple[Difference, ...]:
    """Two texts character by character; the pieces join to both."""
    return tuple(
        Difference(expected[one.src_start : one.src_end], found[one.dest_start : one.dest_end])
        for one in Levenshtein.opcodes(expected, found)
    )
