"""Every format, mode and turn comes out as upright sRGB."""

import functools
import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.unit.media.picturemaking import (
    LIMITS,
    decoded,
    difference,
    encoded,
    picture,
    quarters,
    refused,
    with_segments,
)
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import (
    DecodeLimits,
    DecodeRequest,
    KnownFile,
    MediaKind,
    RefusedFile,
    Size,
)
from vlm_desktop.media import decode as decode_module
from vlm_desktop.media.decode import decode_file, load_pixels
from vlm_desktop.media.source import content_hash, read_source


def save(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("kind", "options", "most"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}, 3.0),
        ("JPEG", {"progressive": True, "quality": 95}, 3.0),
        ("PNG", {}, 0.0),
        ("GIF", {}, 3.0),
        ("BMP", {}, 0.0),
        ("TIFF", {"compression": "tiff_lzw"}, 0.0),
        ("TIFF", {"compression": "jpeg"}, 5.0),
        ("WEBP", {"lossless": True}, 0.0),
        ("AVIF", {"quality": 90}, 6.0),
        ("JPEG2000", {}, 1.0),
        ("PPM", {}, 0.0),
        ("QOI", {}, 0.0),
        ("TGA", {}, 0.0),
    ],
)
def test_formats(tmp_path: Path, kind: str, options: dict[str, object], most: float) -> None:
    path = save(
        tmp_path, "a.tga" if kind == "TGA" else "a.bin", encoded(picture(), kind, **options)
    )
    found = decoded(path)
    assert found.format == kind
    assert found.kind is MediaKind.PHOTO
    assert found.pages[0].size == Size(320, 240)
    assert found.pages[0].pixels.dtype == np.uint8
    assert found.pages[0].pixels.flags.c_contiguous
    assert difference(found.pages[0].pixels, picture()) <= most


@pytest.mark.parametrize("orientation", range(10))
def test_all_orientations_come_out_upright(tmp_path: Path, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture()
    if orientation in turns:
        stored = stored.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path, "a.jpg", encoded(stored, "JPEG", exif=exif, quality=95))
    found = decoded(path)
    assert found.pages[0].size == Size(320, 240)
    assert difference(found.pages[0].pixels, picture()) < 3
    assert found.metadata.orientation == (orientation if 1 <= orientation <= 8 else 1)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_orientation_counts_in_other_formats(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = picture().transpose(Image.Transpose.ROTATE_90)
    found = decoded(save(tmp_path, "a", encoded(stored, kind, exif=exif)))
    assert found.pages[0].size == Size(320, 240)
    assert difference(found.pages[0].pixels, picture()) < 6


def test_sixteen_bit_grey_keeps_its_range(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(8, 0)
    for kind in ("PNG", "TIFF", "PPM"):
        found = decoded(save(tmp_path, "a", encoded(Image.fromarray(ramp), kind)))
        row = found.pages[0].pixels[0, :, 0].astype(int)
        assert np.abs(row - np.arange(256)).max() <= 1


def test_floating_point_grey_keeps_its_range(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None, :].repeat(8, 0)
    found = decoded(save(tmp_path, "a.tif", encoded(Image.fromarray(ramp), "TIFF")))
    row = found.pages[0].pixels[0, :, 0].astype(int)
    assert np.abs(row - np.arange(256)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_modes(tmp_path: Path, mode: str) -> None:
    image = picture().convert(mode)
    kind = "TIFF" if mode == "CMYK" else "PNG"
    found = decoded(save(tmp_path, "a", encoded(image, kind)))
    assert difference(found.pages[0].pixels, image.convert("RGB")) < 3


def test_transparency_shows_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 20, 40))
    half = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    palette = clear.quantize(8)
    for image, kind in ((clear, "PNG"), (clear, "WEBP"), (palette, "PNG"), (clear, "GIF")):
        pixels = decoded(save(tmp_path, "a", encoded(image, kind))).pages[0].pixels
        assert tuple(pixels[20, 35]) == (255, 255, 255)
        assert pixels[20, 5, 0] > 240
        assert pixels[20, 5, 1] < 15
    grey = decoded(save(tmp_path, "a", encoded(half, "PNG"))).pages[0].pixels
    assert np.abs(grey.astype(int) - 127).max() <= 1


def test_adobe_cmyk_is_not_a_negative(tmp_path: Path) -> None:
    image = picture().convert("CMYK")
    found = decoded(save(tmp_path, "a.jpg", encoded(image, "JPEG", quality=95)))
    assert difference(found.pages[0].pixels, image.convert("RGB")) < 5


def test_lab_becomes_srgb(tmp_path: Path) -> None:
    lab = ImageCms.profileToProfile(
        picture(),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None
    found = decoded(save(tmp_path, "a.tif", encoded(lab, "TIFF")))
    assert difference(found.pages[0].pixels, picture()) < 4


def test_a_profile_is_applied_and_a_broken_one_ignored(tmp_path: Path) -> None:
    plain = decoded(save(tmp_path, "a.png", encoded(picture(), "PNG"))).pages[0].pixels
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = bytearray(srgb)  # red and blue primaries exchanged: a profile that must show
    red, blue = swapped.find(b"rXYZ"), swapped.find(b"bXYZ")
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    named = bytes(swapped).replace("sRGB".encode("utf-16-be"), "xxxx".encode("utf-16-be"))
    for profile, same in ((srgb, True), (b"rubbish", True), (srgb[:200], True), (named, False)):
        data = encoded(picture(), "PNG", icc_profile=profile)
        pixels = decoded(save(tmp_path, "b.png", data)).pages[0].pixels
        assert np.array_equal(pixels, plain) is same


def test_animations_give_their_first_frame(tmp_path: Path) -> None:
    frames = [picture(), picture().rotate(180)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert difference(decoded(save(tmp_path, "a", data)).pages[0].pixels, picture()) < 6


def test_multi_picture_jpegs_give_their_main_picture(tmp_path: Path) -> None:
    data = encoded(picture(), "MPO", save_all=True, append_images=[picture().rotate(180)])
    found = decoded(save(tmp_path, "a.jpg", data))
    assert found.format == "MPO"
    assert difference(found.pages[0].pixels, picture()) < 6


@pytest.mark.parametrize(
    ("size", "short"), [((1600, 1200), 300), ((4000, 3000), 375), ((300, 200), 200)]
)
def test_jpegs_are_scaled_while_decoding(tmp_path: Path, size: tuple[int, int], short: int) -> None:
    found = decoded(save(tmp_path, "a.jpg", encoded(picture(*size), "JPEG")))
    assert min(found.pages[0].pixels.shape[:2]) == short
    assert found.pages[0].size == Size(*size)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "JPEG2000"])
@pytest.mark.parametrize("size", [(1000, 700), (257, 900), (513, 513), (2100, 640)])
def test_pixels_keep_the_shorter_side(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    found = decoded(save(tmp_path, "a", encoded(picture(*size), kind)), min_side=256)
    assert 256 <= min(found.pages[0].pixels.shape[:2]) <= 768
    assert quarters(found.pages[0].pixels)[0][0] > 200


@pytest.mark.parametrize("resolutions", [1, 2, 6])
def test_jpeg2000_with_few_resolutions(tmp_path: Path, resolutions: int) -> None:
    data = encoded(picture(1600, 1200), "JPEG2000", num_resolutions=resolutions)
    found = decoded(save(tmp_path, "a.jp2", data))
    assert found.pages[0].size == Size(1600, 1200)
    assert found.pages[0].pixels.shape == (300, 400, 3)
    assert difference(found.pages[0].pixels, picture(400, 300)) < 2


def test_an_endless_strip_is_shrunk(tmp_path: Path) -> None:
    found = decoded(save(tmp_path, "a.png", encoded(Image.new("L", (40000, 40)), "PNG")))
    assert found.pages[0].pixels.shape == (16, 16384, 3)


def test_thumbnails_shrink_and_never_grow(tmp_path: Path) -> None:
    large = save(tmp_path, "a.jpg", encoded(picture(1600, 1200), "JPEG"))
    small = save(tmp_path, "b.png", encoded(picture(64, 48), "PNG"))
    assert Image.open(io.BytesIO(decoded(large).thumbnail)).size == (400, 300)
    assert Image.open(io.BytesIO(decoded(large, thumbnail_side=100).thumbnail)).size == (100, 75)
    assert Image.open(io.BytesIO(decoded(small).thumbnail)).size == (64, 48)
    assert decoded(small, thumbnail_side=0).thumbnail == b""


def test_hashes(tmp_path: Path) -> None:
    data = encoded(picture(), "JPEG")
    exif = Image.Exif()
    exif[0x010E] = "another caption"
    first = decoded(save(tmp_path, "a.jpg", data))
    retagged = decoded(save(tmp_path, "b.jpg", with_segments(data, b"\xff\xfe\x00\x06note")))
    other = decoded(save(tmp_path, "c.png", encoded(picture().rotate(180), "PNG")))
    smaller = decoded(save(tmp_path, "d.jpg", encoded(picture(160, 120), "JPEG")))
    assert first.content_hash == content_hash(data)
    assert len(first.content_hash) == 40
    assert retagged.content_hash != first.content_hash
    assert retagged.pixel_hash == first.pixel_hash
    assert other.pixel_hash != first.pixel_hash
    assert other.perceptual_hash != first.perceptual_hash
    assert smaller.perceptual_hash == first.perceptual_hash
    assert smaller.pixel_hash != first.pixel_hash
    assert len(first.perceptual_hash) == 16


def test_known_contents_are_not_decoded(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jpg", b"not a picture at all")
    hashes = frozenset({content_hash(path.read_bytes())})
    outcome = decode_file(DecodeRequest(path, skip_hashes=hashes), LIMITS)
    status = path.stat()
    assert outcome == KnownFile(path, *hashes, status.st_size, status.st_mtime_ns)


def test_refusals_of_files_that_cannot_be_read(tmp_path: Path) -> None:
    empty = save(tmp_path, "empty.jpg", b"")
    fifo = tmp_path / "pipe.jpg"
    if hasattr(os, "mkfifo"):
        os.mkfifo(fifo)
        assert refused(fifo).reason is Refusal.UNREADABLE
    assert refused(empty).reason is Refusal.EMPTY
    assert refused(tmp_path / "gone.jpg").reason is Refusal.VANISHED
    assert refused(tmp_path).reason is Refusal.UNREADABLE
    assert refused(tmp_path / ("x" * 300)).reason is Refusal.PATH_TOO_LONG
    assert refused(Path("a\x00b.jpg")).reason is Refusal.UNREADABLE


def test_a_forbidden_file_is_unreadable(ordinary_user: Path) -> None:
    path = save(ordinary_user, "a.jpg", encoded(picture(), "JPEG"))
    path.chmod(0)
    assert refused(path).reason is Refusal.UNREADABLE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"just some words", Refusal.NOT_AN_IMAGE),
        (b"8BPS\x00\x01" + bytes(30), Refusal.UNSUPPORTED),
        (b"\xff\xd8\xff\xe0" + bytes(30), Refusal.CORRUPT),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), Refusal.CORRUPT),
        (b"GIF89a" + bytes(3), Refusal.CORRUPT),
        (b"%PDF-1.7\nnothing", Refusal.CORRUPT),
        (b"II*\x00\x08\x00\x00\x00", Refusal.CORRUPT),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Refusal.CORRUPT),
        (b"FUJIFILMCCD-RAW 0201" + bytes(200), Refusal.NO_PREVIEW),
    ],
)
def test_refusals_of_bad_contents(tmp_path: Path, data: bytes, reason: Refusal) -> None:
    path = save(tmp_path, "a.jpg", data)
    outcome = refused(path)
    assert outcome.reason is reason
    assert outcome.content_hash == content_hash(data)
    assert outcome.size_bytes == len(data)
    assert outcome.mtime_ns == path.stat().st_mtime_ns


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_cut_file_is_refused(tmp_path: Path, kind: str, part: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    assert refused(save(tmp_path, "a", data[: int(len(data) * part)])).reason is Refusal.CORRUPT


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", encoded(Image.new("L", (2000, 1000)), "PNG"))
    outcome = refused(path, DecodeLimits(max_pixels=1_999_999))
    assert (outcome.reason, outcome.detail) == (Refusal.TOO_MANY_PIXELS, "2000 x 1000 pixels")
    assert decoded(path).pages[0].size == Size(2000, 1000)


def test_a_file_that_changes_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path, "a.jpg", encoded(picture(), "JPEG"))
    before = path.stat()
    real = decode_module.read_pages

    def grow_first(*arguments: object) -> object:
        with path.open("ab") as file:
            file.write(b"more")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(decode_module, "read_pages", grow_first)
    outcome = decode_file(DecodeRequest(path), LIMITS)
    assert isinstance(outcome, RefusedFile)
    assert outcome.reason is Refusal.CHANGING
    assert (outcome.size_bytes, outcome.mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_files_too_large_to_hold_in_memory_are_read_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    for kind, name in (("JPEG", "a.jpg"), ("TIFF", "a.tif"), ("PNG", "a.png"), ("PDF", "a.pdf")):
        options = {} if kind == "PDF" else {"exif": exif}
        path = save(tmp_path, name, encoded(picture(), kind, **options))
        whole = decoded(path)
        with monkeypatch.context() as patched:
            patched.setattr(
                decode_module, "read_source", functools.partial(read_source, whole_file_bytes=100)
            )
            streamed = decoded(path)
        assert streamed.content_hash == whole.content_hash
        assert streamed.pixel_hash == whole.pixel_hash
        assert streamed.metadata == whole.metadata


def test_load_pixels(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", encoded(picture(1000, 800), "PNG"))
    assert load_pixels(path, min_side=800, limits=LIMITS).pixels.shape == (800, 1000, 3)
    assert load_pixels(path, min_side=100, limits=LIMITS).pixels.shape == (100, 125, 3)
    with pytest.raises(MediaRefused) as caught:
        load_pixels(tmp_path / "none", min_side=100, limits=LIMITS)
    assert caught.value.reason is Refusal.VANISHED


def test_global_limits_are_put_back(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    decoded(save(tmp_path, "a.png", encoded(picture(), "PNG")))
    refused(save(tmp_path, "b.png", b"\x89PNG\r\n\x1a\n"))
    assert before == Image.MAX_IMAGE_PIXELS
