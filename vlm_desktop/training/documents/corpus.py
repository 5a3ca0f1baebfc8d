"""The documents the weights are fitted on: so many of each kind, the same ones for a seed."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.base.pagereading import TextSource, Word
from vlm_desktop.base.types import Box
from vlm_desktop.training.documents.broadcasts import broadcast
from vlm_desktop.training.documents.invoices import invoice
from vlm_desktop.training.documents.receipts import receipt
from vlm_desktop.training.documents.samples import Made

MAKERS: dict[str, Callable[[random.Random], Made]] = {
    "receipt": receipt,
    "invoice": invoice,
    "broadcast": broadcast,
}


def synthetic(kind: str, count: int, seed: int) -> Iterator[Made]:
    """Documents of one kind; each depends on its number and the seed alone."""
    for number in range(count):
        yield MAKERS[kind](random.Random(f"{kind} {seed} {number}"))


def as_row(made: Made) -> dict[str, Any]:
    """A made document as a line of JSON."""
    return {
        "layout": made.layout,
        "pages": [[_word(word) for word in page] for page in made.pages],
        "truths": dict(made.truths),
        "preset": made.preset,
        "specs": [
            {"name": one.name, "type": one.type.value, "description": one.description}
            for one in made.specs
        ],
    }


def _word(word: Word) -> list[Any]:
    box = [round(edge, 1) for edge in (word.box.x0, word.box.y0, word.box.x1, word.box.y1)]
    return [word.text, *box, round(word.confidence, 3), word.source.value]


def from_row(row: Mapping[str, Any]) -> Made:
    """The inverse. Raises KeyError, TypeError, ValueError for what is none."""
    return Made(
        layout=str(row["layout"]),
        pages=tuple(tuple(_read_word(*word) for word in page) for page in row["pages"]),
        truths={str(name): str(text) for name, text in row["truths"].items()},
        preset=str(row["preset"]),
        specs=tuple(
            FieldSpec(one["name"], FieldType(one["type"]), one["description"])
            for one in row["specs"]
        ),
    )


def _read_word(
    text: str, x0: float, y0: float, x1: float, y1: float, confidence: float, source: str
) -> Word:
    return Word(text, Box(x0, y0, x1, y1), confidence, TextSource(source))
