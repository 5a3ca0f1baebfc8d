"""What a run says, as JSON lines: written by its worker, read by whoever follows it.

A line is whole or not there: a killed worker may leave half a line, which the next one closes and
readers pass over. Importing this does not import torch.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from vlm_desktop.base import training

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path
    from typing import TextIO

    from vlm_desktop.base.training import TrainEvent

_KINDS: dict[str, type[TrainEvent]] = {
    kind.__name__: kind
    for kind in (
        training.Preparing, training.MemoryMeasured, training.StepDone, training.Validated,
        training.Probed, training.Saved, training.Adjusted, training.Alarm, training.StateChanged,
    )
}  # fmt: skip


def line_of(event: TrainEvent) -> str:
    """One event as one line, without its end."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=True)


def event_of(line: str) -> TrainEvent | None:
    """The event of a line; None for half a line, and for events of a later version."""
    try:
        said = json.loads(line)
        kind = _KINDS[said.pop("event")]
        known = {one.name for one in fields(kind)}
        return kind(**{name: _restored(name, one) for name, one in said.items() if name in known})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _restored(name: str, value: Any) -> Any:
    if name == "state":
        return training.RunState(value)
    if name == "score" and isinstance(value, dict):
        return training.Interval(**value)
    return tuple(value) if isinstance(value, list) else value


def read_events(path: Path, offset: int = 0, most: int = 0) -> tuple[tuple[TrainEvent, ...], int]:
    """Whole lines from `offset` on, and the offset behind them. No file is no events.

    `most` bounds the bytes that are read at once, 0 does not; it must hold the longest line.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            lines, end, _ = file.read(most or -1).rpartition(b"\n")
    except FileNotFoundError:
        return (), offset
    found = (event_of(line) for line in lines.decode("utf-8", "replace").split("\n") if line)
    return tuple(one for one in found if one is not None), offset + len(lines) + len(end)


def append_event(path: Path, event: TrainEvent) -> None:
    """Say one thing about a run that no worker holds."""
    with EventLog(path) as log:
        log.say(event)


class EventLog:
    """Appends to a run's events and repeats each on a stream. For one thread of one process.

    What the disk has no room for is kept and written before the next event.
    """

    def __init__(self, path: Path, echo: TextIO | None = None) -> None:
        self._path = path
        self._echo = echo
        self._waiting: list[str] = []
        self._file: FileIO | None = None

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def say(self, event: TrainEvent) -> None:
        """Write an event; never fails for want of room or of a listener."""
        line = line_of(event) + "\n"
        self._waiting.append(line)
        with contextlib.suppress(OSError):
            self._write()
        if self._echo is not None:
            try:
                self._echo.write(line)
                self._echo.flush()
            except (OSError, ValueError):  # whoever listened is gone
                self._echo = None

    def _write(self) -> None:
        if self._file is None:
            self._file = self._path.open("ab", buffering=0)
            if _is_torn(self._path):
                self._file.write(b"\n")
        while self._waiting:
            line = self._waiting[0].encode()
            if self._file.write(line) < len(line):  # the disk is full; half a line is no line
                self._file.write(b"\n")
                return
            del self._waiting[0]

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if not size:
            return False
        file.seek(size - 1)
        return file.read(1) != b"\n"


class Teller:
    """Says events with the time and step filled in."""

    def __init__(self, log: EventLog | None, clock: Callable[[], float] = time.time) -> None:
        self._log = log
        self._clock = clock
        self.step = 0

    def __call__(self, kind: type[TrainEvent], **values: Any) -> None:
        """Say an event of this kind. Without a log (in processes other than the first) nothing."""
        if self._log is not None:
            self._log.say(kind(step=self.step, at=round(self._clock(), 3), **values))
