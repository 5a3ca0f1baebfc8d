"""Camera RAW through LibRaw, on a DNG made here: a preview beside a small mosaic of sensor data."""

import struct
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.media.picturemaking import decoded, encoded, picture, quarters
from vlm_desktop.base.types import MediaKind, Size
from vlm_desktop.media.sniff import Decoder, sniff

_PREVIEW_AT = 4096
_Field = tuple[int, int, bytes]


def short(*values: int) -> _Field:
    return 3, len(values), struct.pack(f"<{len(values)}H", *values)


def long(value: int) -> _Field:
    return 4, 1, struct.pack("<I", value)


def byte(*values: int) -> _Field:
    return 1, len(values), bytes(values)


def text(value: str) -> _Field:
    return 2, len(value) + 1, value.encode() + b"\x00"


def directory(entries: dict[int, _Field], at: int) -> bytes:
    values_at = at + 2 + 12 * len(entries) + 4
    body = values = b""
    for tag, (kind, count, data) in sorted(entries.items()):
        field = data.ljust(4, b"\x00")
        if len(data) > 4:
            field = struct.pack("<I", values_at + len(values))
            values += data + b"\x00" * (len(data) % 2)
        body += struct.pack("<HHI", tag, kind, count) + field
    return struct.pack("<H", len(entries)) + body + b"\x00" * 4 + values


def dng(preview: Image.Image, orientation: int, sensor: tuple[int, int]) -> bytes:
    """A DNG with an uncompressed 16-bit mosaic and `preview` as JPEG."""
    jpeg = encoded(preview, "JPEG", quality=95)
    mosaic_directory_at = _PREVIEW_AT + len(jpeg) + len(jpeg) % 2
    mosaic_at = mosaic_directory_at + 2048
    width, height = sensor
    mosaic = bytes(2 * width * height)
    first = {
        254: long(1),
        256: long(preview.width),
        257: long(preview.height),
        258: short(8, 8, 8),
        259: short(7),
        262: short(6),
        271: text("Canon"),
        272: text("Canon EOS X"),
        273: long(_PREVIEW_AT),
        274: short(orientation),
        277: short(3),
        278: long(preview.height),
        279: long(len(jpeg)),
        330: long(mosaic_directory_at),
        50706: byte(1, 4, 0, 0),
        50707: byte(1, 1, 0, 0),
        50708: text("Canon EOS X"),
        50721: (
            10,
            9,
            struct.pack("<18i", *[1, 1, 0, 1, 0, 1] * 3),
        ),
        50728: (5, 3, struct.pack("<6I", *[1] * 6)),
    }
    mosaic_entries = {
        254: long(0),
        256: long(width),
        257: long(height),
        258: short(16),
        259: short(1),
        262: short(32803),
        273: long(mosaic_at),
        277: short(1),
        278: long(height),
        279: long(len(mosaic)),
        33421: short(2, 2),
        33422: byte(0, 1, 1, 2),
    }
    data = (b"II*\x00\x08\x00\x00\x00" + directory(first, 8)).ljust(_PREVIEW_AT, b"\x00") + jpeg
    data = data.ljust(mosaic_directory_at, b"\x00")
    data += directory(mosaic_entries, mosaic_directory_at)
    return data.ljust(mosaic_at, b"\x00") + mosaic


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (1, None),
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_previews_are_turned_upright(
    tmp_path: Path, orientation: int, turn: Image.Transpose | None
) -> None:
    stored = picture(320, 240) if turn is None else picture(320, 240).transpose(turn)
    sensor = (64, 48) if stored.width > stored.height else (48, 64)
    path = tmp_path / "a.dng"
    path.write_bytes(dng(stored, orientation, sensor))
    assert sniff(path.read_bytes(), "").decoder is Decoder.RAW
    found = decoded(path)
    assert (found.kind, found.format) == (MediaKind.RAW, "DNG")
    assert found.pages[0].size == Size(64, 48)
    assert found.metadata.model == "Canon EOS X"
    assert found.metadata.orientation == orientation
    corner = quarters(found.pages[0].pixels)
    assert corner[0] == pytest.approx((220, 30, 30), abs=4)
    assert corner[1] == pytest.approx((30, 200, 30), abs=4)


def test_a_preview_that_is_turned_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(dng(picture(240, 320), 6, (64, 48)))
    found = decoded(path)
    assert found.pages[0].pixels.shape == (320, 240, 3)
    assert found.pages[0].size == Size(48, 64)
    assert quarters(found.pages[0].pixels)[0] == pytest.approx((220, 30, 30), abs=4)
