"""The folder .venv: made, repaired, and what has been put into it so far.

A small file in .venv says which parts are finished, with a digest of what they were installed
from. It is written before anything else, so that an interrupted set-up is recognised and gone
on with, and it makes a run with nothing to do a matter of milliseconds.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

STATE = "vlm-desktop-setup.json"
LOG = "install.log"
_LOCK = "vlm-desktop-setup.lock"


@dataclass
class State:
    """What is installed. `parts` is "cpu" or "cuda", `torch` where torch came from, `begun` the
    part that was being installed, `qt` what Qt was seen to manage: "offscreen" or "window"."""

    parts: str = ""
    torch: str = ""
    done: dict[str, str] = field(default_factory=dict)
    begun: str = ""
    qt: str = ""


class EnvironmentBusy(Exception):
    """Another set-up of the same checkout is running."""


class ForeignEnvironment(Exception):
    """The folder holds an environment that this program did not make."""


class Environment:
    """One virtual environment and the record of what it holds."""

    def __init__(self, folder: Path, windows: bool = os.name == "nt") -> None:
        self.folder = folder
        self.log = folder / LOG
        self.temporary = folder / "tmp"
        self.python = folder / ("Scripts/python.exe" if windows else "bin/python")
        self.held: tuple[int, ...] = ()
        """The lock's descriptor. pip inherits it, so that a pip that outlives a killed set-up
        still keeps the next one out."""
        self._state = folder / STATE

    # --- the record --------------------------------------------------------------------

    @property
    def is_ours(self) -> bool:
        return self._state.is_file()

    @property
    def is_foreign(self) -> bool:
        """Whether something lies there that this program did not put there."""
        if self.is_ours or not self.folder.is_dir():
            return False
        return any(entry.name not in {_LOCK, LOG} for entry in self.folder.iterdir())

    def load(self) -> State:
        """The record; an empty one when there is none or it does not read."""
        try:
            stored = json.loads(self._state.read_text(encoding="utf-8"))
            return State(**stored)
        except (OSError, ValueError, TypeError):
            return State()

    def save(self, state: State) -> None:
        """Write the record so that a crash leaves the old one or the new one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self._state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")
        draft.replace(self._state)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the set-up of this folder; raise EnvironmentBusy when another process does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("a+b") as file:
            if not _take(file):
                raise EnvironmentBusy
            self.held = (file.fileno(),)
            try:
                yield
            finally:
                self.held = ()

    # --- the environment itself --------------------------------------------------------

    def version(self) -> tuple[int, ...]:
        """The environment's Python, as (3, 11, 7); empty when it was not made completely."""
        try:
            text = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ()
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if key.strip() in {"version", "version_info"}:
                numbers = value.strip().split(".")[:3]
                return tuple(int(number) for number in numbers if number.isdigit())
        return ()

    @property
    def starts(self) -> bool:
        """Whether its Python is there (a removed base Python leaves a dangling link)."""
        return self.python.exists() and bool(self.version())

    def has_pip(self) -> bool:
        """Whether pip runs in it: after an interruption it may not."""
        return self.starts and _quiet([str(self.python), "-m", "pip", "--version"]) == 0

    def make(self) -> str:
        """Make it anew; returns what the making printed when it failed, else "".

        Raises ForeignEnvironment rather than touching a folder that others made.
        """
        if self.is_foreign:
            raise ForeignEnvironment
        self._clear()
        self.save(State())
        command = [sys.executable, "-m", "venv", str(self.folder)]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            env=clean(dict(os.environ)),
        )
        return "" if done.returncode == 0 else done.stdout.decode("utf-8", "replace")

    def _clear(self) -> None:
        """Remove all but the record, which goes last, and the lock, which is held."""
        if not self.folder.exists():
            return
        for entry in self.folder.iterdir():
            if entry.name in {_LOCK, STATE, LOG}:
                continue
            _remove(entry)

    def site_packages(self) -> Path:
        """Where packages lie in it."""
        if self.python.parent.name == "Scripts":
            return self.folder / "Lib" / "site-packages"
        major, minor = self.version()[:2]
        return self.folder / "lib" / f"python{major}.{minor}" / "site-packages"

    def sweep(self) -> list[str]:
        """Remove packages whose installation was cut off, so that pip installs them again.

        pip writes RECORD last; a package with metadata and no RECORD looks installed and is not.
        """
        removed = []
        site = self.site_packages()
        for entry in sorted(site.iterdir()) if site.is_dir() else []:
            half = entry.name.endswith(".dist-info") and not (entry / "RECORD").is_file()
            if half or entry.name.startswith("~"):
                _remove(entry)
                removed.append(entry.name)
        return removed


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _quiet(command: Sequence[str]) -> int:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        env=clean(dict(os.environ)),
    ).returncode


def _take(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; False when someone else holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def clean(environment: dict[str, str]) -> dict[str, str]:
    """The environment for children: nothing that points them at another Python's packages."""
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        environment.pop(name, None)
    environment["PYTHONNOUSERSITE"] = "1"
    environment["PIP_USER"] = "0"
    environment["PYTHONUTF8"] = "1"
    return environment


def digest(*contents: bytes | str) -> str:
    """A short fingerprint of what a part is installed from."""
    taken = hashlib.sha256()
    for content in contents:
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        taken.update(len(data).to_bytes(8, "big"))
        taken.update(data)
    return taken.hexdigest()[:24]
