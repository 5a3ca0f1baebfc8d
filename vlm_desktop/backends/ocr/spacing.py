"""From letters to words: the spaces the recogniser dropped, and where each word lies.

The small PP-OCR recogniser drops spaces in Latin text: its training data is mostly Chinese,
so "TAX INVOICE" may come out as "TAXINVOICE". Two traces of a lost space remain: in the picture
the gap between two letters is wider than is typical of this line, and in the frames between them
the network still gives "space" a share of probability, only less than it gives "blank".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.ocr.decoding import Trace
from vlm_desktop.base.arrays import PixelArray

GAP_WEIGHT, SHARE_WEIGHT, BIAS = 8.6, 1.0, 0.9
"""Log odds of a lost space: by the gap beyond the line's median, in heights of its letters, and
by the logarithm of the network's share. Fitted on half of some receipts and forms whose words are
known; on the other half a fifth fewer gaps are wrong than by thresholds on both."""
_LEAST_SHARE = 1e-4
_FEW, _TYPICAL = 4, 0.15
"""So few gaps do not tell what is typical: no more than this part of the letters' height then."""
_INK = 0.4
"""Share of the line's darkest difference from its ground that counts as ink."""
_OWN_LETTER = 0.15
"""A blank so many letters away from the middle of a line's first or last letter ends it."""
_STRAY = 0.03
"""A row of pixels with less of the ink of the fullest row is between lines."""
_ACCENT = 0.2
"""Dots and accents stand up to this share of the height away from their letters."""


@dataclass(frozen=True, slots=True)
class WordText:
    """One word of a line. `start` and `end` are shares of the line's width.

    `mended` says that the network dropped the space before it.
    """

    text: str
    confidence: float
    characters: tuple[float, ...]
    start: float
    end: float
    mended: bool


@dataclass(frozen=True, slots=True)
class LineText:
    """One decoded line. `confidence` is the mean probability of its characters.

    Its ink stands between `top` and `bottom`, as shares of the line's height.
    """

    text: str
    confidence: float
    words: tuple[WordText, ...] = ()
    top: float = 0.0
    bottom: float = 1.0


def line_text(trace: Trace, crop: PixelArray, *, repair_spaces: bool = True) -> LineText:
    """The words of a line; `crop` is its picture, straightened, letters upright."""
    if not trace.letters:
        return LineText("", 0.0)
    ink = ink_of(crop)
    gaps = _blank_gaps(trace, ink)
    top, bottom = _height_of_ink(ink)
    letter = max((bottom - top) * ink.shape[0], 1.0) / ink.shape[1]
    cuts = _spaces(trace, gaps, letter) if repair_spaces else trace.read
    words = _words(trace, np.flatnonzero(cuts) + 1, gaps)
    text = " ".join(word.text for word in words)
    return LineText(text, trace.confidence, words, top, bottom)


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Runs without ink, as shares of the line's width: the widest between each two letters, and
    where ink begins and ends on the line."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    first_ink: float
    last_ink: float


def _blank_gaps(trace: Trace, inked_pixels: NDArray[np.bool_]) -> _Gaps:
    """Where no blank stands between two letters, the gap is a point half-way between them."""
    height, width = inked_pixels.shape
    rim = height // 8
    ink = inked_pixels[rim : height - rim].any(axis=0)
    inked = np.flatnonzero(ink)
    centres = np.clip(trace.centres * width, 0, width - 1)
    starts = np.empty(len(centres) - 1)
    ends = np.empty(len(centres) - 1)
    change = np.flatnonzero(np.diff(ink.astype(np.int8))) + 1
    edges = [0, *change.tolist(), width]
    runs = [(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True) if not ink[a]]
    run = 0
    for k, (left, right) in enumerate(zip(centres[:-1], centres[1:], strict=True)):
        while run < len(runs) and runs[run][1] <= left:
            run += 1
        best = (left + right) / 2, (left + right) / 2
        other = run
        while other < len(runs) and runs[other][0] < right:
            start, end = max(runs[other][0], left), min(runs[other][1], right)
            if end - start > best[1] - best[0]:
                best = start, end
            other += 1
        starts[k], ends[k] = best
    first = min(float(inked[0]), centres[0]) if inked.size else 0.0
    last = max(float(inked[-1]) + 1, centres[-1]) if inked.size else float(width)
    # A box to tick or a rule beside the text is none of its letters.
    reach = _OWN_LETTER * float(np.median(np.diff(centres))) if len(centres) > 1 else width
    first = max([first, *(b for _, b in runs if b <= centres[0] - reach)])
    last = min([last, *(a for a, _ in runs if a >= centres[-1] + reach)])
    return _Gaps(starts / width, ends / width, first / width, last / width)


def ink_of(crop: PixelArray) -> NDArray[np.bool_]:
    """Which pixels of a line's picture hold ink; light text on a dark ground too."""
    grey = crop[..., 1].astype(np.int16)
    ground = int(np.median(grey[:, :: max(1, grey.shape[1] // 256)]))
    apart = np.abs(grey - ground)
    rim = grey.shape[0] // 8
    most = apart[rim : grey.shape[0] - rim].max()
    return np.asarray(apart > max(20.0, _INK * float(most)))


def _height_of_ink(ink: NDArray[np.bool_]) -> tuple[float, float]:
    """Where the line's own ink begins and ends; what reaches in from its neighbours is left out."""
    height = ink.shape[0]
    counts = ink.sum(axis=1)
    inked = counts > _STRAY * counts.max(initial=0)
    change = np.flatnonzero(np.diff(inked.astype(np.int8))) + 1
    edges = [0, *change.tolist(), height]
    runs = [(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True) if inked[a]]
    if not runs:
        return 0.0, 1.0
    main = max(range(len(runs)), key=lambda k: int(counts[runs[k][0] : runs[k][1]].sum()))
    top, bottom = runs[main]
    for a, b in reversed(runs[:main]):
        if a > 0 and top - b <= _ACCENT * height:
            top = a
    for a, b in runs[main + 1 :]:
        if b < height and a - bottom <= _ACCENT * height:
            bottom = b
    return max(0, top - 1) / height, min(height, bottom + 1) / height


def _spaces(trace: Trace, gaps: _Gaps, letter: float) -> NDArray[np.bool_]:
    """Read spaces and lost ones; `letter` is the letters' height as a share of the line's width."""
    if len(trace.letters) < 2:
        return trace.read
    widths = gaps.ends - gaps.starts
    typical = float(np.median(widths))
    if len(widths) < _FEW:
        typical = min(typical, _TYPICAL * letter)
    beyond = (widths - typical) / letter
    share = np.log(np.maximum(trace.shares, _LEAST_SHARE))
    spaced = np.array([takes_spaces(one) for one in trace.letters])
    lost = GAP_WEIGHT * beyond + SHARE_WEIGHT * share + BIAS > 0
    return np.asarray(trace.read | (lost & spaced[:-1] & spaced[1:]))


def _words(trace: Trace, begins: Sequence[int], gaps: _Gaps) -> tuple[WordText, ...]:
    bounds = [0, *begins, len(trace.letters)]
    words = []
    for a, b in zip(bounds[:-1], bounds[1:], strict=True):
        scores = trace.scores[a:b]
        letters = trace.letters[a:b]
        # A class of the network may be more than one character.
        each = [float(s) for letter, s in zip(letters, scores, strict=True) for _ in letter]
        words.append(
            WordText(
                text="".join(letters),
                confidence=float(scores.mean()),
                characters=tuple(each),
                start=float(gaps.ends[a - 1]) if a else gaps.first_ink,
                end=float(gaps.starts[b - 1]) if b < len(trace.letters) else gaps.last_ink,
                mended=a > 0 and not trace.read[a - 1],
            )
        )
    return tuple(words)


def takes_spaces(character: str) -> bool:
    """False for scripts written without spaces between words (CJK, kana, full width)."""
    return ord(character[0]) < 0x2E80
