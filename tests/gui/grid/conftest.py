"""The grid by itself, over a library in memory."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fake_browsing import catalogue
from tests.gui.fake_services import FakeServices
from vlm_desktop.gui import theme
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import Navigator
from vlm_desktop.gui.panes.search.grid_panel import GridPanel
from vlm_desktop.jobs import JobRunner

OpenPanel = Callable[..., GridPanel]


class SmallDesk:
    """What the grid uses of a `Desk`."""

    ask, fetch = Desk.ask, Desk.fetch

    def __init__(self, services: FakeServices, runner: JobRunner, host: QWidget) -> None:
        self.services, self.runner = services, runner
        names = ("file", "edit", "photo", "view", "tools", "help")
        self.actions = ActionBook(host, {name: QMenu(host) for name in names})
        self.navigator = Navigator(host)
        self.said: list[str] = []
        self.say = self.said.append


@pytest.fixture
def open_panel(
    qtbot: QtBot, qapp: object, bridge: Bridge, runner: JobRunner, services: FakeServices
) -> OpenPanel:
    """Shows a library of `count` photos, 900 by 640; columns of the catalogue may be set."""

    def end(panel: GridPanel) -> None:
        panel.close_down()
        bridge.close()

    def make(count: int, **columns: object) -> GridPanel:
        theme.apply(qapp, "light")
        services.contents = count
        services.browsing.library.known = catalogue(services.folder, count, **columns)
        host = QWidget()
        desk = SmallDesk(services, runner, host)
        panel = GridPanel(desk, host)  # type: ignore[arg-type]
        layout = QVBoxLayout(host)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        host.resize(900, 640)
        # What is still on its way then must not reach a panel that is gone.
        qtbot.addWidget(host, before_close_func=lambda _: end(panel))
        panel.host = host  # type: ignore[attr-defined]
        panel.desk = desk  # type: ignore[attr-defined]
        panel.show_library()
        host.show()
        qtbot.waitExposed(host)
        qtbot.waitUntil(lambda: panel.is_ready)
        panel.view.setFocus()
        return panel

    return make


@pytest.fixture
def panel(open_panel: OpenPanel) -> GridPanel:
    return open_panel(300)
