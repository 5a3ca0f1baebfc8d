"""What the program says of itself: its parts and models with their licences, facts for a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.engine.doctor import DoctorReport
from vlm_desktop.engine.licences import Part, parts
from vlm_desktop.engine.sizes import Sizes


@dataclass(frozen=True, slots=True)
class AboutParts:
    """Where data lies; the packages and the models on this disk, with their licences."""

    home: Path
    log_folder: Path
    parts: tuple[Part, ...]
    models: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What a report of a problem needs. `files` counts by state, or says why it cannot."""

    doctor: DoctorReport
    settings: Settings
    sizes: Sizes
    files: str


def about_parts(paths: HomePaths, cards: Sequence[ModelCard]) -> AboutParts:
    """Read the metadata of all parts: small files only."""
    models = [
        Part(card.name, card.revision[:12], card.licence) for card in cards if card.path is not None
    ]
    return AboutParts(paths.home, paths.log.parent, parts(), tuple(models))
