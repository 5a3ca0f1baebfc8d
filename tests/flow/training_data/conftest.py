"""Training's data over the real engine in a temporary home; pictures are decoded for real."""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive, encoder, open_services, pool, reader, services
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.training import Example, Exchange
from vlm_desktop.base.trainingdata import (
    DoctorOfData,
    ExamplesChange,
    ExamplesRead,
    FindingCode,
    TrainFinding,
    TrainSource,
)
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.facade import Training

__all__ = ["drive", "encoder", "open_services", "pool", "reader", "services"]

Result = TypeVar("Result")
COLOURS = ("red", "green", "blue", "yellow")


def done(verb: Generator[Event, None, Result]) -> Result:
    return drive(verb)[1]


def example(image: Path, said: str = "", **more: object) -> Example:
    turns = (Exchange("", said or f"Text of {image.name}"),)
    return Example("", str(image), turns, **more)  # type: ignore[arg-type]


def read_of(*examples: Example) -> ExamplesRead:
    return ExamplesRead(TrainSource.JSONL, None, examples, ())


@pytest.fixture
def training(services: AppServices) -> Training:  # noqa: F811 - a fixture
    return services.training


@pytest.fixture
def shots(tmp_path: Path) -> list[Path]:
    """Four pictures of different colours."""
    return [
        make_photo(tmp_path / "shots" / f"{colour}.jpg", colour, seed=at)
        for at, colour in enumerate(COLOURS)
    ]


@pytest.fixture
def filled(training: Training, shots: list[Path]) -> int:
    """A data set "Mine" with a text for each shot."""
    kept = training.datasets.create("Mine")
    done(training.datasets.add(kept.id, read_of(*map(example, shots)), CancelToken()))
    return kept.id


# --- sets to examine -------------------------------------------------------------------------


def scene(path: Path, seed: int, *, quality: int = 92, orientation: int = 0) -> Path:
    """A picture with a shape of its own: coarse random cells."""
    cells = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(cells).resize((144, 96), Image.Resampling.BICUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    picture.save(path, quality=quality, exif=exif)
    return path


def words(seed: int) -> str:
    names = ("hill", "lake", "tree", "road", "wall", "cloud", "river", "field", "bridge", "tower")
    return f"A {names[seed % 10]} beside a {names[(seed * 3 + 1) % 10]}."


def filled_with(training: Training, *examples: Example) -> int:
    kept = training.datasets.create("Set")
    done(training.datasets.add(kept.id, read_of(*examples), CancelToken()))
    return kept.id


def examined(training: Training, set_id: int, **how: object) -> DoctorOfData:
    return done(training.doctor.examine(set_id, CancelToken(), **how))  # type: ignore[arg-type]


def mended(training: Training, set_id: int, finding: TrainFinding) -> ExamplesChange:
    return done(training.doctor.mend(set_id, finding, CancelToken()))


def one_of(report: DoctorOfData, code: FindingCode) -> TrainFinding:
    (found,) = report.of(code)
    return found
