"""Models by ids that name the adapters they wear, such as "starter+shop@0.8"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.base.errors import AppError

if TYPE_CHECKING:
    from vlm_desktop.backends.registry import Registry


def encoder_to_open(registry: Registry, wished: str, model_id: str) -> str:
    """Which encoder reads texts for the vectors of a model: the wished one, where it is that model
    and knows more names, else the model itself."""
    if "+" not in wished or wished == model_id:
        return model_id
    try:
        fits = registry.vectors_id(wished) == model_id
    except AppError:  # an adapter is gone: the rest goes on without
        return model_id
    return wished if fits else model_id


def vectors_to_use(registry: Registry, wished: str) -> str:
    """What the vectors of a wished encoder are kept under. Raises what `Registry.worn` does."""
    return registry.vectors_id(wished) if "+" in wished else wished
