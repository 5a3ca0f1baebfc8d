"""What of a growing answer can be spoken: whole sentences, each once."""

import re
from collections.abc import Callable

from vlm_desktop.gui.panes.chat.chunks import Chunk, chunks

_END = re.compile(r"[.!?…:;]['\"”’)\]]*(?=\s)|\n")
_MARKS = re.compile(r"(\*\*|__|~~|`|^#{1,6}\s+|^>\s?|^\s*[-*+]\s+)", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_LONGEST = 400


class SentenceFeed:
    """Gives sentences as they are complete. `code_words(lines)` says what a block of code is."""

    def __init__(self, code_words: Callable[[int], str]) -> None:
        self._code_words = code_words
        self._spoken_chunks = 0
        self._spoken = 0

    def more(self, text: str, *, is_whole: bool = False) -> list[str]:
        """What is new to say of the whole `text` so far; the rest of it too, once it `is_whole`."""
        found: list[str] = []
        pieces = chunks(text)
        for number, piece in enumerate(pieces):
            if number < self._spoken_chunks:
                continue
            last = number == len(pieces) - 1
            found += self._of(piece, ends=is_whole or not last)
            if not last:
                self._spoken_chunks, self._spoken = number + 1, 0
        return found

    def _of(self, piece: Chunk, *, ends: bool) -> list[str]:
        if piece.is_code:
            if self._spoken or not (ends or piece.closed):
                return []
            self._spoken = len(piece.text) + 1
            return [self._code_words(piece.text.count("\n") + 1)]
        rest = piece.text[self._spoken :]
        cuts = [one.end() for one in _END.finditer(rest)]
        if ends:
            cuts.append(len(rest))
        elif not cuts and len(rest) > _LONGEST:
            cuts.append(rest.rfind(" ") + 1)
        if not cuts:
            return []
        self._spoken += cuts[-1]
        sentences, start = [], 0
        for cut in cuts:
            sentences.append(spoken(rest[start:cut]))
            start = cut
        return [one for one in sentences if one]


def spoken(text: str) -> str:
    """Markdown without its marks, for the ear."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())
