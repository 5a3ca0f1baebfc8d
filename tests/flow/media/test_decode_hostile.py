"""Bombs, loops and other traps, each small on disk: refused, or harmless, within the limits."""

import io
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import DecodedFile, DecodeLimits, DecodeRequest, RefusedFile
from vlm_desktop.media.pool import DecodePool

LIMITS = DecodeLimits(seconds=2, max_memory=800 * 1024**2)
HARMLESS = None


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(extra: bytes = b"", side: int = 8, data: bytes | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 1) * side)) if data is None else data
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def tiff(*entries: tuple[int, int, int, int]) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(entries) & 0xFFFF) + body + bytes(4)


def pdf(*objects: bytes) -> bytes:
    numbered = (b"%d 0 obj%s endobj\n" % (number, body) for number, body in objects_from(objects))
    return b"%PDF-1.4\n" + b"".join(numbered) + b"trailer<</Root 1 0 R>>\n"


def objects_from(bodies: tuple[bytes, ...]) -> enumerate[bytes]:
    return enumerate((b"<</Type/Catalog/Pages 2 0 R>>", *bodies), 1)


def forms_that_call_forms(depth: int) -> bytes:
    """Each form draws the next ten times: 10 ** depth rectangles in the end."""
    page = b"/MediaBox[0 0 100 100]/Resources<</XObject<</A 5 0 R>>>>/Contents 4 0 R"
    forms = [
        b"<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</A %d 0 R>>>>"
        b"/Length 60>>stream\n%s\nendstream" % (number + 6, (b"/A Do " * 10).ljust(60))
        for number in range(depth)
    ]
    last = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 12>>stream\n0 0 9 9 re f \nendstream"
    return pdf(
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R" + page + b">>",
        b"<</Length 6>>stream\n/A Do \nendstream",
        *forms,
        last,
    )


def deep_xmp() -> bytes:
    buffer = io.BytesIO()
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + b"<a>" * 50_000 + b"</a>" * 50_000
    Image.new("L", (8, 8)).save(buffer, "WEBP", xmp=packet + b"</x:xmpmeta>")
    return buffer.getvalue()


BOMB = zlib.compress(bytes(100_000_000), 9)

TRAPS: dict[str, tuple[bytes, set[Refusal | None]]] = {
    "text.png": (png(chunk(b"zTXt", b"k\x00\x00" + BOMB)), {Refusal.CORRUPT}),
    "profile.png": (png(chunk(b"iCCP", b"n\x00\x00" + BOMB)), {Refusal.CORRUPT, HARMLESS}),
    "rows.png": (png(data=BOMB), {HARMLESS}),
    "canvas.gif": (
        b"GIF89a\xff\xff\xff\xff\x00\x00\x00,",
        {Refusal.TOO_MANY_PIXELS, Refusal.CORRUPT},
    ),
    "tags.tif": (
        tiff(*((number, 5, 0xFFFFFFFF, 8) for number in range(65_535))),
        {Refusal.CORRUPT},
    ),
    "loop.tif": (tiff((330, 4, 1, 8)), {Refusal.CORRUPT}),
    "strips.tif": (
        tiff(
            (256, 4, 1, 19_000),
            (257, 4, 1, 19_000),
            (258, 3, 1, 8),
            (259, 3, 1, 5),
            (262, 3, 1, 1),
            (273, 4, 0x0FFFFFFF, 8),
            (278, 4, 1, 1),
            (279, 4, 0x0FFFFFFF, 8),
        ),
        {Refusal.CORRUPT, Refusal.UNSUPPORTED, Refusal.OUT_OF_MEMORY},
    ),
    "inside.ico": (
        b"\x00\x00\x01\x00\x01\x00"
        + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, 5_000_000, 22)
        + png(side=30_000, data=BOMB),
        {Refusal.TOO_MANY_PIXELS, Refusal.OUT_OF_MEMORY},
    ),
    "pages.pdf": (pdf(b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), {Refusal.CORRUPT}),
    # PDFium aborts when it gets no more memory, so this may look like a crash.
    "forms.pdf": (
        forms_that_call_forms(12),
        {Refusal.TOO_SLOW, Refusal.OUT_OF_MEMORY, Refusal.DECODER_CRASHED},
    ),
    "drawing.svg": (b"<svg>" + b"<g>" * 500_000, {Refusal.UNSUPPORTED}),
    "tags.webp": (deep_xmp(), {HARMLESS}),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    with DecodePool(1, LIMITS) as started:
        yield started


@pytest.mark.parametrize("name", TRAPS)
def test_traps(pool: DecodePool, tmp_path: Path, name: str) -> None:
    data, expected = TRAPS[name]
    path = tmp_path / name
    path.write_bytes(data)
    start = time.monotonic()
    [outcome] = pool.decode([DecodeRequest(path)], CancelToken())
    assert time.monotonic() - start < 30
    if isinstance(outcome, RefusedFile):
        assert outcome.reason in expected
    else:
        assert isinstance(outcome, DecodedFile)
        assert HARMLESS in expected
