"""A sheet that is written on in words with boxes, and then read as badly as scans are read.

No pixels are drawn: the extraction of fields sees words and boxes, so that is what is made.
"""

import random
from dataclasses import dataclass, field, replace

from vlm_desktop.base.pagereading import TextSource, Word
from vlm_desktop.base.types import Box

_CONFUSED = {
    "0": "O", "O": "0", "1": "l", "l": "1", "I": "l", "5": "S", "S": "5", "8": "B", "B": "8",
    "6": "G", "e": "c", "c": "e", "a": "o", "n": "u", "m": "rn", "rn": "m", "i": "l", "t": "f",
    "E": "F", "R": "P", "D": "O", "V": "Y", ".": ",", ",": ".", ":": ".", "h": "b", "/": "l",
}  # fmt: skip
"""What readers of scans take for what."""


@dataclass(frozen=True, slots=True)
class Wear:
    """How badly a sheet is read: chances for each character, each space, each word."""

    letter: float = 0.004
    glued: float = 0.03
    torn: float = 0.004
    lost: float = 0.003
    jitter: float = 0.06
    layer: bool = False

    @staticmethod
    def any(rng: random.Random) -> "Wear":
        """A PDF's own text, a clean scan, or a bad one."""
        kind = rng.random()
        if kind < 0.3:
            return Wear(0.0, 0.0, 0.0, 0.0, 0.01, layer=True)
        if kind < 0.75:
            return Wear()
        if kind < 0.8:
            return Wear(glued=0.6)
        return Wear(0.015, 0.1, 0.01, 0.01, 0.12)


@dataclass
class Paper:
    """A sheet of `width` units; text of size 10 is about 10 high and 5 a letter."""

    rng: random.Random
    width: float
    wear: Wear
    letter: float = 0.52
    _words: list[Word] = field(default_factory=list)

    def length(self, text: str, size: float) -> float:
        """How wide a text is."""
        return len(text) * size * self.letter

    def put(self, x: float, y: float, text: str, size: float = 10.0, align: str = "left") -> float:
        """Write one line and return where it ends; `x` is its left, middle or right by `align`."""
        if align != "left":
            x -= self.length(text, size) * (0.5 if align == "middle" else 1.0)
        at = x
        for word in text.split(" "):
            end = at + self.length(word, size)
            if word:
                self._words.append(self._word(word, Box(at, y, end, y + size)))
            at = end + size * self.letter
        return at - size * self.letter

    def row(self, y: float, cells: list[tuple[float, str, str]], size: float = 10.0) -> None:
        """Write cells (x, text, align) at one height."""
        for x, text, align in cells:
            self.put(x, y, text, size, align)

    def _word(self, text: str, box: Box) -> Word:
        shift = self.wear.jitter * (box.y1 - box.y0)
        dx, dy = self.rng.gauss(0, shift), self.rng.gauss(0, shift)
        moved = Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)
        source = TextSource.LAYER if self.wear.layer else TextSource.OCR
        return Word(text, moved, 1.0, source)

    def words(self) -> tuple[Word, ...]:
        """The sheet as it is read, each time anew."""
        return tuple(self._read_badly())

    def _read_badly(self) -> list[Word]:
        found: list[Word] = []
        for word in self._words:
            if self.rng.random() < self.wear.lost:
                continue
            text, sure = self._misread(word.text)
            word = replace(word, text=text, confidence=sure)
            before = found[-1] if found else None
            if before and self.rng.random() < self.wear.glued and _touching(before, word):
                box = Box(before.box.x0, before.box.y0, word.box.x1, word.box.y1)
                sure = min(before.confidence, word.confidence)
                found[-1] = replace(before, text=before.text + text, box=box, confidence=sure)
            elif len(text) > 3 and self.rng.random() < self.wear.torn:
                found += self._torn(word)
            else:
                found.append(word)
        return found

    def _misread(self, text: str) -> tuple[str, float]:
        if self.wear.layer:
            return text, 1.0
        sure, out = 1.0 - abs(self.rng.gauss(0, 0.015)), ""
        for sign in text:
            if self.rng.random() < self.wear.letter:
                out += _CONFUSED.get(sign, sign)
                sure -= self.rng.uniform(0.02, 0.25)
            else:
                out += sign
        return out, max(0.3, sure)

    def _torn(self, word: Word) -> list[Word]:
        cut = self.rng.randrange(1, len(word.text) - 1)
        box = word.box
        middle = box.x0 + (box.x1 - box.x0) * cut / len(word.text)
        return [
            replace(word, text=word.text[:cut], box=replace(box, x1=middle)),
            replace(word, text=word.text[cut:], box=replace(box, x0=middle)),
        ]


def _touching(one: Word, other: Word) -> bool:
    height = one.box.y1 - one.box.y0
    return abs(one.box.y0 - other.box.y0) < 0.5 * height and (
        0 <= other.box.x0 - one.box.x1 < 1.2 * height
    )
