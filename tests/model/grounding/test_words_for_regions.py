"""Words for regions with the bundled starter on real photos: names, colours, descriptions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import DescriptionLength, GroundPicture
from vlm_desktop.base.types import Box, Size
from vlm_desktop.compose import build_services
from vlm_desktop.engine.ground.naming import Naming, nouns
from vlm_desktop.engine.services import AppServices

PHOTOS = 40
ALIKE = {
    "person": {"man", "woman", "boy", "girl", "child", "baby"},
    "cup": {"mug", "drink"},
    "potted plant": {"bush", "flower", "tree"},
    "dining table": {"desk"},
    "handbag": {"backpack", "suitcase"},
    "truck": {"car"},
    "boat": {"ship"},
}
"""Other nouns that are right, too."""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServices]:
    built = build_services(tmp_path_factory.mktemp("home"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def objects(shared_data: Path) -> list[dict[str, Any]]:
    """Single objects of COCO photos that take a twentieth of the picture at least."""
    table = (shared_data / "coco_photos" / "grounding.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in table.splitlines()]
    some = [row for row in rows if row["kind"].startswith("only") and row["area_fraction"] >= 0.05]
    return [{**row, "path": shared_data / "coco_photos" / row["image"]} for row in some[:PHOTOS]]


def opened(row: dict[str, Any]) -> GroundPicture:
    pixels = np.asarray(Image.open(row["path"]).convert("RGB"))
    return GroundPicture(row["path"], row["image"], Size(pixels.shape[1], pixels.shape[0]), pixels)


def test_half_of_the_objects_bear_their_name_among_three(
    services: AppServices, objects: list[dict[str, Any]]
) -> None:
    naming = Naming(services.encoders, lambda: "starter")
    right = 0
    for row in objects:
        noun = row["phrase"].removeprefix("the ")
        names = naming.names(opened(row), Box(*row["box"]), CancelToken())
        right += any(one.noun in {noun, *ALIKE.get(noun, ())} for one in names)
    assert right >= PHOTOS / 2


def test_nouns_are_said_once(services: AppServices) -> None:
    assert len(set(nouns())) == len(nouns()) >= 150


def test_three_lengths_say_ever_more(services: AppServices, objects: list[dict[str, Any]]) -> None:
    row = objects[0]
    picture = services.ground.pictures.load(row["path"], CancelToken())
    short, medium, long = (
        services.ground.expressions.describe(picture, Box(*row["box"]), length, CancelToken())
        for length in DescriptionLength
    )
    assert short.split()[-1] in " ".join(nouns())
    assert medium.endswith(".")
    assert long.startswith(medium)
    assert "of the picture" in long
