"""Texts as they come out of pages and go into them."""

import re

BEFORE = AFTER = 400
"""Characters of text taken around an image on either side."""
SHORT = 300
"""Most characters of a heading, caption, title, link's text."""
LONG_TEXT = 20_000

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufdd0-\ufdef]")
_BROKEN = re.compile(r"[\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n?")
_SPACES = re.compile(r"[ \t\n\f\r]+")


def plain(text: str) -> str:
    """Text from a page with what is no text taken out; bytes that were none are marked so."""
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    return _BROKEN.sub("\ufffd", text).replace("\t", " ")


def tidy(alt: str, *, one_line: bool = False) -> str:
    """An alt text as it will be read back: plain, without space around it."""
    text = plain(alt).strip()
    return _SPACES.sub(" ", text) if one_line else text


def line(text: str, most: int = SHORT) -> str:
    """On one line, at most `most` characters, cut between words where that is possible."""
    text = _SPACES.sub(" ", plain(text[: most * 4])).strip()
    return cut(text, most)


def cut(text: str, most: int) -> str:
    """The beginning, up to a space."""
    if len(text) <= most:
        return text
    kept = text[:most]
    return (kept[: kept.rfind(" ")] if " " in kept[most // 2 :] else kept).rstrip()


def tail(text: str, most: int) -> str:
    """The end, from a space on."""
    if len(text) <= most:
        return text
    kept = text[-most:]
    at = kept.find(" ")
    return (kept[at + 1 :] if 0 <= at < most // 2 else kept).lstrip()
