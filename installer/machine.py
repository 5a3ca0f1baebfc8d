"""What this machine is: its GPU, display, disk, package manager and Qt's system libraries."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

GIGABYTE = 1_000_000_000
PARTS_VARIABLE = "VLM_DESKTOP_PARTS"

_NVIDIA_FILES = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1")

# What Qt's window and offscreen back-ends load from the system, and the package that holds it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
}
X11_LIBRARIES = {
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
_DNF = {
    "libegl1": "libglvnd-egl",
    "libgl1": "libglvnd-glx",
    "libxkbcommon0": "libxkbcommon",
    "libdbus-1-3": "dbus-libs",
    "libfontconfig1": "fontconfig",
    "libfreetype6": "freetype",
    "libglib2.0-0": "glib2",
    "libx11-6": "libX11",
    "libx11-xcb1": "libX11-xcb",
    "libxkbcommon-x11-0": "libxkbcommon-x11",
    "libxcb-cursor0": "xcb-util-cursor",
    "libxcb-icccm4": "xcb-util-wm",
    "libxcb-image0": "xcb-util-image",
    "libxcb-keysyms1": "xcb-util-keysyms",
    "libxcb-render-util0": "xcb-util-renderutil",
    "libxcb-randr0": "libxcb",
    "libxcb-shape0": "libxcb",
    "libxcb-xkb1": "libxcb",
}
_PACMAN = {
    "libegl1": "libglvnd",
    "libgl1": "libglvnd",
    "libdbus-1-3": "dbus",
    "libx11-6": "libx11",
    "libx11-xcb1": "libx11",
    **{name: package for name, package in _DNF.items() if name.startswith(("libxcb", "libxkb"))},
    "libfontconfig1": "fontconfig",
    "libfreetype6": "freetype2",
    "libglib2.0-0": "glib2",
}
_ZYPPER = {
    "libegl1": "libEGL1",
    "libgl1": "libGL1",
    "libxcb-render-util0": "libxcb-render-util0",
    "libglib2.0-0": "libglib-2_0-0",
    "libx11-6": "libX11-6",
    "libx11-xcb1": "libX11-xcb1",
}
_MANAGERS = (
    ("apt-get", "apt-get install"),
    ("dnf", "dnf install"),
    ("pacman", "pacman -S"),
    ("zypper", "zypper install"),
)
_VENV_PACKAGES = {
    "apt-get": "python3-venv",
    "dnf": "python3 python3-pip",
    "pacman": "python",
    "zypper": "python3 python3-pip",
}


def has_nvidia(
    *,
    exists: Callable[[str], bool] = os.path.exists,
    which: Callable[[str], str | None] = shutil.which,
    system: str = sys.platform,
) -> bool:
    """Whether an NVIDIA GPU with its driver is here. Cheap checks first."""
    if system == "darwin":
        return False
    if any(exists(name) for name in _NVIDIA_FILES):
        return True
    if system == "win32" and _windows_library("nvcuda.dll"):
        return True
    program = which("nvidia-smi")
    return program is not None and _succeeds([program, "-L"])


def _windows_library(name: str) -> bool:
    loader = getattr(ctypes, "WinDLL", None)
    if loader is None:
        return False
    try:
        loader(name)
    except OSError:
        return False
    return True


def _succeeds(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"GPU" in done.stdout


def wanted_parts(environment: Mapping[str, str], nvidia: Callable[[], bool], before: str) -> str:
    """ "cuda" or "cpu". `before` is what is installed already, or "".

    CUDA parts also run without a GPU, so they stay when the GPU is away for a while.
    """
    forced = environment.get(PARTS_VARIABLE, "").strip().lower()
    if forced in {"cpu", "cuda"}:
        return forced
    if before == "cuda" or nvidia():
        return "cuda"
    return "cpu"


def has_display(environment: Mapping[str, str], system: str = sys.platform) -> bool:
    """Whether a window can be shown at all."""
    if system.startswith("linux"):
        return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return True


def unsupported(
    *,
    system: str = sys.platform,
    machine: str | None = None,
    implementation: str | None = None,
    wide: bool = sys.maxsize > 2**32,
) -> str:
    """A sentence when no build of the parts can exist for this Python, else ""."""
    implementation = implementation or platform.python_implementation()
    machine = machine or platform.machine()
    if implementation != "CPython":
        return f"This is {implementation}, and the parts are built for CPython only."
    if not wide:
        return "This Python is a 32-bit build; install a 64-bit one."
    if system == "darwin" and machine == "x86_64":
        return (
            "The parts are no longer built for Intel Macs. On an Apple Silicon Mac this means "
            "that Python itself is the Intel build: install the arm64 or universal2 one."
        )
    return ""


def missing_space(folder: Path, needed: int, usage: Callable[[Path], int] | None = None) -> int:
    """How many bytes are lacking where `folder` lies; 0 when there is room for `needed`."""
    place = folder
    while not place.exists():
        place = place.parent
    free = usage(place) if usage is not None else shutil.disk_usage(place).free
    return max(0, needed - free)


def package_manager(which: Callable[[str], str | None] = shutil.which) -> str:
    """The name of this Linux's package manager, "" when it is none of those known here."""
    return next((name for name, _ in _MANAGERS if which(name)), "")


def install_line(manager: str, packages: Iterable[str], root: bool) -> str:
    command = dict(_MANAGERS)[manager]
    names = " ".join(dict.fromkeys(packages))
    return f"{'' if root else 'sudo '}{command} {names}"


def is_root() -> bool:
    return bool(getattr(os, "geteuid", lambda: 1)() == 0)


def venv_line(manager: str, *, root: bool, version: str = "") -> str:
    """The command that installs what `python -m venv` needs."""
    package = _VENV_PACKAGES.get(manager)
    if package is None:
        return "install the venv and ensurepip modules of Python"
    if manager == "apt-get" and version:
        package = f"python{version}-venv"
    return install_line(manager, package.split(), root)


def libraries_line(libraries: Iterable[str], manager: str, *, root: bool) -> str:
    """The command that installs the packages holding these .so files."""
    known = QT_LIBRARIES | X11_LIBRARIES
    wanted = [known[name] for name in libraries if name in known]
    if not manager or not wanted:
        return "install them with your system's packages"
    names = {"dnf": _DNF, "pacman": _PACMAN, "zypper": _ZYPPER}.get(manager, {})
    return install_line(manager, [names.get(package, package) for package in wanted], root)
