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
_PORTIONS = (1, 2, 4, 8)
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
    portions = [_LAST.fullmatch(one) for one in targets]
    if any(one not in _TAUGHT and one != EVERYTHING and last is None
           for one, last in zip(targets, portions, strict=True)):  # fmt: skip
        raise NothingTrainable(model=model, targets=", ".join(_KNOWN))
    last = max((int(one[1]) for one in portions if one), default=0)
    parts = _TAUGHT if EVERYTHING in targets else tuple(one for one in _TAUGHT if one in targets)
    full = is_full(method)
    found = {part: _modules(network, part, full=full) for part in parts}
    if last and VISION not in parts:
        found[VISION] = _modules(network, VISION, full=full, below=_last_blocks(network, last))
    empty = [part for part, names in found.items() if not names and (part != HEAD or not full)]
    if empty:
        detail = f'has "{empty[0]}", which has no linear layers here; [method] full trains it whole'
        raise RecipeWrong(key=_KEY, detail=detail)
    return Chosen({part: names for part, names in found.items() if names})


def offered(network: Any, method: MethodPart) -> tuple[str, ...]:
    """What a recipe may name of a network, apart from everything."""
    full = is_full(method)
    parts = [part for part in _TAUGHT if _modules(network, part, full=full)]
    count = len(vision_blocks(network))
    last = [f"vision-last-{number}" for number in _PORTIONS if number < count]
    return (*parts, *last)


def _last_blocks(network: Any, count: int) -> tuple[str, ...]:
    blocks = vision_blocks(network)
    if count > len(blocks):
        detail = f'has "vision-last-{count}", and {len(blocks)} layers of the image tower are used'
        raise RecipeWrong(key=_KEY, detail=detail)
    return blocks[-count:]


def _modules(
    network: Any, part: str, *, full: bool, below: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Linear layers of a part, of an image tower those of its layers, each with a weight that no
    other part has too; or for `full` all modules with weights of their own."""
    if part == VISION and not full:
        below = below or vision_blocks(network)
    inside = tuple(f"{one}." for one in below) or ("",)
    own = {name for name, _ in network.named_parameters()}
    return tuple(
        name
        for name, one in network.named_modules()
        if name
        and part_of(name) == part
        and f"{name}.".startswith(inside)
        and any(f"{name}.{each}" in own for each in one._parameters)
        and (full or isinstance(one, torch.nn.Linear))
    )
