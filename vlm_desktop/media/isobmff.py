"""The XMP in boxed files: HEIC and AVIF (an item), JPEG XL and Canon CR3 (a box). Read only.

Source: ISO/IEC 14496-12 (meta, iinf, iloc), 23008-12, 18181-2. Never raises on bad data: what
cannot be found is absent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vlm_desktop.media.tiff import TiffData

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_XMP_TYPE = b"application/rdf+xml"
_MOST_BOXES = 10_000
_MOST_PACKET = 8 * 1024 * 1024
_FULL_BOX = 4


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Where its contents begin."""
    end: int


def boxed_xmp(data: TiffData) -> bytes:
    """The XMP packet, b"" where there is none."""
    for box in _boxes(data, 0, len(data)):
        if box.kind == b"xml ":
            return data[box.start : min(box.end, box.start + _MOST_PACKET)]
        if box.kind == b"uuid" and data[box.start : box.start + 16] == _XMP_UUID:
            return data[box.start + 16 : min(box.end, box.start + _MOST_PACKET)]
        if box.kind == b"meta":
            return _item(data, box)
    return b""


def _boxes(data: TiffData, at: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, start = _number(data, at, 4), at + 8
        if size == 1:
            size, start = _number(data, at + 8, 8), at + 16
        stop = end if size == 0 else at + size
        if not start <= stop <= end:
            return
        yield _Box(data[at + 4 : at + 8], start, stop)
        at = stop


def _number(data: TiffData, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _item(data: TiffData, meta: _Box) -> bytes:
    inside = {box.kind: box for box in _boxes(data, meta.start + _FULL_BOX, meta.end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return b""
    number = _xmp_number(data, inside[b"iinf"])
    if number is None:
        return b""
    start = inside[b"idat"].start if b"idat" in inside else 0
    parts = _extents(data, inside[b"iloc"], number, start)
    return b"".join(data[at : at + size] for at, size in parts)[:_MOST_PACKET]


def _xmp_number(data: TiffData, iinf: _Box) -> int | None:
    first = iinf.start + _FULL_BOX + (2 if data[iinf.start] == 0 else 4)
    for box in _boxes(data, first, iinf.end):
        version = data[box.start]
        if box.kind != b"infe" or version not in (2, 3):
            continue
        width = 2 if version == 2 else 4
        at = box.start + _FULL_BOX
        kind = at + width + 2
        if data[kind : kind + 4] == b"mime":
            names = bytes(data[kind + 4 : box.end]).split(b"\x00")
            if _XMP_TYPE in names[1:2]:
                return _number(data, at, width)
    return None


def _extents(data: TiffData, iloc: _Box, wanted: int, idat: int) -> list[tuple[int, int]]:
    """(place, length) of the pieces of an item."""
    version, at = data[iloc.start], iloc.start + _FULL_BOX
    sizes = _number(data, at, 2)
    offset_size, length_size = sizes >> 12, sizes >> 8 & 15
    base_size, index_size = sizes >> 4 & 15, sizes & 15 if version else 0
    width = 2 if version < 2 else 4
    count = _number(data, at + 2, width)
    at += 2 + width
    for _ in range(min(count, _MOST_BOXES)):
        number = _number(data, at, width)
        at += width
        in_idat = False
        if version:
            in_idat = _number(data, at, 2) & 15 == 1
            at += 2
        base = _number(data, at + 2, base_size) + (idat if in_idat else 0)
        pieces = _number(data, at + 2 + base_size, 2)
        at += 4 + base_size
        found = []
        for _ in range(min(pieces, _MOST_BOXES)):
            at += index_size
            length_at = at + offset_size
            found.append(
                (base + _number(data, at, offset_size), _number(data, length_at, length_size))
            )
            at = length_at + length_size
        if number == wanted:
            return found
        if at >= iloc.end:
            break
    return []
