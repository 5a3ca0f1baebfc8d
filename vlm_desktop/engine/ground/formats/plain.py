"""Values that strangers wrote, and what formats of the field have no word for.

Our own files say the latter under one key, so that everything comes back; who does not know the
key passes over it. Nothing that is read is believed: what has the wrong type is as if not there.
"""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vlm_desktop.base.grounding import GroundObject, ObjectState, PromptPoint
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.exchange import Faults
from vlm_desktop.engine.ground.formats.outlines import Outline

KEY = "vlm_desktop"
IMPORTED = "import"
"""The source of objects that do not say theirs."""

LONGEST_LABEL = 500
_LONGEST_TEXT = 4_000
_MOST_WORDS = 200
_MOST_CORNERS = 200_000
_MOST_NUMBER = 2**31
_FARTHEST = 1e9


# --- values ------------------------------------------------------------------------------


def number(value: object) -> float | None:
    """A finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if abs(value) > _FARTHEST or not math.isfinite(value):
        return None
    return float(value)


def whole(value: object) -> int | None:
    """A whole number that counts something."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST_NUMBER:
        return None
    return value


def words(value: object, most: int = _LONGEST_TEXT) -> str:
    """Text on one line without what no text should hold; "" for anything else."""
    if not isinstance(value, str):
        return ""
    plain = "".join(" " if _steers(letter) else letter for letter in value[:most])
    return unicodedata.normalize("NFC", plain.encode("utf-8", "replace").decode()).strip()


def size_of(width: object, height: object) -> Size | None:
    """The size that a file says a picture has."""
    wide, high = whole(width), whole(height)
    return Size(wide, high) if wide and high else None


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def entries(value: object) -> list[dict[str, Any]]:
    """The objects in a list; everything else in it is passed over."""
    return [one for one in items(value) if isinstance(one, dict)]


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# --- places ------------------------------------------------------------------------------


def corners(value: object) -> Outline | None:
    """[[x, y], ...] or [x, y, x, y, ...] of at least three corners; None for anything else."""
    flat = items(value)
    if flat and isinstance(flat[0], list):
        flat = [each for one in flat for each in (one if isinstance(one, list) else [None])]
    if len(flat) < 6 or len(flat) % 2 or len(flat) > 2 * _MOST_CORNERS:
        return None
    places = [number(one) for one in flat]
    known = [one for one in places if one is not None]
    return tuple(zip(known[0::2], known[1::2], strict=True)) if len(known) == len(flat) else None


def box_within(box: Box, size: Size, faults: Faults, name: str) -> Box | None:
    """A box cut at the edges of its picture, which is noted; None, and noted, where nothing is
    left of it."""
    cut = Box(
        min(max(box.x0, 0.0), size.width), min(max(box.y0, 0.0), size.height),
        min(max(box.x1, 0.0), size.width), min(max(box.y1, 0.0), size.height),
    )  # fmt: skip
    if cut.x0 >= cut.x1 or cut.y0 >= cut.y1:
        faults.note("objects-outside", name)
        return None
    if cut != box:
        faults.note("objects-clipped", name)
    return cut


def outline_within(outline: Outline, size: Size, faults: Faults, name: str) -> Outline | None:
    """As `box_within`, of an outline: corners outside move to the nearest place inside."""
    cut = tuple(
        (min(max(x, 0.0), float(size.width)), min(max(y, 0.0), float(size.height)))
        for x, y in outline
    )
    xs, ys = [x for x, _ in cut], [y for _, y in cut]
    if min(xs) >= max(xs) or min(ys) >= max(ys):
        faults.note("objects-outside", name)
        return None
    if cut != outline:
        faults.note("objects-clipped", name)
    return cut


# --- our own key -------------------------------------------------------------------------


def extension(one: GroundObject) -> dict[str, Any]:
    """What only this program says of an object; its label, and the place that counts, apart."""
    said: dict[str, Any] = {"number": one.number, "state": one.state.value, "source": one.source}
    if one.confidence is not None:
        said["confidence"] = one.confidence
    if one.points:
        said["points"] = [[point.x, point.y, int(point.adds)] for point in one.points]
    if one.expressions:
        said["expressions"] = list(one.expressions)
    if one.colour:
        said["colour"] = one.colour
    if one.extra:
        said["extra"] = dict(one.extra)
    if one.polygon and one.mask is not None:
        said["polygon"] = [list(corner) for corner in one.polygon]
    if one.box is None:
        said["box"] = None
    return said


def extended(one: GroundObject, value: object) -> GroundObject:
    """An object with what `extension` said of it, as far as that makes sense."""
    said = mapping(value)
    confidence = number(said.get("confidence"))
    outline = corners(said.get("polygon")) if one.mask is not None else None
    return replace(
        one,
        box=None if said.get("box", 0) is None else one.box,
        polygon=outline or one.polygon,
        number=whole(said.get("number")) or one.number,
        state=_state(said.get("state"), one.state),
        source=words(said.get("source"), LONGEST_LABEL) or one.source,
        confidence=confidence if confidence is not None and 0 <= confidence <= 1 else None,
        points=_points(said.get("points")) or one.points,
        expressions=expressions(said.get("expressions")) or one.expressions,
        colour=whole(said.get("colour")) or one.colour,
        extra={**one.extra, **_extra(said.get("extra"))},
    )


def exact_box(said: object, near: Box | None) -> Box | None:
    """The box as our key has it, where the file's own, which counts, is the same but for
    rounding: another program may have moved that one."""
    value = mapping(said).get("box")
    if near is None or not isinstance(value, list) or len(value) != 4:
        return near
    sides = [number(one) for one in value]
    known = [one for one in sides if one is not None]
    if len(known) < 4:
        return near
    exact = Box(*known)
    apart = max(
        abs(exact.x0 - near.x0), abs(exact.y0 - near.y0),
        abs(exact.x1 - near.x1), abs(exact.y1 - near.y1),
    )  # fmt: skip
    return exact if apart < _ROUNDING * max(1.0, *map(abs, known)) else near


def own_box(
    said: object, otherwise: Box | None, size: Size, faults: Faults, name: str
) -> Box | None:
    """The box as our key has it, in a format where a box beside a mask is only ours to say."""
    sides = [number(one) for one in items(mapping(said).get("box"))]
    known = [one for one in sides if one is not None]
    box = Box(*known) if len(known) == len(sides) == 4 else None
    return (box and box_within(box, size, faults, name)) or otherwise


def expressions(value: object) -> tuple[str, ...]:
    """Phrases that name an object, each once."""
    said = (words(one) for one in items(value)[:_MOST_WORDS])
    return tuple(dict.fromkeys(filter(None, said)))


_ROUNDING = 1e-9


def _points(value: object) -> tuple[PromptPoint, ...]:
    found = []
    for one in items(value)[:_MOST_WORDS]:
        if isinstance(one, list) and len(one) == 3:
            x, y = number(one[0]), number(one[1])
            if x is not None and y is not None:
                found.append(PromptPoint(x, y, bool(one[2])))
    return tuple(found)


def _state(value: object, otherwise: ObjectState) -> ObjectState:
    return next((one for one in ObjectState if one.value == value), otherwise)


def _extra(value: object) -> Mapping[str, str]:
    said = list(mapping(value).items())[:_MOST_WORDS]
    return {words(key): words(text) for key, text in said if isinstance(text, str)}


def _steers(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
