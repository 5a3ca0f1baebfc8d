"""The Documents pane in the window, over a real library in a temporary folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.documents.fake_documents import FakeDocuments
from tests.gui.fake_services import FakeServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane


@pytest.fixture
def documents(tmp_path: Path, services: FakeServices) -> Iterator[FakeDocuments]:
    """What the window's engine knows of documents."""
    made = FakeDocuments(tmp_path / "home")
    services.documents = made  # type: ignore[assignment]
    yield made
    made.reader.gate.set()
    made.close()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three documents."""
    folder = tmp_path / "papers"
    folder.mkdir()
    paths = [folder / f"receipt {number}.pdf" for number in (1, 2, 3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


@pytest.fixture
def open_pane(
    documents: FakeDocuments, open_window: Callable[[], MainWindow], qtbot: QtBot
) -> Callable[[], DocumentsPane]:
    """The pane in a new window, its list read. The library is closed after the lanes ended."""

    def make() -> DocumentsPane:
        window = open_window()
        window.resize(1180, 780)
        window.show_pane("documents")
        pane = window.pane("documents")
        assert isinstance(pane, DocumentsPane), pane
        qtbot.waitUntil(lambda: pane.session.is_known)
        return pane

    return make


@pytest.fixture
def pane(open_pane: Callable[[], DocumentsPane], files: list[Path], qtbot: QtBot) -> DocumentsPane:
    """With the first document open and read."""
    made = open_pane()
    made.session.open(files[0])
    qtbot.waitUntil(lambda: made.session.sheet is not None and made.session.shapes is not None)
    return made
