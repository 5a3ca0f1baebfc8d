"""Dates of EXIF, XMP, IPTC and PDF to ISO 8601."""

import re
from datetime import datetime

_EXIF = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?$")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})$")
_PDF = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(Z|[+-]\d{2}'?\d{2})?")
_FIRST_YEAR = 1826  # the oldest photograph that survives


def iso_date(text: str, *, subsecond: str = "", offset: str = "") -> str:
    """ISO 8601 of an EXIF or XMP date; empty when it makes no sense.

    A time zone inside `text` wins over `offset`. Years and months alone stay as they are.
    """
    text = text.strip().strip("\x00")
    partial = _PARTIAL.match(text)
    if partial:
        year, month = int(partial[1]), int(partial[2] or 1)
        return text if _FIRST_YEAR <= year <= 2200 and 1 <= month <= 12 else ""
    match = _EXIF.match(text)
    if match is None:
        return ""
    year, month, day = (int(match[group]) for group in (1, 2, 3))
    if match[4] is None:
        return _checked(year, month, day, 0, 0, 0)[:10]
    moment = _checked(year, month, day, int(match[4]), int(match[5]), int(match[6] or 0))
    if not moment:
        return ""
    fraction = (match[7] or subsecond.strip()).rstrip("0")[:6]
    if fraction.isdigit():
        moment += f".{fraction}"
    return moment + iso_offset(match[8] or offset)


def iso_offset(text: str) -> str:
    """ "+02:00" of any way to write a time zone; empty when it is none."""
    text = text.strip().strip("\x00").replace("'", "")
    if text.upper() == "Z":
        return "+00:00"
    match = _OFFSET.match(text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return ""
    return f"{match[1]}{int(match[2]):02d}:{match[3]}"


def iso_from_iptc(date: str, time: str) -> str:
    """IPTC 2:55 ("20120805", zeros for what is unknown) and 2:60 ("113959+0200")."""
    if not re.fullmatch(r"\d{8}", date):
        return iso_date(date)
    year, month, day = date[:4], date[4:6], date[6:]
    if month == "00":
        return iso_date(year)
    if day == "00":
        return iso_date(f"{year}-{month}")
    clock = re.match(r"(\d{2}):?(\d{2}):?(\d{2})", time)
    if clock is None:
        return iso_date(f"{year}-{month}-{day}")
    hms = ":".join(clock.groups())
    return iso_date(f"{year}-{month}-{day}T{hms}", offset=time[clock.end() :])


def iso_from_pdf(text: str) -> str:
    """A PDF date ("D:20240131120000+01'00'")."""
    match = _PDF.match(text.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second = (
        int(value) if value else default
        for value, default in zip(match.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    moment = _checked(year, month, day, hour, minute, second)
    return moment + iso_offset(match[7] or "") if moment else ""


def _checked(year: int, month: int, day: int, hour: int, minute: int, second: int) -> str:
    if not _FIRST_YEAR <= year <= 2200:
        return ""
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # leap seconds
    except ValueError:
        return ""
    return moment.isoformat()
