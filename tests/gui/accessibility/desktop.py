"""A real desktop for the program: a screen, a window manager, buses, and a reader of what it says.

Nothing here touches the desktop of whoever runs the tests. All of it ends with the `Desktop`.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image, ImageGrab

ROOT = Path(__file__).parents[3]
READER = Path(__file__).with_name("reader.py")
SYSTEM_PYTHON = "/usr/bin/python3"
_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
_TOOLS = ("Xvfb", "dbus-daemon", "openbox", "xdotool")
_PACKAGES = "xvfb dbus at-spi2-core python3-gi gir1.2-atspi-2.0 openbox xdotool"

_CLOSING_SECONDS = 40
"""What runs is waited for."""

Found = TypeVar("Found")


def what_is_missing() -> str:
    """What this machine lacks for a real desktop, "" for nothing."""
    if not sys.platform.startswith("linux"):
        return "the real desktop of these tests is an X11 one, on Linux"
    lacking = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if not any(Path(one).exists() for one in _LAUNCHERS):
        lacking.append("at-spi-bus-launcher")
    reads = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
    if (
        not Path(SYSTEM_PYTHON).exists()
        or subprocess.run(reads, capture_output=True, timeout=300).returncode
    ):
        lacking.append("Atspi for " + SYSTEM_PYTHON)
    return f"absent: {', '.join(lacking)} (packages: {_PACKAGES})" if lacking else ""


@dataclass(frozen=True, slots=True)
class Node:
    """One object of the accessibility tree, as a screen reader gets it."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    box: tuple[int, int, int, int]
    """x, y, width, height on the screen, in pixels."""
    before: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Of what has the focus: where what had it before is now."""
    path: tuple[int, ...] = ()
    text: str = ""
    actions: int = 0
    relations: dict[str, list[str]] = field(default_factory=dict)
    children: "tuple[Node, ...]" = ()

    @staticmethod
    def of(read: dict[str, Any]) -> "Node":
        return Node(
            role=read["role"],
            name=read["name"],
            description=read["description"],
            states=frozenset(read["states"]),
            box=tuple(read["box"]),
            before=tuple(read.get("before", (0, 0, 0, 0))),
            path=tuple(read.get("path", ())),
            text=read.get("text", ""),
            actions=read.get("actions", 0),
            relations=read.get("relations", {}),
            children=tuple(Node.of(child) for child in read.get("children", ())),
        )

    def walk(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, role: str = "", name: str = "") -> "Node | None":
        """The first object of that role whose name is, or begins with, `name`."""
        for node in self.walk():
            if (not role or node.role == role) and node.name.startswith(name):
                return node
        return None

    def __str__(self) -> str:
        return f"{self.role} “{self.name}” at {self.box}"


def wait_for(look: Callable[[], Found | None], what: str, seconds: float = 20) -> Found:
    """The first answer that is not empty. Fails the test when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.1)


class Desktop:
    """The screen and the buses. Use as a context."""

    def __init__(self, folder: Path, size: str = "1280x900") -> None:
        self._folder = folder
        self._size = size
        self._started: list[subprocess.Popen[Any]] = []
        self.programs: list[Program] = []
        """Those that were started; whoever starts one kills it."""
        self.environment: dict[str, str] = {}

    def __enter__(self) -> "Desktop":
        self._folder.mkdir(parents=True, exist_ok=True)
        runtime = self._folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {
            **kept,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_ACCESSIBILITY": "1",
            "QT_SCALE_FACTOR": "1",
        }
        try:
            self._start_parts()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_parts(self) -> None:
        screen = f"{self._size}x24"
        # Without -noreset the screen begins anew when its last client goes, and takes who has just
        # come with it.
        how = ["-nolisten", "tcp", "-dpi", "96", "-noreset"]
        number = self._first_line(["Xvfb", "-displayfd", "1", "-screen", "0", screen, *how])
        self.environment["DISPLAY"] = f":{number}"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._first_line(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        )
        launcher = next(one for one in _LAUNCHERS if Path(one).exists())
        self.start([launcher, "--launch-immediately"])
        self.start(["openbox", "--sm-disable"])
        wait_for(self._is_managed, "the window manager")
        self._reader = self.start(
            [SYSTEM_PYTHON, str(READER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line_of_reader()["answer"] == "ready"

    def _is_managed(self) -> bool:
        try:
            return self.xdotool("get_desktop") != ""
        except subprocess.CalledProcessError:
            return False

    def start(self, command: list[str], **how: Any) -> subprocess.Popen[Any]:
        """A process on this desktop that ends with it."""
        how.setdefault("stdout", subprocess.DEVNULL)
        how.setdefault("stderr", subprocess.DEVNULL)
        how.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(command, env=self.environment, **how)
        self._started.append(process)
        return process

    def _first_line(self, command: list[str]) -> str:
        process = self.start(command, stdout=subprocess.PIPE, text=True)
        ready, _, _ = select.select([process.stdout], [], [], 20)
        assert ready, f"{command[0]} does not start"
        return str(process.stdout.readline()).strip()

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._started):
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _line_of_reader(self) -> dict[str, Any]:
        ready, _, _ = select.select([self._reader.stdout], [], [], 30)
        assert ready, "the reader does not answer"
        answer: dict[str, Any] = json.loads(self._reader.stdout.readline())
        return answer

    def ask(self, do: str, **values: object) -> Any:
        """Ask the reader. None when the program was not to be read just then."""
        self._reader.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._reader.stdin.flush()
        return self._line_of_reader().get("answer")

    def xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return done.stdout.strip()

    def photograph(self) -> Image.Image:
        """The whole screen as it is now."""
        return ImageGrab.grab(xdisplay=self.environment["DISPLAY"])


class Program:
    """The program in a process of its own on a desktop, used by keys and read by the reader."""

    def __init__(self, desktop: Desktop, home: Path, *arguments: str) -> None:
        self.desktop = desktop
        self.home = home
        self.log = home.parent / f"{home.name}.stderr"
        with self.log.open("ab") as errors:
            self.process = desktop.start(
                [sys.executable, "-m", "vlm_desktop", "--home", str(home), *arguments],
                stderr=errors,
                cwd=ROOT,
                start_new_session=True,
            )
        desktop.programs.append(self)
        wait_for(self._window, "the window", 40)
        wait_for(lambda: self.tree().find("frame"), "the window's accessibility tree")

    def _window(self) -> str:
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
        try:
            return self.desktop.xdotool("search", "--onlyvisible", "--pid", str(self.process.pid))
        except subprocess.CalledProcessError:
            return ""

    # --- reading -------------------------------------------------------------------------

    def tree(self) -> Node:
        """All that shows now."""

        def read() -> dict[str, Any] | None:
            found: dict[str, Any] | None = self.desktop.ask("tree", pid=self.process.pid)
            return found

        return Node.of(wait_for(read, "the accessibility tree"))

    def focus(self) -> Node | None:
        read = self.desktop.ask("focus", pid=self.process.pid)
        return Node.of(read) if read else None

    def moved_focus(self) -> Node | None:
        """What has the focus after it moved, once it stays there for a moment. Where it does not
        move within a second, what has it then."""
        read = self.desktop.ask("moved", pid=self.process.pid)
        return Node.of(read) if read else None

    def events(self) -> list[dict[str, Any]]:
        """What was announced and focused since the last call."""
        heard: list[dict[str, Any]] = self.desktop.ask("events")
        return heard

    def wait_for(self, role: str = "", name: str = "", seconds: float = 20) -> Node:
        """An object of that role and beginning of a name, once it shows."""
        return wait_for(lambda: self.tree().find(role, name), f"{role} “{name}”", seconds)

    def wait_for_announcement(self, wanted: str, seconds: float = 20) -> list[str]:
        """Everything announced until something that holds `wanted` was."""
        said: list[str] = []

        def heard() -> bool:
            said.extend(one["text"] for one in self.events() if one["kind"] == "announcement")
            return any(wanted in text for text in said)

        try:
            wait_for(heard, f"the announcement of “{wanted}”", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; heard were {said}") from None
        return said

    # --- using ---------------------------------------------------------------------------

    def key(self, *names: str) -> None:
        """Press keys as xdotool names them ("ctrl+k", "Return")."""
        self.desktop.xdotool("key", "--delay", "30", *names)

    def type(self, text: str) -> None:
        self.desktop.xdotool("type", "--delay", "12", text)

    def click(self, node: Node) -> None:
        x, y, width, height = node.box
        self.desktop.xdotool("mousemove", str(x + width // 2), str(y + height // 2), "click", "1")

    def double_click(self, node: Node) -> None:
        self.click(node)
        self.desktop.xdotool("click", "1")

    def press(self, node: Node) -> None:
        """Do what a screen reader's user asks for: the object's first action."""
        assert self.desktop.ask("press", pid=self.process.pid, path=list(node.path))

    # --- ending --------------------------------------------------------------------------

    def again(self, *arguments: str) -> "Program":
        """The next start over the same home; this one must have ended."""
        assert self.process.poll() is not None
        return Program(self.desktop, self.home, *arguments)

    def close(self, seconds: float = 10) -> int:
        """Close the window as a person does, who also stops what runs; the exit code."""
        self.key("ctrl+q")

        def asks_or_is_gone() -> Node | bool | None:
            if self.process.poll() is not None:
                return True
            read = self.desktop.ask("tree", pid=self.process.pid)  # none once it is on its way out
            return Node.of(read).find("push button", "Stop and close") if read else None

        found = wait_for(asks_or_is_gone, "the program to end or to ask", _CLOSING_SECONDS)
        if isinstance(found, Node):
            self.click(found)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """End it and its helpers at once, as a power cut does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
