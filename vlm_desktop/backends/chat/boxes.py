"""Boxes that models write into their answers, each family in its own coordinates.

A style is a way to read them and to write one. All boxes pass through fractions of the picture,
so that what a family counts in (thousandths, pixels of the picture as it was resized, bins,
patches) never leaves this module.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from vlm_desktop.base.types import Box, Size

Fractions: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, from 0 to 1 where a model keeps to its picture."""

_BINS = 1024
_PATCHES = 32
_CELLS = re.compile(r"<patch_index_(\d{4})><patch_index_(\d{4})>")
_ENTITY = re.compile(
    r"(?:<phrase>([^<]+)</phrase>)?<object>"
    r"((?:<patch_index_\d{4}><patch_index_\d{4}></delimiter_of_multi_objects/>)*"
    r"<patch_index_\d{4}><patch_index_\d{4}>)</object>"
)
_PLACES = re.compile(r"((?:<loc\d{4}>){4})((?:(?!<loc|;).)*)")
_PAIR = r"\(\s*(-?\d+)\s*,\s*(-?\d+)\s*\)"
_CORNERS = re.compile(rf"{_PAIR}\s*,\s*{_PAIR}")
_SIGNS = re.compile(r"<\|(?:object_ref|box)_(?:start|end)\|>")
_RECORD = re.compile(r"\{[^{}]*\"bbox_2d\"[^{}]*\}")
_THOUSAND = 1000
_PIECE = re.compile(r"<[^<>]*>|[^<]+|<")
_LOC = re.compile(r"<loc_(\d+)>")
_TAG = re.compile(
    r"<(?:loc|seg)\d{3,4}>|<loc_\d+>|<patch_index_\d{4}>|</?(?:phrase|object|grounding|doc|chunk|line|image)>"
    r"|</delimiter_of_multi_objects/>"
)


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """How a family says where: `read` gives (what, fractions) of an answer, `write` one box.

    Both are handed the size of the picture as the model was given it.
    """

    read: Callable[[str, Size], Iterator[tuple[str, Fractions]]]
    write: Callable[[str, Fractions, Size], str]


def read_boxes(style: str, answer: str, part: Box, seen: Size) -> tuple[tuple[str, Box], ...]:
    """(What, where in pixels of the picture) of each box in an answer, in the order they are said.

    `answer` has its special tokens; `part` is what of the picture the model was given, and `seen`
    its size by then. What lies outside is cut off, corners the wrong way round are put right, and
    a box without any area is left out.
    """
    found = []
    for what, fractions in STYLES[style].read(answer, seen):
        box = placed_box(fractions, part)
        if box is not None:
            found.append((" ".join(what.split()), box))
    return tuple(found)


def placed_box(fractions: Fractions, part: Box) -> Box | None:
    """Fractions of a part of a picture as a box in its pixels; None for what is no box there."""
    if not all(map(math.isfinite, fractions)):
        return None
    x0, y0, x1, y1 = map(_within, fractions)
    left, right = sorted((x0, x1))
    top, bottom = sorted((y0, y1))
    if left >= right or top >= bottom:
        return None
    width, height = part.x1 - part.x0, part.y1 - part.y0
    return Box(
        part.x0 + left * width, part.y0 + top * height,
        part.x0 + right * width, part.y0 + bottom * height,
    )  # fmt: skip


def write_box(style: str, what: str, box: Box, part: Box, seen: Size) -> str:
    """A box as a model of this style would say it."""
    width, height = part.x1 - part.x0, part.y1 - part.y0
    fractions = (
        (box.x0 - part.x0) / width, (box.y0 - part.y0) / height,
        (box.x1 - part.x0) / width, (box.y1 - part.y0) / height,
    )  # fmt: skip
    left, top, right, bottom = map(_within, fractions)
    return STYLES[style].write(what, (left, top, right, bottom), seen)


class Untagged:
    """A tokenizer as far as `decode` goes, which leaves out what says where and not what."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.get_added_vocab().items()
        self._tags = frozenset(number for token, number in added if _TAG.fullmatch(token))

    def decode(self, ids: Sequence[int], **options: Any) -> str:
        kept = [number for number in ids if number not in self._tags]
        text: str = self._tokenizer.decode(kept, **options)
        return text


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


# --- Qwen2-VL: what<|box_start|>(x0,y0),(x1,y1)<|box_end|>, in thousandths ---------------


def _read_corners(answer: str, seen: Size) -> Iterator[tuple[str, Fractions]]:
    del seen
    what, end = "", 0
    text = _SIGNS.sub("", answer)
    for match in _CORNERS.finditer(text):
        before = re.split(r"[\n;]|(?<=[.!?]) ", text[end : match.start()])[-1].strip(" ,:")
        what, end = before or what, match.end()
        x0, y0, x1, y1 = (int(number) / 1000 for number in match.groups())
        yield what, (x0, y0, x1, y1)


def _write_corners(what: str, fractions: Fractions, seen: Size) -> str:
    del seen
    x0, y0, x1, y1 = (round(1000 * one) for one in fractions)
    name = f"<|object_ref_start|>{what}<|object_ref_end|>"
    return f"{name}<|box_start|>({x0},{y0}),({x1},{y1})<|box_end|>"


# --- Qwen2.5-VL and Qwen3-VL: JSON, in pixels of the resized picture or in thousandths ----


def _records(answer: str, width: float, height: float) -> Iterator[tuple[str, Fractions]]:
    """Each record for itself, so that an answer that was cut off keeps its whole ones."""
    for match in _RECORD.finditer(answer):
        try:
            record = json.loads(match.group())
            x0, y0, x1, y1 = (float(number) for number in record["bbox_2d"])
        except (ValueError, TypeError):
            continue
        yield str(record.get("label", "")), (x0 / width, y0 / height, x1 / width, y1 / height)


def _record(what: str, fractions: Fractions, width: float, height: float) -> str:
    extents = (width, height, width, height)
    numbers = [round(one * extent) for one, extent in zip(fractions, extents, strict=True)]
    return json.dumps({"bbox_2d": numbers, "label": what}, ensure_ascii=False)


# --- PaliGemma: <loc0000> for top, left, bottom and right, in 1024 bins -------------------


def _read_bins(answer: str, seen: Size) -> Iterator[tuple[str, Fractions]]:
    del seen
    for match in _PLACES.finditer(answer):
        y0, x0, y1, x1 = (int(one) / _BINS for one in re.findall(r"\d{4}", match.group(1)))
        yield re.sub(r"<seg\d{3}>", "", match.group(2)), (x0, y0, x1, y1)


def _write_bins(what: str, fractions: Fractions, seen: Size) -> str:
    del seen
    x0, y0, x1, y1 = (min(_BINS - 1, round(_BINS * one)) for one in fractions)
    return "".join(f"<loc{number:04d}>" for number in (y0, x0, y1, x1)) + f" {what}"


# --- Kosmos-2: the first and the last patch of a grid of 32 by 32 ------------------------


def _read_patches(answer: str, seen: Size) -> Iterator[tuple[str, Fractions]]:
    del seen
    for entity in _ENTITY.finditer(answer):
        for first, last in _CELLS.findall(entity.group(2)):
            yield entity.group(1) or "", _of_patches(int(first), int(last))


def _of_patches(first: int, last: int) -> Fractions:
    """From middle to middle; a row, a column or one patch alone in full, as it was trained."""
    top, left = divmod(first, _PATCHES)
    bottom, right = divmod(last, _PATCHES)
    if left == right or top == bottom:
        edges = (left, top, right + 1, bottom + 1)
    else:
        edges = (left + 0.5, top + 0.5, right + 0.5, bottom + 0.5)
    x0, y0, x1, y1 = (edge / _PATCHES for edge in edges)
    return x0, y0, x1, y1


def _write_patches(what: str, fractions: Fractions, seen: Size) -> str:
    del seen
    x0, y0, x1, y1 = (min(_PATCHES - 1, int(one * _PATCHES - 1e-9)) for one in fractions)
    first, last = y0 * _PATCHES + x0, y1 * _PATCHES + x1
    cells = f"<patch_index_{first:04d}><patch_index_{last:04d}>"
    return f"<phrase> {what}</phrase><object>{cells}</object>"


# --- Florence-2: <loc_0> to <loc_999> after what is there, for boxes or for corners of outlines --


def located(pieces: Iterable[tuple[str, float]]) -> Iterator[tuple[str, Fractions, float]]:
    """(What, fractions, mean log probability) of the boxes in an answer's tokens.

    `pieces` are tokens as text with their log probabilities. A run of places is boxes, four
    places each, and what is left over is none; between <poly> and </poly> it is one outline.
    """
    what, told, outlined = "", False, False
    run: list[tuple[int, float]] = []
    for piece, logprob in (*pieces, ("", 0.0)):
        mark = piece.strip()
        place = _LOC.fullmatch(mark)
        if place:
            run.append((int(place.group(1)), logprob))
            continue
        if outlined and mark == "<sep>":
            continue
        for where, certain in _of_run(run, outlined=outlined):
            yield what, where, certain
        told = told or bool(run)
        run, outlined = [], mark == "<poly>"
        if mark and not mark.startswith("<"):
            what, told = (piece, False) if told else (what + piece, False)


def _of_run(
    run: Sequence[tuple[int, float]], *, outlined: bool
) -> Iterator[tuple[Fractions, float]]:
    """Places are the middles of their bins."""
    length = len(run) // 2 * 2 if outlined else 4
    for start in range(0, len(run) - length + 1, max(length, 4)):
        part = run[start : start + length]
        if len(part) < 4:
            return
        along = [(number + 0.5) / _THOUSAND for number, _ in part]
        x, y = along[0::2], along[1::2]
        where = (min(x), min(y), max(x), max(y)) if outlined else (x[0], y[0], x[1], y[1])
        yield where, sum(logprob for _, logprob in part) / len(part)


def _read_locs(answer: str, seen: Size) -> Iterator[tuple[str, Fractions]]:
    del seen
    text = re.sub(r"</?s>|<pad>", "", answer)
    for what, fractions, _ in located((piece, 0.0) for piece in _PIECE.findall(text)):
        yield what, fractions


def _write_locs(what: str, fractions: Fractions, seen: Size) -> str:
    del seen
    numbers = (min(_THOUSAND - 1, int(_THOUSAND * one)) for one in fractions)
    return what + "".join(f"<loc_{number}>" for number in numbers)


STYLES = {
    "corners": BoxStyle(_read_corners, _write_corners),
    "json-thousandths": BoxStyle(
        lambda answer, _: _records(answer, 1000, 1000),
        lambda what, where, _: _record(what, where, 1000, 1000),
    ),
    "json-pixels": BoxStyle(
        lambda answer, seen: _records(answer, seen.width, seen.height),
        lambda what, where, seen: _record(what, where, seen.width, seen.height),
    ),
    "bins": BoxStyle(_read_bins, _write_bins),
    "patches": BoxStyle(_read_patches, _write_patches),
    "locs": BoxStyle(_read_locs, _write_locs),
}
"""Named in the rows of `families`."""
