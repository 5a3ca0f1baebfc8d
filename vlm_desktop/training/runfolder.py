"""The folder of a run: its files, the commands to its worker, and whether that one lives.

Importing this does not import torch.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import psutil

from vlm_desktop.base.trainerrors import RunDamaged
from vlm_desktop.base.trainingrows import decode_row, encode_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vlm_desktop.base.training import Example

_CLOCK_SLACK = 2.0
"""Seconds by which two readings of a process's start may differ."""


class Command(StrEnum):
    """What a worker can be asked."""

    PAUSE = "pause"
    STOP = "stop"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Names of what lies in a run's folder."""

    root: Path

    @property
    def recipe(self) -> Path:
        return self.root / "recipe.toml"

    @property
    def data(self) -> Path:
        return self.root / "data.jsonl"

    @property
    def general(self) -> Path:
        return self.root / "general.jsonl"

    @property
    def events(self) -> Path:
        return self.root / "events.jsonl"

    @property
    def commands(self) -> Path:
        return self.root / "commands"

    @property
    def lock(self) -> Path:
        """Held by the living worker."""
        return self.root / "lock"

    @property
    def process(self) -> Path:
        """Who the worker is."""
        return self.root / "process.json"

    @property
    def ticket(self) -> Path:
        """Since when the run waits for its turn."""
        return self.root / "ticket"

    @property
    def log(self) -> Path:
        """What the worker writes to stderr."""
        return self.root / "worker.log"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    def weights_at(self, step: int) -> Path:
        """Trained weights of the checkpoint of a step."""
        return self.checkpoints / f"step-{step:06d}" / "weights"

    @property
    def best(self) -> Path:
        return self.root / "best"

    @property
    def card(self) -> Path:
        return self.root / "card.json"

    @property
    def card_text(self) -> Path:
        return self.root / "card.md"

    @property
    def script(self) -> Path:
        return self.root / "reproduce.py"

    # --- commands ----------------------------------------------------------------------

    def ask(self, command: Command) -> None:
        """Ask the worker; the newest command replaces one that was not read yet."""
        _replace(self.commands, command.value)

    def asked(self) -> Command | None:
        """What the worker is asked, without taking it."""
        try:
            return Command(self.commands.read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return None

    def take_back(self) -> None:
        """Forget what the worker was asked."""
        self.commands.unlink(missing_ok=True)

    # --- the process -------------------------------------------------------------------

    def name_process(self, pid: int) -> None:
        """Write down who works on this run."""
        with contextlib.suppress(psutil.NoSuchProcess):
            created = psutil.Process(pid).create_time()
            _replace(self.process, json.dumps({"pid": pid, "created": created}))

    def living_process(self) -> psutil.Process | None:
        """The worker, if it is alive."""
        try:
            said = json.loads(self.process.read_text(encoding="utf-8"))
            process = psutil.Process(said["pid"])
            same = abs(process.create_time() - said["created"]) < _CLOCK_SLACK
            ended = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        except (OSError, ValueError, KeyError, psutil.Error):
            return None
        return process if same and not ended else None

    def take_ticket(self) -> None:
        """Stand in the queue; a ticket that is there is kept."""
        if not self.ticket.exists():
            _replace(self.ticket, str(time.time_ns()))

    def ticket_number(self) -> int | None:
        """Since when the run waits; None when it does not."""
        try:
            return int(self.ticket.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    # --- examples ----------------------------------------------------------------------

    def write_examples(self, path: Path, examples: Iterable[Example]) -> None:
        """Freeze examples, one a line."""
        lines = (encode_row(one) + "\n" for one in examples)
        _replace(path, "".join(lines))

    def read_examples(self, path: Path) -> tuple[Example, ...]:
        """Frozen examples; no file is none. Raises RunDamaged."""
        if not path.exists():
            return ()
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
            return tuple(decode_row(line) for line in lines if line)
        except (OSError, ValueError) as error:
            raise RunDamaged(path=path, detail=str(error)) from error


def worker_lock(runs: Path) -> Path:
    """The file that the one worker of a home folder holds; `runs` is the folder of all runs."""
    return runs.parent / "worker.lock"


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    _replace(path, text)


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)
