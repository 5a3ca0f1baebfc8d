"""Text from tags: undo wrong encodings, drop control characters, cap the length."""

import re

SHORT = 500
LONG = 20_000

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_TWICE_ENCODED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")


def decode_text(data: bytes, encoding: str = "") -> str:
    """Bytes of a tag as text: as declared, else UTF-8 where it fits, else Windows-1252."""
    for candidate in (encoding, "utf-8"):
        if candidate:
            try:
                return data.decode(candidate)
            except (UnicodeDecodeError, LookupError):
                continue
    return data.decode("cp1252", "replace").replace("\ufffd", "")


def clean_text(value: object, most: int = LONG) -> str:
    """A tidy string, at most `most` characters; anything but text gives an empty one."""
    if isinstance(value, bytes):
        value = decode_text(value)
    if not isinstance(value, str):
        return ""
    text = _untwice(value.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROLS.sub("", text)
    return _SPACES.sub(" ", text).strip()[:most].rstrip()


def clean_line(value: object, most: int = SHORT) -> str:
    """`clean_text` on a single line; the text ends at the first NUL, as in EXIF."""
    if isinstance(value, bytes):
        value = value.split(b"\x00", 1)[0]
    elif isinstance(value, str):
        value = value.split("\x00", 1)[0]
    return " ".join(clean_text(value, most).split())


def _untwice(text: str) -> str:
    """UTF-8 that was taken for Windows-1252 and encoded again, put right."""
    if not _TWICE_ENCODED.search(text):
        return text
    for wrong in ("cp1252", "latin-1"):
        try:
            return text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
    return text
