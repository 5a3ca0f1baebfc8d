"""What a reader makes of a row that a stranger wrote: a draft of an example, or why there is none.

Nothing that is read is believed: what has the wrong type is as if not there, texts lose what no
text should hold, and no number goes unchecked.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from vlm_desktop.base.training import Example, ExampleKind, Exchange, Split
from vlm_desktop.base.trainingdata import SkippedRow, SkipReason
from vlm_desktop.base.types import Box

LONGEST_TEXT = 20_000
LONGEST_NAME = 4_000
_LONGEST_LABEL = 500
_MOST_TURNS = 200
_FARTHEST = 1e9
_SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "dev": Split.VALIDATION,
    # What was made to test a model stays unseen.
    "test": Split.LEFT_OUT,
    "left out": Split.LEFT_OUT,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An example whose picture was only named. `where` is its place in the file."""

    where: str
    image: str
    turns: tuple[Exchange, ...]
    kind: ExampleKind = ExampleKind.CAPTION
    split: Split = Split.TRAIN
    content: str = ""
    group: str = ""
    label: str = ""
    box: Box | None = None

    def example(self, image: str, source: str) -> Example:
        """The example, whose key is made when it is added to a data set."""
        return Example(
            key="",
            image=image,
            turns=self.turns,
            kind=self.kind,
            split=self.split,
            content=self.content,
            group=self.group,
            label=self.label,
            source=f"{source}: {self.where}",
            box=self.box,
        )


Row: TypeAlias = Draft | SkippedRow
Rows: TypeAlias = Iterator[Row]


class BadRow(Exception):
    """A row that becomes no example; never leaves the readers."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

    def skipped(self, where: str) -> SkippedRow:
        return SkippedRow(where, self.reason, self.detail)


# --- values ------------------------------------------------------------------------------


def words(value: object, most: int = LONGEST_TEXT) -> str:
    """Text without steering characters but line breaks, composed and stripped; "" for no text."""
    if not isinstance(value, str):
        return ""
    kept = value[:most].replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(" " if _steers(letter) else letter for letter in kept)
    return unicodedata.normalize("NFC", plain.encode("utf-8", "replace").decode()).strip()


def label_of(value: object) -> str:
    """A label on one line; a whole number counts as its digits."""
    if type(value) is int:
        return str(value) if abs(value) < _FARTHEST else ""  # Python refuses to write huge ones
    return re.sub(r"\s+", " ", words(value, _LONGEST_LABEL))


def shown(value: object) -> str:
    """A value as it is told among what was left out; "" for what is no text and no number."""
    return label_of(value)[:80]


def split_of(value: object) -> Split:
    """What a row says that it is for; what says nothing is trained on."""
    return (
        _SPLITS.get(value.strip().casefold(), Split.TRAIN)
        if isinstance(value, str)
        else (Split.TRAIN)
    )


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def box_of(value: object) -> Box:
    """[x0, y0, x1, y1] in pixels. Raises BadRow."""
    sides = [one for one in items(value) if type(one) in (int, float)]
    if len(sides) != 4 or not all(abs(one) <= _FARTHEST for one in sides):
        raise BadRow(SkipReason.NO_PLACE)
    return Box(*map(float, sides))


def most_said(answers: list[Any]) -> str:
    """The answer that most people gave; of those given as often the first."""
    said = [words(mapping(one).get("answer")) if isinstance(one, dict) else words(one)
            for one in answers]  # fmt: skip
    counted = Counter(one for one in said if one)
    return counted.most_common(1)[0][0] if counted else ""


def turns_of(pairs: list[tuple[str, str]]) -> tuple[Exchange, ...]:
    """Exchanges of which the first or a later one answers something. Raises BadRow."""
    if not any(answer for _, answer in pairs):
        raise BadRow(SkipReason.NO_TEXT)
    return tuple(Exchange(ask, answer) for ask, answer in pairs[:_MOST_TURNS])


def _steers(letter: str) -> bool:
    return letter != "\n" and unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
