"""Intervals, memory, what is better, what was forgotten: numbers that can be worked out by hand."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.bootstrap import interval_of
from vlm_desktop.training.estimate import Estimate
from vlm_desktop.training.learners.protocol import Component, Tower
from vlm_desktop.training.runfolder import Command, RunFolder
from vlm_desktop.training.spec import recipe_of

RECIPE: dict[str, Any] = {"model": {"id": "m", "kind": "assistant"}}


def test_an_interval_is_repeatable_and_narrows_with_more_examples() -> None:
    few, many = [0.0, 1.0] * 5, [0.0, 1.0] * 500
    assert interval_of(few, 1) == interval_of(few, 1)
    uneven = [number**1.7 for number in range(12)]
    assert interval_of(uneven, 1) != interval_of(uneven, 2)
    wide, narrow = interval_of(few, 1), interval_of(many, 1)
    assert wide.low < narrow.low < 0.5 < narrow.high < wide.high
    # The normal approximation for a mean of 1000 coins: 0.5 +- 1.96 * 0.5 / sqrt(1000).
    assert narrow.low == pytest.approx(0.469, abs=0.005)
    one = interval_of([0.7], 1)
    assert one.low == one.value == one.high == pytest.approx(0.7)
    with pytest.raises(ValueError, match="no scores"):
        interval_of([], 1)


def test_the_estimate_counts_what_the_shapes_say() -> None:
    recipe = recipe_of(RECIPE, Path())
    parts = (Component("base", 1000, 0, 2000), Component("adapters", 100, 100, 400))
    tower = Tower("t", rows=2, tokens=10, layers=3, width=8, heads=2, inner=32, vocabulary=50)
    found = Estimate.of(recipe, parts, (tower,))
    assert (found.weights, found.adapters) == (2000, 400)
    assert (found.gradients, found.optimiser) == (400, 800)
    assert found.activations == 2 * 10 * 3 * (8 * 8 + 2 * 32) * 4
    assert found.logits == 2 * 10 * 50 * 4 * 3
    assert found.total == 2000 + 400 + 800 + found.step
    assert found.factor(2 * found.step) == pytest.approx(2)
    assert found.corrected(2.0) == found.total + found.step
    assert found.factor(-5) == 0


def test_checkpointing_half_precision_and_frozen_towers_take_less() -> None:
    tower = Tower("t", rows=1, tokens=100, layers=12, width=64, heads=4, inner=256)
    frozen = Tower("f", 1, 100, 12, 64, 4, 256, keeps=False)

    def activations(one: Tower, **run: Any) -> int:
        recipe = recipe_of({**RECIPE, "run": run}, Path())
        return Estimate.of(recipe, (), (one,)).activations

    whole = activations(tower)
    assert activations(tower, precision="bf16") * 2 == whole
    assert activations(tower, checkpointing=True) < whole / 4
    assert activations(frozen) * 12 == whole


def test_a_run_hears_what_it_is_asked(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    asked = Asked(run)
    assert isinstance(asked, CancelToken)
    assert asked.command() is None
    assert not asked.is_cancelled
    run.ask(Command.CHECKPOINT)
    assert asked.command() is Command.CHECKPOINT
    assert asked.command() is None, "asked once, done once"
    run.ask(Command.PAUSE)
    asked = Asked(run)
    assert asked.is_cancelled
    with pytest.raises(Cancelled):
        asked.raise_if_cancelled()
    assert asked.wait(60), "a run that is to pause does not sleep on"
    run.take_back()
    run.commands.write_text("dance")
    assert asked.command() is None


def test_who_works_on_a_run_is_told_from_who_has_its_number_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder(tmp_path)
    assert run.living_process() is None
    run.name_process(os.getpid())
    living = run.living_process()
    assert living is not None
    assert living.pid == os.getpid()
    later = SimpleNamespace(create_time=lambda: living.create_time() + 60, status=lambda: "running")
    monkeypatch.setattr("psutil.Process", lambda _: later)
    assert run.living_process() is None
