#!/usr/bin/env python3
"""Set up VLM Desktop on a bare machine, then run it or its tests.

    python3 installer/bootstrap.py run [FOLDER]     index FOLDER and open the window
    python3 installer/bootstrap.py test [-- ARGS]   run the tests (ARGS go to pytest)

Everything is put into the folder .venv beside this checkout; deleting that folder undoes it.
Safe to interrupt and to run again: it goes on where it stopped.

VLM_DESKTOP_PARTS=cpu|cuda chooses the parts by hand. VLM_DESKTOP_LOCK=off installs the newest
versions that fit instead of the tested ones.
"""

# This file must parse and run on Python 3.6 and later, up to the check of the version, so that
# a wrong Python is explained rather than met by a traceback. The rest is in the files beside it.

import os
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OLDEST = (3, 11)
NEWEST = (3, 13)
PREFERRED = ("3.12", "3.13", "3.11")
_PROBE = "import sys; print('%d.%d' % sys.version_info[:2])"


def fits(version: "Sequence[int]") -> bool:
    """Whether a Python of this (major, minor) can run the program."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def candidates(windows: bool) -> "list[list[str]]":
    """Commands that may start a fitting Python, best first."""
    if windows:
        return [["py", "-" + number] for number in PREFERRED]
    return [["python" + number] for number in PREFERRED]


def answers(command: "list[str]") -> str:
    """The version that `command` starts, as "3.12", or "" when it does not start.

    A name on PATH is not enough: version managers leave stand-ins there that only fail.
    """
    try:
        output = subprocess.check_output(
            command + ["-c", _PROBE], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return output.decode("ascii", "replace").strip()


def find_python(windows: bool, ask: "Callable[[list[str]], str]" = answers) -> "list[str] | None":
    """The first command that starts a fitting Python, or None."""
    for command in candidates(windows):
        number = ask(command)
        if number and fits([int(part) for part in number.split(".")]):
            return command
    return None


def wrong_python(version: "Sequence[int]") -> str:
    """One sentence about a Python that does not fit."""
    this = f"{version[0]}.{version[1]}"
    return (
        f"VLM Desktop needs Python 3.11, 3.12 or 3.13, and this is Python {this}: "
        "install one of them (from your system's packages or python.org) and run this again."
    )


def restart(command: "list[str]", arguments: "list[str]", windows: bool) -> int:
    """Go on in another Python; returns its exit code where the process cannot be replaced."""
    whole = command + [os.path.abspath(__file__)] + arguments
    if not windows:
        sys.stdout.flush()
        os.execvp(whole[0], whole)
    return subprocess.call(whole)


def main(arguments: "list[str]") -> int:
    version = sys.version_info[:2]
    if not fits(version):
        windows = os.name == "nt"
        other = find_python(windows)
        if other is None:
            sys.stderr.write(wrong_python(version) + "\n")
            return 1
        return restart(other, arguments, windows)
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(0, root)
    from installer.commands import start

    return start(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
