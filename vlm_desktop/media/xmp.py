"""What an XMP packet or sidecar says. Source: Adobe XMP specification, parts 1 and 2."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.dates import iso_date
from vlm_desktop.media.exif import is_boilerplate, stars_of_percent
from vlm_desktop.media.text import clean_line, clean_text

_MAX_PACKET = 8 * 1024 * 1024
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTAINERS = (f"{_RDF}Alt", f"{_RDF}Bag", f"{_RDF}Seq")
_EMPTIED = {
    "dc:title": "title",
    "dc:description": "caption",
    "dc:subject": "keywords",
    "Iptc4xmpCore:AltTextAccessibility": "alt_text",
    "Iptc4xmpCore:ExtDescrAccessibility": "extended_description",
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")

_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
}


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    language: str = ""


_Properties: TypeAlias = dict[str, list[_Value]]


def read_xmp(packet: bytes) -> PhotoMetadata:
    """Everything the library keeps. Malformed packets give what can be saved, or nothing."""
    if not packet:
        return PhotoMetadata()
    found: _Properties = {}
    for part in _parts(packet[:_MAX_PACKET]):
        root = _parse(part)
        if root is not None:
            for name, values in _properties(root).items():
                found.setdefault(name, values)
    return _interpret(found) if found else PhotoMetadata()


def emptied_fields(packet: bytes) -> frozenset[str]:
    """What a sidecar says to be empty: of the fields in `_EMPTIED` those it names.

    An empty list, or a default language without text, takes away what the photo itself says.
    """
    found: set[str] = set()
    for part in _parts(packet[:_MAX_PACKET]) if packet else ():
        root = _parse(part)
        if root is None:
            continue
        for description in root.iter(f"{_RDF}Description"):
            for child in description:
                field = _EMPTIED.get(_name(child.tag))
                if field and _is_emptied(child):
                    found.add(field)
    return frozenset(found)


def alternatives(packet: bytes, name: str) -> tuple[tuple[str, str], ...] | None:
    """(language, text) of a property as it stands, "" for one that says no language.

    `name` is "prefix:local" of a known namespace. Empty where the property has no text, None
    where it is not there. Never raises.
    """
    for part in _parts(packet[:_MAX_PACKET]) if packet else ():
        root = _parse(part)
        for description in root.iter(f"{_RDF}Description") if root is not None else ():
            for key, text in description.attrib.items():
                if _name(key) == name:
                    return (("", text),)
            for child in description:
                if _name(child.tag) == name:
                    return tuple((value.language, value.text) for value in _values(child))
    return None


def xmp_rows(packet: bytes) -> list[tuple[str, str]]:
    """(name, value) of every property of a packet that is a text or a list of texts."""
    found: dict[str, str] = {}
    for part in _parts(packet[:_MAX_PACKET]) if packet else ():
        root = _parse(part)
        for description in root.iter(f"{_RDF}Description") if root is not None else ():
            for key, text in description.attrib.items():
                if not key.startswith(_RDF):
                    found.setdefault(_shown_name(key), text)
            for child in description:
                values = _values(child)
                if values:
                    texts = ", ".join(value.text for value in values)
                    found.setdefault(_shown_name(child.tag), texts)
    return list(found.items())


def _shown_name(tag: str) -> str:
    """ "dc:title"; for a namespace without a known prefix, the last word of its address."""
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    words = [word for word in re.split(r"[/#]", namespace) if re.search("[A-Za-z]", word)]
    prefix = _PREFIXES.get(namespace) or (words[-1] if words else "")
    return f"{prefix}:{local}" if prefix else local


def _is_emptied(element: Element) -> bool:
    containers = [child for child in element if child.tag in _CONTAINERS]
    if not containers:
        return False
    items = [item for container in containers for item in container.iter(f"{_RDF}li")]
    if not any((item.text or "").strip() for item in items):
        return True
    return any(
        item.get(_LANG, "").lower() == "x-default" and not (item.text or "").strip()
        for item in items
    )


def _parts(packet: bytes) -> Iterator[str]:
    """The packet as text; main and extended packet lie one after the other behind a NUL."""
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if packet.startswith(mark):
            yield packet.decode(encoding, "replace")
            return
    for part in packet.split(b"\x00<"):
        try:
            text = part.decode("utf-8")
        except UnicodeDecodeError:
            text = part.decode("cp1252", "replace")
        yield text if text.lstrip("\ufeff \r\n\t").startswith("<") else f"<{text}"


def _parse(text: str) -> Element | None:
    text = _ILLEGAL.sub("", text).strip("\ufeff \r\n\t")
    for candidate in (text, _between(text, "xmpmeta"), _between(text, "RDF")):
        if not candidate:
            continue
        try:
            root: Element = fromstring(candidate)
        except (ParseError, DefusedXmlException, ValueError):
            continue
        return root
    return None


def _between(text: str, tag: str) -> str:
    """From the start of an element to its end, dropping rubbish around it."""
    match = re.search(rf"<(?:\w+:)?{tag}[\s>]", text)
    end = re.search(rf"</(?:\w+:)?{tag}\s*>(?!.*</(?:\w+:)?{tag}\s*>)", text, re.DOTALL)
    return text[match.start() : end.end()] if match and end else ""


def _properties(root: Element) -> _Properties:
    found: _Properties = {}
    for description in root.iter(f"{_RDF}Description"):
        for key, text in description.attrib.items():
            name = _name(key)
            if name:
                found.setdefault(name, [_Value(text)])
        for child in description:
            name = _name(child.tag)
            values = _values(child) if name else []
            if values:
                found.setdefault(name, values)
    return found


def _name(tag: str) -> str:
    """ "dc:title" for the properties of known namespaces, else empty."""
    if not tag.startswith("{"):
        return ""
    namespace, _, local = tag[1:].partition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{local}" if prefix else ""


def _values(element: Element) -> list[_Value]:
    items = [
        _Value(item.text or "", item.get(_LANG, ""))
        for container in element
        if container.tag in _CONTAINERS
        for item in container.iter(f"{_RDF}li")
    ]
    if items:
        return [value for value in items if value.text.strip()]
    text = element.text or ""
    if not text.strip():
        text = element.get(f"{_RDF}resource", "")
    return [_Value(text)] if text.strip() else []


def _interpret(found: _Properties) -> PhotoMetadata:
    caption = _best_language(found, "dc:description")
    latitude = _degrees(_first(found, "exif:GPSLatitude"), "S", 90.0)
    longitude = _degrees(_first(found, "exif:GPSLongitude"), "W", 180.0)
    has_place = latitude is not None and longitude is not None and (latitude or longitude)
    return PhotoMetadata(
        taken_at=_taken_at(found),
        latitude=latitude if has_place else None,
        longitude=longitude if has_place else None,
        altitude=_altitude(found) if has_place else None,
        make=clean_line(_first(found, "tiff:Make")),
        model=clean_line(_first(found, "tiff:Model")),
        lens=clean_line(_first(found, "exifEX:LensModel", "exif:LensModel", "aux:Lens")),
        rating=_rating(found),
        keywords=_keywords(found),
        title=_best_language(found, "dc:title") or clean_text(_first(found, "photoshop:Headline")),
        caption="" if is_boilerplate(caption) else caption,
        alt_text=_best_language(found, "Iptc4xmpCore:AltTextAccessibility"),
        extended_description=_best_language(found, "Iptc4xmpCore:ExtDescrAccessibility"),
    )


def _first(found: _Properties, *names: str) -> str:
    return next((found[name][0].text for name in names if found.get(name)), "")


def _best_language(found: _Properties, name: str) -> str:
    """Of language alternatives the default one, else English, else the first."""
    values = found.get(name, [])
    for wanted in ("x-default", "en"):
        for value in values:
            if value.language.lower() == wanted or value.language.lower().startswith(f"{wanted}-"):
                return clean_text(value.text)
    return clean_text(values[0].text) if values else ""


def _taken_at(found: _Properties) -> str:
    offset = _first(found, "exifEX:OffsetTimeOriginal", "exif:OffsetTimeOriginal")
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated", "exif:DateTimeDigitized"):
        moment = iso_date(_first(found, name), offset=offset)
        if moment:
            return moment
    return iso_date(_first(found, "xmp:CreateDate"))


def _keywords(found: _Properties) -> tuple[str, ...]:
    words = [value.text for value in found.get("dc:subject", [])]
    for name, separator in (
        ("lr:hierarchicalSubject", "|"),
        ("digiKam:TagsList", "/"),
        ("MicrosoftPhoto:LastKeywordXMP", "/"),
    ):
        for value in found.get(name, []):
            words += value.text.split(separator)
    return tuple(words)


def _rating(found: _Properties) -> int | None:
    stars = _first(found, "xmp:Rating")
    if _NUMBER.fullmatch(stars.strip()):
        return min(5, max(-1, round(float(stars))))
    percent = _first(found, "MicrosoftPhoto:Rating").strip()
    return stars_of_percent(int(percent)) if percent.isascii() and percent.isdigit() else None


def _degrees(text: str, negative: str, most: float) -> float | None:
    """ "40,14.0786450N", "40,14,5N" or plain decimal degrees."""
    text = text.strip().upper()
    side = text[-1:] if text[-1:] in ("N", "S", "E", "W") else ""
    try:
        parts = [float(part) for part in text.removesuffix(side).split(",")] if text else []
    except ValueError:
        return None
    if not parts or len(parts) > 3 or not all(math.isfinite(part) for part in parts):
        return None
    value = math.copysign(
        abs(parts[0]) + sum(part / 60**power for power, part in enumerate(parts[1:], 1)), parts[0]
    )
    if side == negative:
        value = -abs(value)
    return round(value, 7) if abs(value) <= most else None


def _altitude(found: _Properties) -> float | None:
    top, _, bottom = _first(found, "exif:GPSAltitude").strip().partition("/")
    try:
        metres = float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(metres) or abs(metres) > 100_000:
        return None
    return round(-metres if _first(found, "exif:GPSAltitudeRef").strip() == "1" else metres, 3)
