"""What of a model that answers is trained: the names in a recipe, found in its real module tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch

from vlm_desktop.backends.chat.parts import (
    HEAD,
    LANGUAGE,
    PROJECTOR,
    VISION,
    part_of,
    vision_blocks,
)
from vlm_desktop.base.trainerrors import NothingTrainable, RecipeWrong
from vlm_desktop.training.learners.lowrank import Chosen

if TYPE_CHECKING:
    from vlm_desktop.training.spec import MethodPart

EVERYTHING = "full"
_KEY = "[method] targets"
_TAUGHT = (LANGUAGE, PROJECTOR, VISION, HEAD)
_LAST = re.compile(r"vision-last-([1-9]\d*)")
_KNOWN = (LANGUAGE, PROJECTOR, VISION, "vision-last-N", HEAD, EVERYTHING)


def is_full(method: MethodPart) -> bool:
    """Whether weights themselves are trained, instead of what is added to them."""
    return method.full or EVERYTHING in method.targets


def chosen_of(network: Any, method: MethodPart, model: str) -> Chosen:
    """The modules that a recipe asks for by component, its language model where it names none.

    Of the image tower only layers whose output is used are taken, of the rest by low rank only
    linear layers. Raises NothingTrainable, RecipeWrong.
    """
    targets = method.targets or (LANGUAGE,)
    wanted: dict[str, tuple[str, ...] | None] = {}
    for target in targets:
        last = _LAST.fullmatch(target)
        if last:
            wanted[VISION] = _last_blocks(network, int(last[1]), target)
        elif target == EVERYTHING:
            wanted = dict.fromkeys(_TAUGHT)
        elif target in _TAUGHT:
            wanted[target] = None if is_full(method) or target != VISION else vision_blocks(network)
        else:
            raise NothingTrainable(model=model, targets=", ".join(_KNOWN))
    found = {
        part: _modules(network, part, blocks, full=is_full(method))
        for part, blocks in wanted.items()
    }
    empty = [part for part, names in found.items() if not names and part != HEAD]
    if empty:
        detail = f'has "{empty[0]}", which has no linear layers here; [method] full trains it whole'
        raise RecipeWrong(key=_KEY, detail=detail)
    return Chosen({part: names for part, names in found.items() if names})


def _last_blocks(network: Any, count: int, target: str) -> tuple[str, ...]:
    blocks = vision_blocks(network)
    if count > len(blocks):
        detail = f'has "{target}", and the image tower has {len(blocks)} layers that are used'
        raise RecipeWrong(key=_KEY, detail=detail)
    return blocks[-count:]


def _modules(
    network: Any, part: str, below: tuple[str, ...] | None, *, full: bool
) -> tuple[str, ...]:
    """Linear layers of a part, or for `full` all modules with weights of their own."""
    inside = tuple(f"{one}." for one in below or ("",)) if below is not None else ("",)
    return tuple(
        name
        for name, one in network.named_modules()
        if name
        and part_of(name) == part
        and f"{name}.".startswith(inside)
        and (bool(one._parameters) if full else isinstance(one, torch.nn.Linear))
    )
