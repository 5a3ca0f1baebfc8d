"""Content decides what a file is."""

import pytest

from tests.unit.media.picturemaking import encoded, picture, tiff_structure
from vlm_desktop.media.sniff import UNKNOWN, Decoder, sniff


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("JPEG", "JPEG"),
        ("PNG", "PNG"),
        ("GIF", "GIF"),
        ("BMP", "BMP"),
        ("TIFF", "TIFF"),
        ("WEBP", "WEBP"),
        ("AVIF", "AVIF"),
        ("JPEG2000", "JPEG2000"),
        ("ICO", "ICO"),
        ("PPM", "PPM"),
        ("QOI", "QOI"),
    ],
)
def test_formats_are_told_by_content(kind: str, name: str) -> None:
    found = sniff(encoded(picture(32, 24), kind), "txt")
    assert (found.name, found.decoder) == (name, Decoder.PILLOW)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\x0a" + bytes(20), "JPEG XL"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"8BPS\x00\x01", "Photoshop document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b'<?xml version="1.0"?>\n<!-- hi -->\n<svg xmlns="x">', "SVG"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video"),
        (b"PK\x03\x04rest", "ZIP archive"),
    ],
)
def test_known_but_unread_formats_are_named(data: bytes, name: str) -> None:
    found = sniff(data, "jpg")
    assert (found.name, found.decoder) == (name, Decoder.NONE)


@pytest.mark.parametrize(
    ("brands", "decoder"),
    [
        (b"heic\x00\x00\x00\x00mif1heic", Decoder.HEIF),
        (b"mif1\x00\x00\x00\x00mif1heic", Decoder.HEIF),
        (b"mif1\x00\x00\x00\x00avifmif1", Decoder.PILLOW),
        (b"crx \x00\x00\x00\x01crx isom", Decoder.RAW),
    ],
)
def test_boxed_formats_are_told_by_their_brands(brands: bytes, decoder: Decoder) -> None:
    data = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands
    assert sniff(data).decoder is decoder


def test_a_tiff_with_a_dng_version_is_raw() -> None:
    assert sniff(tiff_structure({0xC612: (1, 4, b"\x01\x04\x00\x00")})).decoder is Decoder.RAW


def test_a_camera_tiff_with_a_small_first_picture_is_raw() -> None:
    entries = {
        0x00FE: (4, 1, b"\x01\x00\x00\x00"),
        0x010F: (2, 6, b"NIKON\x00"),
        0x014A: (4, 1, b"\x40\x00\x00\x00"),
    }
    assert sniff(tiff_structure(entries)).decoder is Decoder.RAW
    del entries[0x014A]
    assert sniff(tiff_structure(entries)).decoder is Decoder.PILLOW


def test_a_raw_extension_settles_what_tiff_leaves_open() -> None:
    data = tiff_structure({0x0100: (3, 1, b"\x08\x00")})
    assert sniff(data, "ARW").name == "ARW"
    assert sniff(data, "tif").name == "TIFF"


@pytest.mark.parametrize("data", [b"", b"\x00", b"hello world", b"BM", b"P9 3 3", bytes(64)])
def test_anything_else_is_unknown(data: bytes) -> None:
    assert sniff(data, "jpg") == UNKNOWN
