"""The folder of the model that is taught, and what a run card says of it."""

from __future__ import annotations

import tomllib
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


def encoder_revision(folder: Path) -> str:
    """Changes with the towers of an ONNX pair: the sums that its model.toml names. "" without."""
    try:
        said = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    sums = said.get("sha256", {})
    return "".join(str(sums.get(name, ""))[:12] for name in ("image.onnx", "text.onnx"))
