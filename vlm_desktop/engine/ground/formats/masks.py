"""PNG masks: for each picture one whose pixels are numbers of labels, and one for each object.

    masks.json  labels/<picture>.png  objects/<picture>/<number>.png

In the picture of labels later objects cover earlier ones, as they do in the list; the pictures of
objects are whole, and they are what is read back.
"""

import colorsys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.masks import Bits, Mask
from vlm_desktop.base.types import Size
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    json_bytes,
)
from vlm_desktop.engine.ground.formats.outlines import fill
from vlm_desktop.engine.ground.formats.plain import (
    IMPORTED,
    KEY,
    LONGEST_LABEL,
    entries,
    extended,
    extension,
    items,
    mapping,
    own_box,
    size_of,
    words,
)
from vlm_desktop.media.maskpictures import Colour, labels_png, mask_png

INDEX, KIND = "masks.json", "vlm-desktop-masks"
MOST_LABELS = 255
_TURN = 0.618033988749895

ReadMask = Callable[[str, Size], Bits | None]
"""The white pixels of a picture by its path in the folder; None where it is none of that size."""


def palette(count: int) -> list[Colour]:
    """Black, then a colour for each label, far from those beside it."""
    colours: list[Colour] = [(0, 0, 0)]
    for number in range(count):
        value = 1.0 - 0.3 * (number // 12 % 3)
        red, green, blue = colorsys.hsv_to_rgb(number * _TURN % 1.0, 0.75, value)
        colours.append((round(red * 255), round(green * 255), round(blue * 255)))
    return colours


class MaskFolder:
    """Writes pictures of masks. Objects without a mask or an outline are left out, and those of
    labels beyond the 255th, which a PNG cannot number."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._numbers: dict[str, int] = {}
        self._colours = palette(MOST_LABELS)
        self._index: list[dict[str, Any]] = []

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        shown = np.zeros((one.picture.size.height, one.picture.size.width), np.uint8)
        said = []
        for each in one.picture.objects:
            mask = _mask_of(each, one.picture.size)
            if mask is None or not mask.bits.size:
                self._faults.note("objects-without-outline", one.name)
                continue
            if each.label not in self._numbers and len(self._numbers) == MOST_LABELS:
                self._faults.note("labels-too-many", one.name)
                continue
            number = self._numbers.setdefault(each.label, len(self._numbers) + 1)
            if _cover(shown, mask, number):
                self._faults.note("masks-overlap", one.name)
            name = f"objects/{one.stem}/{each.number}.png"
            yield name, mask_png(mask.full())
            said.append(_said(each, name))
        yield f"labels/{one.stem}.png", labels_png(shown, self._colours)
        self._index.append(_picture_said(one, said))

    def end(self) -> Iterator[tuple[str, bytes]]:
        named = [
            {"index": key, "label": label, "colour": list(self._colours[key])}
            for label, key in self._numbers.items()
        ]
        yield INDEX, json_bytes({"format": KIND, "labels": named, "pictures": self._index})


def _mask_of(one: GroundObject, size: Size) -> Mask | None:
    if one.mask is not None:
        return one.mask
    return fill(size, one.polygon) if one.polygon else None


def _cover(shown: NDArray[np.uint8], mask: Mask, number: int) -> bool:
    """Paint a mask; whether it covers another label."""
    height, width = mask.bits.shape
    part = shown[mask.top : mask.top + height, mask.left : mask.left + width]
    covers = bool(((part != 0) & (part != number) & mask.bits).any())
    part[mask.bits] = number
    return covers


def _said(one: GroundObject, name: str) -> dict[str, Any]:
    own = extension(one)
    if one.box is not None:
        own["box"] = [one.box.x0, one.box.y0, one.box.x1, one.box.y1]
    if one.polygon:
        own["polygon"] = [list(corner) for corner in one.polygon]
    return {"label": one.label, "mask": name, KEY: own}


def _picture_said(one: NamedPicture, said: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": one.name,
        "size": [one.picture.size.width, one.picture.size.height],
        "content_hash": one.picture.content_hash,
        "labels": f"labels/{one.stem}.png",
        "objects": said,
    }


# --- reading -----------------------------------------------------------------------------


def is_index(said: object) -> bool:
    return mapping(said).get("format") == KIND


def read(said: dict[str, Any], bits: ReadMask) -> list[ReadPicture]:
    """The pictures of an index; `bits` reads the masks it names."""
    return [_picture(one, bits) for one in entries(said.get("pictures")) if words(one.get("name"))]


def _picture(said: dict[str, Any], bits: ReadMask) -> ReadPicture:
    name = words(said.get("name"))

    def build(size: Size, faults: Faults) -> list[GroundObject]:
        made = (_object(one, size, bits, faults, name) for one in entries(said.get("objects")))
        return [one for one in made if one is not None]

    sides = [*items(said.get("size")), None, None][:2]
    return ReadPicture(name, size_of(*sides), words(said.get("content_hash")), build)


def _object(
    said: dict[str, Any], size: Size, bits: ReadMask, faults: Faults, name: str
) -> GroundObject | None:
    place = said.get("mask")
    found = bits(place, size) if isinstance(place, str) else None
    if found is None or not found.any():
        faults.note("objects-unreadable", name)
        return None
    mask = Mask.of(found)
    own = mapping(said.get(KEY))
    made = GroundObject(
        number=0,
        label=words(said.get("label"), LONGEST_LABEL),
        box=own_box(own, mask.box, size, faults, name),
        mask=mask,
        source=IMPORTED,
    )
    return extended(made, own)
