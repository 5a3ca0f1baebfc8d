"""The recipe under `accelerate launch`: two processes learn what one with twice the batch does."""

import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.model.training.runmaking import events_of, finish, make_run, start
from vlm_desktop.base.training import RunState, StateChanged, StepDone

LAUNCH = (
    *("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"),
    *("--num_machines", "1", "--main_process_port", "0", "--num_cpu_threads_per_process", "1"),
    *("--mixed_precision", "no", "--dynamo_backend", "no"),
)
"""accelerate starts several processes on one machine only if it is told of many GPUs; the recipe
says that they use the CPU, over gloo."""


@pytest.mark.skipif(sys.platform == "win32", reason="gloo over processes is tested on POSIX")
def test_two_processes_have_the_loss_curve_of_one_with_twice_the_batch(tmp_path: Path) -> None:
    one = make_run(tmp_path, "one", batch=4, accumulation=2, steps=8)
    two = make_run(tmp_path, "two", batch=2, accumulation=2, steps=8)
    finish(one, SMALL_DROPOUT="0")
    assert json.loads(one.card.read_text())["batch"] == [4, 2, 1]
    with start(two, *LAUNCH, SMALL_DROPOUT="0") as process:
        _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said

    curves = [
        [event for event in events_of(run) if isinstance(event, StepDone)] for run in (one, two)
    ]
    assert len(curves[0]) == len(curves[1]) == 8, "each process spoke, or none did"
    for alone, together in zip(*curves, strict=True):
        assert together.loss == pytest.approx(alone.loss, rel=1e-5)
        assert together.gradient_norm == pytest.approx(alone.gradient_norm, rel=1e-4)
    states = [event.state for event in events_of(two) if isinstance(event, StateChanged)]
    assert states == [RunState.RUNNING, RunState.DONE]
    assert json.loads(two.card.read_text())["batch"] == [2, 2, 2]
    weights = [
        load_file(run.checkpoints / "step-000008/weights/adapter.safetensors") for run in (one, two)
    ]
    for name in weights[0]:
        assert torch.allclose(weights[0][name], weights[1][name], atol=1e-5), name
