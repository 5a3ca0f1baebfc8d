"""CONTRIBUTING.md's recipes are carried out, on a copy of the program, and must work."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_STEP = re.compile(r"^<!-- (?P<where>[^\n]*?) -->\n```\w+\n(?P<code>.*?)^```$", re.M | re.S)
_SECTION = re.compile(r"^## Add an? (?P<thing>\w+) in five steps$", re.M)
_WINDOW_FAKES = tuple(
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "tests" / "gui").rglob("*.py"))
    if not path.name.startswith("test_")
)


@dataclass(frozen=True)
class Step:
    """Code from the document and the place the document gives it."""

    where: str
    code: str


def recipes() -> dict[str, str]:
    """The text of each "Add a ... in five steps" section."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    parts = re.split(r"^(?=## )", text, flags=re.M)
    found = {}
    for part in parts:
        match = _SECTION.match(part)
        if match:
            found[match["thing"]] = part
    return found


def steps(text: str) -> list[Step]:
    return [Step(match["where"], match["code"]) for match in _STEP.finditer(text)]


def _insert(path: Path, line: int, code: str) -> None:
    """Put `code` before the line with this index (from 0)."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:line], code, *lines[line:]]), encoding="utf-8")


def _body_end(path: Path, name: str) -> int:
    """The index after the last line of the class, or of the value assigned to the name."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node.end_lineno or 0
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return (node.end_lineno or 0) - 1
    raise AssertionError(f"CONTRIBUTING.md names {name}, which is not in {path}")


def _first_import(path: Path) -> int:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("vlm_desktop.engine") or module == "vlm_desktop.base.events":
            return node.lineno - 1
    raise AssertionError(f"{path} has no import to put one beside")


def apply(step: Step, root: Path) -> None:
    """Do what the step's heading says."""
    kind, _, rest = step.where.partition(" ")
    if step.where.startswith("new file: "):
        path = root / step.where.removeprefix("new file: ")
        assert not path.exists(), f"{path} is there already: the recipe needs another example"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.code, encoding="utf-8")
        return
    anchor, _, name = step.where.rpartition(" in " if " in " in step.where else " of ")
    path = root / name
    assert path.is_file(), f"CONTRIBUTING.md names {name}, which does not exist"
    if kind == "end":
        path.write_text(path.read_text(encoding="utf-8") + "\n" + step.code, encoding="utf-8")
    elif kind == "imports":
        _insert(path, _first_import(path), step.code)
    elif kind == "class":
        _insert(path, _body_end(path, rest.split()[0]), "\n" + step.code)
    elif kind == "above":
        wanted = anchor.removeprefix("above ").strip("`")
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines.count(wanted) == 1, f"{name} has no line {wanted!r} (or several)"
        _insert(path, lines.index(wanted), step.code)
    else:
        _insert(path, _body_end(path, kind), step.code)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with every step of all three recipes carried out."""
    root = tmp_path_factory.mktemp("contributing")
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vlm_desktop", root / "vlm_desktop", ignore=without_caches)
    shutil.copytree(ROOT / "resources", root / "resources")
    (root / "models").mkdir()
    (root / "tests").mkdir()
    (root / "tests" / "gui").mkdir()
    for name in ("pyproject.toml", "models/manifest.toml", "tests/conftest.py", *_WINDOW_FAKES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    for text in recipes().values():
        for step in steps(text):
            apply(step, root)
    return root


def _run(root: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    variables = dict(os.environ, PYTHONPATH=str(root), QT_QPA_PLATFORM="offscreen")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_there_are_three_recipes_of_five_steps() -> None:
    found = recipes()
    assert set(found) == {"command", "encoder", "pane"}
    for thing, text in found.items():
        assert re.findall(r"^\*\*(\d)\. ", text, re.M) == list("12345"), thing
        fences = len(re.findall(r"^```\w+$", text, re.M))
        assert len(steps(text)) == fences, f"a block of {thing} says not where it belongs"


def test_the_new_command_works(copy: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(b"123")
    (photos / "b.png").write_bytes(b"12345")
    command = ["-m", "vlm_desktop", "--home", str(tmp_path / "home"), "count", str(photos)]
    done = _run(copy, [*command, "--json"])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"pictures": 2, "size_bytes": 8}
    assert _run(copy, command).stdout == "2 pictures, 0.0 MB.\n"
    listed = _run(copy, ["-m", "vlm_desktop", "--help"])
    assert "count the pictures in a folder" in listed.stdout


def test_the_new_encoder_is_on_the_shelf(copy: Path, tmp_path: Path) -> None:
    done = _run(copy, ["-m", "vlm_desktop", "--home", str(tmp_path), "models", "--json", "list"])
    assert done.returncode == 0, done.stderr
    assert '"mean-colour"' in done.stdout


def test_the_recipes_own_tests_pass(copy: Path) -> None:
    written = [
        step.where.removeprefix("new file: ")
        for text in recipes().values()
        for step in steps(text)
        if step.where.startswith("new file: tests/")
    ]
    assert len(written) == 3
    done = _run(copy, ["-m", "pytest", "-q", "-p", "no:cacheprovider", *written])
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_recipes_keep_the_contracts(copy: Path) -> None:
    for folder in (copy / "vlm_desktop").iterdir():
        if folder.is_dir():
            (folder / "__init__.py").touch()
    command = "from importlinter.cli import lint_imports_command as c; c()"
    done = _run(copy, ["-c", command, "--no-cache"])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_recipes_keep_the_style(copy: Path) -> None:
    files = [
        step.where.removeprefix("new file: ")
        for text in recipes().values()
        for step in steps(text)
        if step.where.startswith("new file: ")
    ]
    done = _run(copy, ["-m", "ruff", "check", "--no-cache", *files])
    assert done.returncode == 0, done.stdout
