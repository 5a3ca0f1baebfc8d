"""labelme: a JSON file beside each picture; boxes, outlines, points, and masks as small PNGs."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from vlm_desktop.base.grounding import GroundObject, PromptPoint
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    json_bytes,
)
from vlm_desktop.engine.ground.formats.outlines import Outline, box_around
from vlm_desktop.engine.ground.formats.plain import (
    IMPORTED,
    KEY,
    LONGEST_LABEL,
    box_within,
    corners,
    entries,
    exact_box,
    extended,
    extension,
    items,
    mapping,
    number,
    outline_within,
    own_box,
    size_of,
    words,
)

VERSION = "5.5.0"
_MOST_MASK_BYTES = 64_000_000

ReadBits = Callable[[bytes], Bits | None]
"""The pixels of a small PNG that are not black; None where it is none that can be read."""


class Documents:
    """Writes a file for each picture. Objects that have no place at all are left out.

    `png` makes a small PNG of a mask."""

    def __init__(self, faults: Faults, png: Callable[[Bits], bytes]) -> None:
        self._faults = faults
        self._png = png

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        shapes = [_shape(each, self._png) for each in one.picture.objects]
        kept = [said for said in shapes if said is not None]
        if len(kept) < len(shapes):
            self._faults.note("objects-without-place", one.name, len(shapes) - len(kept))
        said = {
            "version": VERSION,
            "flags": {},
            "shapes": kept,
            "imagePath": one.name.rpartition("/")[2],
            "imageData": None,
            "imageHeight": one.picture.size.height,
            "imageWidth": one.picture.size.width,
            KEY: {"content_hash": one.picture.content_hash},
        }
        yield f"{one.stem}.json", json_bytes(said)

    def end(self) -> Iterator[tuple[str, bytes]]:
        yield from ()


def _shape(one: GroundObject, png: Callable[[Bits], bytes]) -> dict[str, Any] | None:
    stored = None
    box = one.box
    own = extension(one)
    if one.mask is not None and one.mask.bits.size:
        kind, stored = "mask", base64.b64encode(png(one.mask.bits)).decode("ascii")
        height, width = one.mask.bits.shape
        left, top = one.mask.left, one.mask.top
        # labelme's second corner is the last pixel that belongs, not the first that does not.
        points = [[left, top], [left + width - 1, top + height - 1]]
        if box is not None and box != one.mask.box:
            own["box"] = [box.x0, box.y0, box.x1, box.y1]
    elif one.polygon:
        kind, points = "polygon", [list(corner) for corner in one.polygon]
        if box is not None and box != box_around(one.polygon):
            own["box"] = [box.x0, box.y0, box.x1, box.y1]
    elif box is not None:
        kind, points = "rectangle", [[box.x0, box.y0], [box.x1, box.y1]]
    elif one.points:
        kind, points = "point", [[one.points[0].x, one.points[0].y]]
    else:
        return None
    return {
        "label": one.label,
        "points": points,
        "group_id": None,
        "description": one.expressions[0] if one.expressions else "",
        "shape_type": kind,
        "flags": {},
        "mask": stored,
        KEY: own,
    }


# --- reading -----------------------------------------------------------------------------


def is_labelme(said: object) -> bool:
    """Whether a JSON document is one of labelme."""
    return isinstance(mapping(said).get("shapes"), list)


def read(name: str, said: dict[str, Any], bits: ReadBits) -> ReadPicture:
    """The picture of a document; `name` is its path without what labelme says of it."""

    def build(size: Size, faults: Faults) -> list[GroundObject]:
        made = (_object(one, size, bits, faults, name) for one in entries(said.get("shapes")))
        return [one for one in made if one is not None]

    size = size_of(said.get("imageWidth"), said.get("imageHeight"))
    return ReadPicture(name, size, words(mapping(said.get(KEY)).get("content_hash")), build)


def _object(
    said: dict[str, Any], size: Size, bits: ReadBits, faults: Faults, name: str
) -> GroundObject | None:
    kind = said.get("shape_type", "polygon")
    mask: Mask | None = None
    outline: Outline | None = None
    points: tuple[PromptPoint, ...] = ()
    box: Box | None = None
    if kind == "mask":
        mask = _mask(said, size, bits)
        box = mask.box if mask is not None else None
    elif kind == "polygon":
        outline = corners(said.get("points"))
        outline = outline and outline_within(outline, size, faults, name)
        box = box_around(outline) if outline else None
    elif kind == "rectangle":
        box = _rectangle(said.get("points"))
        box = box and box_within(box, size, faults, name)
    elif kind == "point":
        points = tuple(PromptPoint(x, y) for x, y in _places(said.get("points"))[:1])
    if box is None and not points:
        faults.note("objects-unreadable", name)
        return None
    about = words(said.get("description"))
    own = mapping(said.get(KEY))
    made = GroundObject(
        number=0,
        label=words(said.get("label"), LONGEST_LABEL),
        box=own_box(own, box, size, faults, name) if mask or outline else exact_box(own, box),
        mask=mask,
        points=points,
        polygon=outline or (),
        source=IMPORTED,
        expressions=(about,) if about else (),
    )
    return extended(made, own)


def _places(said: object) -> list[tuple[float, float]]:
    found = []
    for one in items(said):
        if isinstance(one, list) and len(one) == 2:
            x, y = number(one[0]), number(one[1])
            if x is not None and y is not None:
                found.append((x, y))
    return found


def _rectangle(said: object) -> Box | None:
    places = _places(said)
    if len(places) != 2:
        return None
    (x0, y0), (x1, y1) = places
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _mask(said: dict[str, Any], size: Size, bits: ReadBits) -> Mask | None:
    stored, places = said.get("mask"), _places(said.get("points"))
    if not isinstance(stored, str) or len(stored) > _MOST_MASK_BYTES or len(places) != 2:
        return None
    try:
        found = bits(base64.b64decode(stored, validate=True))
    except ValueError:
        return None
    if found is None:
        return None
    height, width = found.shape
    left, top = round(places[0][0]), round(places[0][1])
    if left < 0 or top < 0 or left + width > size.width or top + height > size.height:
        return None
    full = np.zeros((size.height, size.width), bool)
    full[top : top + height, left : left + width] = found
    return Mask.of(full)
