"""Which folder is the home: chosen, from the environment, portable, or the usual one."""

import sys
from pathlib import Path

import platformdirs
import pytest

from vlm_desktop.base import paths
from vlm_desktop.base.paths import HOME_VARIABLE, portable_home, program_folder, resolve_home


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen program in a folder of its own, and nothing said in the environment."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    folder = tmp_path / "program"
    folder.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "vlm-desktop"))
    return folder


def test_without_anything_the_platform_says_where() -> None:
    assert resolve_home().home == platformdirs.user_data_path("vlm-desktop", appauthor=False)


def test_a_file_called_portable_beside_the_program_makes_it_portable(program: Path) -> None:
    (program / "portable").touch()
    assert resolve_home().home == program / "vlm-desktop-data"


def test_a_data_folder_beside_the_program_makes_it_portable(program: Path) -> None:
    (program / "vlm-desktop-data").mkdir()
    assert resolve_home().home == program / "vlm-desktop-data"


def test_a_folder_called_portable_is_no_mark(program: Path) -> None:
    (program / "portable").mkdir()
    assert portable_home(program) is None


def test_what_is_said_on_purpose_wins(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program / "portable").touch()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "environment"))
    assert resolve_home().home == tmp_path / "environment"
    assert resolve_home(tmp_path / "chosen").home == tmp_path / "chosen"


def test_a_checkout_is_its_own_program_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "frozen")
    assert (program_folder() / "pyproject.toml").is_file()
    monkeypatch.setattr(paths, "_PACKAGE", Path("/nowhere/vlm_desktop"))
    assert program_folder() == Path(sys.prefix)
