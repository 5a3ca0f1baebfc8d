"""What EXIF says about a picture. Source of the tag numbers: CIPA DC-008 (EXIF 2.32)."""

import math
from dataclasses import replace

from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.dates import iso_date
from vlm_desktop.media.text import clean_line, clean_text, decode_text
from vlm_desktop.media.tiff import Directory, TiffData, TiffReader

_IMAGE_DESCRIPTION, _MAKE, _MODEL, _ORIENTATION = 0x010E, 0x010F, 0x0110, 0x0112
_RATING, _RATING_PERCENT = 0x4746, 0x4749
EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_TAKEN, _DIGITIZED = 0x9003, 0x9004
_OFFSET, _OFFSET_TAKEN, _OFFSET_DIGITIZED = 0x9010, 0x9011, 0x9012
_SUBSEC_TAKEN, _SUBSEC_DIGITIZED = 0x9291, 0x9292
_XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E
_LENS_MAKE, _LENS_MODEL = 0xA433, 0xA434

_BOILERPLATE = (
    "olympus digital camera",
    "sony dsc",
    "digital camera",
    "dcim",
    "minolta digital camera",
    "konica minolta digital camera",
    "samsung digital camera",
    "samsung camera pictures",
    "kodak digital still camera",
    "konica digital camera",
    "ricoh digital camera",
    "exif_jpeg_picture",
    "jpeg picture",
    "default",
    "untitled",
    "binary comment",
    "charset=ascii binary comment",
    "picture",
    "image description",
)


def is_boilerplate(caption: str) -> bool:
    """Whether a caption was written by a camera's firmware rather than by a person."""
    return caption.strip().casefold() in _BOILERPLATE


def exif_orientation(exif: TiffData) -> int:
    """1..8 of a TIFF structure; invalid and missing values mean 1."""
    entry = TiffReader(exif).first_directory().get(_ORIENTATION)
    value = entry.integer() if entry else None
    return value if value is not None and 1 <= value <= 8 else 1


def read_exif(exif: TiffData) -> PhotoMetadata:
    """Everything the library keeps, from a TIFF structure. Never raises on bad data."""
    reader = TiffReader(exif)
    main = reader.first_directory()
    if not main:
        return PhotoMetadata()
    photo = reader.child(main, EXIF_POINTER)
    caption = _text(main, _IMAGE_DESCRIPTION) or _wide_text(main, _XP_COMMENT)
    said = PhotoMetadata(
        taken_at=_taken_at(main, photo),
        make=_line(main, _MAKE),
        model=_line(main, _MODEL),
        lens=_lens(photo) or _lens(main),
        orientation=exif_orientation(exif),
        rating=_rating(main),
        keywords=tuple(word for word in _wide_text(main, _XP_KEYWORDS).split(";") if word.strip()),
        title=_wide_text(main, _XP_TITLE),
        caption="" if is_boilerplate(caption) else caption,
    )
    return _with_place(said, reader.child(main, _GPS_POINTER))


def _line(directory: Directory, tag: int) -> str:
    entry = directory.get(tag)
    return clean_line(entry.data) if entry and entry.kind in (1, 2, 7) else ""


def _text(directory: Directory, tag: int) -> str:
    entry = directory.get(tag)
    return clean_text(entry.data.rstrip(b"\x00")) if entry and entry.kind in (1, 2, 7) else ""


def _wide_text(directory: Directory, tag: int) -> str:
    """Windows keeps its XP tags in UTF-16."""
    entry = directory.get(tag)
    if entry is None or entry.kind not in (1, 7):
        return ""
    return clean_text(decode_text(entry.data[: len(entry.data) // 2 * 2], "utf-16-le"))


def _lens(directory: Directory) -> str:
    lens = _line(directory, _LENS_MODEL)
    return "" if not lens.strip("-. 0") or lens.lower() in ("unknown", "n/a") else lens


def _taken_at(main: Directory, photo: Directory) -> str:
    for date, subsecond, offset in (
        (_TAKEN, _SUBSEC_TAKEN, _OFFSET_TAKEN),
        (_DIGITIZED, _SUBSEC_DIGITIZED, _OFFSET_DIGITIZED),
    ):
        for directory in (photo, main):
            moment = iso_date(
                _line(directory, date),
                subsecond=_line(directory, subsecond),
                offset=_line(directory, offset) or _line(directory, _OFFSET),
            )
            if moment:
                return moment
    return ""


def _rating(main: Directory) -> int | None:
    stars = main.get(_RATING)
    value = stars.integer() if stars else None
    if value is not None and 0 <= value <= 5:
        return value
    percent = main.get(_RATING_PERCENT)
    value = percent.integer() if percent else None
    return stars_of_percent(value) if value is not None else None


def stars_of_percent(percent: int) -> int | None:
    """Microsoft's 1, 25, 50, 75, 99 as stars."""
    if not 0 <= percent <= 100:
        return None
    return 0 if percent == 0 else min(5, 1 + round(percent / 25))


def _with_place(said: PhotoMetadata, gps: Directory) -> PhotoMetadata:
    latitude = _degrees(gps, 1, 2, "S", 90.0)
    longitude = _degrees(gps, 3, 4, "W", 180.0)
    if latitude is None or longitude is None or latitude == longitude == 0.0:
        return said
    return replace(said, latitude=latitude, longitude=longitude, altitude=_altitude(gps))


def _degrees(gps: Directory, ref: int, tag: int, negative: str, most: float) -> float | None:
    entry = gps.get(tag)
    side = _line(gps, ref).upper()[:1]
    if entry is None or not side:
        return None
    numbers = [*entry.numbers(3), 0.0, 0.0][:3]
    value = numbers[0] + _or_zero(numbers[1]) / 60 + _or_zero(numbers[2]) / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if side == negative else value, 7)


def _or_zero(number: float) -> float:
    """Seconds are often written as 0/0."""
    return number if math.isfinite(number) else 0.0


def _altitude(gps: Directory) -> float | None:
    entry, reference = gps.get(6), gps.get(5)
    values = entry.numbers(1) if entry else ()
    if not values or not math.isfinite(values[0]) or abs(values[0]) > 100_000:
        return None
    below = reference is not None and reference.data[:1] == b"\x01"
    return round(-values[0] if below else values[0], 3)
