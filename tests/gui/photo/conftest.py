"""The photo view and the details panel over photos in memory, without the rest of the window."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_services import jpeg
from tests.gui.photo.fake_photos import FakePhotos, similar
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import SearchResult
from vlm_desktop.gui import theme
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import Navigator
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.search.photo_corner import PhotoCorner
from vlm_desktop.gui.panes.search.photo_view import PhotoView
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.undo import Changes
from vlm_desktop.jobs import JobRunner


class Order:
    """Photos 0 to 5, in their order."""

    ids = (0, 1, 2, 3, 4, 5)

    def row_of(self, content_id: int) -> int | None:
        return self.ids.index(content_id) if content_id in self.ids else None

    def content_id(self, row: int) -> int | None:
        return self.ids[row] if 0 <= row < len(self.ids) else None

    def rowCount(self) -> int:  # noqa: N802
        return len(self.ids)


class Host(QMainWindow):
    """As much of the window as the corner needs."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.opened: list[Path] = []
        self.selected: list[int] = []
        self.resize(900, 600)


@pytest.fixture
def photos(tmp_path: Path) -> Iterator[FakePhotos]:
    made = FakePhotos(tmp_path)
    for number in range(made.count):
        made.path(number).write_bytes(jpeg(number))
    yield made
    made.gate.set()


@pytest.fixture
def host(qtbot: QtBot, qapp: object) -> Host:
    theme.apply(qapp, "light")
    made = Host()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def desk(host: Host, runner: JobRunner, photos: FakePhotos) -> Desk:
    def similar_to(
        path: Path, limit: int, cancel: CancelToken
    ) -> Generator[Event, None, SearchResult]:
        del limit, cancel
        yield from ()
        return similar(path)

    services = SimpleNamespace(photos=photos, thumbnail=jpeg, similar=similar_to)
    menu: QMenu = host.menuBar().addMenu("photo")
    nothing = SimpleNamespace()
    known = dict.fromkeys(Desk.__dataclass_fields__, nothing)
    return Desk(
        **known
        | {
            "services": services,
            "runner": runner,
            "actions": ActionBook(host, {"photo": menu, "edit": menu, "view": menu}),
            "changes": Changes(runner, host),
            "navigator": Navigator(host),
            "state": WindowState(None),
            "say": host.said.append,
            "open_file": lambda path: not host.opened.append(path),
        }
    )


@pytest.fixture
def corner(qtbot: QtBot, host: Host, desk: Desk) -> Iterator[PhotoCorner]:
    """The corner in a pane as large as the window."""
    pane = Pane(desk, host)
    layers, beside, grid = QStackedWidget(pane), QSplitter(pane), QWidget(pane)
    beside.addWidget(grid)
    layers.addWidget(beside)
    layout = QVBoxLayout(pane)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(layers)
    host.setCentralWidget(pane)
    made = PhotoCorner(pane, layers, beside, Order(), host.selected.append)
    for name in ("show-in-folder", "trash", "ask", "alttext", "ground"):
        desk.actions.add(f"photo.{name}", name, lambda: None)
    host.show()
    qtbot.waitExposed(host)
    host.activateWindow()
    yield made
    made.stop()


@pytest.fixture
def open_photo(qtbot: QtBot, corner: PhotoCorner) -> Callable[[int], PhotoView]:
    """Opens a photo and waits until its pixels are there."""

    def open_it(content_id: int) -> PhotoView:
        corner.open(content_id)
        wait_for_picture(qtbot, corner.view, content_id)
        return corner.view

    return open_it


def wait_for_picture(qtbot: QtBot, view: PhotoView, content_id: int) -> None:
    qtbot.waitUntil(
        lambda: view.content_id == content_id and view.canvas.image.width() > 240, timeout=5_000
    )
    qtbot.waitUntil(lambda: view.bar.name.text() != "")
