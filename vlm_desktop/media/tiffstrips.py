"""A TIFF taken apart into runs of strips or rows of tiles, each a small TIFF (TIFF 6.0)."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import IO

from PIL import Image, TiffImagePlugin

_WIDTH, _LENGTH, _COMPRESSION, _ROWS, _PLANAR = 256, 257, 259, 278, 284
_OFFSETS, _COUNTS = 273, 279
_TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_BITS, _SAMPLES = 258, 277
_COPIED = (_BITS, 262, 266, _SAMPLES, _PLANAR, 292, 293, 317, 320, 332, 338, 339, 347, 530)
"""Tags that say how pixels are coded; the others are left behind."""
_LONG, _UNDEFINED = 4, 7
_HEAD_BYTES = 8
_UNPACKED, _DEFLATE, _OLD_DEFLATE = 1, 8, 32946
_RUN_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Layout:
    """`rows` in each piece, a strip or a row of `across` tiles."""

    width: int
    height: int
    rows: int
    across: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    is_tiled: bool
    row_bytes: int
    compression: int


def tiff_strips(
    image: TiffImagePlugin.TiffImageFile, stream: IO[bytes], top: int, bottom: int
) -> Iterator[tuple[int, Image.Image]] | None:
    """First row and picture of every run that touches rows `top` to `bottom`.

    None for layouts that are not taken apart. Iterating raises EOFError or zlib.error for a
    broken file.
    """
    layout = _layout_of(image)
    if layout is None:
        return None
    if layout.rows * layout.row_bytes <= 2 * _RUN_BYTES:
        return _by_pieces(image, stream, layout, top, bottom)
    if layout.is_tiled or len(layout.offsets) != 1:
        return None
    if layout.compression in (_UNPACKED, _DEFLATE, _OLD_DEFLATE):
        return _within_one(image, stream, layout, top, bottom)
    return None


def _layout_of(image: TiffImagePlugin.TiffImageFile) -> _Layout | None:
    tags = image.tag_v2
    if tags.get(_PLANAR, 1) != 1:
        return None
    is_tiled = _TILE_OFFSETS in tags
    width, height = int(tags[_WIDTH]), int(tags[_LENGTH])
    rows = int(tags[_TILE_LENGTH]) if is_tiled else min(int(tags.get(_ROWS, height)), height)
    across = -(-width // int(tags[_TILE_WIDTH])) if is_tiled else 1
    bits = int(tags.get(_SAMPLES, 1)) * int(tags.get(_BITS, (1,))[0])
    offsets = tuple(map(int, tags[_TILE_OFFSETS if is_tiled else _OFFSETS]))
    counts = tuple(map(int, tags[_TILE_COUNTS if is_tiled else _COUNTS]))
    if rows <= 0 or len(offsets) != len(counts) or len(offsets) < across * -(-height // rows):
        return None
    return _Layout(
        width, height, rows, across, offsets, counts, is_tiled, (width * bits + 7) // 8,
        int(tags.get(_COMPRESSION, _UNPACKED)),
    )  # fmt: skip


def _by_pieces(
    image: TiffImagePlugin.TiffImageFile, stream: IO[bytes], layout: _Layout, top: int, bottom: int
) -> Iterator[tuple[int, Image.Image]]:
    together = max(1, _RUN_BYTES // max(1, layout.rows * layout.row_bytes))
    first_piece = top // layout.rows
    for piece in range(first_piece, -(-bottom // layout.rows), together):
        first = piece * layout.rows
        rows = min(together * layout.rows, layout.height - first)
        chosen = range(piece * layout.across, (piece + -(-rows // layout.rows)) * layout.across)
        data = [_bytes_at(stream, layout.offsets[one], layout.counts[one]) for one in chosen]
        yield first, _decoded(image, layout, rows, data, layout.compression)


def _within_one(
    image: TiffImagePlugin.TiffImageFile, stream: IO[bytes], layout: _Layout, top: int, bottom: int
) -> Iterator[tuple[int, Image.Image]]:
    """The rows of a single strip: as they lie there, or unpacked as far as they are needed."""
    run = max(1, _RUN_BYTES // layout.row_bytes)
    compressed = layout.compression != _UNPACKED
    source = _inflated(stream, layout) if compressed else None
    first = 0 if compressed else top // run * run
    held = bytearray()
    while first < bottom:
        rows = min(run, layout.height - first)
        needed = rows * layout.row_bytes
        if source is None:
            data = _bytes_at(stream, layout.offsets[0] + first * layout.row_bytes, needed)
        else:
            while len(held) < needed:
                more = next(source, b"")
                if not more:
                    raise EOFError
                held += more
            data = zlib.compress(bytes(held[:needed]), 0)
            del held[:needed]
        if first + rows > top:
            single = _DEFLATE if compressed else _UNPACKED
            yield first, _decoded(image, layout, rows, [data], single)
        first += rows


def _inflated(stream: IO[bytes], layout: _Layout) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    at, end = layout.offsets[0], layout.offsets[0] + layout.counts[0]
    while at < end and not inflate.eof:
        data = _bytes_at(stream, at, min(_RUN_BYTES // 16, end - at))
        at += len(data)
        while data:
            yield inflate.decompress(data, _RUN_BYTES)
            data = inflate.unconsumed_tail


def _bytes_at(stream: IO[bytes], offset: int, count: int) -> bytes:
    stream.seek(offset)
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _decoded(
    image: TiffImagePlugin.TiffImageFile,
    layout: _Layout,
    rows: int,
    data: list[bytes],
    compression: int,
) -> Image.Image:
    """A picture of `rows` rows from the coded strips or tiles."""
    tags = image.tag_v2
    values: dict[int, object] = {tag: tags[tag] for tag in _COPIED if tag in tags}
    values |= {_WIDTH: layout.width, _LENGTH: rows, _COMPRESSION: compression}
    offsets = tuple(accumulate(map(len, data), initial=_HEAD_BYTES))[:-1]
    counts = tuple(map(len, data))
    if layout.is_tiled:
        values |= {_TILE_WIDTH: tags[_TILE_WIDTH], _TILE_LENGTH: layout.rows}
        values |= {_TILE_OFFSETS: offsets, _TILE_COUNTS: counts}
    else:
        values |= {_ROWS: min(layout.rows, rows), _OFFSETS: offsets, _COUNTS: counts}
    body = b"".join(data)
    mark = "<" if tags.prefix == b"II" else ">"
    at = _HEAD_BYTES + len(body)
    head = tags.prefix + struct.pack(f"{mark}HI", 42, at)
    made = TiffImagePlugin.TiffImageFile(io.BytesIO(head + body + _directory(values, at, mark)))
    made.load()
    return made


def _directory(values: dict[int, object], at: int, mark: str) -> bytes:
    """A TIFF directory that lies at `at`: whole numbers as LONG, bytes as UNDEFINED."""
    entries, beyond = b"", b""
    after = at + 2 + 12 * len(values) + 4
    for tag, value in sorted(values.items()):
        if isinstance(value, bytes):
            kind, count, packed = _UNDEFINED, len(value), value
        else:
            numbers = value if isinstance(value, tuple) else (value,)
            kind, count = _LONG, len(numbers)
            packed = struct.pack(f"{mark}{count}I", *map(int, numbers))
        if len(packed) > 4:
            place = struct.pack(f"{mark}I", after + len(beyond))
            beyond += packed + b"\x00" * (len(packed) % 2)
        else:
            place = packed.ljust(4, b"\x00")
        entries += struct.pack(f"{mark}HHI", tag, kind, count) + place
    return struct.pack(f"{mark}H", len(values)) + entries + bytes(4) + beyond
