"""Whether a text is anywhere in a file: in the pages' text, in strings, in what is attached."""

from collections.abc import Iterator

import pikepdf

from vlm_desktop.base.textsearch import found_in
from vlm_desktop.media.pdf import opened
from vlm_desktop.media.pdfwriting import opened_for_writing
from vlm_desktop.media.source import Source

_MOST_OBJECTS = 500_000
_MOST_CHARACTERS = 2_000_000
_DEPTH = 32
_PICTURES = ("/Image",)


def find_texts(source: Source, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the texts that are found, in the order given. Raises MediaRefused.

    Pictures are not read here: that is what OCR is for.
    """
    pieces = _pdf_pieces(source) if source.head.startswith(b"%PDF") else _picture_pieces(source)
    found: set[str] = set()
    for piece in pieces:
        found.update(found_in([text for text in texts if text not in found], piece))
    return tuple(text for text in texts if text in found)


def _pdf_pieces(source: Source) -> Iterator[str]:
    with opened(source) as shown:
        for page in shown:
            layer = page.get_textpage()
            count = min(layer.count_chars(), _MOST_CHARACTERS)
            yield layer.get_text_range(0, count) if count > 0 else ""
            layer.close()
            page.close()
    with opened_for_writing(source) as document:
        yield " ".join(map(str, document.trailer.keys()))
        for number, one in enumerate(document.objects):
            if number >= _MOST_OBJECTS:
                return
            yield "\n".join(_strings(one, _DEPTH))
            if isinstance(one, pikepdf.Stream) and str(one.get("/Subtype", "")) not in _PICTURES:
                yield from _contents(one)


def _contents(stream: pikepdf.Object) -> Iterator[str]:
    """What a stream says: its shown strings where it is a drawing, else its bytes as text."""
    try:
        data = stream.read_bytes()
    except pikepdf.PdfError:
        data = stream.read_raw_bytes()
    if data[:4] in (b"\x00\x01\x00\x00", b"true", b"OTTO") or data[:2] == b"%!":
        return  # a font program
    try:
        instructions = pikepdf.parse_content_stream(stream)
    except (pikepdf.PdfError, TypeError, ValueError):
        instructions = []
    shown = [text for step in instructions for one in step.operands for text in _strings(one, 4)]
    if shown:
        yield "\n".join(shown)
        yield "".join(shown)
    else:
        yield data.decode("utf-8", "replace")
        yield data.decode("utf-16-be", "replace")


def _strings(one: object, depth: int) -> Iterator[str]:
    """Texts within an object, not following references."""
    if isinstance(one, pikepdf.String):
        yield str(one)
    elif isinstance(one, pikepdf.Name):
        yield str(one)[1:]
    elif depth and isinstance(one, pikepdf.Array):
        for item in one:
            if not isinstance(item, pikepdf.Object) or not item.is_indirect:
                yield from _strings(item, depth - 1)
    elif depth and isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        for key in one.keys():  # noqa: SIM118 - a PDF dictionary, not Python's
            yield key[1:]
            child = one.get(key)
            if not isinstance(child, pikepdf.Object) or not child.is_indirect:
                yield from _strings(child, depth - 1)


def _picture_pieces(source: Source) -> Iterator[str]:
    data = source.in_memory()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield data.decode(encoding, "ignore")
