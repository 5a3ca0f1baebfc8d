"""What an IPTC-IIM record says. Source: IPTC-NAA Information Interchange Model 4.2."""

from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.dates import iso_from_iptc
from vlm_desktop.media.exif import is_boilerplate
from vlm_desktop.media.text import clean_line, clean_text, decode_text

_UTF8_ESCAPE = b"\x1b%G"
_TITLE, _KEYWORD, _DATE, _TIME, _HEADLINE, _CAPTION = 5, 25, 55, 60, 105, 120
_MAX_FIELDS = 5000
_NAMES = {
    5: "ObjectName", 10: "Urgency", 15: "Category", 20: "SupplementalCategories", 25: "Keywords",
    30: "ReleaseDate", 40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated",
    62: "DigitalCreationDate", 63: "DigitalCreationTime", 65: "OriginatingProgram", 80: "By-line",
    85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State",
    100: "CountryCode", 101: "Country", 103: "OriginalTransmissionReference", 105: "Headline",
    110: "Credit", 115: "Source", 116: "CopyrightNotice", 118: "Contact", 120: "Caption",
    122: "Writer-Editor",
}  # fmt: skip


def read_iptc(record: bytes) -> PhotoMetadata:
    """Title, caption, keywords and date. Never raises on bad data."""
    fields, encoding = _fields(record)
    if not fields:
        return PhotoMetadata()

    def first(number: int) -> str:
        values = fields.get(number)
        return clean_text(decode_text(values[0], encoding)) if values else ""

    caption = first(_CAPTION)
    return PhotoMetadata(
        taken_at=iso_from_iptc(first(_DATE), first(_TIME)),
        keywords=tuple(
            clean_line(decode_text(value, encoding)) for value in fields.get(_KEYWORD, ())
        ),
        title=first(_TITLE) or first(_HEADLINE),
        caption="" if is_boilerplate(caption) else caption,
    )


def iptc_rows(record: bytes) -> list[tuple[str, str]]:
    """(name, value) of every text field of record 2, in the order of their numbers."""
    fields, encoding = _fields(record)
    return [
        (_NAMES.get(number, f"2:{number:02}"), decode_text(value, encoding))
        for number, values in sorted(fields.items())
        for value in values
        if number != 0
    ]


def _fields(record: bytes) -> tuple[dict[int, list[bytes]], str]:
    """Record 2 by field number, and the declared encoding."""
    fields: dict[int, list[bytes]] = {}
    encoding = ""
    at = 0
    for _ in range(_MAX_FIELDS):
        if at + 5 > len(record) or record[at] != 0x1C:
            break
        kind, number = record[at + 1], record[at + 2]
        size = int.from_bytes(record[at + 3 : at + 5], "big")
        at += 5
        if size & 0x8000:  # extended: the low bits tell how many bytes hold the length
            width = size & 0x7FFF
            if width > 4:
                break
            size = int.from_bytes(record[at : at + width], "big")
            at += width
        value = record[at : at + size]
        at += size
        if kind == 1 and number == 90 and _UTF8_ESCAPE in value:
            encoding = "utf-8"
        elif kind == 2:
            fields.setdefault(number, []).append(value)
    return fields, encoding
