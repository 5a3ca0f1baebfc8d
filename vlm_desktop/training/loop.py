"""The loop of a run: steps, evaluations, checkpoints, until it is done or asked to end.

It knows nothing of models beyond `learners.protocol`. All processes go through it side by side;
the first one evaluates, writes and speaks, and tells the others what it decided.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from vlm_desktop.base.errors import AppError, Cancelled, DiskFull
from vlm_desktop.base.training import (
    Adjusted,
    Example,
    MemoryMeasured,
    RunState,
    Saved,
    Split,
    StepDone,
)
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.checkpoints import Checkpoints
from vlm_desktop.training.estimate import Estimate
from vlm_desktop.training.eventlog import Teller
from vlm_desktop.training.judging import Judge
from vlm_desktop.training.ladder import Ladder
from vlm_desktop.training.learners.protocol import Learner
from vlm_desktop.training.measuring import Meter
from vlm_desktop.training.order import plan_of
from vlm_desktop.training.runfolder import Command, RunFolder
from vlm_desktop.training.spec import ALWAYS, NEVER, Recipe
from vlm_desktop.training.standing import Standing, kept_state, plan_again, put_back, standing_of
from vlm_desktop.training.stepping import Stepper, StepResult
from vlm_desktop.training.validating import Examination, Examiner, as_plain


@dataclass(frozen=True, slots=True)
class Ending:
    """How one process's work on a run ended. `error` is why it paused, if not by request."""

    state: RunState
    standing: Standing
    error: AppError | None = None


class Loop:
    """One process's work on a run whose learner is open and prepared."""

    def __init__(
        self,
        accelerator: Accelerator,
        recipe: Recipe,
        learner: Learner,
        examples: Sequence[Example],
        run: RunFolder,
        tell: Teller,
        asked: Asked,
    ) -> None:
        self._accelerator = accelerator
        self._recipe = recipe
        self._learner = learner
        self._run = run
        self._tell = tell
        self._asked = asked
        self._is_first = accelerator.is_main_process
        self._checkpoints = Checkpoints(run)
        self._ladder = Ladder()
        self._meter = Meter(str(accelerator.device))
        self._began = time.monotonic()
        keys = [one.key for one in examples if one.split is Split.TRAIN]
        held_out = [one for one in examples if one.split is Split.VALIDATION]
        self._examiner = Examiner(recipe, learner, held_out)
        self._plan = plan_of(recipe.run, keys, accelerator.num_processes)
        self._take(Standing())
        self._saved = (-1, -1)

    def _take(self, standing: Standing) -> None:
        self._standing = standing
        self._judge = Judge(self._recipe, self._examiner, standing, self._tell)

    def run(self) -> Ending:
        """Go on from the last checkpoint to an end. Raises what makes a run fail."""
        self._begin()
        try:
            state = self._steps()
            if state is not RunState.PAUSED:
                self._finish(quick=state is RunState.STOPPED)
        except Cancelled:  # while the final figures were taken; the last checkpoint is there
            state = RunState.PAUSED
        except DiskFull as error:
            return Ending(RunState.PAUSED, self._standing, error)
        return Ending(state, self._standing)

    # --- beginning ---------------------------------------------------------------------

    def _begin(self) -> None:
        if self._is_first:
            self._checkpoints.tidy()
        self._accelerator.wait_for_everyone()
        last = self._checkpoints.latest()
        state: dict[str, Any] = {}
        if last is not None:
            state = last.state()
            self._take(standing_of(state))
            self._ladder.repeat(self._learner, self._standing.rungs)
            self._plan = plan_again(self._standing, self._plan)
        self._stepper = Stepper(
            self._accelerator, self._recipe, self._learner, self._plan, self._ladder
        )
        self._tell.step = self._standing.step
        if last is not None:
            self._learner.load(last.weights)
            put_back(state, last.tensors(), self._stepper.optimiser, self._accelerator)
            self._saved = (last.step, self._standing.evaluated)
            if self._is_first and self._standing.best_step is not None:
                self._checkpoints.promote(self._standing.best_step)
        else:
            self._stepper.batches(0)  # refused before anything is said or written

    # --- the way -----------------------------------------------------------------------

    def _steps(self) -> RunState:
        while True:
            command = self._agree(self._asked.command() if self._is_first else None)
            if command is None and self._owes_evaluation():
                command = self._evaluate()
            if command in (Command.PAUSE, Command.STOP):
                self._save()
                return RunState.PAUSED if command is Command.PAUSE else RunState.STOPPED
            if command is Command.CHECKPOINT or self._owes_checkpoint():
                self._save()
            if self._standing.step >= self._stepper.total or self._is_patience_over():
                self._save()
                return RunState.DONE
            self._step()

    def _step(self) -> None:
        if self._standing.memory_factor is None:
            self._meter.watch_peak()
        self._meter.start()
        result = self._stepper.step(self._standing.step)
        seconds = self._meter.step_done()
        standing = self._standing
        standing.step += 1
        standing.tokens += result.tokens
        standing.rungs = [one.value for one in self._ladder.taken]
        self._tell.step = standing.step
        for one in result.adjusted:
            self._tell(Adjusted, what=one.rung.value, before=one.before, after=one.after)
        self._tell_step(result, seconds)
        if standing.memory_factor is None:
            self._tell_memory()

    def _tell_step(self, result: StepResult, seconds: float) -> None:
        left = self._stepper.total - self._standing.step
        every = self._recipe.run.evaluate_every
        evaluations = (left // every if every else 0) + 1 if self._examiner.is_possible else 0
        memory = self._meter.memory()
        self._standing.peak_bytes = max(self._standing.peak_bytes, memory)
        self._tell(
            StepDone,
            loss=result.loss,
            gradient_norm=result.gradient_norm,
            rate=result.rate,
            tokens_per_second=round(result.tokens / max(seconds, 1e-9), 1),
            memory_bytes=memory,
            total_steps=self._stepper.total,
            seconds_left=self._meter.left(left, evaluations),
        )

    def _tell_memory(self) -> None:
        """Measure a step against the estimate, once a run."""
        batch = self._stepper.batches(self._standing.step)[0]
        towers = self._learner.shapes(batch)
        estimate = Estimate.of(self._recipe, self._learner.components(), towers)
        measured = self._meter.peak()
        factor = estimate.factor(measured - self._meter.at_rest)
        self._standing.memory_factor = factor
        self._tell(
            MemoryMeasured,
            estimated_bytes=estimate.total,
            measured_bytes=measured,
            factor=round(factor, 3),
        )

    # --- evaluating --------------------------------------------------------------------

    def _owes_evaluation(self) -> bool:
        step, every = self._standing.step, self._recipe.run.evaluate_every
        is_due = step in (0, self._stepper.total) or (every and step % every == 0)
        return bool(is_due) and self._standing.evaluated < step and self._examiner.is_possible

    def _evaluate(self) -> Command | None:
        """Evaluate; what was asked meanwhile, if that cut it short."""
        command: Command | None = None
        if self._is_first:
            try:
                self._judge.judge(self._examine())
            except Cancelled:
                command = self._asked.command()
        command, standing = self._agree((command, self._standing))
        if not self._is_first:
            self._take(standing)
        return command

    def _examine(self, *, at_end: bool = False) -> Examination:
        run, guard = self._recipe.run, self._recipe.guard
        edge = at_end or self._standing.step == 0
        began = time.monotonic()
        step = self._standing.step
        found = self._examiner.examine(
            (self._standing.best_step or step) if at_end else step,
            self._asked,
            with_blind=run.blind == ALWAYS or (edge and run.blind != NEVER),
            with_general=guard.when == ALWAYS or (edge and guard.when != NEVER),
        )
        self._meter.evaluation_done(time.monotonic() - began)
        return found

    def _is_patience_over(self) -> bool:
        patience = self._recipe.run.patience
        return bool(patience) and self._standing.since_better >= patience

    # --- saving ------------------------------------------------------------------------

    def _owes_checkpoint(self) -> bool:
        step = self._standing.step
        every = self._recipe.run.save_every
        is_best = self._standing.best_step == step
        is_due = step % every == 0 if every else self._standing.evaluated == step
        return self._saved[0] != step and (step == 0 or is_best or is_due)

    def _save(self) -> None:
        """Write a checkpoint, unless the newest one is of this step and knows its evaluation."""
        step = self._standing.step
        if self._saved == (step, self._standing.evaluated):
            return
        self._standing.take_sizes(self._stepper.plan)
        now = time.monotonic()
        self._standing.seconds += now - self._began
        self._began = now
        state, tensors = kept_state(self._standing, self._stepper.optimiser, self._accelerator)
        failure: DiskFull | None = None
        if self._is_first:
            try:
                written = self._checkpoints.write(step, self._learner.save, tensors, state)
                if self._standing.best_step is not None:
                    self._checkpoints.promote(self._standing.best_step)
                self._checkpoints.keep_only(self._standing.best_step)
                self._tell(Saved, folder=written.folder.relative_to(self._run.root).as_posix())
            except DiskFull as error:
                failure = error
        failure = self._agree(failure)
        if failure is not None:
            raise failure
        self._saved = (step, self._standing.evaluated)

    # --- ending ------------------------------------------------------------------------

    def _finish(self, *, quick: bool) -> None:
        """Leave the best weights in `best`, and take the last figures of them."""
        standing = self._standing
        if standing.best_step is None:
            standing.best_step = standing.step
        if self._is_first:
            self._checkpoints.promote(standing.best_step)
            chosen = self._checkpoints.at(standing.best_step)
            if chosen is not None and standing.best_step != standing.step:
                self._learner.load(chosen.weights)
            if self._examiner.is_possible and not quick:
                found = replace(self._examine(at_end=True), step=standing.best_step)
                standing.best = as_plain(found)
                self._judge.tell(found, is_best=True)
        self._accelerator.wait_for_everyone()

    def _agree(self, value: Any) -> Any:
        """What the first process says, in all of them."""
        if self._accelerator.num_processes == 1:
            return value
        return broadcast_object_list([value])[0]
