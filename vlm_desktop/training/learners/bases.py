"""The folder of the model that is taught, and what a run card says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.backends.shelf import folder_card
from vlm_desktop.base.errors import ModelNotInstalled
from vlm_desktop.base.paths import bundled
from vlm_desktop.training.learners.protocol import BaseModel

if TYPE_CHECKING:
    from pathlib import Path


def model_folder(home: Path, model: str) -> Path:
    """Where a model lies: with the program, or among what was downloaded. Raises
    ModelNotInstalled."""
    for parent in (bundled("models"), home / "models"):
        folder = parent / model
        if model and folder.is_dir() and folder.parent == parent:
            return folder
    raise ModelNotInstalled(model=model)


def base_of(folder: Path, model: str, revision: str, family: str) -> BaseModel:
    """What is taught upon."""
    return BaseModel(model, revision, folder_card(folder, "installed").licence, family)
