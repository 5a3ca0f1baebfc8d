"""Real and hostile files: each has an outcome, and the good ones are right."""

import json
import random
import time
from pathlib import Path

import numpy as np
import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodeLimits,
    DecodeOutcome,
    DecodeRequest,
    MediaKind,
    RefusedFile,
)
from vlm_desktop.media.decode import decode_file
from vlm_desktop.media.pool import DecodePool

FOLDERS = ("torture_sharp", "torture_image_rs", "exif_orientation", "meta_immich")
LIMITS = DecodeLimits()


@pytest.fixture(scope="module")
def outcomes(shared_data: Path) -> dict[str, DecodeOutcome]:
    """Every file of the four folders, decoded in one run."""
    paths = [
        path
        for folder in FOLDERS
        for path in (shared_data / folder / "files").rglob("*")
        if path.is_file()
    ]
    with DecodePool(2, LIMITS) as pool:
        found = list(pool.decode(map(DecodeRequest, paths), CancelToken()))
    assert sorted(outcome.path for outcome in found) == sorted(paths)
    return {outcome.path.relative_to(shared_data).as_posix(): outcome for outcome in found}


def manifest(shared_data: Path, folder: str) -> list[dict[str, object]]:
    lines = (shared_data / folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_no_decoder_crashes_hangs_or_eats_memory(outcomes: dict[str, DecodeOutcome]) -> None:
    refusals = {
        name: outcome.reason
        for name, outcome in outcomes.items()
        if isinstance(outcome, RefusedFile)
    }
    expected = {
        Refusal.UNSUPPORTED,
        Refusal.CORRUPT,
        Refusal.NOT_AN_IMAGE,
        Refusal.TOO_MANY_PIXELS,
    }
    assert set(refusals.values()) == expected
    assert len(outcomes) - len(refusals) >= 284


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_that_are_known_to_be_good_decode(
    shared_data: Path, outcomes: dict[str, DecodeOutcome], folder: str
) -> None:
    for entry in manifest(shared_data, folder):
        outcome = outcomes[f"{folder}/{entry['file']}"]
        if entry["pillow"] != "ok":
            continue
        assert isinstance(outcome, DecodedFile), outcome
        size = outcome.pages[0].size
        assert sorted((size.width, size.height)) == sorted(entry["size"])  # type: ignore[call-overload]
        assert outcome.thumbnail.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("torture_sharp/files/truncated.jpg", Refusal.CORRUPT),
        ("torture_sharp/files/truncated.png", Refusal.CORRUPT),
        ("torture_sharp/files/corrupt-header.jpg", Refusal.CORRUPT),
        ("torture_sharp/files/65536-uint32-limit.png", Refusal.TOO_MANY_PIXELS),
        ("torture_sharp/files/check.svg", Refusal.UNSUPPORTED),
        ("meta_immich/files/formats/jxl/8bit-sRGB.jxl", Refusal.UNSUPPORTED),
        ("torture_image_rs/files/bad/bmp/Bad_reallybig.bmp", Refusal.TOO_MANY_PIXELS),
        ("torture_image_rs/files/images/tiff/testsuite/rgb32f_color.tiff", Refusal.UNSUPPORTED),
        ("meta_immich/files/README.md", Refusal.NOT_AN_IMAGE),
    ],
)
def test_refusals_have_their_reason(
    outcomes: dict[str, DecodeOutcome], name: str, reason: Refusal
) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, RefusedFile)
    assert outcome.reason is reason


@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_all_orientations_give_the_same_upright_picture(
    outcomes: dict[str, DecodeOutcome], shape: str
) -> None:
    pictures = []
    for number in range(9):
        outcome = outcomes[f"exif_orientation/files/{shape}_{number}.jpg"]
        assert isinstance(outcome, DecodedFile)
        assert outcome.metadata.orientation == max(number, 1)
        pictures.append(outcome.pages[0].pixels.astype(np.int16))
    for picture in pictures:
        assert picture.shape == pictures[1].shape
        # only the number printed in the middle differs
        assert np.abs(picture - pictures[1]).mean() < 5


def test_colours_survive_every_way_to_store_them(outcomes: dict[str, DecodeOutcome]) -> None:
    def average(name: str) -> np.ndarray:
        outcome = outcomes[f"torture_sharp/files/{name}"]
        assert isinstance(outcome, DecodedFile)
        return outcome.pages[0].pixels.mean((0, 1))

    flag = average("Flag_of_the_Netherlands.png")
    assert np.abs(average("Flag_of_the_Netherlands-16bit.png") - flag).max() < 2
    with_profile = average("Channel_digital_image_CMYK_color.jpg")
    without = average("Channel_digital_image_CMYK_color_no_profile.jpg")
    assert np.abs(with_profile - without).max() < 40
    red = average("fogra-0-100-100-0.tif")
    assert red[0] > 200
    assert red[1:].max() < 40
    grass = average("cielab-dagams.tiff")
    assert grass[1] > grass[0] > grass[2]


def test_pdf_pages_have_pictures_and_text(shared_data: Path) -> None:
    for path in sorted((shared_data / "invoice2data_samples" / "pdfs").glob("*.pdf")):
        outcome = decode_file(DecodeRequest(path), LIMITS)
        assert isinstance(outcome, DecodedFile)
        assert outcome.kind is MediaKind.PDF
        for number, page in enumerate(outcome.pages, 1):
            assert page.number == number
            assert min(page.pixels.shape[:2]) >= 256
            assert page.pixels.std() > 5
            assert len(page.text) > 100


def test_damaged_files_never_take_the_pool_down(shared_data: Path, tmp_path: Path) -> None:
    """Fuzzing: flip, cut and repeat bytes of good files of every format."""
    chance = random.Random(11)
    seeds = sorted(
        path
        for folder in FOLDERS
        for path in (shared_data / folder / "files").rglob("*")
        if path.is_file() and path.stat().st_size < 120_000
    )
    seeds += sorted((shared_data / "invoice2data_samples" / "pdfs").glob("*.pdf"))[:3]
    paths = []
    for number in range(150):
        seed = chance.choice(seeds)
        data = bytearray(seed.read_bytes())
        for _ in range(chance.choice((1, 4, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            data = data[: chance.randrange(1, len(data) + 1)]
        path = tmp_path / f"{number}{seed.suffix}"
        path.write_bytes(data)
        paths.append(path)
    start = time.monotonic()
    with DecodePool(2, DecodeLimits(seconds=10, max_pixels=50_000_000)) as pool:
        found = list(pool.decode(map(DecodeRequest, paths), CancelToken()))
    assert sorted(outcome.path for outcome in found) == sorted(paths)
    assert time.monotonic() - start < 60
