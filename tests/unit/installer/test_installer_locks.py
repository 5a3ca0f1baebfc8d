"""The lock files: complete, hashed, free of hosts, and in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from installer import lock
from installer.parts import pins

ROOT = Path(lock.ROOT)
PARTS = tuple(lock.HEADERS)
# Versions that must never be locked, whatever the ranges say.
BANNED = {("pyside6", "6.12.0")}


def _text(part: str) -> str:
    return (lock.FOLDER / f"{part}.txt").read_text(encoding="utf-8")


def _locked() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for part in PARTS:
        for name, entry in lock.entries(_text(part).replace("===", "==")):
            version = entry.split("==", 1)[1].split(" ", 1)[0].rstrip("\\")
            versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


@pytest.mark.parametrize("part", PARTS)
def test_every_entry_is_pinned_and_hashed(part: str) -> None:
    blocks = lock.entries(_text(part).replace("===", "=="))
    assert blocks
    for name, entry in blocks:
        head, *hashes = entry.split("\n")
        assert head.endswith("\\"), name
        assert hashes, name
        for line in hashes:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), (name, line)


@pytest.mark.parametrize("part", PARTS)
def test_no_host_and_no_option_is_named(part: str) -> None:
    text = _text(part)
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)
    assert not re.search(r"\b[\w-]+\.(org|com|io|net|dev)\b", text.replace("installer/lock.py", ""))


def test_no_package_lies_in_two_files() -> None:
    owners: dict[str, set[str]] = {}
    for part in PARTS:
        for name, _ in lock.entries(_text(part).replace("===", "==")):
            owners.setdefault(name, set()).add(part)
    assert not {name: parts for name, parts in owners.items() if len(parts) > 1}


def test_torch_and_torchvision_are_a_pair_of_their_own() -> None:
    assert set(pins(_text("torch"))) == {"torch", "torchvision"}
    assert _text("torch").count("===") == 2, "`==` would let a stray +cpu build in"
    assert set(pins(_text("cpu"))) == {"onnxruntime"}
    assert set(pins(_text("gpu"))) == {"onnxruntime-gpu"}
    assert all(
        name == "triton" or name.startswith(("nvidia-", "cuda-")) for name in pins(_text("cuda"))
    )


def test_cuda_libraries_are_for_linux_only() -> None:
    for name, entry in lock.entries(_text("cuda")):
        assert "sys_platform == 'linux'" in entry.split("\n")[0], name


def _requirements() -> list[tuple[str, Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    groups = {"run": project["dependencies"], **{name: extras[name] for name in ("cpu", "gpu")}}
    groups["dev"] = extras["dev"]
    return [(group, Requirement(text)) for group, texts in groups.items() for text in texts]


def test_locked_versions_lie_in_the_ranges_of_pyproject() -> None:
    locked = _locked()
    for group, requirement in _requirements():
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} ({group}) is not locked: run installer/lock.py"
        for version in locked[name]:
            assert requirement.specifier.contains(Version(version)), (name, version)


def test_banned_versions_are_not_locked() -> None:
    locked = _locked()
    assert not [(name, version) for name, version in BANNED if version in locked[name]]


def test_the_program_can_run_without_the_development_parts() -> None:
    development = set(pins(_text("dev")))
    for group, requirement in _requirements():
        if group != "dev":
            assert canonicalize_name(requirement.name) not in development, requirement.name


def test_entries_keep_hashes_with_their_package() -> None:
    text = "# head\na==1 \\\n    --hash=sha256:x \\\n    --hash=sha256:y\nb==2 ; marker\n"
    assert lock.entries(text) == [
        ("a", "a==1 \\\n    --hash=sha256:x \\\n    --hash=sha256:y"),
        ("b", "b==2 ; marker"),
    ]


def test_entries_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValueError, match="neither a pin nor a hash"):
        lock.entries("--index-url https://somewhere\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("torchvision", "torch"),
        ("nvidia-cudnn-cu13", "cuda"),
        ("triton", "cuda"),
        ("onnxruntime", "cpu"),
        ("onnxruntime-gpu", "gpu"),
        ("pip", "tools"),
        ("numpy", "common"),
        ("pytest", "dev"),
    ],
)
def test_each_package_has_one_file(name: str, expected: str) -> None:
    assert lock.part_of(name, frozenset({"numpy", "pip"}), frozenset({"pip"})) == expected
