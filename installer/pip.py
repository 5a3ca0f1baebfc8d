"""Run pip with progress that a person can follow, and keep all it says in a log file."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from installer.environment import Environment, clean

HEARTBEAT_SECONDS = 15.0

_DOWNLOAD = re.compile(
    r"Downloading (?P<name>[^\s-]+).*\((?P<amount>[\d.]+) (?P<unit>kB|KB|MB|GB|bytes)\)"
)
_FACTORS = {"bytes": 1e-6, "kB": 1e-3, "KB": 1e-3, "MB": 1.0, "GB": 1e3}


@dataclass(frozen=True)
class Result:
    """Exit code and everything that was printed."""

    code: int
    text: str

    @property
    def ok(self) -> bool:
        return self.code == 0


class Tally:
    """Adds up what pip says it downloads, for the lines that say it is still at it."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self.doing = "starting"

    def read(self, line: str) -> None:
        """Take notice of one line of pip's output."""
        match = _DOWNLOAD.search(line)
        if match:
            self.megabytes += float(match["amount"]) * _FACTORS[match["unit"]]
            self.doing = f"fetching {match['name']}"
        elif line.startswith("Installing collected packages"):
            self.doing = "unpacking"
        elif line.startswith("Building wheel"):
            self.doing = "building"

    def __str__(self) -> str:
        return f"{self.megabytes:,.0f} MB fetched, {self.doing}"


def arguments_for_lock(lock: Path) -> list[str]:
    """pip's arguments for one hashed lock file."""
    return ["install", "--require-hashes", "--no-deps", "-r", str(lock)]


def arguments_for_pair(index: str, flavour: str, pair: dict[str, str]) -> list[str]:
    """pip's arguments for torch and torchvision from one of PyTorch's own indexes.

    That index gives a checksum with each link, which pip verifies; its builds carry the
    flavour in their version, so no other index can stand in for one half of the pair.
    """
    wanted = [f"{name}=={version}+{flavour}" for name, version in pair.items()]
    return ["install", "--no-deps", "--index-url", f"{index}/{flavour}", *wanted]


def arguments_for_project(root: Path) -> list[str]:
    """pip's arguments for the checkout itself: editable, without fetching anything."""
    return ["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(root)]


def arguments_for_ranges(root: Path, extras: Sequence[str]) -> list[str]:
    """pip's arguments for whatever fits pyproject.toml."""
    return ["install", "--prefer-binary", "-e", f"{root}[{','.join(extras)}]"]


def pip_environment(environment: Environment) -> dict[str, str]:
    """The variables pip runs with: downloads are unpacked on the disk that takes them."""
    variables = clean(dict(os.environ))
    environment.temporary.mkdir(parents=True, exist_ok=True)
    variables["TMPDIR"] = variables["TEMP"] = variables["TMP"] = str(environment.temporary)
    variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    variables["PIP_NO_INPUT"] = "1"
    return variables


def run_pip(
    environment: Environment,
    arguments: Sequence[str],
    say: Callable[[str], None],
    terminal: bool,
) -> Result:
    """Run pip in the environment. On a terminal pip shows its own bars."""
    command = [str(environment.python), "-m", "pip", *arguments]
    if terminal:
        return _with_bars(environment, command)
    if "install" in arguments:
        command += ["--progress-bar", "off"]
    return _with_heartbeat(environment, command, say)


def _with_bars(environment: Environment, command: list[str]) -> Result:
    start = environment.log.stat().st_size if environment.log.exists() else 0
    process = subprocess.Popen(
        [*command, "--log", str(environment.log)],
        stdin=subprocess.DEVNULL,
        pass_fds=environment.held if os.name != "nt" else (),
        env=pip_environment(environment),
    )
    code = _wait(process)
    with environment.log.open("rb") as file:
        file.seek(start)
        return Result(code, file.read().decode("utf-8", "replace"))


def _with_heartbeat(
    environment: Environment, command: list[str], say: Callable[[str], None]
) -> Result:
    tally = Tally()
    lines: list[str] = []
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=environment.held if os.name != "nt" else (),
        env=pip_environment(environment),
    )
    stream = process.stdout
    if stream is None:  # cannot happen with PIPE; said for the type checker
        return Result(_wait(process), "")
    with environment.log.open("ab") as log:
        reader = threading.Thread(target=_read, args=(stream, log, lines, tally), daemon=True)
        reader.start()
        try:
            code = _wait(process, lambda: say(f"still at it: {tally}"))
        finally:
            reader.join(timeout=5)
            stream.close()
    return Result(code, "".join(lines))


def _read(stream: IO[bytes], log: IO[bytes], lines: list[str], tally: Tally) -> None:
    for raw in stream:
        log.write(raw)
        log.flush()
        line = raw.decode("utf-8", "replace")
        lines.append(line)
        tally.read(line)


def _wait(process: "subprocess.Popen[bytes]", beat: Callable[[], None] | None = None) -> int:
    """Wait for the process; when interrupted, end it before going on being interrupted."""
    last = time.monotonic()
    try:
        while True:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                if beat is not None and time.monotonic() - last >= HEARTBEAT_SECONDS:
                    last = time.monotonic()
                    beat()
    except KeyboardInterrupt:
        _end(process)
        raise


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def python_output(environment: Environment, code: str) -> Result:
    """Run a few lines in the environment's Python, quietly."""
    done = subprocess.run(
        [str(environment.python), "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env=clean(dict(os.environ)),
    )
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"))


def is_terminal() -> bool:
    return sys.stdout.isatty() and sys.stderr.isatty()
