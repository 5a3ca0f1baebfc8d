"""What a PDF holds beside its pages. It is found by looking; none of it is run or opened."""

import logging
import time
from typing import TYPE_CHECKING, BinaryIO, cast

import pikepdf

from vlm_desktop.media.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

JAVASCRIPT = "javascript"
ATTACHMENTS = "attachments"
LAUNCH = "launch"
FORMS = "forms"
ALL = (JAVASCRIPT, ATTACHMENTS, LAUNCH, FORMS)

_MOST_OBJECTS = 200_000
_SECONDS = 4.0
_DEPTH = 6
"""How deep dictionaries that are no objects of their own lie within an object."""
_MOST_ITEMS = 1_000
_LAUNCHING = ("/Launch", "/GoToE", "/ImportData", "/SubmitForm")
_IN_BYTES = {
    JAVASCRIPT: (b"/JavaScript", b"/JS"),
    ATTACHMENTS: (b"/EmbeddedFile", b"/FileAttachment"),
    LAUNCH: (b"/Launch",),
    FORMS: (b"/AcroForm",),
}

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)


def hazards_of(source: Source) -> tuple[str, ...]:
    """Codes of what was found, in the order of `ALL`.

    Every object is looked at, within bounds of number and time. A file that only PDFium makes
    sense of is searched by its bytes.
    """
    found: set[str] = set()
    try:
        with source.stream() as stream, pikepdf.open(cast("BinaryIO", stream)) as document:
            _look_through(document, found)
    except (pikepdf.PdfError, RuntimeError, ValueError, OSError, RecursionError):
        data = source.mapped()
        for code, marks in _IN_BYTES.items():
            if any(data.find(mark) >= 0 for mark in marks):
                found.add(code)
    return tuple(code for code in ALL if code in found)


def _look_through(document: pikepdf.Pdf, found: set[str]) -> None:
    until = time.monotonic() + _SECONDS
    form = document.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and len(_items(form.get("/Fields"))) > 0:
        found.add(FORMS)
    for number, one in enumerate(document.objects):
        if number >= _MOST_OBJECTS or time.monotonic() > until or len(found) == len(ALL):
            return
        _look_at(one, found, _DEPTH)


def _look_at(one: object, found: set[str], depth: int) -> None:
    if isinstance(one, pikepdf.Array):
        children: Iterable[object] = _items(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        if "/JS" in one or str(one.get("/S", "")) == "/JavaScript":
            found.add(JAVASCRIPT)
        if "/EF" in one or str(one.get("/Type", "")) == "/EmbeddedFile":
            found.add(ATTACHMENTS)
        if str(one.get("/S", "")) in _LAUNCHING:
            found.add(LAUNCH)
        if "/XFA" in one:
            found.add(FORMS)
        children = [one.get(key) for key in list(one.keys())[:_MOST_ITEMS]]
    else:
        return
    if depth == 0:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _look_at(child, found, depth - 1)


def _items(array: object) -> list[object]:
    if not isinstance(array, pikepdf.Array):
        return []
    return [array[index] for index in range(min(len(array), _MOST_ITEMS))]
