"""A look at a run before it starts: what would be trained, the first batch as the network sees it,
and how much memory a step takes, estimated and measured once."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import BatchTooLarge, NothingToTrain
from vlm_desktop.base.training import Example, Split
from vlm_desktop.training.estimate import Estimate
from vlm_desktop.training.ladder import is_out_of_memory
from vlm_desktop.training.learners.protocol import CountsTokens
from vlm_desktop.training.measuring import Meter
from vlm_desktop.training.optimising import Optimiser
from vlm_desktop.training.order import plan_of
from vlm_desktop.training.randomness import untouched
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.stepping import check_batch
from vlm_desktop.training.worker import LEARNERS
from vlm_desktop.training.working import device_of, make_learner

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.training.learners.protocol import Batch, Component, Learner, Tower, Xray
    from vlm_desktop.training.spec import Recipe


_WORTH_TWICE = 20.0
"""Seconds of a first step up to which another is taken for the time: the first is slower."""


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What was seen. `measured_step` are bytes that one step added to what lay in memory; `factor`
    is that by the estimate's, and corrects it. `lengths` are of all examples by key, in tokens,
    where the learner counts them and cuts at `most_tokens` (0 where not). `part_seconds` is what
    one batch took forward and back. Nothing was updated."""

    device: str
    components: tuple[Component, ...]
    groups: tuple[tuple[str, int], ...]
    keys: tuple[str, ...]
    supervised: int
    xrays: tuple[Xray, ...]
    towers: tuple[Tower, ...]
    estimate: Estimate
    measured_step: int
    factor: float
    steps: int
    batch: int
    accumulation: int
    lengths: dict[str, int]
    most_tokens: int
    part_seconds: float

    @property
    def trainable(self) -> int:
        return sum(one.trainable for one in self.components)

    @property
    def memory(self) -> int:
        """The estimate as the measured step corrects it, in bytes."""
        return self.estimate.corrected(self.factor)


def inspect(
    recipe: Recipe,
    examples: Sequence[Example],
    home: Path,
    cancel: CancelToken,
    learners: Mapping[str, str] = LEARNERS,
) -> Generator[Progress, None, Inspection]:
    """Open the model, make the first batch and take it forward and back.

    Raises what a run would be refused for: TrainRefused, ModelError, MediaRefused, Cancelled; and
    BatchTooLarge where a run would make something smaller.
    """
    train = {one.key: one for one in examples if one.split is Split.TRAIN}
    if not train:
        raise NothingToTrain
    plan = plan_of(recipe.run, tuple(train))
    runs = home / "training" / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".check-", dir=runs))
    run = RunFolder(folder)
    run.write_examples(run.data, examples)  # learners of names read them there
    device = device_of(recipe)
    learner = make_learner(recipe, run, device, learners)
    try:
        with untouched():
            yield Progress(Phase.LOAD, 0, None)
            learner.open()
            keys = plan.parts(0, 0)[0]
            yield from learner.prepare([train[key] for key in dict.fromkeys(keys)], cancel)
            batch = learner.batch(keys, plan.draw(0))
            check_batch(batch)
            cancel.raise_if_cancelled()
            components, towers = learner.components(), learner.shapes(batch)
            estimate = Estimate.of(recipe, components, towers)
            measured, seconds = _measured(recipe, learner, batch, device)
            return Inspection(
                device, components, _group_sizes(learner), batch.keys, batch.supervised,
                learner.xray(batch), towers, estimate, measured, estimate.factor(measured),
                plan.total(recipe.run), plan.batch, plan.accumulation,
                *_lengths(learner, examples), seconds,
            )  # fmt: skip
    finally:
        learner.close()
        shutil.rmtree(folder, ignore_errors=True)


def _measured(recipe: Recipe, learner: Learner, batch: Batch, device: str) -> tuple[int, float]:
    """Bytes that a step adds at most, and the seconds of one batch; the optimiser's own bytes are
    there before it."""
    try:
        optimiser = Optimiser(recipe, learner)
        meter = Meter(device)
        meter.watch_peak()
        meter.start()
        learner.loss(batch).loss.backward()
        measured = meter.peak() - meter.at_rest
        seconds = meter.step_done()
        if seconds < _WORTH_TWICE:
            meter.start()
            learner.loss(batch).loss.backward()
            seconds = meter.step_done()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        detail = str(error).split("\n", maxsplit=1)[0]
        raise BatchTooLarge(batch=len(batch.keys), detail=detail) from error
    optimiser.adam.zero_grad(set_to_none=True)
    return max(measured, 0), seconds


def _lengths(learner: Learner, examples: Sequence[Example]) -> tuple[dict[str, int], int]:
    if not isinstance(learner, CountsTokens):
        return {}, 0
    used = (one for one in examples if one.split is not Split.LEFT_OUT)
    return {one.key: learner.tokens_of(one) for one in used}, learner.most_tokens


def _group_sizes(learner: Learner) -> tuple[tuple[str, int], ...]:
    return tuple(
        (group.name, sum(one.numel() for _, one in group.parameters)) for group in learner.groups()
    )
