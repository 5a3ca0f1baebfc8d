"""Training's data over the real engine in a temporary home; pictures are decoded for real."""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.fakes import make_photo
from tests.flow.engine.conftest import drive, encoder, open_services, pool, reader, services
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.training import Example, Exchange
from vlm_desktop.base.trainingdata import ExamplesRead, TrainSource
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
