"""The two commands: set up what they need, then hand over."""

import argparse
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from installer import machine
from installer.environment import Environment, EnvironmentBusy, ForeignEnvironment, clean
from installer.parts import Locks
from installer.setup import Setup, SetupFailed

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
_MOST_PROCESSES = 4

_DESCRIPTION = "Set up VLM Desktop in the folder .venv of this checkout, then run it or its tests."
_EPILOG = """\
Safe to interrupt and to run again: it goes on where it stopped. Deleting .venv undoes it.

environment variables:
  VLM_DESKTOP_PARTS=cpu|cuda   choose the parts by hand (default: by the GPU found)
  VLM_DESKTOP_LOCK=off         the newest parts that fit instead of the tested ones
  VLM_DESKTOP_HOME=FOLDER      where the program keeps its library
  HTTPS_PROXY, PIP_CERT        as your network needs them
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line. What follows "--" lands in `rest`."""
    rest: list[str] = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, rest = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(
        prog="bootstrap.py",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|test")
    run = commands.add_parser("run", help="index FOLDER, then open the window")
    run.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help="a folder of photos; without it, what is indexed already or a few sample photos",
    )
    commands.add_parser("test", help="run all tests, or pytest with what stands after --")
    chosen = parser.parse_args(arguments)
    chosen.rest = rest
    return chosen


def program_environment(root: Path) -> dict[str, str]:
    """Variables for the program and its tests. The checkout is named for paths that a .pth
    file cannot hold in every locale."""
    variables = clean(dict(os.environ))
    variables["PYTHONPATH"] = str(root)
    return variables


def run_command(python: Path, folder: Path | None, *, terminal: bool, rest: list[str]) -> list[str]:
    """The command line of the program after set-up."""
    command = [str(python), "-m", "vlm_desktop", "welcome"]
    command += ["--terminal"] if terminal else []
    command += rest
    return command + ([str(folder)] if folder is not None else [])


def whole_suite(cores: int) -> list[str]:
    """Arguments that spread all tests over processes, a file each. At most four: each of them
    holds a PyTorch of its own."""
    processes = min(cores, _MOST_PROCESSES)
    return ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []


def _hand_over(command: list[str], variables: dict[str, str], folder: Path | None = None) -> int:
    """Become the command (where the system can), or run it and return its exit code."""
    sys.stdout.flush()
    if folder is not None:
        os.chdir(folder)
    if os.name != "nt":
        os.execve(command[0], command, variables)
    return subprocess.call(command, env=variables)


def _run(setup: Setup, environment: Environment, folder: str | None, rest: list[str]) -> int:
    photos = Path(folder).expanduser().absolute() if folder else None
    if photos is not None and not photos.is_dir():
        sys.stderr.write(f"There is no folder {photos}.\n")
        return 2
    setup.install(dev=False)
    window = machine.has_display(os.environ)
    if window:
        trouble = setup.check_window(display=True)
        if trouble:
            sys.stderr.write(f"{trouble}\nGoing on in the terminal.\n")
            window = False
    command = run_command(environment.python, photos, terminal=not window, rest=rest)
    return _hand_over(command, program_environment(ROOT))


def _test(setup: Setup, environment: Environment, rest: list[str]) -> int:
    setup.install(dev=True)
    display = machine.has_display(os.environ)
    trouble = setup.check_window(display=display)
    if trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    variables = program_environment(ROOT)
    if not display:
        variables.setdefault("QT_QPA_PLATFORM", "offscreen")
    rest = rest or whole_suite(os.cpu_count() or 1)
    return _hand_over([str(environment.python), "-m", "pytest", *rest], variables, ROOT)


def _interrupted(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def start(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    chosen = parse(arguments)
    reason = machine.unsupported()
    if reason:
        sys.stderr.write(reason + "\n")
        return 1
    signal.signal(signal.SIGTERM, _interrupted)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a path need not fit the console's encoding
    environment = Environment(ROOT / ".venv")
    setup = Setup(environment, Locks(ROOT))
    try:
        if chosen.command == "run":
            return _run(setup, environment, chosen.folder, chosen.rest)
        return _test(setup, environment, chosen.rest)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run the same command again to go on from here.\n")
        return INTERRUPTED
    except SetupFailed as failure:
        sys.stderr.write(f"{failure}\n")
        if environment.log.exists():
            sys.stderr.write(f"The details are in {environment.log}.\n")
    except EnvironmentBusy:
        sys.stderr.write("Another set-up of this folder is running: wait until it is done.\n")
    except ForeignEnvironment:
        sys.stderr.write(
            f"{environment.folder} was not made by this program and cannot be used: "
            "rename or delete it and run this again.\n"
        )
    return 1
