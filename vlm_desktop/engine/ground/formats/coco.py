"""COCO instances: boxes, outlines, and masks as compressed run lengths, so that holes and parts
stay. Read are also outlines of several parts and plain run lengths."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from vlm_desktop.base import rle
from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.exchange import (
    Faults,
    NamedPicture,
    ReadPicture,
    json_bytes,
)
from vlm_desktop.engine.ground.formats.outlines import (
    Outline,
    area_of,
    box_around,
    fill,
    union,
)
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
    size_of,
    words,
)

CROWD = "iscrowd"
"""Key of `GroundObject.extra`: "1" for a region of many that are not told apart."""


class Instances:
    """Writes a file of instances. Objects with neither box, outline nor mask are left out."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._numbers: dict[str, int] = {}
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        """Take a picture in; there is no file of it."""
        image_id = len(self._images) + 1
        self._images.append(
            {
                "id": image_id,
                "file_name": one.name,
                "width": one.picture.size.width,
                "height": one.picture.size.height,
                KEY: {"content_hash": one.picture.content_hash},
            }
        )
        for each in one.picture.objects:
            said = annotation(each)
            if said is None:
                self._faults.note("objects-without-place", one.name)
                continue
            number = len(self._annotations) + 1
            category = self._numbers.setdefault(each.label, len(self._numbers) + 1)
            self._annotations.append(
                {"id": number, "image_id": image_id, "category_id": category, **said}
            )
        yield from ()

    def document(self) -> dict[str, Any]:
        """All that was taken in."""
        return {
            "info": {"description": "VLM Desktop"},
            "licenses": [],
            "images": self._images,
            "annotations": self._annotations,
            "categories": [{"id": key, "name": label} for label, key in self._numbers.items()],
        }

    def end(self) -> Iterator[tuple[str, bytes]]:
        yield "", json_bytes(self.document())


def annotation(one: GroundObject) -> dict[str, Any] | None:
    """What COCO says of an object; None for one without a place."""
    box = one.box or place_of(one)
    if box is None:
        return None
    bbox = [box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0]
    own = extension(one)
    if (bbox[0] + bbox[2], bbox[1] + bbox[3]) != (box.x1, box.y1) and one.box is not None:
        own["box"] = [box.x0, box.y0, box.x1, box.y1]
    if one.mask is not None:
        segmentation: Any = mask_said(one.mask)
        area = float(one.mask.area)
    elif one.polygon:
        segmentation = [[place for corner in one.polygon for place in corner]]
        area = area_of(one.polygon)
    else:
        segmentation, area = [], bbox[2] * bbox[3]
    crowd = int(one.extra.get(CROWD) == "1")
    return {"bbox": bbox, "area": area, CROWD: crowd, "segmentation": segmentation, KEY: own}


def mask_said(mask: Mask) -> dict[str, Any]:
    """A mask as COCO's compressed run lengths."""
    return {"size": [mask.size.height, mask.size.width], "counts": rle.encode(mask)}


def place_of(one: GroundObject) -> Box | None:
    """Around the mask or the outline of an object."""
    if one.mask is not None:
        return one.mask.box
    return box_around(one.polygon) if one.polygon else None


# --- reading -----------------------------------------------------------------------------


def is_coco(said: object) -> bool:
    """Whether a JSON document is one of instances."""
    value = mapping(said)
    return isinstance(value.get("images"), list) and isinstance(value.get("annotations"), list)


def read(said: dict[str, Any]) -> list[ReadPicture]:
    """The pictures of a document and what is said of each."""
    labels = {
        _key(one): words(one.get("name"), LONGEST_LABEL) for one in entries(said.get("categories"))
    }
    by_image: dict[object, list[dict[str, Any]]] = defaultdict(list)
    for one in entries(said.get("annotations")):
        by_image[_hashable(one.get("image_id"))].append(one)
    found = []
    for one in entries(said.get("images")):
        name = words(one.get("file_name"))
        mine = by_image.pop(_key(one), [])
        if name:
            found.append(_picture(name, one, mine, labels))
    return found


def _picture(
    name: str, image: dict[str, Any], mine: list[dict[str, Any]], labels: dict[object, str]
) -> ReadPicture:
    def build(size: Size, faults: Faults) -> list[GroundObject]:
        made = (_object(one, labels, size, faults, name) for one in mine)
        return [one for one in made if one is not None]

    said = size_of(image.get("width"), image.get("height"))
    return ReadPicture(name, said, words(mapping(image.get(KEY)).get("content_hash")), build)


def _object(
    said: dict[str, Any], labels: dict[object, str], size: Size, faults: Faults, name: str
) -> GroundObject | None:
    category = _hashable(said.get("category_id"))
    label = labels.get(category, "" if category is None else words(str(category)))
    mask, outline = _segmentation(said.get("segmentation"), size, faults, name)
    box = _box(said.get("bbox"), size, faults, name)
    if box is None:
        box = mask.box if mask is not None else box_around(outline) if outline else None
    if box is None:
        faults.note("objects-unreadable", name)
        return None
    made = GroundObject(
        number=0,
        label=label,
        box=exact_box(said.get(KEY), box),
        mask=mask,
        polygon=outline or (),
        source=IMPORTED,
        extra={CROWD: "1"} if said.get(CROWD) == 1 else {},
    )
    return extended(made, said.get(KEY))


def _box(said: object, size: Size, faults: Faults, name: str) -> Box | None:
    sides = [number(one) for one in items(said)]
    known = [one for one in sides if one is not None]
    if len(known) != 4 or len(sides) != 4:
        return None
    x, y, wide, high = known
    return box_within(Box(x, y, x + wide, y + high), size, faults, name)


def _segmentation(
    said: object, size: Size, faults: Faults, name: str
) -> tuple[Mask | None, Outline | None]:
    """A mask, or an outline of one part."""
    if isinstance(said, dict):
        return mask_read(said, size, faults, name), None
    parts = [part for part in map(corners, items(said)) if part is not None]
    if len(parts) < len(items(said)):
        faults.note("objects-unreadable", name)
    inside = [outline_within(part, size, faults, name) for part in parts]
    kept = [part for part in inside if part is not None]
    if len(kept) == 1:
        return None, kept[0]
    return (union(size, (fill(size, part) for part in kept)) if kept else None), None


def mask_read(said: object, size: Size, faults: Faults, name: str) -> Mask | None:
    """A mask from run lengths; None, and noted, where they are none of this picture."""
    value = mapping(said)
    counts = value.get("counts")
    if value.get("size") == [size.height, size.width] and isinstance(counts, str | list):
        try:
            return rle.decode(size, counts)
        except rle.BadRuns:
            pass
    faults.note("objects-unreadable", name)
    return None


def _key(said: dict[str, Any]) -> object:
    return _hashable(said.get("id"))


def _hashable(value: object) -> object:
    return value if isinstance(value, int | str) else None
