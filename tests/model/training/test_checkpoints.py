"""A process that is killed anywhere while it saves leaves a checkpoint that is whole."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.training.checkpoints import Checkpoints
from vlm_desktop.training.runfolder import RunFolder


class Killed(BaseException):
    """Stands for the end of the process; nothing may catch it and tidy up."""


def _save(value: float) -> Callable[[Path], None]:
    def save(folder: Path) -> None:
        save_file({"weight": torch.full((4,), value)}, folder / "adapter.safetensors")

    return save


def _write(kept: Checkpoints, step: int, best: int | None) -> None:
    """As the loop does: write, make the best one `best`, remove old ones."""
    kept.write(step, _save(step), {"adam": torch.ones(3)}, {"step": step, "best_step": best})
    if best is not None:
        kept.promote(best)
    kept.keep_only(best)


def _kill_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """End the process before the file system is changed for the `count`-th time from now."""
    left = [count]

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return change(*given, **named)

        return act

    for owner, name in (
        (Path, "rename"), (Path, "mkdir"), (Path, "write_text"), (os, "fsync"),
        (shutil, "copytree"), (shutil, "copy2"), (shutil, "rmtree"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


@pytest.mark.parametrize("step", [4, 6])
def test_a_kill_at_any_change_of_the_disk_leaves_all_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Step 4 is written a second time, over one that is there; 6 is new and the best."""
    moments = 0
    for moment in range(200):
        run = RunFolder(tmp_path / f"{moment}")
        run.root.mkdir()
        kept = Checkpoints(run)
        _write(kept, 2, 2)
        _write(kept, 4, 2)
        with monkeypatch.context() as killing:
            _kill_at(killing, moment)
            try:
                _write(kept, step, step)
                was_killed = False
            except Killed:
                was_killed = True
        moments += was_killed
        again = Checkpoints(run)
        again.tidy()
        last = again.latest()
        assert last is not None
        assert last.step in (4, step)
        weights = load_file(last.weights / "adapter.safetensors")["weight"]
        assert torch.equal(weights, torch.full((4,), float(last.step)))
        state = last.state()
        assert state["step"] == last.step
        assert torch.equal(last.tensors()["adam"], torch.ones(3))
        again.promote(state["best_step"])
        best = load_file(run.best / "adapter.safetensors")["weight"]
        assert torch.equal(best, torch.full((4,), float(state["best_step"])))
        assert [one.name for one in run.checkpoints.iterdir() if one.name.startswith(".")] == []
        if not was_killed:
            break
    assert moments > 10, "hardly a moment was tried"
    assert not was_killed


def test_the_last_two_and_the_best_are_kept(tmp_path: Path) -> None:
    kept = Checkpoints(RunFolder(tmp_path))
    for step in range(0, 60, 10):
        _write(kept, step, 20 if step >= 20 else None)
    assert [one.step for one in kept.all()] == [20, 40, 50]
    assert kept.best_step() == 20


def test_a_checkpoint_that_does_not_read_is_said(tmp_path: Path) -> None:
    kept = Checkpoints(RunFolder(tmp_path))
    _write(kept, 1, None)
    last = kept.latest()
    assert last is not None
    (last.folder / "state.json").write_text("{")
    with pytest.raises(RunDamaged):
        last.state()
    (last.folder / "optimiser.safetensors").write_bytes(json.dumps({}).encode())
    with pytest.raises(RunDamaged):
        last.tensors()
