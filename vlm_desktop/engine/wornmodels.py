"""Models by ids that name the adapters they wear, such as "starter+shop@0.8"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import worn_name
from vlm_desktop.backends.adapters.opening import split_worn
from vlm_desktop.base.adapters import AdapterState, Wearer
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.trainerrors import StrengthWrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vlm_desktop.backends.registry import Registry
    from vlm_desktop.base.adapters import AdapterInfo


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


def ids_with_each(base: str, adapters: Sequence[AdapterInfo]) -> list[str]:
    """Ids of a model that answers with each adapter on that it can wear, as strong as it is worn
    now, else as it was taught."""
    return [
        worn_name(base, ((one.id, one.worn or 1.0),))
        for one in adapters
        if one.base == base and one.wearer is Wearer.ANSWERS and one.state is AdapterState.SOUND
    ]


def dressed_name(base: str, model_id: str, names: Mapping[str, str]) -> str:
    """What people call a model with adapters on: "Starter + Shop (80 %)". `names` are those of
    adapters by their ids, `base` is the model's own."""
    try:
        _, worn = split_worn(model_id)
    except StrengthWrong:  # settings can be edited by hand
        return base
    told = (
        names.get(one, one) + ("" if strength == 1 else f" ({strength:.0%})".replace("%", " %"))
        for one, strength in worn
    )
    return " + ".join([base, *told])
