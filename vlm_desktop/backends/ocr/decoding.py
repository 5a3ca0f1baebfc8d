"""From the recogniser's frames to letters with their places, before spaces are decided."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLANK = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """What the network saw of one line of n letters; spaces are told by the gaps between them.

    `scores` are the letters' probabilities and `centres` their places as a share of the line's
    width. Of each of the n - 1 gaps, `shares` is the highest probability of "space" in it, and
    `read` whether the network said it. `confidence` is the mean probability of all characters,
    spaces too.
    """

    letters: tuple[str, ...]
    scores: NDArray[np.float32]
    centres: NDArray[np.float32]
    shares: NDArray[np.float32]
    read: NDArray[np.bool_]
    confidence: float


class TraceDecoder:
    """CTC greedy decoding, with the call signature of rapidocr's own label decoder.

    It stands in for `TextRecognizer.postprocess_op`; the traces come back where rapidocr puts
    the places of words. `characters` are the network's classes: blank first, space last.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        self._space = self.characters.index(" ")

    def __call__(
        self,
        predictions: NDArray[np.float32],
        return_word_box: bool = False,
        *,
        wh_ratio_list: Sequence[float] = (),
        max_wh_ratio: float = 1.0,
    ) -> tuple[list[tuple[str, float]], list[Trace]]:
        """Frames [batch, time, classes] of lines padded to one width -> texts and traces."""
        ratios = wh_ratio_list or [max_wh_ratio] * len(predictions)
        traces = [
            self.decode(frames, max_wh_ratio / ratio)
            for frames, ratio in zip(predictions, ratios, strict=True)
        ]
        return [("".join(trace.letters), trace.confidence) for trace in traces], traces

    def decode(self, frames: NDArray[np.float32], padding: float = 1.0) -> Trace:
        """One line's frames [time, classes]; the line fills 1 / `padding` of their width."""
        best = frames.argmax(axis=1)
        keep = best != BLANK
        keep[1:] &= best[1:] != best[:-1]
        columns = np.flatnonzero(keep)
        scores = frames[columns, best[columns]]
        texts = [self.characters[best[column]] for column in columns]
        solid = [k for k, text in enumerate(texts) if not text.isspace()]
        at = columns[solid]
        share = frames[:, self._space]
        shares = [share[a : b + 1].max() for a, b in zip(at[:-1], at[1:], strict=True)]
        return Trace(
            letters=tuple(texts[k] for k in solid),
            scores=scores[solid],
            centres=((at + 0.5) / len(frames) * padding).astype(np.float32),
            shares=np.array(shares, dtype=np.float32),
            read=np.diff(solid) > 1,
            confidence=float(scores.mean()) if columns.size else 0.0,
        )
