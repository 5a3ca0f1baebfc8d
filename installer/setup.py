"""Bring .venv to what a command needs, one part after the other."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from installer import machine, pip
from installer.environment import Environment, State
from installer.explain import Failure, compiler_hint, explain
from installer.parts import (
    LOCK_VARIABLE,
    REGISTRY,
    TORCH_INDEX,
    Locks,
    Part,
    missing,
    offers_pair,
    space_needed,
    torch_flavour,
)
from installer.window import window_trouble

_FALLBACK_KINDS = frozenset({"unavailable", "old-python"})
# The two builds of ONNX Runtime share one folder: the other one goes before one comes.
_RIVALS = {"cpu": ("gpu", "onnxruntime-gpu"), "gpu": ("cpu", "onnxruntime")}

_CHECK_IMPORTS = "import onnxruntime, torch, torchvision; torchvision.ops.nms"


class SetupFailed(Exception):
    """Set-up cannot go on; the text is the sentence for the person."""


@dataclass
class Setup:
    """Installs what is missing. Raises SetupFailed, EnvironmentBusy or ForeignEnvironment."""

    environment: Environment
    locks: Locks
    write: Callable[[str], object] = sys.stdout.write
    terminal: bool = field(default_factory=pip.is_terminal)
    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """One line of progress with the time since the start."""
        seconds = int(time.monotonic() - self.started)
        self.write(f"[{seconds // 60}:{seconds % 60:02d}] {text}\n")
        sys.stdout.flush()

    # --- installing --------------------------------------------------------------------

    def install(self, *, dev: bool) -> None:
        """Make the environment hold everything the program (`dev`: and its tests) need."""
        state = self.environment.load()
        parts = machine.wanted_parts(os.environ, machine.has_nvidia, state.parts)
        if self._is_complete(state, parts, dev):
            return
        with self.environment.alone():
            self._install(parts, dev)

    def _is_complete(self, state: State, parts: str, dev: bool) -> bool:
        if not self.environment.starts or state.parts != parts or state.begun:
            return False
        names = ("ranges-dev",) if dev else ("ranges", "ranges-dev")
        ranges = self.locks.ranges(parts, dev=dev).digest
        if any(state.done.get(name) == ranges for name in names):
            return True
        return not missing(self.locks.wanted(parts, state.torch, dev=dev), state)

    def _install(self, parts: str, dev: bool) -> None:
        self.say(f"setting up in {self.environment.folder} (details: {self.environment.log})")
        self._prepare_folder()
        state = self.environment.load()
        if state.begun:
            self.environment.sweep()
        if state.parts and state.parts != parts:
            self.say(f"changing the parts from {state.parts} to {parts}")
            state.torch = ""
        state.parts = parts
        if os.environ.get(LOCK_VARIABLE, "").strip().lower() == "off":
            self._install_ranges(state, dev)
        else:
            self._install_locked(state, dev)
        shutil.rmtree(self.environment.temporary, ignore_errors=True)
        self._check_imports()
        self.say("set up")

    def _prepare_folder(self) -> None:
        """Make the environment, or mend one that an interruption left half made."""
        environment = self.environment
        if environment.starts and (3, 11) <= environment.version()[:2] <= (3, 13):
            if environment.has_pip():
                return
            self.say("the environment is not complete: making it anew")
        version = platform.python_version()
        self.say(f"making an environment with Python {version}")
        trouble = environment.make()
        if trouble:
            raise SetupFailed(self._explain(trouble).sentence)

    def _install_locked(self, state: State, dev: bool) -> None:
        if not state.torch:
            state.torch = self._choose_torch(state.parts)
        todo = missing(self.locks.wanted(state.parts, state.torch, dev=dev), state)
        self._check_space(todo)
        while todo:
            self.say(f"installing {todo[0].label} ({len(todo)} to go)")
            failure = self._install_part(todo[0], state)
            if failure is not None and failure.kind not in _FALLBACK_KINDS:
                raise SetupFailed(failure.sentence)
            if failure is not None:
                self.say(f"{failure.sentence} Taking the newest parts that fit instead.")
                self._install_ranges(state, dev)
                return
            todo = missing(self.locks.wanted(state.parts, state.torch, dev=dev), state)

    def _choose_torch(self, parts: str) -> str:
        """Where torch and torchvision come from, always both from the same place."""
        flavour = torch_flavour(parts, self.locks.text("cuda"))
        python = self.environment.version()
        if offers_pair(flavour, self.locks.pair(), python, platform.machine()):
            return flavour
        return REGISTRY

    def _install_part(self, part: Part, state: State) -> Failure | None:
        """Install one part; returns why it failed. A pair that cannot be had from PyTorch's own
        index is no failure: the registry's pair is wanted from then on."""
        self._begin(part, state)
        self._remove_rival(part, state)
        if part.name == "torch" and state.torch != REGISTRY:
            arguments = pip.arguments_for_pair(TORCH_INDEX, state.torch, self.locks.pair())
            if not self._pip(arguments).ok:
                self.say("PyTorch's own index failed: taking the normal builds")
                state.torch = REGISTRY
                self.environment.save(state)
                return None
            self._finish(part, state)
            return None
        if part.name == "project":
            result = self._pip(pip.arguments_for_project(self.locks.root))
        else:
            result = self._pip(pip.arguments_for_lock(self.locks.file(part.name)))
        if not result.ok:
            return self._explain(result.text)
        self._finish(part, state)
        return None

    def _remove_rival(self, part: Part, state: State) -> None:
        other, package = _RIVALS.get(part.name, ("", ""))
        if other in state.done:
            result = self._pip(["uninstall", "--yes", package])
            if not result.ok:
                raise SetupFailed(self._explain(result.text).sentence)
            state.done.pop(other)

    def _install_ranges(self, state: State, dev: bool) -> None:
        part = self.locks.ranges(state.parts, dev=dev)
        self._check_space([part])
        self._begin(part, state)
        extras = ["gpu" if state.parts == "cuda" else "cpu", *(["dev"] if dev else [])]
        result = self._pip(pip.arguments_for_ranges(self.locks.root, extras))
        if not result.ok:
            raise SetupFailed(self._explain(result.text).sentence)
        self._finish(part, state)

    def _begin(self, part: Part, state: State) -> None:
        state.begun = part.name
        state.done.pop(part.name, None)
        self.environment.save(state)

    def _finish(self, part: Part, state: State) -> None:
        state.begun = ""
        state.done[part.name] = part.digest
        self.environment.save(state)

    def _pip(self, arguments: list[str]) -> pip.Result:
        return pip.run_pip(self.environment, arguments, self.say, self.terminal)

    # --- saying what is wrong ----------------------------------------------------------

    def _check_space(self, parts: list[Part]) -> None:
        lacking = machine.missing_space(self.environment.folder, space_needed(parts))
        if lacking:
            raise SetupFailed(
                f"The disk of {self.environment.folder} has too little room: free "
                f"{lacking / machine.GIGABYTE:.1f} GB more and run this again."
            )

    def _explain(self, text: str) -> Failure:
        manager = machine.package_manager()
        root = machine.is_root()
        major, minor = sys.version_info[:2]
        return explain(
            text,
            venv_line=machine.venv_line(manager, root=root, version=f"{major}.{minor}"),
            compiler_line=compiler_hint(sys.platform, manager, root=root),
        )

    def _check_imports(self) -> None:
        result = pip.python_output(self.environment, _CHECK_IMPORTS)
        if result.ok:
            return
        last = result.text.strip().splitlines()[-1:] or ["it gave no reason"]
        raise SetupFailed(
            f"The parts were installed but do not start ({last[0]}). "
            f"Delete {self.environment.folder} and run this again."
        )

    def check_window(self, *, display: bool) -> str:
        """Why Qt cannot start here, "" when it can. A good answer is remembered."""
        state = self.environment.load()
        level = "window" if display else "offscreen"
        if state.qt in {level, "window"}:
            return ""
        x11 = display and bool(os.environ.get("DISPLAY"))
        trouble = window_trouble(self.environment, x11=x11)
        if not trouble:
            state.qt = level
            self.environment.save(state)
        return trouble
