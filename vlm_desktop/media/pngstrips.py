"""A PNG taken apart into runs of rows, each a small PNG of its own (PNG 3rd edition, W3C).

Rows are filtered against the row before. So a run begins with the last row of the run before, as
it is, which is cut off again after decoding.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO

import numpy as np
from PIL import Image, PngImagePlugin

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_RUN_BYTES = 16 * 1024 * 1024
_READ_BYTES = 1024 * 1024
_MOST_HEADER = 1024 * 1024


def png_strips(stream: IO[bytes], bottom: int) -> Iterator[tuple[int, Image.Image]] | None:
    """First row and picture of every run down to row `bottom`; None for layouts not taken apart.

    Iterating raises EOFError, struct.error or zlib.error for a broken file.
    """
    stream.seek(0)
    if stream.read(8) != _SIGNATURE:
        return None
    _, body = _chunk_head(stream)
    header = stream.read(body)[:13]
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced or kind not in _CHANNELS or depth not in (1, 8):
        return None
    if depth == 1 and kind not in (0, 3):
        return None
    stream.seek(8 + 12 + body)
    return _strips(stream, (width, min(height, bottom)), header, depth)


def _strips(
    stream: IO[bytes], size: tuple[int, int], header: bytes, depth: int
) -> Iterator[tuple[int, Image.Image]]:
    width, height = size
    row_bytes = 1 + (width * depth * _CHANNELS[header[9]] + 7) // 8
    run = max(1, _RUN_BYTES // row_bytes)
    kept: list[bytes] = []
    pixels = _unpacked(stream, kept)
    held = bytearray()
    first, before = 0, b""
    while first < height:
        rows = min(run, height - first)
        while len(held) < rows * row_bytes:
            held += next(pixels, b"") or _ends_early()
        data = bytes(held[: rows * row_bytes])
        del held[: rows * row_bytes]
        picture = _decoded(header, kept, (width, rows), before, data)
        before = b"\x00" + _row_bytes(picture, depth)
        yield first, picture
        first += rows


def _ends_early() -> bytes:
    raise EOFError


def _chunk_head(stream: IO[bytes]) -> tuple[bytes, int]:
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    return head[4:], int.from_bytes(head[:4], "big")


def _unpacked(stream: IO[bytes], kept: list[bytes]) -> Iterator[bytes]:
    """Filtered rows as they come out of the IDAT chunks; palette and transparency go to `kept`."""
    inflate = zlib.decompressobj()
    while True:
        kind, left = _chunk_head(stream)
        if kind == b"IEND":
            return
        if kind in (b"PLTE", b"tRNS") and left <= _MOST_HEADER:
            kept.append(_chunk(kind, stream.read(left)))
            left = 0
        while kind == b"IDAT" and left:
            data = stream.read(min(left, _READ_BYTES))
            if not data:
                raise EOFError
            left -= len(data)
            while data:
                yield inflate.decompress(data, _RUN_BYTES)
                data = inflate.unconsumed_tail
        stream.seek(left + 4, io.SEEK_CUR)


def _decoded(
    header: bytes, kept: list[bytes], size: tuple[int, int], before: bytes, data: bytes
) -> Image.Image:
    above = 1 if before else 0
    start = struct.pack(">II", size[0], size[1] + above) + header[8:13]
    parts = [_SIGNATURE, _chunk(b"IHDR", start), *kept]
    parts += [_chunk(b"IDAT", zlib.compress(before + data, 0)), _chunk(b"IEND", b"")]
    image = PngImagePlugin.PngImageFile(io.BytesIO(b"".join(parts)))
    image.load()
    return image.crop((0, 1, image.width, image.height)) if above else image


def _row_bytes(picture: Image.Image, depth: int) -> bytes:
    """The last row as a PNG stores it unfiltered."""
    row = picture.crop((0, picture.height - 1, picture.width, picture.height))
    if depth == 1:
        return np.packbits(np.asarray(row).reshape(-1) > 0).tobytes()
    return row.tobytes()


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(body, zlib.crc32(kind))
    return len(body).to_bytes(4, "big") + kind + body + check.to_bytes(4, "big")
