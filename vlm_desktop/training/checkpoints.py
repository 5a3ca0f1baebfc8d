"""Checkpoints on the disk: each is whole or not there.

    checkpoints/step-000050/weights/...             what the learner saves
    checkpoints/step-000050/optimiser.safetensors   AdamW's state and generators of random numbers
    checkpoints/step-000050/state.json              the step, the best so far, sizes, seconds
    best/                                           a copy of the best one's weights, and state.json

A checkpoint is written beside its place, forced onto the disk and renamed. The last two and the
best one are kept.
"""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vlm_desktop.base.errors import DiskFull
from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.training.runfolder import RunFolder

KEPT = 2
WEIGHTS = "weights"
_OPTIMISER = "optimiser.safetensors"
_STATE = "state.json"
_WRITING = ".writing"
_OLD = ".old"
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ROOM_TO_SPARE = 1.1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One that lies on the disk."""

    folder: Path
    step: int

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

    def state(self) -> dict[str, Any]:
        """What was written beside the weights. Raises RunDamaged."""
        path = self.folder / _STATE
        try:
            said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunDamaged(path=path, detail=str(error)) from error
        return said

    def tensors(self) -> dict[str, torch.Tensor]:
        """The optimiser's state and the generators. Raises RunDamaged."""
        path = self.folder / _OPTIMISER
        try:
            return load_file(path)
        except (OSError, SafetensorError) as error:
            raise RunDamaged(path=path, detail=str(error)) from error


class Checkpoints:
    """Those of one run; one process writes them."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        run.checkpoints.mkdir(parents=True, exist_ok=True)

    def all(self) -> list[Checkpoint]:
        """Whole ones, oldest first."""
        found = [
            Checkpoint(one, int(one.name.removeprefix("step-")))
            for one in self._run.checkpoints.glob("step-*")
            if one.name.removeprefix("step-").isdecimal()
        ]
        return sorted(found, key=lambda one: one.step)

    def latest(self) -> Checkpoint | None:
        """The one to go on from."""
        found = self.all()
        return found[-1] if found else None

    def at(self, step: int) -> Checkpoint | None:
        """The one of this step."""
        return next((one for one in self.all() if one.step == step), None)

    def tidy(self) -> None:
        """Put right what a killed process left half done: finish or undo it."""
        for old in self._run.checkpoints.glob(f"{_OLD}-*"):
            place = self._run.checkpoints / f"step-{int(old.name.removeprefix(f'{_OLD}-')):06d}"
            if not place.exists():
                old.rename(place)
        for left in self._run.checkpoints.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)
        old = self._run.best.with_name(self._run.best.name + _OLD)
        if old.exists() and not self._run.best.exists():
            old.rename(self._run.best)
        for left in (old, self._run.best.with_name(self._run.best.name + _WRITING)):
            shutil.rmtree(left, ignore_errors=True)

    def write(
        self,
        step: int,
        save: Callable[[Path], None],
        tensors: Mapping[str, torch.Tensor],
        state: Mapping[str, Any],
    ) -> Checkpoint:
        """Write one. Raises DiskFull, and then all that was there is there still."""
        place = self._run.checkpoints / f"step-{step:06d}"
        writing = self._run.checkpoints / f"{_WRITING}-{step}"
        shutil.rmtree(writing, ignore_errors=True)
        with _room(self._run.root, writing):
            self._check_room()
            (writing / WEIGHTS).mkdir(parents=True)
            save(writing / WEIGHTS)
            save_file(dict(tensors), writing / _OPTIMISER)
            (writing / _STATE).write_text(json.dumps(state), encoding="utf-8")
            _force(writing)
            if place.exists():
                place.rename(place.with_name(f"{_OLD}-{step}"))
            writing.rename(place)
            _force_folder(place.parent)
        shutil.rmtree(place.with_name(f"{_OLD}-{step}"), ignore_errors=True)
        return Checkpoint(place, step)

    def keep_only(self, best: int | None) -> None:
        """Remove all but the last two and the best one."""
        for one in self.all()[:-KEPT]:
            if one.step != best:
                shutil.rmtree(one.folder, ignore_errors=True)

    def promote(self, step: int) -> None:
        """Make `best` a copy of this one's weights. Raises DiskFull."""
        chosen = self.at(step)
        if chosen is None or self.best_step() == step:
            return
        best = self._run.best
        writing, old = (best.with_name(best.name + end) for end in (_WRITING, _OLD))
        shutil.rmtree(writing, ignore_errors=True)
        with _room(self._run.root, writing):
            shutil.copytree(chosen.weights, writing)
            shutil.copy2(chosen.folder / _STATE, writing / _STATE)
            _force(writing)
            if best.exists():
                best.rename(old)
            writing.rename(best)
            _force_folder(best.parent)
        shutil.rmtree(old, ignore_errors=True)

    def best_step(self) -> int | None:
        """The step that `best` holds."""
        path = self._run.best / _STATE
        return Checkpoint(self._run.best, 0).state()["step"] if path.exists() else None

    def _check_room(self) -> None:
        last = self.latest()
        if last is None:
            return
        needed = sum(one.stat().st_size for one in last.folder.rglob("*") if one.is_file())
        if shutil.disk_usage(self._run.root).free < needed * _ROOM_TO_SPARE:
            raise DiskFull(path=self._run.root)


@contextlib.contextmanager
def _room(root: Path, writing: Path) -> Iterator[None]:
    """Translate a full disk, and take away what was half written."""
    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as error:
        shutil.rmtree(writing, ignore_errors=True)
        if _is_full(error):
            raise DiskFull(path=root) from error
        raise
    except DiskFull:
        shutil.rmtree(writing, ignore_errors=True)
        raise


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    # safetensors writes in Rust and gives the system's words only.
    return any(f"(os error {number})" in str(error) for number in _NO_ROOM)


def _force(folder: Path) -> None:
    """Have every file of a folder on the disk itself, not in a cache of the system."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    for path in (*(one for one in folder.rglob("*") if one.is_dir()), folder):
        _force_folder(path)


def _force_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows does not open folders
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
