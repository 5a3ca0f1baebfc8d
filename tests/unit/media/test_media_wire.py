"""Frames carry every outcome unchanged, and rubbish is noticed."""

import io
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodedPage,
    DecodeLimits,
    DecodeOutcome,
    DecodeRequest,
    KnownFile,
    MediaKind,
    PhotoMetadata,
    RefusedFile,
    Size,
)
from vlm_desktop.media import wire


class Trickle(io.RawIOBase):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)[:7]  # type: ignore[arg-type]
        return self._data.readinto(view)


def through(frame: wire.Frame) -> wire.Frame:
    data = b"".join(bytes(part) for part in wire.pack(frame))
    found = wire.read_frame(Trickle(data))
    assert found is not None
    return found


def page(number: int) -> DecodedPage:
    pixels = np.random.default_rng(number).integers(0, 256, (5, 4 + number, 3), dtype=np.uint8)
    return DecodedPage(number, pixels, Size(400, 500), f"text {number} \u4f60")


@pytest.mark.parametrize(
    "outcome",
    [
        KnownFile(Path("a.jpg"), "ab", 3, 4),
        RefusedFile(Path("caf\udce9.jpg"), Refusal.CORRUPT, "b\u00e4d", "cd", 5, 6),
    ],
)
def test_small_outcomes(outcome: DecodeOutcome) -> None:
    reply = wire.reply_of(through(wire.frame_of_reply(wire.Reply(outcome, retiring=True))))
    assert reply == wire.Reply(outcome, retiring=True)


@pytest.mark.parametrize("thumbnail", [b"", b"\xff\xd8jpeg"])
def test_decoded_files(thumbnail: bytes) -> None:
    file = DecodedFile(
        path=Path("dir/a.pdf"),
        content_hash="ab" * 20,
        kind=MediaKind.PDF,
        format="PDF",
        metadata=PhotoMetadata(latitude=1.5, keywords=("a", "b"), rating=3, title="T"),
        pages=(page(1), page(2)),
        thumbnail=thumbnail,
        pixel_hash="cd" * 20,
        perceptual_hash="ef" * 8,
        size_bytes=1 << 40,
        mtime_ns=1_700_000_000_123_456_789,
    )
    found = wire.reply_of(through(wire.frame_of_reply(wire.Reply(file, retiring=False)))).outcome
    assert isinstance(found, DecodedFile)
    for name in DecodedFile.__slots__:
        if name != "pages":
            assert getattr(found, name) == getattr(file, name)
    for got, sent in zip(found.pages, file.pages, strict=True):
        assert np.array_equal(got.pixels, sent.pixels)
        assert (got.number, got.size, got.text) == (sent.number, sent.size, sent.text)
        assert got.pixels.flags.writeable


def test_requests_and_limits() -> None:
    request = DecodeRequest(Path("x/caf\udce9.jpg"), 99, 0, frozenset({"aa", "bb"}))
    assert wire.request_of(through(wire.frame_of_request(request))) == request
    limits = DecodeLimits(max_pixels=7, seconds=0.5)
    assert wire.limits_of(through(wire.frame_of_limits(limits))) == limits


def test_the_end_and_rubbish() -> None:
    whole = b"".join(bytes(part) for part in wire.pack(wire.Frame({"a": 1})))
    assert wire.read_frame(io.BytesIO(b"")) is None  # type: ignore[arg-type]
    assert wire.read_frame(io.BytesIO(whole[:-1])) is None  # type: ignore[arg-type]
    for rubbish in (b"\xff" * 40, whole[:-1] + b"!", whole[:8] + b"not json"):
        with pytest.raises(wire.WireError):
            wire.read_frame(io.BytesIO(rubbish))  # type: ignore[arg-type]
    with pytest.raises(wire.WireError):
        wire.reply_of(wire.Frame({"is": "decoded", "retiring": False}))
