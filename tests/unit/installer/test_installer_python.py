"""The first file a bare machine runs: old grammar, and the choice of a Python."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from installer import bootstrap

ROOT = Path(bootstrap.__file__).resolve().parent.parent


def test_bootstrap_parses_with_an_old_grammar() -> None:
    source = Path(bootstrap.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


def test_bootstrap_evaluates_no_new_annotation_and_imports_nothing_new() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            notes = [argument.annotation for argument in node.args.args] + [node.returns]
            for note in notes:
                assert note is None or isinstance(note, ast.Constant | ast.Name), ast.dump(note)
    top = [node for node in tree.body if isinstance(node, ast.Import)]
    assert {alias.name for node in top for alias in node.names} == {"os", "subprocess", "sys"}
    assert not [node for node in tree.body if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 6), False),
        ((3, 10, 14), False),
        ((3, 11), True),
        ((3, 13, 2), True),
        ((3, 14), False),
    ],
)
def test_fitting_versions(version: tuple[int, ...], expected: bool) -> None:
    assert bootstrap.fits(version) is expected


def test_the_first_python_that_really_starts_is_taken() -> None:
    asked: list[list[str]] = []

    def ask(command: list[str]) -> str:
        asked.append(command)
        return {"python3.12": "", "python3.13": "3.13"}[command[0]]

    assert bootstrap.find_python(False, ask) == ["python3.13"]
    assert asked == [["python3.12"], ["python3.13"]]


def test_windows_asks_the_launcher() -> None:
    assert bootstrap.find_python(True, lambda command: command[1].strip("-")) == ["py", "-3.12"]


def test_a_name_that_starts_the_wrong_python_is_passed_over() -> None:
    assert bootstrap.find_python(False, lambda _command: "3.9") is None


def test_a_command_that_does_not_exist_answers_nothing(tmp_path: Path) -> None:
    assert bootstrap.answers([str(tmp_path / "no-such-python")]) == ""
    assert bootstrap.answers([sys.executable]) == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_the_wrong_python_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(bootstrap, "fits", lambda _version: False)
    monkeypatch.setattr(bootstrap, "find_python", lambda _windows: None)
    monkeypatch.setattr(bootstrap.sys.stderr, "write", said.append)
    assert bootstrap.main(["run"]) == 1
    assert len(said) == 1
    assert "3.11, 3.12 or 3.13" in said[0]
    assert said[0].count("\n") == 1


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["test", "--help"]])
def test_help_needs_nothing_installed(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-I", str(ROOT / "installer" / "bootstrap.py"), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout
