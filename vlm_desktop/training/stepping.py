"""One update of the weights: forward and backward over its parts, clipped, stepped.

Parts are weighed by how many tokens of them teach, so that accumulating, and several processes,
give the gradient of the mean over all tokens, and not of a mean of means.
"""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.base.trainerrors import (
    LossNotFinite,
    NothingSupervised,
    PlacesDiffer,
    TrainOutOfMemory,
)
from vlm_desktop.training.ladder import Adjustment, Ladder, is_out_of_memory
from vlm_desktop.training.learners.protocol import Batch, Learner
from vlm_desktop.training.optimising import Optimiser
from vlm_desktop.training.order import Plan
from vlm_desktop.training.randomness import capture, restore
from vlm_desktop.training.spec import Recipe


@dataclass(frozen=True, slots=True)
class StepResult:
    """`rate` is the recipe's own at this step. `adjusted` is what had to be made smaller first."""

    loss: float
    gradient_norm: float
    rate: float
    tokens: int
    adjusted: tuple[Adjustment, ...]


class _Forward(torch.nn.Module):
    """What accelerate prepares: the learner's module, whose forward is the loss of a batch."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.module = learner.module
        self._learner = learner

    def forward(self, batch: Batch) -> torch.Tensor:
        part = self._learner.loss(batch)
        if part.supervised != batch.supervised:
            raise RuntimeError(f"{part.supervised} supervised, {batch.supervised} said before")
        return part.loss


class Stepper:
    """Takes steps. `plan` and the optimiser may be others after one that ran out of memory."""

    def __init__(
        self,
        accelerator: Accelerator,
        recipe: Recipe,
        learner: Learner,
        plan: Plan,
        ladder: Ladder,
    ) -> None:
        self._accelerator = accelerator
        self._recipe = recipe
        self._learner = learner
        self._ladder = ladder
        self.plan = plan
        self.total = plan.total(recipe.run)
        self._build()

    def _build(self) -> None:
        self._accelerator.free_memory()
        self.optimiser = Optimiser(self._recipe, self._learner)
        self._model = self._accelerator.prepare_model(
            _Forward(self._learner), device_placement=False
        )
        self._adam = self._accelerator.prepare_optimizer(
            self.optimiser.adam, device_placement=False
        )

    def step(self, number: int) -> StepResult:
        """Update `number` (from 0). Raises LossNotFinite before the weights change,
        TrainOutOfMemory when nothing can be made smaller."""
        adjusted: list[Adjustment] = []
        while True:
            before = capture()
            failure = ""
            try:
                return self._attempt(number, tuple(adjusted))
            except (RuntimeError, MemoryError, ModelOutOfMemory) as error:
                if not is_out_of_memory(error):
                    raise
                failure = str(error).split("\n")[0]
            # Outside of the handler, which would hold the tensors of the failed attempt.
            restore(before)
            adjusted.append(self._make_smaller(number, failure))

    def _make_smaller(self, number: int, failure: str) -> Adjustment:
        self.optimiser.adam.zero_grad(set_to_none=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        # Several processes would have to agree while one of them has no memory to do it with.
        alone = self._accelerator.num_processes == 1
        done = self._ladder.climb(self.plan, self._learner) if alone else None
        if done is None:
            raise TrainOutOfMemory(step=number + 1, detail=failure)
        self.plan = done.plan
        if done.rebuild:
            kept = self.optimiser.tensors()
            self._build()
            self.optimiser.load(kept)
        return done

    def batches(self, number: int) -> list[Batch]:
        """The parts of an update, checked. Raises NothingSupervised, PlacesDiffer."""
        parts = self.plan.parts(number, self._accelerator.process_index)
        made = [self._learner.batch(keys, self.plan.draw(number)) for keys in parts]
        for batch in made:
            check_batch(batch)
        return made

    def _attempt(self, number: int, adjusted: tuple[Adjustment, ...]) -> StepResult:
        batches = self.batches(number)
        tokens = self._summed(sum(batch.supervised for batch in batches))
        losses = self._forward_and_back(batches, tokens)
        whole = self._summed(
            sum(one * batch.supervised for one, batch in zip(losses, batches, strict=True))
        )
        if not math.isfinite(whole):
            self._refuse(number, "loss", batches, losses)
        largest = self._recipe.run.clip or math.inf
        norm = float(self._accelerator.clip_grad_norm_(self.optimiser.named.values(), largest))
        # With fp16 the scaler passes over such a step by itself, and lowers its scale.
        if not math.isfinite(norm) and self._accelerator.scaler is None:
            self._refuse(number, "gradient", batches, [math.nan] * len(batches))
        rate = self.optimiser.set_rates(number, self.total)
        self._update(number)
        return StepResult(whole / tokens, norm, rate, round(tokens), adjusted)

    def _update(self, number: int) -> None:
        try:
            self._adam.step()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            # Some weights may have moved: only the last checkpoint is right now.
            raise TrainOutOfMemory(step=number + 1, detail=str(error).split("\n")[0]) from error
        self._adam.zero_grad()

    def _forward_and_back(self, batches: Sequence[Batch], tokens: float) -> list[float]:
        losses = []
        processes = self._accelerator.num_processes  # whose gradients are averaged
        for place, batch in enumerate(batches):
            is_last = place == len(batches) - 1
            waiting = contextlib.nullcontext() if is_last else self._not_yet()
            with waiting:
                loss = self._model(batch)
                losses.append(float(loss.detach()))
                self._accelerator.backward(loss * (batch.supervised * processes / tokens))
        return losses

    def _not_yet(self) -> contextlib.AbstractContextManager[None]:
        return self._accelerator.no_sync(self._model)

    def _summed(self, value: float) -> float:
        if self._accelerator.num_processes == 1:
            return float(value)
        here = torch.tensor(value, dtype=torch.float64, device=self._accelerator.device)
        return float(self._accelerator.reduce(here, "sum"))

    def _refuse(
        self, number: int, what: str, batches: Sequence[Batch], losses: Sequence[float]
    ) -> None:
        bad = [
            key
            for batch, loss in zip(batches, losses, strict=True)
            if not math.isfinite(loss)
            for key in batch.keys
        ]
        if self._accelerator.num_processes > 1:
            bad = gather_object(bad)
        self.optimiser.adam.zero_grad(set_to_none=True)
        raise LossNotFinite(step=number + 1, what=what, keys=", ".join(bad))


def check_batch(batch: Batch) -> None:
    """Refuse a batch that would be trained on blindly. Raises NothingSupervised, PlacesDiffer."""
    keys = ", ".join(batch.keys)
    if batch.supervised == 0:
        raise NothingSupervised(keys=keys)
    if batch.placeholders != batch.features:
        raise PlacesDiffer(keys=keys, placeholders=batch.placeholders, features=batch.features)
