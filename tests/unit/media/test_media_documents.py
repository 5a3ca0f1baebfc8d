"""PDF pages, camera RAW previews, HEIF containers and JPEGs that end early."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.media.picturemaking import (
    LIMITS,
    decoded,
    difference,
    encoded,
    picture,
    quarters,
    refused,
    text_pdf,
)
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodeLimits,
    DecodeRequest,
    MediaKind,
    Size,
)
from vlm_desktop.media.decode import decode_file, load_pixels


def test_pdf_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(text_pdf("Hello first page", "Second", title="The Title"))
    found = decoded(path)
    assert (found.kind, found.format) == (MediaKind.PDF, "PDF")
    assert [page.number for page in found.pages] == [1, 2]
    assert [page.text for page in found.pages] == ["Hello first page", "Second"]
    assert found.pages[0].size == Size(300, 200)
    assert min(found.pages[0].pixels.shape[:2]) >= 256
    assert found.pages[0].pixels.min() < 60 < 250 < found.pages[0].pixels.max()
    assert found.metadata.title == "The Title"
    assert found.metadata.taken_at == "2020-01-31T12:00:00+01:00"


def test_pdf_limits_and_single_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(text_pdf("one", "two", "three"))
    outcome = decode_file(DecodeRequest(path), DecodeLimits(max_pages=2))
    assert isinstance(outcome, DecodedFile)
    assert len(outcome.pages) == 2
    page = load_pixels(path, min_side=600, limits=LIMITS, page=3)
    assert (page.number, page.text, page.pixels.shape) == (3, "three", (600, 900, 3))
    assert load_pixels(path, min_side=100, limits=LIMITS).number == 1
    with pytest.raises(MediaRefused):
        load_pixels(path, min_side=100, limits=LIMITS, page=9)


def test_a_huge_pdf_page_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(text_pdf("strip", width=14_000, height=10))
    assert decoded(path).pages[0].pixels.size < 20_000_000


def test_an_encrypted_pdf_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    filler = b"<" + b"00" * 32 + b">"
    data = text_pdf("secret").replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O "
        + filler
        + b" /U "
        + filler
        + b" >>",
    )
    path.write_bytes(data)
    assert refused(path).reason is Refusal.ENCRYPTED


def raw_file(preview: bytes, orientation: int = 1, *, dng: bool = True) -> bytes:
    """A camera file in TIFF's structure: a JPEG preview and a reference to sensor data."""
    entries: list[tuple[int, int, int, int]] = [
        (0x00FE, 4, 1, 1),
        (0x0100, 4, 1, 4000),
        (0x0101, 4, 1, 3000),
        (0x0103, 3, 1, 6),
        (0x0112, 3, 1, orientation),
    ]
    start = 8 + 2 + 12 * (len(entries) + 3 + dng) + 4
    make = b"CAMERA\x00"
    entries += [(0x010F, 2, len(make), start), (0x0111, 4, 1, start + 8)]
    entries += [(0x0117, 4, 1, len(preview))]
    if dng:
        entries += [(0xC612, 1, 4, 0x00000401)]
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    head = b"II*\x00" + struct.pack("<IH", 8, len(entries)) + body + b"\x00" * 4
    return head + make.ljust(8, b"\x00") + preview


def test_raw_gives_its_preview_upright(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    stored = picture(800, 600).transpose(Image.Transpose.ROTATE_90)
    path.write_bytes(raw_file(encoded(stored, "JPEG", quality=95), orientation=6))
    found = decoded(path)
    assert found.kind is MediaKind.RAW
    assert found.format == "DNG"
    assert found.metadata.make == "CAMERA"
    assert quarters(found.pages[0].pixels)[0][0] > 200
    assert found.pages[0].pixels.shape[1] > found.pages[0].pixels.shape[0]


def test_raw_by_extension_and_without_preview(tmp_path: Path) -> None:
    path = tmp_path / "a.nef"
    path.write_bytes(raw_file(encoded(picture(), "JPEG", quality=95), dng=False))
    found = decoded(path)
    assert (found.kind, found.format) == (MediaKind.RAW, "NEF")
    assert difference(found.pages[0].pixels, picture()) < 3
    path.write_bytes(raw_file(b"nothing", dng=False))
    assert refused(path).reason is Refusal.NO_PREVIEW


def test_heif_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    head = (24).to_bytes(4, "big") + b"ftypheic\x00\x00\x00\x00mif1heic"
    path.write_bytes(head + (5000).to_bytes(4, "big") + b"mdat" + bytes(100))
    assert (refused(path).reason, refused(path).detail) == (
        Refusal.CORRUPT,
        "the file ends early",
    )


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("part", [0.15, 0.5, 0.9])
def test_half_a_jpeg_with_an_end_marker_is_refused(tmp_path: Path, mode: str, part: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 300, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise).convert(mode), "JPEG", quality=90)
    path = tmp_path / "a.jpg"
    path.write_bytes(data[: int(len(data) * part)] + b"\xff\xd9")
    assert refused(path).detail == "the picture ends early"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_pictures_that_really_end_in_grey_are_fine(
    tmp_path: Path, options: dict[str, object]
) -> None:
    image = Image.new("RGB", (900, 700), (128, 128, 128))
    image.paste((200, 30, 30), (0, 0, 900, 200))
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(image, "JPEG", **options))
    assert decoded(path).pages[0].pixels[-1].tolist()[0] == [128, 128, 128]
