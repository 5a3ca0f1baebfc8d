"""How well pictures are read, against lines whose text is known: `evaluate ocr`.

Letter case does not count, because transcriptions of receipts are mostly in capitals.
"""

import time
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.base.ocrtext import ReadPicture, ReadWord
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.evaluationdata import json_rows

_FOUND = 0.5
"""A line counts as found when this part of its characters was read at its place."""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line as people transcribed it, in pixels of the upright picture."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A picture whose text is known; `image` is its name in the file."""

    image: str
    path: Path
    lines: tuple[KnownLine, ...]


@dataclass(frozen=True, slots=True)
class OcrFigures:
    """In percent. Words are counted page by page, as often as they occur.

    `lines_exact` are lines read without any fault, spaces included; `cer` is the edit distance
    of the lines' characters, spaces included, by their number.
    """

    word_precision: float
    word_recall: float
    word_f1: float
    lines_exact: float
    cer: float


@dataclass(frozen=True, slots=True)
class OcrReport:
    """`repaired` as the program reads, `plain` without the spaces it puts back.

    `spaces_mended` is how many those are; `lines_found` in percent.
    """

    pages: int
    unreadable: int
    lines: int
    words: int
    seconds: float
    spaces_mended: int
    lines_found: float
    repaired: OcrFigures
    plain: OcrFigures


def read_known_pages(path: Path) -> tuple[KnownPage, ...]:
    """Rows {"image", "lines": [{"text", "box"}]}; a row without "lines" takes them from
    box/NAME.csv beside the file, eight numbers (the corners of a quad) and a text in each line.

    Raises BadInputFile.
    """
    pages = []
    for number, row in json_rows(path):
        image = str(row["image"])
        told = row.get("lines")
        lines = (
            _lines_beside(path.parent / "box" / f"{Path(image).stem}.csv")
            if told is None
            else _lines_told(told, path, number)
        )
        pages.append(KnownPage(image, path.parent / image, lines))
    return tuple(pages)


def _lines_told(told: Any, path: Path, number: int) -> tuple[KnownLine, ...]:
    try:
        return tuple(KnownLine(str(one["text"]), Box(*map(float, one["box"]))) for one in told)
    except (TypeError, KeyError, ValueError) as error:
        detail = '"lines" must be [{"text", "box": [x0, y0, x1, y1]}, ...]'
        raise BadInputFile(path=path, line=number, detail=detail) from error


def _lines_beside(path: Path) -> tuple[KnownLine, ...]:
    try:
        rows = path.read_text(encoding="utf-8", errors="replace").splitlines()
        parts = [row.split(",", 8) for row in rows if row.strip()]
        return tuple(_line_of(list(map(float, part[:8])), part[8]) for part in parts)
    except (OSError, ValueError, IndexError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def _line_of(corners: Sequence[float], text: str) -> KnownLine:
    across, down = corners[::2], corners[1::2]
    return KnownLine(text.strip(), Box(min(across), min(down), max(across), max(down)))


def measure_reading(
    pages: Sequence[KnownPage], reader: DocumentReader, cancel: CancelToken
) -> Generator[Event, None, OcrReport]:
    """Read every page and compare. Raises PartMissing, ModelBroken, Cancelled."""
    started = time.perf_counter()
    repaired, plain = _Tally(), _Tally()
    unreadable = mended = 0
    for done, page in enumerate(pages):
        cancel.raise_if_cancelled()
        yield Progress(Phase.EVALUATE, done, len(pages))
        try:
            picture = reader.seen(page.path, 1, cancel)
        except MediaRefused as error:
            unreadable += 1
            yield Quarantined(page.path, error.reason, error.detail)
            continue
        words = [word for line in picture.lines for word in line.words]
        mended += sum(word.mended for word in words)
        repaired.add(page.lines, _texts(picture, mend=True))
        plain.add(page.lines, _texts(picture, mend=False))
    return OcrReport(
        pages=len(pages) - unreadable,
        unreadable=unreadable,
        lines=repaired.lines,
        words=repaired.known_words,
        seconds=time.perf_counter() - started,
        spaces_mended=mended,
        lines_found=_percent(repaired.lines_found, repaired.lines),
        repaired=repaired.figures(),
        plain=plain.figures(),
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word as it was read and where its middle lies."""

    text: str
    x: float
    y: float


def _texts(picture: ReadPicture, *, mend: bool) -> list[_Piece]:
    """All words, in their order; without mending, those whose space was dropped are joined."""
    pieces: list[_Piece] = []
    for line in picture.lines:
        held: list[ReadWord] = []
        for word in line.words:
            if held and (mend or not word.mended):
                pieces.append(_piece(held))
                held = []
            held.append(word)
        if held:
            pieces.append(_piece(held))
    return pieces


def _piece(words: Sequence[ReadWord]) -> _Piece:
    corners = [corner for word in words for corner in word.quad]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return _Piece(
        "".join(word.text for word in words).upper(),
        (min(across) + max(across)) / 2,
        (min(down) + max(down)) / 2,
    )


class _Tally:
    """Sums over pages."""

    def __init__(self) -> None:
        self.lines = self.lines_found = self.known_words = 0
        self._exact = self._read_words = self._right_words = 0
        self._edits = self._characters = 0

    def add(self, lines: Sequence[KnownLine], pieces: Sequence[_Piece]) -> None:
        known = Counter(word for line in lines for word in line.text.upper().split())
        read = Counter(piece.text for piece in pieces)
        self.known_words += known.total()
        self._read_words += read.total()
        self._right_words += (known & read).total()
        by_height = sorted(pieces, key=lambda piece: piece.y)
        for line in lines:
            truth = " ".join(line.text.upper().split())
            text = " ".join(_at(line.box, by_height))
            edits = Levenshtein.distance(truth, text)
            self.lines += 1
            self._exact += edits == 0
            self.lines_found += edits <= (1 - _FOUND) * len(truth)
            self._edits += edits
            self._characters += len(truth)

    def figures(self) -> OcrFigures:
        precision = _percent(self._right_words, self._read_words)
        recall = _percent(self._right_words, self.known_words)
        both = precision + recall
        return OcrFigures(
            word_precision=precision,
            word_recall=recall,
            word_f1=2 * precision * recall / both if both else 0.0,
            lines_exact=_percent(self._exact, self.lines),
            cer=_percent(self._edits, self._characters),
        )


def _at(box: Box, pieces: Sequence[_Piece]) -> list[str]:
    """Words whose middle lies in a box, from the left; pages of truth have few hundred lines."""
    inside = [p for p in pieces if box.y0 <= p.y <= box.y1 and box.x0 <= p.x <= box.x1]
    return [piece.text for piece in sorted(inside, key=lambda piece: piece.x)]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
