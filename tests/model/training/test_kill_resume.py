"""kill -9 in the middle of a run: going on gives the very weights that were to come."""

import json
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.model.training.runmaking import events_of, finish, make_run, start
from vlm_desktop.base.training import RunState, StateChanged, StepDone
from vlm_desktop.training.runfolder import RunFolder

STEPS = 24
LAST = "step-000024"


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_run_goes_on_to_the_same_weights_bit_for_bit(tmp_path: Path) -> None:
    how = {"steps": STEPS, "save_every": 5, "evaluate_every": 6, "accumulation": 2}
    straight = make_run(tmp_path, "straight", **how)
    killed = make_run(tmp_path, "killed", **how)
    finish(straight)

    stopped_at = _kill_after(killed, 8)
    assert 8 <= stopped_at < STEPS
    assert not (killed.checkpoints / LAST).exists()
    finish(killed)

    said = [one for one in events_of(killed) if isinstance(one, StepDone)]
    again = [one.step for one in said if one.step <= stopped_at]
    assert len(again) > len(set(again)), "nothing was done again after the kill"
    for name in ("weights/adapter.safetensors", "optimiser.safetensors"):
        first, second = (load_file(run.checkpoints / LAST / name) for run in (straight, killed))
        assert first.keys() == second.keys()
        assert len(first) > 3
        for key in first:
            assert torch.equal(first[key], second[key]), key
    cards = [json.loads(run.card.read_text()) for run in (straight, killed)]
    assert cards[0]["weights"] == cards[1]["weights"]
    assert cards[0]["metrics"]["best"] == cards[1]["metrics"]["best"]
    assert cards[0]["supervised_tokens"] == cards[1]["supervised_tokens"]
    assert events_of(killed)[-1] == StateChanged(
        events_of(killed)[-1].step, events_of(killed)[-1].at, RunState.DONE
    )


def _kill_after(run: RunFolder, steps: int) -> int:
    """Kill a slow worker once it has taken so many steps; the last step that it told."""
    with start(run, SMALL_SLOW="0.05") as process:
        while not _steps(run) >= steps:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.kill()
        process.communicate()
    return _steps(run)


def _steps(run: RunFolder) -> int:
    said = [one.step for one in events_of(run) if isinstance(one, StepDone)]
    return said[-1] if said else 0
