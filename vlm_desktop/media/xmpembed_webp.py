"""XMP in WebP: the RIFF chunk "XMP ", announced by a flag in VP8X. Source: RFC 9649.

A simple file has no VP8X chunk: one is put first, with the size and alpha of its picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vlm_desktop.base.altfiles import Splice
from vlm_desktop.media.xmpembed_common import (
    ContainerBroken,
    Data,
    NoRoom,
    Packets,
    Piece,
    in_place,
)

_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10
_MOST = 2**32 - 2**16


@dataclass(frozen=True, slots=True)
class _Chunk:
    """`end` is where the next one begins; `stop` where its own bytes do."""

    kind: bytes
    start: int
    stop: int
    end: int


def packets(data: Data) -> Packets:
    found = _xmp(_chunks(data))
    return Packets(data[found.start + 8 : found.stop]) if found else Packets()


def splices(data: Data, packets: Packets) -> list[Splice]:
    chunks = _chunks(data)
    old = _xmp(chunks)
    first = chunks[0]
    before = data[old.start + 8 : old.stop] if old else b""
    packet = in_place(packets.main, before, _MOST, room=False)
    chunk = b"XMP " + len(packet).to_bytes(4, "little") + packet + b"\x00" * (len(packet) % 2)
    found = []
    if first.kind != b"VP8X":
        extended = b"VP8X\x0a\x00\x00\x00" + _extended(data, first, xmp=True)
        found.append(Splice(first.start, first.start, extended))
    elif not data[first.start + 8] & _XMP_FLAG:
        at = first.start + 8
        found.append(Splice(at, at + 1, bytes([data[at] | _XMP_FLAG])))
    if old is not None:
        found.append(Splice(old.start, old.end, chunk))
    else:
        last = chunks[-1]
        pad = b"\x00" * ((last.stop - last.start) % 2 - (last.end - last.stop))
        found.append(Splice(last.end, last.end, pad + chunk))
    size = chunks[-1].end - 8 + sum(len(one.new) - (one.end - one.start) for one in found)
    if size > _MOST:
        raise NoRoom("4 GB at most")
    return [Splice(4, 8, size.to_bytes(4, "little")), *found]


def rest(data: Data) -> Iterator[Piece]:
    chunks = _chunks(data)
    first = chunks[0]
    if first.kind == b"VP8X":
        body = bytearray(data[first.start + 8 : first.stop])
        body[0] &= ~_XMP_FLAG & 0xFF
        yield bytes(body)
    else:
        yield _extended(data, first, xmp=False)
    for chunk in chunks:
        if chunk.kind not in (b"VP8X", b"XMP "):
            yield chunk.start, chunk.stop
    yield chunks[-1].end, len(data)


def is_signed(data: Data) -> bool:
    return any(chunk.kind == b"C2PA" for chunk in _chunks(data))


def _chunks(data: Data) -> list[_Chunk]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ContainerBroken("it does not begin as a WebP")
    whole = 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data) + 1:
        raise ContainerBroken("it ends before it should")
    whole = min(whole, len(data))
    found, at = [], 12
    while at + 8 <= whole:
        stop = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if stop > whole:
            raise ContainerBroken(f"the chunk at byte {at} is longer than the file")
        end = min(whole, stop + (stop - at) % 2)
        found.append(_Chunk(data[at : at + 4], at, stop, end))
        at = end
    if at != whole:
        raise ContainerBroken(f"no chunk at byte {at}")
    if not found or found[0].kind not in (b"VP8X", b"VP8 ", b"VP8L"):
        raise ContainerBroken("its image is missing")
    if found[0].kind == b"VP8X" and found[0].stop - found[0].start < 18:
        raise ContainerBroken("its header is too short")
    return found


def _xmp(chunks: list[_Chunk]) -> _Chunk | None:
    found = [chunk for chunk in chunks if chunk.kind == b"XMP "]
    if len(found) > 1:
        raise ContainerBroken("it holds two XMP packets")
    return found[0] if found else None


def _extended(data: Data, picture: _Chunk, *, xmp: bool) -> bytes:
    """The body of the VP8X chunk that a simple file would have."""
    body = data[picture.start + 8 : min(picture.stop, picture.start + 18)]
    flags = _XMP_FLAG if xmp else 0
    if picture.kind == b"VP8L":
        if len(body) < 5 or body[0] != 0x2F:
            raise ContainerBroken("its image has no header")
        bits = int.from_bytes(body[1:5], "little")
        width, height = bits & 0x3FFF, bits >> 14 & 0x3FFF  # both less one, as in VP8X
        flags |= _ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
            raise ContainerBroken("its image has no header")
        width = (int.from_bytes(body[6:8], "little") & 0x3FFF) - 1
        height = (int.from_bytes(body[8:10], "little") & 0x3FFF) - 1
        if width < 0 or height < 0:
            raise ContainerBroken("its image has no size")
    return bytes([flags, 0, 0, 0]) + width.to_bytes(3, "little") + height.to_bytes(3, "little")
