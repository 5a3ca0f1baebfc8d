"""Pascal VOC: an XML file for each picture, with boxes.

Places are as the VOC devkit has them: the first pixel is number 1, and the last pixel that belongs
is named, so that a box over the whole picture reads 1, 1, width, height. Fractions are written as
exact decimals.
"""

from collections.abc import Iterator
from decimal import Context, Decimal, InvalidOperation
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from vlm_desktop.base.grounding import GroundObject
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground.formats.coco import place_of
from vlm_desktop.engine.ground.formats.exchange import Faults, NamedPicture, ReadPicture
from vlm_desktop.engine.ground.formats.plain import (
    IMPORTED,
    LONGEST_LABEL,
    box_within,
    number,
    size_of,
    words,
)

FOLDER = "Annotations"
_FLAGS = ("truncated", "difficult", "occluded")
_FIRST = Decimal(1)
_EXACT = Context(prec=400)


class Annotations:
    """Writes an XML file for each picture. Objects without a place are left out."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def add(self, one: NamedPicture) -> Iterator[tuple[str, bytes]]:
        yield f"{FOLDER}/{one.stem}.xml", document(one, self._faults)

    def end(self) -> Iterator[tuple[str, bytes]]:
        yield from ()


def document(one: NamedPicture, faults: Faults) -> bytes:
    """The file of a picture."""
    root = Element("annotation")
    folder, _, name = one.name.rpartition("/")
    SubElement(root, "folder").text = _text(folder) or "images"
    SubElement(root, "filename").text = _text(name)
    source = SubElement(root, "source")
    SubElement(source, "database").text = "VLM Desktop"
    size = SubElement(root, "size")
    for key, value in (
        ("width", one.picture.size.width), ("height", one.picture.size.height), ("depth", 3),
    ):  # fmt: skip
        SubElement(size, key).text = str(value)
    SubElement(root, "segmented").text = "0"
    for each in one.picture.objects:
        box = each.box or place_of(each)
        if box is None:
            faults.note("objects-without-place", one.name)
            continue
        if _text(each.label) != each.label:
            faults.note("labels-changed", one.name)
        _add(root, each, box)
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add(root: Element, one: GroundObject, box: Box) -> None:
    said = SubElement(root, "object")
    SubElement(said, "name").text = _text(one.label)
    SubElement(said, "pose").text = words(one.extra.get("pose", "")) or "Unspecified"
    for flag in _FLAGS:
        SubElement(said, flag).text = "1" if one.extra.get(flag) == "1" else "0"
    places = SubElement(said, "bndbox")
    for key, value in (
        ("xmin", _EXACT.add(_exact(box.x0), _FIRST)),
        ("ymin", _EXACT.add(_exact(box.y0), _FIRST)),
        ("xmax", _exact(box.x1)),
        ("ymax", _exact(box.y1)),
    ):
        SubElement(places, key).text = _plain(value)


def _text(value: str) -> str:
    """Without the two characters that XML cannot hold, beside those that no text here has."""
    return words(value.replace("\ufffe", " ").replace("\uffff", " "), LONGEST_LABEL)


def _exact(place: float) -> Decimal:
    """The shortest decimal that is read as the same number again."""
    return Decimal(repr(float(place)))


def _plain(value: Decimal) -> str:
    """Without an exponent, and whole numbers without a point, as most programs expect them."""
    return str(int(value)) if value == value.to_integral_value() else f"{value:f}"


# --- reading -----------------------------------------------------------------------------


def parsed(data: bytes) -> Element | None:
    """The root of a file of annotations; None for any other XML. Raises ValueError."""
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, LookupError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error
    return root if root.tag == "annotation" else None


def read(root: Element, beside: str) -> ReadPicture:
    """The picture of a file. `beside` is the path of the file without its ending: the name where
    the file does not say one."""
    said = words(root.findtext("filename", "")).replace("\\", "/").rpartition("/")[2]
    folder = beside.rpartition("/")[0]
    name = f"{folder}/{said}".lstrip("/") if said else beside

    def build(size: Size, faults: Faults) -> list[GroundObject]:
        made = (_object(one, size, faults, name) for one in root.iterfind("object"))
        return [one for one in made if one is not None]

    size = size_of(_count(root, "size/width"), _count(root, "size/height"))
    return ReadPicture(name, size, "", build)


def _object(said: Element, size: Size, faults: Faults, name: str) -> GroundObject | None:
    sides = [_place(said, f"bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")]
    known = [one for one in sides if one is not None]
    if len(known) < 4:
        faults.note("objects-unreadable", name)
        return None
    x0, y0, x1, y1 = known
    places = (
        number(float(one))
        for one in (_EXACT.subtract(x0, _FIRST), _EXACT.subtract(y0, _FIRST), x1, y1)
    )
    near = [one for one in places if one is not None]
    box = box_within(Box(*near), size, faults, name) if len(near) == 4 else None
    if box is None:
        return None
    extra = {flag: "1" for flag in _FLAGS if said.findtext(flag, "").strip() == "1"}
    pose = words(said.findtext("pose", ""))
    if pose not in ("", "Unspecified"):
        extra["pose"] = pose
    label = words(said.findtext("name", ""), LONGEST_LABEL)
    return GroundObject(number=0, label=label, box=box, source=IMPORTED, extra=extra)


def _place(said: Element, key: str) -> Decimal | None:
    text = said.findtext(key, "").strip()
    try:
        value = Decimal(text) if len(text) < 400 else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and abs(value) < 10**12 else None


def _count(root: Element, key: str) -> int | None:
    text = root.findtext(key, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
