"""XMP of boxed files is found, and hostile boxes lead nowhere."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm_desktop.media.isobmff import boxed_xmp

PACKET = b"<x:xmpmeta>what is said</x:xmpmeta>"


def box(kind: bytes, body: bytes, *, large: bool = False) -> bytes:
    if large:
        return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body
    return struct.pack(">I4s", 8 + len(body), kind) + body


def heif(*, in_idat: bool = False, split: bool = False, version: int = 1) -> bytes:
    """A file with one item, which is XMP."""
    wide = version == 2
    number = struct.pack(">I" if wide else ">H", 7)
    entry = box(
        b"infe",
        bytes([3 if wide else 2, 0, 0, 0]) + number + b"\x00\x00mime\x00application/rdf+xml\x00",
    )
    iinf = box(b"iinf", b"\x00\x00\x00\x00\x00\x01" + entry)
    head = box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic")
    half = len(PACKET) // 2
    pieces = [(0, half), (half, len(PACKET) - half)] if split else [(0, len(PACKET))]

    def meta(base: int) -> bytes:
        rows = b"".join(struct.pack(">II", base + at, size) for at, size in pieces)
        method = struct.pack(">H", int(in_idat)) if version else b""
        item = number + method + b"\x00\x00" + struct.pack(">H", len(pieces)) + rows
        count = struct.pack(">I" if wide else ">H", 1)
        iloc = box(b"iloc", bytes([version, 0, 0, 0]) + b"\x44\x00" + count + item)
        idat = box(b"idat", PACKET) if in_idat else b""
        return box(b"meta", b"\x00\x00\x00\x00" + iinf + iloc + idat)

    place = 0 if in_idat else len(head) + len(meta(0)) + 8
    return head + meta(place) + box(b"mdat", PACKET)


@pytest.mark.parametrize(
    "data",
    [
        heif(),
        heif(version=0),
        heif(version=2),
        heif(in_idat=True),
        heif(split=True),
        box(b"JXL ", b"\r\n\x87\n") + box(b"jxlc", b"coded") + box(b"xml ", PACKET),
        box(b"ftyp", b"crx ")
        + box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + PACKET),
        box(b"ftyp", b"avif") + box(b"free", b"x" * 9, large=True) + box(b"xml ", PACKET),
    ],
    ids=["item", "version 0", "version 2", "idat", "split", "jxl", "cr3", "large"],
)
def test_the_packet_is_found(data: bytes) -> None:
    assert boxed_xmp(data) == PACKET


def test_what_is_not_there_is_empty() -> None:
    assert boxed_xmp(b"") == b""
    assert boxed_xmp(box(b"ftyp", b"heic") + box(b"mdat", b"x" * 50)) == b""
    assert boxed_xmp(heif().replace(b"application/rdf+xml", b"application/rdf+xmm")) == b""


@given(st.binary(max_size=200) | st.tuples(st.integers(16, 200), st.binary(max_size=6)))
def test_no_bytes_lead_astray(given_bytes: bytes | tuple[int, bytes]) -> None:
    if isinstance(given_bytes, bytes):
        boxed_xmp(b"\x00\x00\x00\x10ftypheic\x00\x00\x00\x00" + given_bytes)
        return
    at, new = given_bytes
    data = heif(split=True)
    found = boxed_xmp(data[:at] + new + data[at + len(new) :])
    assert len(found) <= 8 * 1024 * 1024
