"""From tokens to text, piece by piece, and never half a character."""

from typing import Any

_HALF = "\ufffd"


class Speller:
    """Turns one answer's tokens into pieces of text that put together are the answer.

    Only the last few tokens are decoded again at each step, so that the cost does not grow.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._from = 0
        self._read = 0

    def add(self, token: int) -> str:
        """The new text; "" while a character is not whole."""
        self._ids.append(token)
        before = self._decode(self._ids[self._from : self._read])
        after = self._decode(self._ids[self._from :])
        if after.endswith(_HALF) or len(after) <= len(before):
            return ""
        self._from, self._read = self._read, len(self._ids)
        return after[len(before) :]

    def preview(self, token: int) -> str:
        """What `add` would give, without adding."""
        kept = (self._from, self._read)
        piece = self.add(token)
        self._ids.pop()
        self._from, self._read = kept
        return piece

    def _decode(self, ids: list[int]) -> str:
        if not ids:
            return ""
        text: str = self._tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


class StopWatch:
    """Holds text back that may be the beginning of a stop string, and ends before one."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def add(self, text: str) -> str:
        """What may be shown now."""
        if not self._stops:
            return text
        self._held += text
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return shown
        keep = max(_overlap(self._held, stop) for stop in self._stops)
        shown = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return shown

    def rest(self) -> str:
        """What was held back when the answer ends by itself."""
        text, self._held = self._held, ""
        return text


def _overlap(text: str, stop: str) -> int:
    """The longest end of `text` that `stop` begins with."""
    return next(
        (
            size
            for size in range(min(len(text), len(stop) - 1), 0, -1)
            if stop.startswith(text[-size:])
        ),
        0,
    )
