"""Duplicates in tiers, the copy to keep, and what sets copies apart."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.filework import KeepReason, Tier
from vlm_desktop.base.types import MediaKind, Size
from vlm_desktop.engine.comparing import (
    Copy,
    DuplicateGroup,
    _without_pairs,
    sharpness_of,
    suggest,
)
from vlm_desktop.engine.services import AppServices


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A smooth random picture: each seed another one."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 255, (6, 8, 3), dtype=np.uint8))
    detail = random.integers(-20, 20, (size[1], size[0], 3))
    pixels = np.asarray(small.resize(size, Image.Resampling.BICUBIC)).astype(int) + detail
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "photos"
    for name in ("a", "b", "c"):
        (photos / name).mkdir(parents=True)
    scene(1).save(photos / "a" / "one.jpg", quality=95)
    shutil.copy(photos / "a" / "one.jpg", photos / "b" / "one copy.jpg")
    scene(2).save(photos / "a" / "two.png")
    scene(2).save(photos / "b" / "two again.png", compress_level=1)
    scene(3).save(photos / "a" / "three.jpg", quality=95)
    scene(3).resize((320, 240)).save(photos / "c" / "three small.jpg", quality=90)
    scene(4).save(photos / "c" / "alone.jpg")
    return photos


def groups(services: AppServices, folder: Path) -> tuple[DuplicateGroup, ...]:
    drive(services.index([folder], CancelToken()))
    return drive(services.comparing.groups(CancelToken()))[1]


def test_each_tier_holds_its_groups_and_names_the_copy_to_keep(
    services: AppServices, folder: Path
) -> None:
    found = groups(services, folder)
    told = [
        (group.tier, {copy.path.name for copy in group.copies}, group.copies[group.keep].path.name)
        for group in found
    ]
    assert told[0] == (Tier.IDENTICAL, {"one.jpg", "one copy.jpg"}, "one.jpg")
    assert (Tier.PIXELS, {"two.png", "two again.png"}) == told[1][:2]
    assert told[2] == (Tier.NEAR, {"three.jpg", "three small.jpg"}, "three.jpg")
    assert len(told) == 3
    assert found[0].reason is KeepReason.NAME
    assert found[2].reason is KeepReason.PIXELS


def test_files_that_are_gone_or_offline_are_no_duplicates(
    services: AppServices, folder: Path
) -> None:
    assert len(groups(services, folder)) == 3
    (folder / "b" / "one copy.jpg").unlink()
    assert {group.tier for group in groups(services, folder)} == {Tier.PIXELS, Tier.NEAR}
    folder.rename(folder.with_name("away"))
    assert drive(services.comparing.groups(CancelToken()))[1] == ()


def test_comparing_tells_what_is_known_of_each_copy_and_which_is_sharper(
    services: AppServices, folder: Path
) -> None:
    scene(3).filter(ImageFilter.GaussianBlur(1)).save(folder / "c" / "three small.jpg", quality=90)
    near = groups(services, folder)[-1]
    _, facts = drive(services.comparing.compare(near, CancelToken()))
    by_name = {one.copy.path.name: one for one in facts}
    sharp, soft = by_name["three.jpg"], by_name["three small.jpg"]
    assert sharp.is_there
    assert sharp.changed is not None
    assert sharp.format.lower() == "jpeg"
    assert sharp.sharpness is not None
    assert soft.sharpness is not None
    assert sharp.sharpness > 2 * soft.sharpness
    soft.copy.path.unlink()
    _, again = drive(services.comparing.compare(near, CancelToken()))
    assert [one.is_there for one in again if one.copy.path == soft.copy.path] == [False]


def test_sharpness_falls_with_blur() -> None:
    picture = scene(9)
    values = [
        sharpness_of(np.asarray(picture.filter(ImageFilter.GaussianBlur(radius))))
        for radius in (0, 1, 2, 4)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
    assert sharpness_of(np.zeros((2, 2, 3), np.uint8)) == 0.0


def copy(name: str, **changes: object) -> Copy:
    values: dict[str, object] = {
        "path": Path(name),
        "content_id": 1,
        "size": Size(100, 100),
        "size_bytes": 1000,
        "rating": None,
        "kind": MediaKind.PHOTO,
        "changed_ns": 10**18,
        "has_sidecar": False,
    }
    return Copy(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tier", "left", "right", "kept", "reason"),
    [
        (Tier.NEAR, copy("/a"), copy("/b", kind=MediaKind.RAW), 1, KeepReason.RAW),
        (Tier.NEAR, copy("/a"), copy("/b", size=Size(200, 100)), 1, KeepReason.PIXELS),
        (Tier.NEAR, copy("/a"), copy("/b", has_sidecar=True), 1, KeepReason.SIDECAR),
        (Tier.PIXELS, copy("/a"), copy("/b", rating=4), 1, KeepReason.RATING),
        (Tier.NEAR, copy("/a"), copy("/b", size_bytes=2000), 1, KeepReason.BYTES),
        (Tier.PIXELS, copy("/a"), copy("/b", size_bytes=2000), 0, KeepReason.FIRST),
        (Tier.IDENTICAL, copy("/x (1).jpg"), copy("/x.jpg"), 1, KeepReason.NAME),
        (Tier.IDENTICAL, copy("/x - Kopie.jpg"), copy("/y.jpg"), 1, KeepReason.NAME),
        (Tier.IDENTICAL, copy("/a"), copy("/b", changed_ns=10**17), 1, KeepReason.OLDER),
        (Tier.IDENTICAL, copy("/a/b/c"), copy("/z"), 1, KeepReason.PLACE),
    ],
)
def test_why_a_copy_is_kept(
    tier: Tier, left: Copy, right: Copy, kept: int, reason: KeepReason
) -> None:
    assert suggest(tier, [left, right]) == (kept, reason)


def test_a_raw_and_the_jpeg_beside_it_are_one_photo() -> None:
    assert _without_pairs({7: 8}, [7, 8, 9]) == [7, 9]
    assert _without_pairs({7: 8}, [8, 9]) == [8, 9]
