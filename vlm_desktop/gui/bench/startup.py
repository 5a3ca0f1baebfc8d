"""`bench startup`: the program's window beside a bare PySide6 window, in turn, in this run.

The time is taken here, from the start of the child process until it says that it has painted, so
that the interpreter, all imports and the plugin for the display are in both. Windows opened one
after the other see the same machine; the ratio of the medians is what is kept.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import WindowNotShown
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.benchmarks import Machine, machine

_HERE = Path(__file__).resolve().parent
_PACKAGE_PARENT = _HERE.parents[2]
_END_SECONDS = 60
_OFFSCREEN = "offscreen"


@dataclass(frozen=True, slots=True)
class StartupFigures:
    """Medians in seconds from the start of the process to the first paint; memory in bytes.

    `ready_seconds` goes on until the first pane, which is built after that, is painted too.
    `resident_bytes` counts what is shared with other programs, `private_bytes` does not; both
    are taken when the window, with an empty library, has done all it does by itself.
    `loaded_*` are the packages among `real_window.HEAVY` that were imported by then.
    """

    machine: Machine
    platform: str
    runs: int
    bare_seconds: float
    window_seconds: float
    ratio: float
    ready_seconds: float
    resident_bytes: int
    private_bytes: int
    loaded_at_first_paint: tuple[str, ...]
    loaded_at_rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a child, and the seconds from its start until it came."""

    seconds: float
    line: str


def bench_startup(runs: int, cancel: CancelToken) -> Generator[Event, None, StartupFigures]:
    """Open both windows `runs` times in turn, then the program's once more until it rests.

    One of each comes first and is not counted: it fills the disk's cache. Raises
    `WindowNotShown` with what a child said when it ended without painting.
    """
    environment = child_environment()
    bare: list[list[Said]] = []
    real: list[list[Said]] = []
    total = 2 * (runs + 1) + 1
    with tempfile.TemporaryDirectory(prefix="vlm-desktop-bench-") as temporary:
        home = str(Path(temporary) / "home")
        commands = (
            (bare, [str(_HERE / "bare_window.py")]),
            (real, [str(_HERE / "real_window.py"), "first", home]),
        )
        for done in range(runs + 1):
            for position, (taken, words) in enumerate(commands):
                cancel.raise_if_cancelled()
                yield Progress(Phase.BENCH, 2 * done + position, total)
                said = open_window(words, environment)
                if done:
                    taken.append(said)
        yield Progress(Phase.BENCH, total - 1, total)
        said = open_window([str(_HERE / "real_window.py"), "rest", home], environment)
    rest = json.loads(said[-1].line)
    bare_seconds, window_seconds = _median(bare, "painted"), _median(real, "painted")
    return StartupFigures(
        machine=machine(),
        platform=environment.get("QT_QPA_PLATFORM", "") or "the system's",
        runs=runs,
        bare_seconds=bare_seconds,
        window_seconds=window_seconds,
        ratio=window_seconds / bare_seconds,
        ready_seconds=_median(real, "ready"),
        resident_bytes=rest["rss"],
        private_bytes=rest["uss"],
        loaded_at_first_paint=tuple(rest["loaded_at_first_paint"]),
        loaded_at_rest=tuple(rest["loaded_at_rest"]),
    )


def _median(runs: list[list[Said]], line: str) -> float:
    return statistics.median(one.seconds for said in runs for one in said if one.line == line)


def open_window(words: Sequence[str], environment: dict[str, str]) -> list[Said]:
    """All that a child says until it ends, the first line being "painted"."""
    said: list[Said] = []
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as complaint,
        subprocess.Popen(
            [sys.executable, *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaint,
            text=True,
        ) as child,
    ):
        assert child.stdout is not None
        deadline = threading.Timer(_END_SECONDS, child.kill)
        deadline.start()
        said.extend(Said(time.perf_counter() - started, line.rstrip()) for line in child.stdout)
        child.wait()
        deadline.cancel()
        deadline.join()
        complaint.seek(0)
        detail = complaint.read().strip()[-400:]
    if not said or said[0].line != "painted" or child.returncode != 0:
        raise WindowNotShown(detail=detail or "no reason given")
    return said


def child_environment() -> dict[str, str]:
    """The children's: this very program on the path, and no display where there is none."""
    others = os.environ.get("PYTHONPATH")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_PACKAGE_PARENT), others)))
    }
    shown = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not shown:
        environment.setdefault("QT_QPA_PLATFORM", _OFFSCREEN)
    return environment
