"""The main window's frame: what its first paint shows. `shell.Shell` fills it with life.

Imports nothing but Qt and what the frame is made of: every module here delays the first paint. So
do Qt's large enumerations, which are made when they are first touched: `QtCore.Qt` only later.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore
from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from vlm_desktop.gui.panes import PANES, PaneSpec
from vlm_desktop.gui.rail import Rail
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QKeyEvent,
        QPaintEvent,
    )

    from vlm_desktop.base import network
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.indexing import IndexController
    from vlm_desktop.gui.panes.pane import Pane
    from vlm_desktop.gui.services import Services
    from vlm_desktop.gui.shell import Shell
    from vlm_desktop.gui.status_line import StatusLine
    from vlm_desktop.jobs import JobRunner

_SIZE = (1180, 780)
_SMALLEST = (640, 420)
_SHELL = "vlm_desktop.gui.shell"


def keep_theme(_: str) -> None:
    """For a window whose theme nobody manages."""


class MainWindow(QMainWindow):
    """The frame; with `services` and `runner` it is furnished at once, else by `furnish`."""

    first_painted = Signal()
    """The frame was painted for the first time."""

    def __init__(
        self,
        services: "Services | None" = None,
        runner: "JobRunner | None" = None,
        open_file: Callable[[Path], bool] | None = None,
        *,
        state: WindowState | None = None,
        set_theme: Callable[[str], None] = keep_theme,
        panes: Sequence[PaneSpec] = PANES,
    ) -> None:
        super().__init__()
        self.specs = {spec.key: spec for spec in panes}
        self.kept = state or WindowState(None)
        self.set_theme = set_theme
        self.shell: Shell | None = None
        self._painted = False
        self._closing = False
        self.setWindowTitle(strings.WINDOW_TITLE)
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self._build_frame()
        self._restore()
        if services is not None and runner is not None:
            self.furnish(services, runner, open_file)

    def _build_frame(self) -> None:
        self.menus = {
            key: self.menuBar().addMenu(word)
            for key, word in (
                ("file", strings.MENU_FILE),
                ("edit", strings.MENU_EDIT),
                ("photo", strings.MENU_PHOTO),
                ("view", strings.MENU_VIEW),
                ("tools", strings.MENU_TOOLS),
                ("help", strings.MENU_HELP),
            )
        }
        self.rail = Rail(tuple(self.specs.values()), self)
        self.stack = QStackedWidget(self)
        centre = QWidget(self)
        layout = QHBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setMinimumHeight(measures().status)

    def _restore(self) -> None:
        """Size and place of the last time, and which pane comes first."""
        geometry = QByteArray.fromBase64(self.kept.text("geometry").encode())
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        key = self.kept.text("pane")
        self.first_pane = key if key in self.specs else next(iter(self.specs))
        self.rail.show_current(self.first_pane)

    def furnish(
        self,
        services: "Services",
        runner: "JobRunner",
        open_file: Callable[[Path], bool] | None = None,
    ) -> None:
        """Build menus, status line and the first pane. Main thread."""
        module = import_module(_SHELL)
        shell: Shell = module.Shell(self, services, runner, open_file or module.open_with_system)
        self.shell = shell

    # --- once furnished ------------------------------------------------------------------

    @property
    def desk(self) -> "Desk":
        assert self.shell is not None, "the window is not furnished yet"
        return self.shell.desk

    @property
    def status(self) -> "StatusLine":
        assert self.shell is not None, "the window is not furnished yet"
        return self.shell.status

    @property
    def indexing(self) -> "IndexController":
        return self.desk.indexing

    @property
    def search(self) -> Any:
        """The Search pane."""
        return self.pane("search")

    def pane(self, key: str) -> "Pane":
        assert self.shell is not None, "the window is not furnished yet"
        return self.shell.pane(key)

    def show_pane(self, key: str) -> None:
        if self.shell is not None:
            self.shell.show_pane(key)

    def add_folder(self, folder: Path) -> None:
        """Index a folder."""
        if self.shell is not None:
            self.shell.add_folders([folder])

    def show_network(self, state: "network.State") -> None:
        """What the sign says about the network. Main thread."""
        if self.shell is not None:
            self.shell.show_network(state)

    def close_now(self) -> None:
        """Close without asking, whatever runs."""
        self._closing = True
        self.close()

    # --- Qt's own ------------------------------------------------------------------------

    def paintEvent(self, event: "QPaintEvent") -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # Behind the children's own first paint, which belongs to the same event.
            QTimer.singleShot(0, self.first_painted.emit)

    def keyPressEvent(self, event: "QKeyEvent") -> None:  # noqa: N802
        """Esc that nobody took backs out of the pane."""
        if event.key() == QtCore.Qt.Key.Key_Escape and self.shell is not None and self.shell.back():
            event.accept()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        """Tab reads along, whatever was built in whichever order."""
        if self.shell is not None:
            self.shell.before_tab()
        return super().focusNextPrevChild(next)

    def dragEnterEvent(self, event: "QDragEnterEvent") -> None:  # noqa: N802
        """Whether they are folders is seen when they are dropped: a disk may take its time."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: "QDropEvent") -> None:  # noqa: N802
        paths = _dropped(event)
        if paths and self.shell is not None:
            event.acceptProposedAction()
            self.shell.add_dropped(paths)

    def closeEvent(self, event: "QCloseEvent") -> None:  # noqa: N802
        """Asks once while work goes on; what is done so far is kept either way."""
        if self.shell is not None:
            if not self._closing and not self.shell.may_close():
                event.ignore()
                return
            self.shell.stop()
        self.kept.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        self.kept.save()
        super().closeEvent(event)


def _dropped(event: "QDropEvent") -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
