"""The documents tell the truth: files, names and commands in them exist and work."""

import re
import shlex
from pathlib import Path

import pytest

from vlm_desktop.base.types import Filters
from vlm_desktop.cli import main as command_line
from vlm_desktop.engine.querytext import add_filter

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
COMMANDS = (
    "python3 installer/bootstrap.py run [FOLDER]",
    "python3 installer/bootstrap.py test",
)
# Named as examples of what a reader would make or have.
_NOT_HERE = {"resources/icons", "models/starter/MODEL_CARD.md"}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_opens_with_its_title_and_the_two_commands() -> None:
    lines = [line for line in _text("README.md").splitlines() if line.strip()]
    assert lines[0] == "# VLM Desktop"
    assert lines[1].startswith("```")
    assert tuple(lines[2:4]) == COMMANDS
    assert lines[4] == "```"


def test_ci_runs_the_command_of_the_readme() -> None:
    script = _text(".ci/run")
    assert COMMANDS[1] in script
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert check in script


def _tour() -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", _text("README.md"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("vlm-desktop ")]


@pytest.mark.parametrize("line", _tour())
def test_every_command_of_the_tour_is_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    parser, module = command_line._parser(words)
    assert module is not None, line
    parsed = parser.parse_args(words)
    for text in getattr(parsed, "filter", ()):
        add_filter(Filters(), text)


def test_the_tour_shows_enough() -> None:
    assert len({line.split()[1] for line in _tour()}) >= 6


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_and_folders_that_are_named_exist(name: str) -> None:
    quoted = re.findall(r"`([\w./-]+)`", _text(name))
    top = {path.name for path in ROOT.iterdir()}
    paths = {text for text in quoted if "/" in text and text.split("/")[0] in top}
    new = set(re.findall(r"<!-- new file: (\S+) -->", _text(name)))
    missing = sorted(
        path for path in paths - new - _NOT_HERE if not (ROOT / path.rstrip("/")).exists()
    )
    assert not missing


def test_architecture_names_every_folder_of_the_program() -> None:
    text = _text("ARCHITECTURE.md")
    folders = [path for path in (ROOT / "vlm_desktop").iterdir() if any(path.glob("*.py"))]
    assert not [path.name for path in folders if f"`vlm_desktop/{path.name}`" not in text]


def test_the_changelog_has_the_form_it_claims() -> None:
    text = _text("CHANGELOG.md")
    assert text.startswith("# Changelog\n")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head) for head in heads[1:])
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
