"""`services.training.runs`: runs that learn, each in a process that outlives the window.

A run is a folder; what is known of it is read from there, so that every window and command sees
the same. One run learns at a time in a home folder, others wait in the order they were started.
"""

import contextlib
import datetime
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.trainerrors import (
    NothingToTrain,
    RunDamaged,
    RunFinished,
    RunIsLive,
    RunNotLive,
    RunUnknown,
)
from vlm_desktop.base.training import (
    Example,
    RunInfo,
    RunState,
    Split,
    StateChanged,
    TrainEvent,
)
from vlm_desktop.engine.train.launching import launch, worker_command
from vlm_desktop.engine.train.runreading import RunReading
from vlm_desktop.training.eventlog import append_event, read_events
from vlm_desktop.training.runfolder import Command, RunFolder, write_whole
from vlm_desktop.training.spec import Recipe, beyond_usual, read_recipe, recipe_text

_LOOK_SECONDS = 0.2
_ASK_SECONDS = 60.0
_TERMINATE_SECONDS = 10.0
_LEAST_READ = 1_000_000
_NAME = re.compile(r"[^a-z0-9]+")


class Runs:
    """All runs of a home folder. Methods that are no generators read and write small files; any
    thread may call them."""

    def __init__(
        self,
        folder: Path,
        revision: Callable[[str], str],
        command: Callable[[Path], Sequence[str]] = worker_command,
    ) -> None:
        """`folder` holds the runs. `revision` gives that of a model, and raises ModelError when it
        is not there; `command` starts another worker instead (tests)."""
        self._folder = folder
        self._revision = revision
        self._command = command
        self._reading = RunReading()

    # --- starting ----------------------------------------------------------------------

    def start(
        self, recipe: Recipe, examples: Sequence[Example], general: Sequence[Example] = ()
    ) -> RunInfo:
        """Freeze recipe and examples in a new folder and start a process that works on it, or
        waits until others are done. `general` is what must not be forgotten.

        Raises NothingToTrain, ModelError.
        """
        run = RunFolder(self.freeze(recipe, examples, general).folder)
        self._launch(run)
        return self._reading.info(run)

    def freeze(
        self, recipe: Recipe, examples: Sequence[Example], general: Sequence[Example] = ()
    ) -> RunInfo:
        """The same without a process: a run that is paused before its first step. `resume` starts
        it, and so does a launcher of many processes. Raises NothingToTrain, ModelError."""
        if not any(one.split is Split.TRAIN for one in examples):
            raise NothingToTrain
        complete = replace(
            recipe,
            model=replace(recipe.model, revision=self._revision(recipe.model.id)),
            run=replace(recipe.run, threads=recipe.run.threads or _cores()),
        )
        run = self._new_folder(recipe)
        write_whole(run.recipe, recipe_text(complete))
        run.write_examples(run.data, examples)
        if general:
            run.write_examples(run.general, general)
        append_event(run.events, StateChanged(0, time.time(), RunState.PAUSED))
        return self._reading.info(run)

    def start_again(self, folder: Path) -> RunInfo:
        """Start a new run of what another one's folder holds: the same recipe, the same examples.

        Raises RunDamaged, ModelError.
        """
        old = RunFolder(folder)
        if not old.recipe.exists():
            raise RunDamaged(path=old.recipe, detail="it is not there")
        return self.start(
            read_recipe(old.recipe), old.read_examples(old.data), old.read_examples(old.general)
        )

    def resume(self, run_id: str) -> RunInfo:
        """Let a run go on from its last checkpoint. Raises RunUnknown, RunIsLive, RunFinished."""
        run = self._known(run_id)
        info = self._reading.info(run)
        if info.is_live or not self._has_ended(run):
            raise RunIsLive(run=run_id)
        if not info.can_go_on:
            raise RunFinished(run=run_id)
        run.take_back()
        self._launch(run)
        return self._reading.info(run)

    # --- asking ------------------------------------------------------------------------

    def pause(self, run_id: str) -> None:
        """Have a run save itself and end its process, which frees its memory. Raises RunUnknown,
        RunNotLive."""
        self._ask(run_id, Command.PAUSE)

    def stop(self, run_id: str) -> None:
        """Have a run save what it learned and end. Raises RunUnknown, RunNotLive."""
        self._ask(run_id, Command.STOP)

    def checkpoint(self, run_id: str) -> None:
        """Have a run save itself and go on. Raises RunUnknown, RunNotLive."""
        self._ask(run_id, Command.CHECKPOINT)

    def end(
        self, run_id: str, cancel: CancelToken, seconds: float = _ASK_SECONDS
    ) -> Generator[TrainEvent, None, RunInfo]:
        """End a run's process for sure: asked to pause, then terminated, then killed. What it says
        meanwhile is yielded; a run that was killed can go on from its last checkpoint."""
        run = self._known(run_id)
        offset = run.events.stat().st_size if run.events.exists() else 0
        if run.living_process() is not None:
            run.ask(Command.PAUSE)
        for act, patience in (
            (None, seconds), (psutil.Process.terminate, _TERMINATE_SECONDS),
            (psutil.Process.kill, _TERMINATE_SECONDS),
        ):  # fmt: skip
            process = run.living_process()
            if process is None:
                break
            if act is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    act(process)
            until = time.monotonic() + patience
            while run.living_process() is not None and time.monotonic() < until:
                cancel.wait(_LOOK_SECONDS)
        said, _ = read_events(run.events, offset)
        yield from said
        return self._recovered(run)

    # --- looking -----------------------------------------------------------------------

    def all(self) -> tuple[RunInfo, ...]:
        """Every run, the newest first. Folders that are none are passed over."""
        found = []
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if (folder / "recipe.toml").exists():
                with contextlib.suppress(RunDamaged):
                    found.append(self._reading.info(RunFolder(folder)))
        return tuple(sorted(found, key=lambda one: (one.started, one.id), reverse=True))

    def get(self, run_id: str) -> RunInfo:
        """One run. Raises RunUnknown, RunDamaged."""
        return self._reading.info(self._known(run_id))

    def events(
        self, run_id: str, offset: int = 0, most: int = 0
    ) -> tuple[tuple[TrainEvent, ...], int]:
        """What a run said from a place on, and the place behind; with `most` no more than so many
        bytes of it, at least a million. Raises RunUnknown.

        After a kill steps are said again from the checkpoint on: the later saying counts.
        """
        most = max(most, _LEAST_READ) if most else 0
        return read_events(self._known(run_id).events, offset, most)

    def examples(self, run_id: str) -> tuple[Example, ...]:
        """The examples as they were frozen. Raises RunUnknown, RunDamaged."""
        run = self._known(run_id)
        return run.read_examples(run.data)

    def checkpoints(self, run_id: str) -> tuple[int, ...]:
        """Steps whose weights lie on the disk, the first first. Raises RunUnknown."""
        found = self._known(run_id).checkpoints.glob("step-*")
        named = (one.name.removeprefix("step-") for one in found if (one / "weights").is_dir())
        return tuple(sorted(int(one) for one in named if one.isdecimal()))

    def settings(self, run_id: str) -> dict[str, dict[str, Any]]:
        """What a run's recipe says beyond the usual: tables of a recipe's file, for
        `Teaching.recipe`. Raises RunUnknown, RunDamaged."""
        path = self._known(run_id).recipe
        try:
            return beyond_usual(read_recipe(path))
        except AppError as error:
            raise RunDamaged(path=path, detail=str(error)) from error

    def follow(
        self, run_id: str, cancel: CancelToken, offset: int = 0
    ) -> Generator[TrainEvent, None, RunInfo]:
        """All that a run says from a place on, as it says it, until its process has ended.

        Cancelling ends the following, not the run. Raises RunUnknown, Cancelled.
        """
        run = self._known(run_id)
        while True:
            is_alive = run.living_process() is not None
            said, offset = read_events(run.events, offset)
            yield from said
            if not is_alive:
                break
            cancel.raise_if_cancelled()
            cancel.wait(_LOOK_SECONDS)
        before = offset
        info = self._recovered(run)
        yield from read_events(run.events, before)[0]
        return info

    def card(self, run_id: str) -> dict[str, Any]:
        """The card of a run that ended. Raises RunUnknown, RunDamaged."""
        return _card(self._known(run_id).card)

    def card_text(self, run_id: str) -> str:
        """The same for people, as Markdown; "" before it ended. Raises RunUnknown."""
        path = self._known(run_id).card_text
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def same_weights(self, folder: Path, run_id: str) -> bool:
        """Whether a run ended with the weights that another folder's card names, bit for bit.

        Raises RunUnknown, RunDamaged.
        """
        cards = (RunFolder(folder).card, self._known(run_id).card)
        first, second = (_card(card)["weights"] for card in cards)
        return bool(first) and bool(first == second)

    # --- tidying -----------------------------------------------------------------------

    def recover(self) -> tuple[RunInfo, ...]:
        """Write down of runs whose process vanished that they were interrupted; these runs."""
        found = [one for one in self.all() if one.state is RunState.INTERRUPTED]
        return tuple(self._recovered(RunFolder(one.folder)) for one in found)

    def remove(self, run_id: str) -> None:
        """Delete a run with its checkpoints. Raises RunUnknown, RunIsLive."""
        run = self._known(run_id)
        if run.living_process() is not None:
            raise RunIsLive(run=run_id)
        shutil.rmtree(run.root)

    # --- within ------------------------------------------------------------------------

    def _known(self, run_id: str) -> RunFolder:
        run = RunFolder(self._folder / run_id)
        if Path(run_id).name != run_id or not run.recipe.exists():
            raise RunUnknown(run=run_id)
        return run

    def _recovered(self, run: RunFolder) -> RunInfo:
        info = self._reading.info(run)
        said, _ = read_events(run.events)
        states = [one.state for one in said if isinstance(one, StateChanged)]
        if info.state is RunState.INTERRUPTED and states[-1:] != [RunState.INTERRUPTED]:
            run.take_back()
            append_event(run.events, StateChanged(info.step, time.time(), RunState.INTERRUPTED))
        return info

    def _ask(self, run_id: str, command: Command) -> None:
        run = self._known(run_id)
        if run.living_process() is None:
            raise RunNotLive(run=run_id)
        run.ask(command)

    def _has_ended(self, run: RunFolder) -> bool:
        """Whether its process is gone; one that has said its last word is waited for."""
        until = time.monotonic() + _TERMINATE_SECONDS
        while run.living_process() is not None:
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def _new_folder(self, recipe: Recipe) -> RunFolder:
        now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
        name = _NAME.sub("-", recipe.model.id.lower()).strip("-")[:24]
        run = RunFolder(self._folder / f"{now}-{name}-{secrets.token_hex(2)}")
        run.root.mkdir(parents=True)
        return run

    def _launch(self, run: RunFolder) -> None:
        append_event(
            run.events, StateChanged(self._reading.info(run).step, time.time(), RunState.QUEUED)
        )
        launch(run, self._command(run.root))


def _cores() -> int:
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def _card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunDamaged(path=path, detail=str(error)) from error
    return card
