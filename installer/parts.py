"""Which files of `installer/lock/` this machine needs, and where torch comes from."""

import http.client
import re
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from installer.environment import State, digest

TORCH_INDEX = "https://download.pytorch.org/whl"
REGISTRY = "registry"
LOCK_VARIABLE = "VLM_DESKTOP_LOCK"
_PROBE_SECONDS = 8

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)={2,3}(?P<version>[^\s;\\]+)", re.MULTILINE)

# Rough sizes on disk, in bytes, downloads included.
SIZES = {
    "tools": 30_000_000,
    "common": 2_000_000_000,
    "cpu": 100_000_000,
    "gpu": 900_000_000,
    "torch": 900_000_000,
    "cuda": 5_500_000_000,
    "dev": 500_000_000,
    "project": 1_000_000,
}


@dataclass(frozen=True)
class Part:
    """One step of the installation. `digest` changes when the part must be installed again."""

    name: str
    label: str
    digest: str


def pins(text: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    return {match["name"].lower(): match["version"] for match in _PIN.finditer(text)}


def torch_flavour(parts: str, cuda_lock: str, system: str = sys.platform) -> str:
    """The index of PyTorch's own that holds better builds for this machine, or "".

    On Linux the registry's builds need gigabytes of CUDA libraries, so without a GPU the small
    ones are looked for; on Windows the registry's builds cannot use a GPU, so with one the CUDA
    ones are. On macOS the registry's builds are the right ones.
    """
    if system.startswith("linux"):
        return "cpu" if parts == "cpu" else ""
    if system == "win32" and parts == "cuda":
        major_minor = pins(cuda_lock).get("cuda-toolkit", "").split(".")[:2]
        return "cu" + "".join(major_minor) if len(major_minor) == 2 else ""
    return ""


def offers_pair(
    flavour: str,
    pair: Mapping[str, str],
    python: tuple[int, ...],
    machine: str,
    fetch: Callable[[str], str] | None = None,
) -> bool:
    """Whether PyTorch's own index answers and holds both packages of the pair for this Python."""
    if not flavour:
        return False
    fetch = fetch or _page
    tag = f"cp{python[0]}{python[1]}"
    for name, version in pair.items():
        try:
            page = fetch(f"{TORCH_INDEX}/{flavour}/{name}/")
        except (OSError, ValueError):
            return False
        wheel = re.compile(
            rf"{name}-{re.escape(version)}(%2B|\+){flavour}-{tag}-{tag}-[\w.]*{machine}\.whl",
            re.IGNORECASE,
        )
        if not wheel.search(page):
            return False
    return True


def _page(address: str) -> str:
    """Fetch a page; proxies and certificates as the environment says. Raises OSError."""
    request = urllib.request.Request(address, headers={"User-Agent": "vlm-desktop-setup"})
    try:
        with urllib.request.urlopen(request, timeout=_PROBE_SECONDS) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error


class Locks:
    """The lock files and what they mean for one machine."""

    def __init__(self, root: Path, system: str = sys.platform) -> None:
        self.root = root
        self._system = system

    def file(self, name: str) -> Path:
        return self.root / "installer" / "lock" / f"{name}.txt"

    def text(self, name: str) -> str:
        return self.file(name).read_text(encoding="utf-8")

    def pair(self) -> dict[str, str]:
        """torch and torchvision with their locked versions."""
        return pins(self.text("torch"))

    def project_digest(self) -> str:
        return digest((self.root / "pyproject.toml").read_bytes(), str(self.root))

    def wanted(self, parts: str, torch: str, *, dev: bool) -> list[Part]:
        """What must be there, in the order of installation. `torch` is where it comes from."""
        runtime = "gpu" if parts == "cuda" else "cpu"
        chosen = [
            ("tools", "the installer's own tools"),
            ("common", "the common parts"),
            (runtime, "ONNX Runtime" + (" for NVIDIA GPUs" if parts == "cuda" else "")),
            ("torch", "torch and torchvision"),
        ]
        if torch == REGISTRY and self._system.startswith("linux"):
            chosen.append(("cuda", "the CUDA libraries of torch"))
        if dev:
            chosen.append(("dev", "what the tests need"))
        wanted = [
            Part(name, label, digest(self.text(name), torch if name == "torch" else ""))
            for name, label in chosen
        ]
        return [*wanted, Part("project", "VLM Desktop itself", self.project_digest())]

    def ranges(self, parts: str, *, dev: bool) -> Part:
        """The one part of the fallback: whatever fits pyproject.toml."""
        return Part(
            "ranges-dev" if dev else "ranges",
            "the newest parts that fit",
            digest(self.project_digest(), parts),
        )


def missing(wanted: list[Part], state: State) -> list[Part]:
    """What is not installed yet, or was installed from another lock."""
    return [part for part in wanted if state.done.get(part.name) != part.digest]


def space_needed(parts: list[Part]) -> int:
    """Bytes that installing these will take."""
    if any(part.name.startswith("ranges") for part in parts):
        return sum(SIZES.values())
    return sum(SIZES[part.name] for part in parts)
