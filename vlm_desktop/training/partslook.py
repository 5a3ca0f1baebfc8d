"""What could be taught of a model: its parts as they are loaded, without any data."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import torch

from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.training.learners.protocol import NamesTargets
from vlm_desktop.training.randomness import untouched
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.worker import LEARNERS
from vlm_desktop.training.working import device_of, make_learner

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.training.learners.protocol import Component
    from vlm_desktop.training.spec import Recipe

_SMALL = 200_000_000
"""Bytes of weights up to which a model is opened once more, to count what it would train."""


@dataclass(frozen=True, slots=True)
class PartSeen:
    """A part of the module tree. `trainable` are the numbers that learn after this recipe,
    `would_train` those that would if the part were chosen too (None where that was not counted).
    `is_choice` says whether `method.targets` may name it."""

    name: str
    parameters: int
    trainable: int
    would_train: int | None
    is_choice: bool


@dataclass(frozen=True, slots=True)
class PartsSeen:
    """`room` is all memory of the device in bytes. `choices` is what `method.targets` may name;
    some may be portions of a part ("vision-last-2"). `groups` is what `run.rates` may name."""

    device: str
    room: int
    parts: tuple[PartSeen, ...]
    choices: tuple[str, ...]
    groups: tuple[str, ...]


def look_at_parts(
    recipe: Recipe, home: Path, cancel: CancelToken, learners: Mapping[str, str] = LEARNERS
) -> Generator[Progress, None, PartsSeen]:
    """Open a model as the recipe would and count. Raises ModelError, TrainRefused, Cancelled."""
    runs = home / "training" / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(Path(tempfile.mkdtemp(prefix=".parts-", dir=runs)))
    try:
        yield Progress(Phase.LOAD, 0, None)
        found, choices, groups = _opened(recipe, folder, learners)
        cancel.raise_if_cancelled()
        would: dict[str, int] = {}
        if choices and sum(one.bytes for one in found) <= _SMALL:
            everything = replace(recipe, method=replace(recipe.method, targets=choices))
            all_of, _, _ = _opened(everything, folder, learners)
            would = {one.name: one.trainable for one in all_of}
        device = device_of(recipe)
        parts = tuple(
            PartSeen(
                one.name, one.parameters, one.trainable, would.get(one.name), one.name in choices
            )
            for one in found
        )
        return PartsSeen(device, room_of(device), parts, choices, groups)
    finally:
        shutil.rmtree(folder.root, ignore_errors=True)


def room_of(device: str) -> int:
    """All memory of a device in bytes; 0 where it cannot be told."""
    if device.startswith("cuda"):
        return int(torch.cuda.get_device_properties(device).total_memory)
    return int(psutil.virtual_memory().total)


def _opened(
    recipe: Recipe, folder: RunFolder, learners: Mapping[str, str]
) -> tuple[tuple[Component, ...], tuple[str, ...], tuple[str, ...]]:
    """Components, what may be chosen, and names of groups."""
    learner = make_learner(recipe, folder, device_of(recipe), learners)
    try:
        with untouched():
            learner.open()
            choices = learner.targets if isinstance(learner, NamesTargets) else ()
            groups = tuple(dict.fromkeys(one.name for one in learner.groups()))
            return learner.components(), choices, groups
    finally:
        learner.close()
