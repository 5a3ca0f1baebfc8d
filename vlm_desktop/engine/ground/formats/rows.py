"""JSON lines to train on: what part "Train" reads, and `evaluate grounding`.

    {"image": "photos/a.jpg", "phrase": "the red cup", "expressions": ["the red cup", ...],
     "label": "cup", "box": [x0, y0, x1, y1], "mask_rle": {"size": [h, w], "counts": "..."},
     "area_fraction": 0.12, "split": "train" | "val", "vlm_desktop": {...}}

A row for each object. "image" is relative to the file where it lies below its folder. "phrase" is
the first of "expressions", which are never empty: the label where nothing else names the object.
"mask_rle" is null without a mask, "box" in pixels of the upright picture, of which it takes
"area_fraction". All rows about one picture have the same split, by one fixed rule over file names
(`base.splits`). Rows of other programs need "image" and "box" only; a row whose box is null says
that the phrase names nothing in the picture, and brings no object.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.splits import is_held_out
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.coco import mask_read, mask_said, place_of
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    json_bytes,
)
from vlm_desktop.engine.ground.formats.plain import (
    IMPORTED,
    KEY,
    LONGEST_LABEL,
    box_within,
    corners,
    expressions,
    extended,
    extension,
    items,
    mapping,
    number,
    outline_within,
    words,
)


class Rows:
    """Writes a line for each object that has a place and words; the others are left out."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lines: list[bytes] = []

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        """Take a picture in; there is no file of it."""
        for each in one.picture.objects:
            said = row(one, each)
            if said is None:
                self._faults.note("objects-without-words", one.name)
            else:
                self._lines.append(json_bytes(said) + b"\n")
        yield from ()

    def end(self) -> Iterator[tuple[str, bytes]]:
        yield "", b"".join(self._lines)


def row(one: NamedPicture, each: GroundObject, *, unnamed: bool = False) -> dict[str, Any] | None:
    """The row of an object; None where it has no place, or nothing names it, which `unnamed`
    lets pass."""
    phrases = each.expressions or ((each.label,) if each.label else ())
    box = each.box or place_of(each)
    if box is None or not (phrases or unnamed):
        return None
    size = one.picture.size
    share = (box.x1 - box.x0) * (box.y1 - box.y0) / (size.width * size.height)
    own = extension(each) | {"content_hash": one.picture.content_hash}
    own["size"] = [size.width, size.height]
    if each.polygon:
        own["polygon"] = [list(corner) for corner in each.polygon]
    return {
        "image": one.name,
        "phrase": phrases[0] if phrases else "",
        "expressions": list(phrases),
        "label": each.label,
        "box": [box.x0, box.y0, box.x1, box.y1],
        "mask_rle": None if each.mask is None else mask_said(each.mask),
        "area_fraction": round(share, 4),
        "split": "val" if is_held_out(one.name) else "train",
        KEY: own,
    }


# --- reading -----------------------------------------------------------------------------


def is_row(said: object) -> bool:
    """Whether a line of JSON is one about a picture."""
    return isinstance(mapping(said).get("image"), str)


def read(said: Sequence[dict[str, Any]]) -> list[ReadPicture]:
    """The pictures that rows speak of. Those without a box say that nothing is there: no object."""
    by_image: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in said:
        by_image[words(one["image"])].append(one)
    return [_picture(name, mine) for name, mine in by_image.items() if name]


def _picture(name: str, mine: list[dict[str, Any]]) -> ReadPicture:
    def build(size: Size, faults: Faults) -> list[GroundObject]:
        made = (_object(one, size, faults, name) for one in mine if one.get("box") is not None)
        return [one for one in made if one is not None]

    own = mapping(mine[0].get(KEY))
    said = [one for one in items(own.get("size")) if type(one) is int and one > 0]
    size = Size(*said) if len(said) == 2 else None
    return ReadPicture(name, size, words(own.get("content_hash")), build)


def _object(said: dict[str, Any], size: Size, faults: Faults, name: str) -> GroundObject | None:
    sides = [number(one) for one in items(said.get("box"))]
    known = [one for one in sides if one is not None]
    box = box_within(Box(*known), size, faults, name) if len(known) == len(sides) == 4 else None
    if box is None:
        faults.note("objects-unreadable", name)
        return None
    own = mapping(said.get(KEY))
    stored = said.get("mask_rle")
    mask = None if stored is None else mask_read(stored, size, faults, name)
    outline = None
    if mask is None:
        outline = corners(own.get("polygon"))
        outline = outline and outline_within(outline, size, faults, name)
    phrase = words(said.get("phrase"))
    label = words(said.get("label"), LONGEST_LABEL) if "label" in said else phrase[:LONGEST_LABEL]
    phrases = expressions(said.get("expressions")) or ((phrase,) if phrase else ())
    made = GroundObject(
        number=0,
        label=label,
        box=box,
        mask=mask,
        polygon=outline or (),
        source=IMPORTED,
        expressions=() if phrases == (label,) else phrases,
    )
    return extended(made, own)
