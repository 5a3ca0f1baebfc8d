"""Huge pictures, read in strips, are what they would be when read whole."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import Box, DecodedPage, DecodeLimits
from vlm_desktop.media import pictures, pngstrips, strips, tiffstrips
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.source import read_source

_PIXELS = np.random.default_rng(0).integers(0, 255, (403, 301, 3), dtype=np.uint8)
_REGION = Box(10, 20, 200, 280)


def read(path: Path, wish: Wish, name: str) -> DecodedPage:
    return pictures.read_picture(read_source(path), name, wish, DecodeLimits()).pages[0]


@pytest.fixture
def in_strips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every picture counts as large, and runs are a few rows; the list tells what was done."""
    done: list[str] = []
    original = strips.read_by_strips

    def noted(*arguments: object) -> Image.Image | None:
        made = original(*arguments)  # type: ignore[arg-type]
        done.append("strips" if made is not None else "whole")
        return made

    monkeypatch.setattr(strips, "LARGE_BYTES", 10)
    monkeypatch.setattr(pngstrips, "_RUN_BYTES", 5_000)
    monkeypatch.setattr(tiffstrips, "_RUN_BYTES", 40_000)
    monkeypatch.setattr(pictures, "read_by_strips", noted)
    return done


def modes() -> dict[str, Image.Image]:
    image = Image.fromarray(_PIXELS)
    alpha = image.copy()
    alpha.putalpha(Image.fromarray(_PIXELS[:, :, 1]))
    return {
        "RGB": image,
        "L": image.convert("L"),
        "RGBA": alpha,
        "LA": alpha.convert("LA"),
        "P": image.quantize(64),
        "1": image.convert("1"),
    }


@pytest.mark.parametrize("mode", modes())
@pytest.mark.parametrize("wish", [Wish(50), Wish(301, region=_REGION)], ids=["page", "region"])
def test_png_in_strips(mode: str, wish: Wish, in_strips: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    modes()[mode].save(path)
    cut = read(path, wish, "PNG")
    assert in_strips == ["strips"]
    strips.LARGE_BYTES = 1 << 40  # put back by the fixture's monkeypatch
    whole = read(path, wish, "PNG")
    assert (cut.size, cut.region) == (whole.size, whole.region)
    assert np.array_equal(cut.pixels, whole.pixels)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("wish", [Wish(50), Wish(301, region=_REGION)], ids=["page", "region"])
def test_tiff_in_strips(
    compression: str, mode: str, wish: Wish, in_strips: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.tif"
    extra = {} if compression == "raw" else {"compression": compression}
    modes()[mode].save(path, **extra)
    cut = read(path, wish, "TIFF")
    assert in_strips == ["strips"]
    strips.LARGE_BYTES = 1 << 40
    whole = read(path, wish, "TIFF")
    assert (cut.size, cut.region) == (whole.size, whole.region)
    assert np.array_equal(cut.pixels, whole.pixels)


def test_one_long_deflated_strip_is_cut(in_strips: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(_PIXELS).save(
        path, compression="tiff_adobe_deflate", tiffinfo={278: 403, 317: 2}
    )
    cut = read(path, Wish(50), "TIFF")
    assert in_strips == ["strips"]
    assert np.array_equal(cut.pixels, np.asarray(Image.fromarray(_PIXELS).reduce(6)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_turned_pictures_in_strips(
    orientation: int, suffix: str, in_strips: list[str], tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(_PIXELS).save(path, exif=exif)
    name = "PNG" if suffix == "png" else "TIFF"
    cut = read(path, Wish(301, region=_REGION), name)
    assert in_strips == ["strips"]
    strips.LARGE_BYTES = 1 << 40
    whole = read(path, Wish(301, region=_REGION), name)
    assert (cut.size, cut.region) == (whole.size, _REGION)
    assert np.array_equal(cut.pixels, whole.pixels)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_file_that_ends_early_is_refused(
    suffix: str, in_strips: list[str], tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(_PIXELS).save(path)
    data = path.read_bytes()
    # A TIFF of Pillow has its directory first, so half of the file still opens.
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(MediaRefused) as refused:
        read(path, Wish(50), "PNG" if suffix == "png" else "TIFF")
    assert refused.value.reason is Refusal.CORRUPT


def test_an_interlaced_png_is_read_whole(in_strips: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(_PIXELS).save(path)
    data = bytearray(path.read_bytes())
    data[28] = 1  # only says so: what matters is that it is not taken apart
    assert pngstrips.png_strips(io.BytesIO(bytes(data)), 403) is None
