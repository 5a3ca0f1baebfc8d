"""How a value stands to a label on a form: which are compared, and what speaks for each."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from vlm_desktop.engine.documents.formfeatures import CLASSES, Chances, ends_in_colon
from vlm_desktop.engine.documents.formparts import Features, FormPage, Part
from vlm_desktop.engine.documents.vocabulary import words_of

_ROWS_BACK = 3
_LIST_LINES = 30
"""Lines of a list above its last one, at most."""
"""Rows above in which a label may stand left of where its value begins."""
_LEAST = 0.08
"""What is no likelier than this to be a value, or a label, is not looked at as one."""
_DAY = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}|\b(19|20)\d\d\b")
_KINDS = (
    ("date", frozenset({"date"}), _DAY),
    ("phone", frozenset({"telephone", "fax"}), re.compile(r"\d{3}.*\d{3}")),
    ("number", frozenset({"number", "code", "id"}), re.compile(r"\d")),
    ("sum", frozenset({"amount", "total", "price", "cost"}), re.compile(r"\d[.,]?\d")),
)
"""What a label asks for by its words, and what such a value looks like."""


def candidates(page: FormPage, place: int, chances: Chances) -> list[tuple[int, str, int]]:
    """Labels a value may belong to, as (part, side, how many nearer ones on that side)."""
    if chances[place]["answer"] < _LEAST:
        return []
    found: dict[int, tuple[str, int]] = {}
    sides = (
        ("left", page.left(place)),
        ("above", page.above(place)),
        ("before", list(_before(page, place))),
        ("right", page.right(place)[:2]),
        ("below", page.below(place, 1)),
        ("slant", list(_slant(page, place))),
        ("list", list(_list(page, place))),
    )
    for side, some in sides:
        for order, other in enumerate(some):
            if chances[other]["question"] >= _LEAST:
                found.setdefault(other, (side, order))
    return [(other, side, order) for other, (side, order) in found.items()]


def _before(page: FormPage, place: int) -> Iterator[int]:
    """Parts of the rows right above that end left of it, or begin right of its end."""
    part = page.parts[place]
    for number in range(part.row - 1, max(-1, part.row - 1 - _ROWS_BACK), -1):
        row = page.rows[number]
        left = [other for other in row if page.parts[other].box.x1 <= part.box.x0]
        right = [other for other in row if page.parts[other].box.x0 >= part.box.x1]
        yield from left[-1:]
        yield from right[:1]


def _slant(page: FormPage, place: int) -> Iterator[int]:
    """The part left of it in the row below, where the two rows nearly touch: what is written by
    hand, or on a page that lies askew, stands a little higher than its label."""
    part = page.parts[place]
    for row in page.rows[part.row + 1 : part.row + 2]:
        left = [
            other
            for other in row
            if page.parts[other].box.x1 <= part.box.x0 + 0.5 * page.body
            and page.parts[other].box.y0 < part.box.y1 + 0.4 * page.body
        ]
        yield from left[-1:]


def _list(page: FormPage, place: int) -> Iterator[int]:
    """The part left of the first of a list's lines, of which it is a later one."""
    at, steps = place, 0
    while steps < _LIST_LINES:
        above = [
            other
            for other in page.above(at, 1)
            if abs(page.parts[other].box.x0 - page.parts[at].box.x0) < 0.7 * page.body
            and page.parts[at].box.y0 - page.parts[other].box.y1 < 2 * page.body
        ]
        if not above:
            break
        at, steps = above[0], steps + 1
    if steps > 1:
        yield from page.left(at)[:1]


def link_features(
    page: FormPage, value: int, label: int, side: str, order: int, chances: Chances
) -> Features:
    """What speaks for a value belonging to a label that stands on that side of it."""
    part, other = page.parts[value], page.parts[label]
    mine, its = chances[value], chances[label]
    found: Features = {
        "offset": 1.0,
        f"{side}_offset": 1.0,
        f"{side}_order": min(4.0, order),
        f"{side}_next": float(order == 0),
        "value_answer": math.log(max(0.01, mine["answer"])),
        "value_question": mine["question"],
        "value_header": mine["header"],
        "label_question": math.log(max(0.01, its["question"])),
        "label_header": its["header"],
        "label_answer": its["answer"],
        "label_colon": float(ends_in_colon(other.text)),
        f"{side}_colon": float(ends_in_colon(other.text)),
        "same_cell": float(part.cell is not None and part.cell == other.cell),
        "cells_apart": float((part.cell is None) != (other.cell is None)),
    }
    found |= _asked(part, other) | _cells(part, other, side)
    found |= _between(page, value, label, side, order, chances)
    if side in ("left", "right"):
        gap = part.box.x0 - other.box.x1 if side == "left" else other.box.x0 - part.box.x1
        tall = part.height / max(1e-6, other.height)
        found[f"{side}_tall"] = max(0.0, min(2.0, tall - 1.2))
        return found | _gap(side, gap / page.body, 4.0)
    gap = other.box.y0 - part.box.y1 if side == "below" else part.box.y0 - other.box.y1
    if side in ("slant", "before"):
        found |= _aslant(page, value, label, side)
    found |= _gap(side, gap / page.body, 1.5)
    return found | _over(page, value, label, side, chances)


def _asked(part: Part, other: Part) -> Features:
    """Whether a value looks as what its label asks for by its words."""
    found: Features = {}
    asked = set(words_of(other.text))
    for name, words, shape in _KINDS:
        if asked & words:
            found[f"asks_{name}_has"] = float(bool(shape.search(part.text)))
            found[f"asks_{name}_lacks"] = 1.0 - found[f"asks_{name}_has"]
        elif name == "date":
            found["date_unasked"] = float(bool(shape.search(part.text)))
    return found


def _cells(part: Part, other: Part, side: str) -> Features:
    """How the two stand in a table, if they do."""
    found: Features = {}
    if part.cell and other.cell and part.cell[0] == other.cell[0]:
        found["same_table_row"] = float(part.cell[1] == other.cell[1])
        found["same_table_column"] = float(part.cell[2] == other.cell[2])
        found["from_head"] = float(other.cell[1] == 0 and side == "above")
        found["next_cell"] = float(
            part.cell[1] == other.cell[1] and part.cell[2] == other.cell[2] + 1
        )
    return found


def _over(page: FormPage, value: int, label: int, side: str, chances: Chances) -> Features:
    """How two parts of different rows are aligned, and what stands beside each."""
    part, other, body = page.parts[value], page.parts[label], page.body
    found: Features = {}
    found[f"{side}_left"] = float(abs(part.box.x0 - other.box.x0) < 0.7 * body)
    found[f"{side}_middle"] = float(abs(part.middle - other.middle) < 0.9 * body)
    found[f"{side}_right"] = float(abs(part.box.x1 - other.box.x1) < 0.7 * body)
    shared = min(part.box.x1, other.box.x1) - max(part.box.x0, other.box.x0)
    narrow = max(1e-6, min(part.box.x1 - part.box.x0, other.box.x1 - other.box.x0))
    found[f"{side}_share"] = max(0.0, shared) / narrow
    found[f"{side}_inside"] = float(part.box.x0 >= other.box.x0 - body)
    found[f"{side}_served"] = _best(page.right(label)[:1], "answer", chances)
    found[f"{side}_labels_beside"] = _best(page.right(label)[:1], "question", chances)
    found[f"{side}_labelled"] = _best(page.left(value)[:1], "question", chances)
    found[f"{side}_values_beside"] = max(
        _best(page.left(value)[:1], "answer", chances),
        _best(page.right(value)[:1], "answer", chances),
    )
    found[f"{side}_labels_row"] = max(
        _best(page.left(label)[:1], "question", chances),
        _best(page.right(label)[:1], "question", chances),
    )
    return found


def _aslant(page: FormPage, value: int, label: int, side: str) -> Features:
    """How two parts stand that are of rows next to each other and beside each other."""
    part, other = page.parts[value], page.parts[label]
    across = max(part.box.x0 - other.box.x1, other.box.x0 - part.box.x1) / page.body
    off = (part.box.y0 + part.box.y1 - other.box.y0 - other.box.y1) / 2 / page.body
    some = page.left(value)[:1]
    found = _gap(f"{side}_across", across, 4.0)
    found[f"{side}_off"] = min(4.0, abs(off))
    found[f"{side}_nearly_level"] = float(abs(off) < 0.9)
    found[f"{side}_blocked"] = float(bool(some) and page.parts[some[0]].box.x1 > other.box.x1)
    found[f"{side}_free"] = float(not some)
    found[f"{side}_label_free"] = float(not page.right(label))
    return found


def _gap(side: str, gap: float, near: float) -> Features:
    return {
        f"{side}_close": float(gap < near / 4),
        f"{side}_near": math.exp(-max(0.0, gap) / near),
        f"{side}_away": min(3.0, max(0.0, gap - near) / near),
        f"{side}_far": float(gap > 6 * near),
        f"{side}_over": float(gap < -0.3),
    }


def _between(
    page: FormPage, value: int, label: int, side: str, order: int, chances: Chances
) -> Features:
    """What stands between a label and its value, on the same side."""
    if side == "left":
        some = page.left(value)[:order]
    elif side == "above":
        some = page.above(value)[:order]
    else:
        return {}
    return {
        f"{side}_questions_between": min(3.0, sum(chances[one]["question"] for one in some)),
        f"{side}_answers_between": min(4.0, sum(chances[one]["answer"] for one in some)),
        f"{side}_headers_between": min(2.0, sum(chances[one]["header"] for one in some)),
        f"{side}_best_between": max((chances[one]["question"] for one in some), default=0.0),
    }


def rival_features(
    own: float, others_of_value: float, others_of_label: float, side: str
) -> Features:
    """A first judgement beside those of the value's other labels and the label's other values."""
    found: Features = {
        "offset": 1.0,
        "own": _odds(own),
        "of_value": others_of_value,
        "of_label": others_of_label,
        "of_value_more": max(0.0, others_of_value - own),
        "of_label_more": max(0.0, others_of_label - own),
        f"{side}_own": own,
        f"{side}_of_value": others_of_value,
        f"{side}_of_label": others_of_label,
    }
    return found


def through_features(some: Sequence[tuple[float, float]]) -> Features:
    """What the parts say that a value seems to go on from: (how surely it does, how surely those
    belong to the label)."""
    return {
        "through": max((joined * told for joined, told in some), default=0.0),
        "through_none": max((joined * (1.0 - told) for joined, told in some), default=0.0),
        "through_told": max((told for _, told in some), default=0.0),
    }


def split_features(
    gap: Features, chances: Mapping[str, float], as_value: float, as_label: float, first: float
) -> Features:
    """What speaks for a gap within a part having a label on its left and that one's value on its
    right: the gap itself, what the part is, and how surely it is linked to others."""
    found = dict(gap)
    found["gap_odds"] = _odds(first)
    found["as_value"] = as_value
    found["as_label"] = as_label
    for name in CLASSES:
        found[f"is_{name}"] = chances[name]
    found["lonely_label"] = chances["question"] * (1.0 - as_label)
    found["lonely_value"] = chances["answer"] * (1.0 - as_value)
    return found


def _odds(chance: float) -> float:
    chance = min(0.995, max(0.005, chance))
    return math.log(chance / (1 - chance))


def _best(some: list[int], name: str, chances: Chances) -> float:
    return max((chances[one][name] for one in some), default=0.0)
