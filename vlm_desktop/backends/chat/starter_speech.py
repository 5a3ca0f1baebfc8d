"""The starter assistant's words as they are shown: whole sentences, cut where asked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vlm_desktop.backends.chat.spelling import StopWatch
from vlm_desktop.base.chat import StopReason, Token

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tokenizers import Tokenizer

    from vlm_desktop.backends.chat import generating


class Spelling:
    """A tokenizer's `decode` as the loop that writes answers calls it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def decode(self, ids: Sequence[int], **_: Any) -> str:
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return text


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is shown. Seconds are those to the first token and of the rest."""

    text: str
    count: int
    stop: StopReason
    prefill: float
    generate: float


def sentence(text: str, caption: bool, stop: StopReason) -> str:
    """A caption begins with a capital, and ends with a full stop when it is complete."""
    if not caption or not text:
        return text
    return text[0].upper() + text[1:] + ("." if stop is StopReason.END else "")


def cut(text: str, stops: tuple[str, ...], stop: StopReason) -> tuple[str, StopReason]:
    """`text` up to the first of `stops`."""
    watch = StopWatch(stops)
    shown = watch.add(text)
    return (shown, StopReason.STOP) if watch.stopped else (shown + watch.rest(), stop)


def spoken(
    pieces: Generator[Token, None, generating.Written], caption: bool, stops: tuple[str, ...]
) -> Generator[Token, None, Said]:
    """Pieces without the space in front, a caption's as a sentence, up to the first of `stops`."""
    begun = time.perf_counter()
    first, total, count, logprob = 0.0, 0, 0, 0.0
    watch, said, started = StopWatch(stops), "", False
    stop: StopReason | None = None
    while stop is None:
        try:
            piece = next(pieces)
            first = first or time.perf_counter()
            text = piece.text if started else piece.text.lstrip()
            text = text if started else sentence(text, caption, StopReason.LENGTH)
            started = started or bool(text)
            total, count = total + piece.count, count + piece.count
            logprob += piece.logprob or 0.0
            shown = watch.add(text)
        except StopIteration as ended:
            stop = ended.value.stop
            count += len(ended.value.tokens) - total
            total = len(ended.value.tokens)
            full = caption and started and stop is StopReason.END
            shown = watch.add("." if full else "")
            shown += "" if watch.stopped else watch.rest()
        if shown:
            said += shown
            yield Token(shown, count, logprob if count else None)
            count, logprob = 0, 0.0
        if watch.stopped:
            stop = StopReason.STOP
    pieces.close()
    end = time.perf_counter()
    return Said(said, total, stop, (first or end) - begun, end - (first or end))
