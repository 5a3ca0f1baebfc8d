"""The child process of a run: waits for its turn, works, and says how that ended.

`python -m vlm_desktop train-worker FOLDER` comes here; so does each process of `accelerate launch
-m vlm_desktop train-worker FOLDER`, of which only the first speaks and writes. PyTorch is loaded
only once it is this run's turn, so that waiting costs no memory.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from vlm_desktop.backends.late import resolve
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.trainerrors import RunIsLive
from vlm_desktop.base.training import RunState, StateChanged
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.eventlog import EventLog, Teller
from vlm_desktop.training.runfolder import Command, RunFolder, worker_lock

_LEARNERS = "vlm_desktop.training.learners"
LEARNERS = {
    "assistant": f"{_LEARNERS}.assistant:build",
    "chat": f"{_LEARNERS}.chat:build",
    "encoder": f"{_LEARNERS}.encoder:build",
    "probe": f"{_LEARNERS}.probe:build",
    "prompts": f"{_LEARNERS}.prompts:build",
}
"""Kind of a recipe -> the `LearnerFactory` that teaches it."""
WORK = "vlm_desktop.training.working:work"
ENDED, FAILED = 0, 1
_LOOK_SECONDS = 0.2
_HELD_SECONDS = 5.0
"""How long another worker of the same run may take to end."""


def main(
    folder: Path,
    words: Callable[[BaseException], str],
    learners: Mapping[str, str] = LEARNERS,
) -> int:
    """Work on a run until it ends or is asked to. `words` gives the sentence of an error.

    Returns the exit code. The states it went through are the last words in the run's events.
    """
    run = RunFolder(folder.absolute())
    if not _is_first():
        resolve(WORK, "training")(run, Teller(None), Asked(run), learners)
        return ENDED
    with _held(run), EventLog(run.events, sys.stdout) as log:
        tell = Teller(log)
        asked = Asked(run)
        asked.listen_to_signals()
        try:
            with _turn(run, tell, asked):
                tell(StateChanged, state=RunState.RUNNING)
                ending = resolve(WORK, "training")(run, tell, asked, learners)
            detail = "" if ending.error is None else words(ending.error)
            tell(StateChanged, state=ending.state, detail=detail)
        except Cancelled:
            stopped = asked.command() is Command.STOP
            tell(StateChanged, state=RunState.STOPPED if stopped else RunState.PAUSED)
        except BaseException as error:
            tell(StateChanged, state=RunState.FAILED, detail=words(error))
            raise
        finally:
            run.take_back()
    return ENDED


def _is_first() -> bool:
    return os.environ.get("RANK", "0") == "0"


@contextlib.contextmanager
def _held(run: RunFolder) -> Iterator[None]:
    """Be the one worker of this run. Raises RunIsLive."""
    try:
        with FileLock(run.lock, timeout=_HELD_SECONDS):
            run.name_process(os.getpid())
            yield
    except Timeout as error:
        raise RunIsLive(run=run.root.name) from error


@contextlib.contextmanager
def _turn(run: RunFolder, tell: Teller, asked: Asked) -> Iterator[None]:
    """Hold the one place there is for training in a home folder, in the order of asking.

    Raises Cancelled when the run is asked to end while it waits.
    """
    lock = FileLock(worker_lock(run.root.parent))
    run.take_ticket()
    has_said = False
    try:
        while not _try(run, lock):
            if not has_said:
                tell(StateChanged, state=RunState.QUEUED)
                has_said = True
            asked.raise_if_cancelled()
            time.sleep(_LOOK_SECONDS)
    finally:
        run.ticket.unlink(missing_ok=True)
    try:
        yield
    finally:
        lock.release()


def _try(run: RunFolder, lock: FileLock) -> bool:
    mine = run.ticket_number() or 0
    for folder in run.root.parent.iterdir():
        other = RunFolder(folder)
        number = None if folder == run.root else other.ticket_number()
        if number is not None and number < mine and other.living_process() is not None:
            return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
