"""The walls of the house, checked in the code itself. See ARCHITECTURE.md."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vlm_desktop import strings
from vlm_desktop.base import errors

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "vlm_desktop"
MAX_LINES = 500
MAX_FUNCTION_LINES = 60
MAX_BYTES = 25_000_000

HEAVY = ("torch", "transformers", "open_clip", "onnxruntime", "peft", "sklearn", "scipy")
QT = "PySide6"

# Written in pieces, so that this file does not find itself.
_REGISTRY_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian")
_DEV_PATHS = re.compile(r"(?<![\w.-])/(work|root|opt/pypi[\w-]*|opt/wheels|home/(?!user\b)\w+)/")
_SQL = re.compile(
    r"^\s*(SELECT\s.*\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
    r"|CREATE\s+(VIRTUAL\s+|TEMP\w*\s+)?TABLE\s|PRAGMA\s|WITH\s+\w+\s+AS\s)",
    re.DOTALL,
)
_BROAD = {"Exception", "BaseException"}
_BROAD_ALLOWED = {"jobs/runner.py", "__main__.py", "gui/panes/building.py"}


def _sources(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def _named(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


@pytest.fixture(scope="module")
def program() -> list[tuple[Path, ast.AST]]:
    """Every node of the program, parsed once for all questions."""
    return [(path, node) for path in _sources(PACKAGE) for node in ast.walk(_tree(path))]


def _tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=300,
    )
    names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


# --- layers --------------------------------------------------------------------------------


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
        + ["--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


def test_there_are_five_contracts_without_exemption() -> None:
    contracts = _contracts()
    assert [contract["name"][0] for contract in contracts] == list("12345")
    assert not [contract["name"] for contract in contracts if "ignore_imports" in contract]


def test_every_module_is_named_in_the_layers() -> None:
    named = set(re.findall(r"\w+", " ".join(_contracts()[0]["layers"])))
    present = {
        path.stem
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__")
        or (path.is_dir() and any(path.rglob("*.py")))
    }
    assert present <= named, f"not in the first contract: {sorted(present - named)}"


# --- one place for each thing --------------------------------------------------------------


def test_pictures_are_opened_only_in_media_and_training(
    program: list[tuple[Path, ast.AST]],
) -> None:
    found = [
        _named(path, node)
        for path, node in program
        if isinstance(node, ast.Attribute)
        and node.attr == "open"
        and isinstance(node.value, ast.Name)
        and node.value.id in {"Image", "PIL", "ImageFile"}
        and _layer(path) not in ("media", "training")
    ]
    assert not found


def test_sql_is_written_only_in_store(program: list[tuple[Path, ast.AST]]) -> None:
    found = [
        _named(path, node)
        for path, node in program
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _SQL.match(node.value)
        and _layer(path) != "store"
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT id FROM files", True),
        ("\n  INSERT OR IGNORE INTO files VALUES (?)", True),
        ("PRAGMA user_version", True),
        ("Select a folder from the list", False),
        ("Update the program; the library was not touched.", False),
    ],
)
def test_sql_is_told_from_sentences(text: str, expected: bool) -> None:
    assert bool(_SQL.match(text)) is expected


def test_nothing_prints(program: list[tuple[Path, ast.AST]]) -> None:
    found = [
        _named(path, node)
        for path, node in program
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not found


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _BROAD for kind in kinds)


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Whether it only cleans up or translates: its last statement raises."""
    return isinstance(handler.body[-1], ast.Raise)


def test_no_exception_is_swallowed_broadly(program: list[tuple[Path, ast.AST]]) -> None:
    found = [
        _named(path, node)
        for path, node in program
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node)
        and not _passes_on(node)
        and path.relative_to(PACKAGE).as_posix() not in _BROAD_ALLOWED
    ]
    assert not found


def test_no_remote_code_is_trusted(program: list[tuple[Path, ast.AST]]) -> None:
    found = [
        _named(path, node)
        for path, node in program
        if isinstance(node, ast.keyword)
        and node.arg == "trust_remote_code"
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]
    assert not found


# --- sizes ---------------------------------------------------------------------------------


def test_files_stay_small() -> None:
    folders = (PACKAGE, ROOT / "installer", ROOT / "tests")
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _sources(*folders)
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MAX_LINES}


def test_functions_stay_short(program: list[tuple[Path, ast.AST]]) -> None:
    found = {
        _named(path, node): node.end_lineno - node.lineno + 1
        for path, node in program
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert not found


def test_no_tracked_file_is_huge() -> None:
    sizes = {path.name: path.stat().st_size for path in _tracked()}
    assert not {name: size for name, size in sizes.items() if size > MAX_BYTES}


# --- what must not be in the repository ----------------------------------------------------


def test_no_tracked_text_names_a_developers_machine_or_a_registry() -> None:
    found = []
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hosts = [host for host in _REGISTRY_HOSTS if host in text]
        places = [match.group() for match in _DEV_PATHS.finditer(text)]
        if hosts or places:
            found.append((str(path.relative_to(ROOT)), hosts + places))
    assert not found


# --- starting up ---------------------------------------------------------------------------


def _loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_command_line_starts_without_networks_and_qt() -> None:
    loaded = _loaded_after("import vlm_desktop.__main__, vlm_desktop.cli.main")
    assert not loaded & {*HEAVY, QT}


def test_no_command_loads_networks_before_it_runs() -> None:
    loaded = _loaded_after(
        "import importlib\n"
        "from vlm_desktop.cli.main import COMMANDS\n"
        "for module, _ in COMMANDS.values():\n"
        "    importlib.import_module('vlm_desktop.cli.' + module)\n"
    )
    assert not loaded & {*HEAVY, QT}


def test_the_window_starts_without_networks_and_arrays() -> None:
    """Its first pane too: the engine comes after the first paint."""
    loaded = _loaded_after("import vlm_desktop.gui.app, vlm_desktop.gui.panes.search.search_pane")
    assert not loaded & {*HEAVY, "numpy", "PIL", "sqlite_utils", "huggingface_hub"}


def test_words_of_the_window_are_read_when_they_are_needed() -> None:
    """A word kept at module or class level would stay English."""
    kept = [
        f"{path.name}:{node.lineno} {node.attr}"
        for path in _sources(PACKAGE / "gui")
        if path.parent.name != "strings"
        for node in _run_at_import(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id.endswith(("strings", "words", "sentences"))
        and node.attr.isupper()
    ]
    assert kept == []


def _run_at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node outside of functions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _run_at_import(node)


# --- sentences -----------------------------------------------------------------------------


def _all_errors(root: type[errors.AppError] = errors.AppError) -> Iterator[type[errors.AppError]]:
    for child in root.__subclasses__():
        if child.__module__.startswith("vlm_desktop."):
            yield child
            yield from _all_errors(child)


def _example(kind: type[errors.AppError]) -> errors.AppError:
    """An error of this class with a value for each field it asks for."""
    values: dict[str, Any] = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        if parameter.annotation is errors.Refusal:
            values[name] = errors.Refusal.CORRUPT
        elif parameter.annotation is float:
            values[name] = 0.5
        elif "Path" in str(parameter.annotation):
            values[name] = Path("some") / "file.jpg"
        elif "int" in str(parameter.annotation):
            values[name] = 3
        else:
            values[name] = f"<{name}>"
    return kind(**values)


def _final_errors() -> list[type[errors.AppError]]:
    """Those that are raised themselves: the leaves of the tree."""
    return [kind for kind in _all_errors() if not kind.__subclasses__()]


@pytest.mark.parametrize("kind", _final_errors(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_that_uses_its_fields(kind: type[errors.AppError]) -> None:
    said = strings.sentence(_example(kind))
    assert "{" not in said
    assert said.rstrip().endswith((".", ")", '".')), said


def test_every_refusal_has_a_sentence() -> None:
    assert set(strings.REFUSAL_SENTENCES) == set(errors.Refusal)
