"""The folder of the model that is taught, and what a run card says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.backends.shelf import folder_card
from vlm_desktop.base.errors import ModelNotInstalled
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.training.learners.protocol import BaseModel

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.training.spec import Recipe


def model_folder(home: Path, model: str) -> Path:
    """Where a model lies: with the program, or among what was downloaded. Raises
    ModelNotInstalled."""
    for parent in (bundled("models"), home / "models"):
        folder = parent / model
        if model and folder.is_dir() and folder.parent == parent:
            return folder
    raise ModelNotInstalled(model=model)


def refuse_unheard(recipe: Recipe) -> None:
    """Refuse what a recipe asks for and the starter's small networks have no use for, instead of
    passing over it in silence. Raises RecipeWrong."""
    method = recipe.method
    asked = {
        "[method] quantised": method.quantised,
        "[method] image_tokens": method.image_tokens,
        "[run] checkpointing": recipe.run.checkpointing,
    }
    for key, is_asked in asked.items():
        if is_asked:
            raise RecipeWrong(key=key, detail=f"means nothing for the kind {recipe.model.kind}")


def base_of(folder: Path, model: str, revision: str, family: str) -> BaseModel:
    """What is taught upon."""
    return BaseModel(model, revision, folder_card(folder, "installed").licence, family)
