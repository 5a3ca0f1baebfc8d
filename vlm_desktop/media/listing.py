"""Every tag of a file, in words, and how it was taken. Runs in the worker processes."""

import io
import math
from collections.abc import Iterator

import exifread
from PIL import ExifTags

from vlm_desktop.base.types import Exposure, TagListing, TagRow
from vlm_desktop.media.exif import EXIF_POINTER
from vlm_desktop.media.guard import DECODE_ERRORS
from vlm_desktop.media.iptc import iptc_rows
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.text import clean_line
from vlm_desktop.media.tiff import Directory, TiffReader
from vlm_desktop.media.xmp import xmp_rows

_MOST_ROWS = 2_000
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST = 300
_SKIPPED = frozenset({"JPEGThumbnail", "TIFFThumbnail", "Filename"})
_EXPOSURE_TIME, _F_NUMBER, _ISO, _FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x920A
_BIAS, _FLASH, _FOCAL_LENGTH_35 = 0x9204, 0x9209, 0xA405


def list_tags(tags: EmbeddedTags) -> TagListing:
    """The tags as rows by group (Image, EXIF, GPS, maker's notes, IPTC, XMP). Never raises."""
    rows = [*_exif_rows(tags), *_pairs("IPTC", iptc_rows(tags.iptc)), *_xmp_rows(tags.xmp)]
    return TagListing(tuple(rows[:_MOST_ROWS]), read_exposure(tags))


def read_exposure(tags: EmbeddedTags) -> Exposure:
    """What EXIF says about shutter, aperture, sensitivity, lens and flash. Never raises."""
    reader = TiffReader(tags.exif)
    main = reader.first_directory()
    photo = reader.child(main, EXIF_POINTER) or main
    iso, flash = _number(photo, _ISO), _number(photo, _FLASH)
    return Exposure(
        seconds=_positive(_number(photo, _EXPOSURE_TIME)),
        f_number=_positive(_number(photo, _F_NUMBER)),
        iso=round(iso) if iso and iso > 0 else None,
        focal_length=_positive(_number(photo, _FOCAL_LENGTH)),
        focal_length_35=_positive(_number(photo, _FOCAL_LENGTH_35)),
        bias=_number(photo, _BIAS),
        flash=None if flash is None else bool(int(flash) & 1),
    )


def _number(directory: Directory, tag: int) -> float | None:
    entry = directory.get(tag)
    values = entry.numbers(1) if entry else ()
    return values[0] if values and math.isfinite(values[0]) else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _exif_rows(tags: EmbeddedTags) -> Iterator[TagRow]:
    if not tags.exif or len(tags.exif) > _MOST_BYTES:
        return
    try:
        found = exifread.process_file(io.BytesIO(bytes(tags.exif)), details=True)
    except DECODE_ERRORS:
        found = {}
    for name, tag in found.items():
        group, _, label = name.partition(" ")
        if not label or name in _SKIPPED or label in _SKIPPED:
            continue
        yield from _pairs(group, [(_label(label), str(getattr(tag, "printable", tag)))])


def _label(label: str) -> str:
    """The name of a tag that exifread only has the number of, where Pillow knows it."""
    if not label.startswith("Tag 0x"):
        return label
    number = int(label.removeprefix("Tag "), 16)
    return ExifTags.TAGS.get(number, label)


def _xmp_rows(packet: bytes) -> Iterator[TagRow]:
    yield from _pairs("XMP", xmp_rows(packet))


def _pairs(group: str, pairs: list[tuple[str, str]]) -> Iterator[TagRow]:
    for name, value in pairs:
        shown = clean_line(value, _LONGEST)
        if shown:
            yield TagRow(group, clean_line(name), shown)
