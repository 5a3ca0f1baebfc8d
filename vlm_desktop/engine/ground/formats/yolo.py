"""YOLO: a line of fractions for each object, for detection (a box) or segmentation (an outline).

    data.yaml  classes.txt  labels/<picture>.txt

Holes and parts of a mask stay, as one outline that walks from each to the next and back again.
Read are also lines of other programs, boxes and outlines mixed. What is printed has eight digits,
and what is read is rounded to a thousandth of a pixel, so that such places come back exactly.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.coco import place_of
from vlm_desktop.engine.ground.formats.exchange import Faults, NamedPicture, ReadPicture
from vlm_desktop.engine.ground.formats.outlines import Corner, Outline, box_around, joined, trace
from vlm_desktop.engine.ground.formats.plain import (
    IMPORTED,
    LONGEST_LABEL,
    box_within,
    number,
    outline_within,
    words,
)

DATA, CLASSES, LABELS, IMAGES = "data.yaml", "classes.txt", "labels", "images"
UNLABELLED = "object"
"""What an object without a label is called: a line of classes cannot be empty."""

_DIGITS = 8
_THOUSANDTH = 3
_LONGEST_LINE = 4_000_000
_SCALAR = r"""\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|[^,\[\]{}\n]+"""
_NAMES = re.compile(r"^names[ \t]*:[ \t]*(.*)$", re.MULTILINE)
_ENTRY = re.compile(r"[ \t]*(?:-|(\d{1,9})[ \t]*:)[ \t]+(.+)")
_ITEM = re.compile(rf"(?:[ \t]*(\d{{1,9}})[ \t]*:[ \t]+)?[ \t\n]*({_SCALAR})")


class DataSet:
    """Writes the files of a data set, of boxes or of `outlines`. Objects without such a place are
    left out."""

    def __init__(self, faults: Faults, *, outlines: bool) -> None:
        self._faults = faults
        self._outlines = outlines
        self._numbers: dict[str, int] = {}

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        lines = []
        for each in one.picture.objects:
            places = _places(each, one.picture.size, outlines=self._outlines)
            if not places:
                self._faults.note("objects-without-place", one.name)
                continue
            label = words(each.label, LONGEST_LABEL) or UNLABELLED
            if label != each.label:
                self._faults.note("labels-changed", one.name)
            key = self._numbers.setdefault(label, len(self._numbers))
            lines.append(" ".join((str(key), *(f"{place:.{_DIGITS}f}" for place in places))))
        yield f"{LABELS}/{one.stem}.txt", "".join(line + "\n" for line in lines).encode()

    def end(self) -> Iterator[tuple[str, bytes]]:
        names = "".join(f"  {key}: {json.dumps(name)}\n" for name, key in self._numbers.items())
        none = "" if names else " {}"
        yield DATA, f"path: .\ntrain: {IMAGES}\nval: {IMAGES}\nnames:{none}\n{names}".encode()
        yield CLASSES, "".join(f"{label}\n" for label in self._numbers).encode()


def _places(one: GroundObject, size: Size, *, outlines: bool) -> list[float]:
    """Fractions of the picture's sides; none for an object that has no such place."""
    if outlines:
        corners = joined(trace(one.mask)) if one.mask is not None else one.polygon
        if not corners and one.box is not None:
            box = one.box
            corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        return [each for x, y in corners for each in (x / size.width, y / size.height)]
    found = one.box or place_of(one)
    if found is None:
        return []
    return [
        (found.x0 + found.x1) / 2 / size.width,
        (found.y0 + found.y1) / 2 / size.height,
        (found.x1 - found.x0) / size.width,
        (found.y1 - found.y0) / size.height,
    ]


# --- reading -----------------------------------------------------------------------------


def class_names(about: str) -> dict[int, str]:
    """Labels by their numbers from the text of data.yaml.

    Only the forms that such files have are read, not YAML, whose readers can be made to crash: a
    list or a mapping under "names", on lines of its own or in brackets.
    """
    start = _NAMES.search(about)
    if start is None:
        return {}
    first = start[1].strip()
    found: list[tuple[str | None, str]] = []
    if first[:1] in ("[", "{"):
        inside = re.split(r"[\]}]", about[start.start(1) :].strip()[1:], maxsplit=1)[0]
        found = [(one[1], one[2]) for one in _ITEM.finditer(inside) if one[2].strip()]
    else:
        for line in about[start.end() :].splitlines()[1:]:
            entry = _ENTRY.fullmatch(line)
            if entry is not None:
                found.append((entry[1], entry[2]))
            elif line.strip() and not line.strip().startswith("#"):
                break
    return {
        at if key is None else int(key): words(_scalar(text), LONGEST_LABEL)
        for at, (key, text) in enumerate(found)
    }


def _scalar(text: str) -> str:
    """A plain or quoted value without what is remarked behind it."""
    quoted = re.match(_SCALAR, text.strip())
    value = quoted[0] if quoted and quoted[0][0] in "\"'" else text.split(" #", 1)[0].strip()
    if value[:1] == "'":
        return value[1:-1].replace("''", "'")
    if value[:1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    return value


def read(texts: Mapping[str, str], names: Mapping[int, str]) -> list[ReadPicture]:
    """The pictures of a data set from its label files, by paths without their endings."""
    return [_picture(name, text, names) for name, text in texts.items()]


def _picture(name: str, text: str, names: Mapping[int, str]) -> ReadPicture:
    def build(size: Size, faults: Faults) -> list[GroundObject]:
        lines = [line for line in text.splitlines() if line.strip()]
        made = (_object(line, names, size, faults, name) for line in lines)
        return [one for one in made if one is not None]

    return ReadPicture(name, None, "", build)


def _object(
    line: str, names: Mapping[int, str], size: Size, faults: Faults, name: str
) -> GroundObject | None:
    values = _values(line)
    if values is None:
        faults.note("objects-unreadable", name)
        return None
    key, places = values
    box: Box | None
    outline: Outline | None = None
    if len(places) in (4, 5):  # the fifth is a confidence
        x, y, wide, high = places[:4]
        sides = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        box = box_within(Box(*_scaled(sides, size)), size, faults, name)
    else:
        scaled = _scaled(places, size)
        corners: tuple[Corner, ...] = tuple(zip(scaled[0::2], scaled[1::2], strict=True))
        outline = outline_within(corners, size, faults, name)
        box = box_around(outline) if outline else None
    if box is None:
        return None
    sure = places[4] if len(places) == 5 and 0 <= places[4] <= 1 else None
    return GroundObject(
        number=0,
        label=names.get(key, str(key)),
        box=box,
        polygon=outline or (),
        source=IMPORTED,
        confidence=sure,
    )


def _values(line: str) -> tuple[int, list[float]] | None:
    if len(line) > _LONGEST_LINE:
        return None
    try:
        key, *rest = line.split()
        places = [number(float(one)) for one in rest]
        found = int(key)
    except ValueError:
        return None
    known = [one for one in places if one is not None]
    fits = len(rest) in (4, 5) or (len(rest) >= 6 and len(rest) % 2 == 0)
    return (found, known) if fits and len(known) == len(rest) and found >= 0 else None


def _scaled(places: Sequence[float], size: Size) -> list[float]:
    """Pixels from fractions, of x and y by turns."""
    sides = (size.width, size.height)
    return [round(place * sides[at % 2], _THOUSANDTH) for at, place in enumerate(places)]
