"""Write the lock files of `installer/lock/` anew. For maintainers; needs `uv` on PATH.

    python installer/lock.py            newest versions that pyproject.toml allows
    python installer/lock.py --keep     only what pyproject.toml forces, the rest as locked

One resolution covers Linux, macOS and Windows with Python 3.11 to 3.13. It is split into
files that can be installed one by one with `pip install --require-hashes --no-deps`, so that
torch with its CUDA libraries, and the two builds of ONNX Runtime, stay separable:

    tools.txt    pip and what builds the project's own editable install
    common.txt   everything else the program needs to run
    cpu.txt      onnxruntime
    gpu.txt      onnxruntime-gpu
    torch.txt    torch and torchvision, a pair
    cuda.txt     the CUDA libraries of the Linux builds of torch
    dev.txt      what only the tests need
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "installer" / "lock"
TOOLS = ("pip", "hatchling", "editables")
OLDEST_PYTHON = "3.11"
UNWANTED = ("docopt",)
"""Left out: num2words names it for a command of its own, and it would have to be built here."""
PAIR = ("torch", "torchvision")

HEADERS = {
    "tools": "pip and what builds the project's own editable install",
    "common": "what the program needs to run, apart from the files beside this one",
    "cpu": "ONNX Runtime for machines without an NVIDIA GPU",
    "gpu": "ONNX Runtime for machines with an NVIDIA GPU",
    "torch": "torch and torchvision: a pair, always from the same place",
    "cuda": "the CUDA libraries that the Linux builds of torch load",
    "dev": "what only the tests need",
}

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
_NEVER = re.compile(r";\s*(.* and )?sys_platform == 'emscripten'\s*\\?$")


def entries(text: str) -> list[tuple[str, str]]:
    """Split a requirements file into (name, whole entry with its hashes)."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        match = _PINNED.match(line)
        if match:
            found.append((match["name"].lower(), line))
        elif line.startswith("    --hash=") and found:
            name, entry = found[-1]
            found[-1] = (name, entry + "\n" + line)
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"a line that is neither a pin nor a hash: {line!r}")
    return [(name, entry) for name, entry in found if not _NEVER.search(entry.split("\n")[0])]


def part_of(name: str, runtime: frozenset[str], tools: frozenset[str]) -> str:
    """The file that a package belongs to."""
    if name in PAIR:
        return "torch"
    if name == "triton" or name.startswith(("nvidia-", "cuda-")):
        return "cuda"
    if name == "onnxruntime":
        return "cpu"
    if name == "onnxruntime-gpu":
        return "gpu"
    if name in tools:
        return "tools"
    return "common" if name in runtime else "dev"


def exact(name: str, entry: str) -> str:
    """Pin the pair with `===`, so that a stray "+cpu" build can never stand in for it."""
    return entry.replace("==", "===", 1) if name in PAIR else entry


def resolve(folder: Path, uv: str, extras: tuple[str, ...], tools: bool, known: Path) -> str:
    """One universal resolution, as text. `known` holds versions to prefer, if it exists."""
    output = folder / "resolved.txt"
    if known.exists():
        shutil.copy(known, output)
    wanted = folder / "tools.in"
    wanted.write_text("\n".join(TOOLS) + "\n", encoding="utf-8")
    command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--python-version", OLDEST_PYTHON, "--no-annotate", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", str(output)]
    for package in UNWANTED:
        command += ["--no-emit-package", package]
    for extra in extras:
        command += ["--extra", extra]
    command += ["pyproject.toml"] if extras else []
    command += [str(wanted)] if tools else []
    subprocess.run(command, cwd=ROOT, check=True)
    text = output.read_text(encoding="utf-8")
    output.unlink()
    return text


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name, _ in entries(text))


def write(resolved: str, runtime: frozenset[str], tools: frozenset[str]) -> dict[str, int]:
    """Write all files; return the number of packages in each."""
    parts: dict[str, list[str]] = {part: [] for part in HEADERS}
    for name, entry in entries(resolved):
        parts[part_of(name, runtime, tools)].append(exact(name, entry))
    FOLDER.mkdir(exist_ok=True)
    for part, lines in parts.items():
        head = f"# {HEADERS[part]}. Written by installer/lock.py; do not edit.\n"
        (FOLDER / f"{part}.txt").write_text(
            head + "\n".join(lines) + "\n", encoding="utf-8", newline="\n"
        )
    return {part: len(lines) for part, lines in parts.items()}


def _locked_now() -> str:
    files = sorted(FOLDER.glob("*.txt"))
    return "".join(file.read_text(encoding="utf-8") for file in files).replace("===", "==")


def main(arguments: list[str]) -> int:
    uv = shutil.which("uv")
    if uv is None:
        print("The lock files are made with uv; install it first: pip install uv")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = folder / "known.txt"
        if "--keep" in arguments:
            known.write_text(_locked_now(), encoding="utf-8")
        everything = resolve(folder, uv, ("cpu", "gpu", "dev"), True, known)
        known.write_text(everything, encoding="utf-8")
        runtime = _names(resolve(folder, uv, ("cpu", "gpu"), False, known))
        tools = _names(resolve(folder, uv, (), True, known))
        counts = write(everything, runtime, tools)
    for part, count in counts.items():
        print(f"{part}.txt: {count} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
