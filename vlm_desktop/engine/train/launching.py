"""Starting the process that works on a run."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import vlm_desktop
from vlm_desktop.base.reentry import TRAIN_ARGUMENT
from vlm_desktop.training.runfolder import RunFolder


def worker_command(folder: Path) -> list[str]:
    """How to start a worker: this Python with `-m`, or a frozen program by itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, TRAIN_ARGUMENT, str(folder)]
    return [sys.executable, "-m", "vlm_desktop", TRAIN_ARGUMENT, str(folder)]


def launch(run: RunFolder, command: Sequence[str]) -> None:
    """Start a worker in a session of its own, so that it outlives this process."""
    package = str(Path(vlm_desktop.__file__).parents[1])
    known = os.environ.get("PYTHONPATH", "")
    with run.log.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # its events are in the folder
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (package, known)))},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    run.name_process(child.pid)
    # A child that nobody waits for stays in the list of processes.
    threading.Thread(target=child.wait, name=f"wait {run.root.name}", daemon=True).start()
