"""From the recogniser's frames to text, with the spaces put back.

The small PP-OCR recogniser drops spaces in Latin text: its training data is mostly Chinese,
so "TAX INVOICE" comes out as "TAXINVOICE". Two traces of a lost space remain in the frames:
the gap between two characters spans more frames than the pair needs, and between them the
network still gives "space" a share of probability, only less than it gives "blank".
`SpacedDecoder` restores a space where both traces agree. (Inserting by gap width alone also
splits letter-spaced and monospaced words; on receipts it costs more than it mends.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLANK = 0
SPACE_SHARE = 0.08
"""Least probability of "space" in any frame of the gap."""
LEAST_GAP = 3
"""Frames (each 8 px of a line scaled to 48 px) between the two characters."""
SURE_SHARE = 0.3
"""What a space before closing punctuation needs, where a false one looks worst."""
_CLOSING = frozenset(".,;!?)]}%")


@dataclass(frozen=True, slots=True)
class LineText:
    """One decoded line. `confidence` is the mean probability of its characters."""

    text: str
    confidence: float


class SpacedDecoder:
    """CTC greedy decoding, with the call signature of rapidocr's own label decoder.

    It stands in for `TextRecognizer.postprocess_op`. `characters` are the network's classes:
    blank first, space last.
    """

    def __init__(self, characters: Sequence[str], *, repair_spaces: bool = True) -> None:
        self.characters = tuple(characters)
        self._space = self.characters.index(" ")
        self._repair = repair_spaces

    def __call__(
        self, predictions: NDArray[np.float32], return_word_box: bool = False, **_: object
    ) -> tuple[list[tuple[str, float]], list[None]]:
        """Frames [batch, time, classes] -> (text, confidence) of each line."""
        lines = [self.decode(frames) for frames in predictions]
        return [(line.text, line.confidence) for line in lines], [None] * len(lines)

    def decode(self, frames: NDArray[np.float32]) -> LineText:
        """One line's frames [time, classes] -> its text."""
        best = frames.argmax(axis=1)
        keep = best != BLANK
        keep[1:] &= best[1:] != best[:-1]
        columns = np.flatnonzero(keep)
        if columns.size == 0:
            return LineText("", 0.0)
        classes = best[columns]
        confidence = float(frames[columns, classes].mean())
        share = frames[:, self._space]
        pieces = [self.characters[classes[0]]]
        for k in range(1, columns.size):
            here = self.characters[classes[k]]
            if self._repair and self._lost_space(
                pieces[-1], here, columns[k - 1], columns[k], share
            ):
                pieces.append(" ")
            pieces.append(here)
        return LineText("".join(pieces).strip(), confidence)

    def _lost_space(
        self, before: str, after: str, start: int, end: int, share: NDArray[np.float32]
    ) -> bool:
        if before == " " or after == " " or end - start < LEAST_GAP:
            return False
        if not (_takes_spaces(before) and _takes_spaces(after)):
            return False
        needed = SURE_SHARE if after in _CLOSING else SPACE_SHARE
        return bool(share[start : end + 1].max() >= needed)


def _takes_spaces(character: str) -> bool:
    """False for scripts written without spaces between words (CJK, kana, full width)."""
    return ord(character) < 0x2E80
