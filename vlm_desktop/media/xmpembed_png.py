"""XMP in PNG: one iTXt chunk named "XML:com.adobe.xmp". Source: PNG 3rd edition; XMP part 3.

An old file may keep it compressed, as tEXt, or as ImageMagick's hex profile; it is read from
there, and written as the iTXt chunk that the standard asks for, in the same place.
"""

import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from vlm_desktop.base.altfiles import Splice
from vlm_desktop.media.xmpembed_common import ContainerBroken, Data, Packets, Piece, in_place

_MAGIC = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE = b"Raw profile type xmp"
_MOST = 2**31 - 1
_MOST_INFLATED = 64 * 1024 * 1024
_HEAD = _KEYWORD + b"\x00\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    start: int
    end: int

    @property
    def body(self) -> slice:
        return slice(self.start + 8, self.end - 4)


def packets(data: Data) -> Packets:
    found = _xmp(data, _chunks(data))
    return Packets(_text(data[found.body], found.kind)) if found else Packets()


def splices(data: Data, packets: Packets) -> list[Splice]:
    chunks = _chunks(data)
    old = _xmp(data, chunks)
    before = _text(data[old.body], old.kind) if old else b""
    body = _HEAD + in_place(packets.main, before, _MOST - len(_HEAD), room=False)
    crc = binascii.crc32(b"iTXt" + body)
    chunk = len(body).to_bytes(4, "big") + b"iTXt" + body + crc.to_bytes(4, "big")
    if old is not None:
        return [Splice(old.start, old.end, chunk)]
    at = next(one.start for one in chunks if one.kind == b"IDAT")
    return [Splice(at, at, chunk)]


def rest(data: Data) -> Iterator[Piece]:
    chunks = _chunks(data)
    found = _xmp(data, chunks)
    for chunk in chunks:
        if chunk != found:
            yield chunk.start, chunk.end
    yield chunks[-1].end, len(data)


def is_signed(data: Data) -> bool:
    return any(chunk.kind == b"caBX" for chunk in _chunks(data))


def _chunks(data: Data) -> list[_Chunk]:
    if data[:8] != _MAGIC:
        raise ContainerBroken("it does not begin as a PNG")
    found, at = [], 8
    while True:
        if at + 12 > len(data):
            raise ContainerBroken("it ends before its last chunk")
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if not (kind.isascii() and kind.isalpha()):
            raise ContainerBroken(f"no chunk at byte {at}")
        if end > len(data):
            raise ContainerBroken(f"the chunk at byte {at} is longer than the file")
        found.append(_Chunk(kind, at, end))
        at = end
        if kind == b"IEND":
            break
    kinds = [chunk.kind for chunk in found]
    if b"IDAT" not in kinds or kinds[0] not in (b"IHDR", b"CgBI"):
        raise ContainerBroken("its image is missing")
    return found


def _xmp(data: Data, chunks: list[_Chunk]) -> _Chunk | None:
    """The chunk that holds XMP, the standard's before older customs."""
    named: dict[bytes, list[_Chunk]] = {_KEYWORD: [], _PROFILE: []}
    for chunk in chunks:
        if chunk.kind in (b"iTXt", b"tEXt", b"zTXt"):
            body = data[chunk.start + 8 : min(chunk.end - 4, chunk.start + 8 + 80)]
            keyword = body.partition(b"\x00")[0]
            if keyword in named:
                named[keyword].append(chunk)
    for found in (named[_KEYWORD], named[_PROFILE]):
        if len(found) > 1:
            raise ContainerBroken("it holds two XMP packets")
        if found:
            chunk = found[0]
            crc = binascii.crc32(data[chunk.start + 4 : chunk.end - 4])
            if crc != int.from_bytes(data[chunk.end - 4 : chunk.end], "big"):
                raise ContainerBroken("the checksum of its XMP is wrong")
            return chunk
    return None


def _text(body: bytes, kind: bytes) -> bytes:
    keyword, _, value = body.partition(b"\x00")
    if kind == b"zTXt":
        value = _inflated(value[1:])
    elif kind == b"iTXt":
        flag, value = value[:1], value[2:]
        value = value.partition(b"\x00")[2].partition(b"\x00")[2]  # language, keyword in it
        value = _inflated(value) if flag == b"\x01" else value
    if keyword == _PROFILE:
        return _unhexed(value)
    return (
        value.decode("latin-1").encode("utf-8")
        if kind != b"iTXt" and not _is_utf8(value)
        else value
    )


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _inflated(packed: bytes) -> bytes:
    unpack = zlib.decompressobj()
    try:
        value = unpack.decompress(packed, _MOST_INFLATED)
    except zlib.error as error:
        raise ContainerBroken(f"its XMP cannot be decompressed: {error}") from error
    if not unpack.eof:
        raise ContainerBroken("its XMP is cut short, or too large when decompressed")
    return value


def _unhexed(value: bytes) -> bytes:
    match = re.fullmatch(rb"\s*\w+\s+\d+\s+([0-9a-fA-F\s]*)", value)
    try:
        return binascii.unhexlify(b"".join(match.group(1).split())) if match else b""
    except binascii.Error as error:
        raise ContainerBroken("its XMP profile is damaged") from error
