"""Examples in words, as lists and screen readers tell them."""

import json
from pathlib import Path
from typing import NamedTuple

from vlm_desktop import trainstrings
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example, ExampleKind
from vlm_desktop.base.trainingdata import DataSet, Share
from vlm_desktop.gui.strings import train_data as strings

_LONGEST = 400
"""Of a text in a list; the rest is seen when it is edited."""


class RowWords(NamedTuple):
    """What is to be learned, and what it is about."""

    text: str
    detail: str


def row_words(one: Example) -> RowWords:
    """Two lines: of a box what is there and where, else the answer and the question."""
    first, name = one.turns[0], Path(one.image).name
    ask, answer = _short(first.ask), _short(first.answer)
    if one.kind is ExampleKind.BOX:
        return RowWords(ask, _place(one))
    if one.kind is ExampleKind.FIELDS:
        return RowWords(_fields(first.answer), name)
    if not ask:
        return RowWords(answer, name)
    more = len(one.turns) - 1
    form = strings.ASKED_MORE if more else strings.ASKED
    return RowWords(answer, fill(form, ask=ask, count=more))


def _place(one: Example) -> str:
    box = one.box
    if box is None:
        return _short(one.turns[0].answer)
    return fill(strings.BOX_AT, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)


def _fields(answer: str) -> str:
    """ "total: 12.00 · vendor: ..." where the answer is an object of JSON."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return _short(answer)
    if not isinstance(said, dict):
        return _short(answer)
    return _short(" · ".join(f"{name}: {value}" for name, value in said.items()))


def _short(text: str) -> str:
    return " ".join(text[:_LONGEST].split())


def row_said(one: Example) -> str:
    """A row in a sentence."""
    text, detail = row_words(one)
    return fill(
        strings.ROW_SAID,
        text=text.rstrip("."),
        detail=detail,
        side=strings.SIDES[one.split],
        label=one.label,
    ).strip()


def set_details(one: DataSet) -> str:
    """ "100 examples, 95 pictures" """
    if not one.examples:
        return strings.NO_EXAMPLES
    return fill(
        strings.SET_ROW,
        examples=strings.counted(strings.EXAMPLES_ONE, strings.EXAMPLES, one.examples),
        pictures=strings.counted(strings.PICTURES_ONE, strings.PICTURES, one.pictures),
    )


def set_counts(one: DataSet) -> str:
    """What its examples are used for, and how many pictures they are about."""
    counts = fill(strings.COUNTS, learn=one.train, check=one.validation, out=one.left_out)
    pictures = strings.counted(strings.PICTURES_ONE, strings.PICTURES, one.pictures)
    return fill(strings.COUNTS_PICTURES, counts=counts, pictures=pictures)


def share_words(one: Share) -> str:
    share = fill(strings.SHARE_TEXT, learn=one.train, check=one.validation)
    return fill(strings.SHARE_OUT, share=share, out=one.left_out) if one.left_out else share


def share_name(part: str, one: Share) -> str:
    """What a share is called: a label, a kind, or where it comes from."""
    if part == "kind":
        return strings.KINDS[one.name]
    if part == "source":
        return trainstrings.source_name(one.name)
    return one.name or strings.NO_LABEL
