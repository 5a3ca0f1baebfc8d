"""The real program on a real desktop, with a library of real photos."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gui.accessibility.desktop import Desktop, Program, what_is_missing
from tests.gui.real_library import set_up


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """One screen with its buses for all tests of a run."""
    missing = what_is_missing()
    if missing:
        pytest.skip(missing)
    with Desktop(tmp_path_factory.mktemp("desktop")) as made:
        yield made


@pytest.fixture
def start(desktop: Desktop, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts the program over a copy of a library, or an empty home; `fresh`: no settings."""

    def make(library: Path | None = None, *arguments: str, fresh: bool = False) -> Program:
        home = tmp_path / "home"
        if library is None and not fresh:
            set_up(home)
        elif library is not None:
            shutil.copytree(library, home)
        desktop.ask("events")
        return Program(desktop, home, *arguments)

    yield make
    while desktop.programs:
        desktop.programs.pop().kill()
