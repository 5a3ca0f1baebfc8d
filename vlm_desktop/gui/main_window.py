"""The main window: the rail and its panes, menus, status bar. No pane's own logic."""

import importlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QWidget,
)

from vlm_desktop.base import network
from vlm_desktop.base.language import fill
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.indexing import IndexController
from vlm_desktop.gui.library_state import LibraryState
from vlm_desktop.gui.navigator import Navigator
from vlm_desktop.gui.palette import CommandPalette
from vlm_desktop.gui.panes import PANES, Pane, PaneSpec
from vlm_desktop.gui.rail import Rail
from vlm_desktop.gui.set_aside_dialog import SetAsideDialog
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.status_line import StatusLine
from vlm_desktop.gui.strings import library as library_strings
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.gui.undo import Change, Changes
from vlm_desktop.gui.work import WorkBoard
from vlm_desktop.jobs import JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.services import Services, SetAside

_SIZE = (1180, 780)
_SMALLEST = (640, 420)
_MENUS = {
    "file": "MENU_FILE",
    "edit": "MENU_EDIT",
    "photo": "MENU_PHOTO",
    "view": "MENU_VIEW",
    "tools": "MENU_TOOLS",
    "help": "MENU_HELP",
}
_log = logging.getLogger(__name__)

OpenFile = Callable[[Path], bool]


def open_with_system(path: Path) -> bool:
    """Show a file in the program the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def keep_theme(_: str) -> None:
    """For a window whose theme nobody manages."""


class MainWindow(QMainWindow):
    """Makes the desk, shows panes, and ends cleanly. Work goes through `runner`; nothing waits."""

    first_painted = Signal()
    """The window was painted for the first time; slower things begin now."""

    def __init__(
        self,
        services: "Services",
        runner: JobRunner,
        open_file: OpenFile = open_with_system,
        *,
        state: WindowState | None = None,
        set_theme: Callable[[str], None] = keep_theme,
        panes: Sequence[PaneSpec] = PANES,
    ) -> None:
        super().__init__()
        self._specs = {spec.key: spec for spec in panes}
        self._panes: dict[str, Pane] = {}
        self._shown = ""
        self._painted = False
        self._closing = False
        self.setWindowTitle(strings.WINDOW_TITLE)
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self.desk = self._make_desk(services, runner, open_file, state, set_theme)
        self.indexing = self.desk.indexing
        self._build_widgets()
        self._build_actions()
        self._connect()
        self._restore()
        self.first_painted.connect(self._begin, Qt.ConnectionType.QueuedConnection)

    @property
    def search(self) -> Any:
        """The Search pane."""
        return self.pane("search")

    # --- building ------------------------------------------------------------------------

    def _make_desk(
        self,
        services: "Services",
        runner: JobRunner,
        open_file: OpenFile,
        state: WindowState | None,
        set_theme: Callable[[str], None],
    ) -> Desk:
        menus: dict[str, QMenu] = {}
        for key, word in _MENUS.items():
            menus[key] = self.menuBar().addMenu(getattr(strings, word))
        work = WorkBoard(self)
        return Desk(
            services=services,
            runner=runner,
            actions=ActionBook(self, menus),
            changes=Changes(runner, self),
            navigator=Navigator(self),
            thumbnails=ThumbnailLoader(services, runner, self),
            indexing=IndexController(services, runner, work, self),
            library=LibraryState(services, runner, self),
            work=work,
            state=state or WindowState(None),
            say=self.say,
            open_file=open_file,
            set_theme=set_theme,
        )

    def _build_widgets(self) -> None:
        self.rail = Rail(tuple(self._specs.values()), self)
        self.stack = QStackedWidget(self)
        centre = QWidget(self)
        layout = QHBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.status = StatusLine(self.desk.work, self)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)

    def _build_actions(self) -> None:
        book = self.desk.actions
        book.add(
            "file.add-folder",
            strings.ADD_FOLDER,
            self.choose_folder,
            shortcut="Ctrl+O",
            menu="file",
        )
        self.update_action = book.add(
            "file.update",
            strings.UPDATE,
            self.update_library,
            shortcut="F5",
            menu="file",
            tip=strings.UPDATE_TIP,
        )
        self.set_aside_action = book.add(
            "library.set-aside",
            library_strings.SET_ASIDE_MENU,
            self.show_set_aside,
            menu="tools",
        )
        book.add("file.quit", strings.QUIT, self.close, shortcut="Ctrl+Q", menu="file", last=True)
        changes = self.desk.changes
        self.undo_action = book.add(
            "edit.undo", strings.UNDO, changes.undo, shortcut="Ctrl+Z", menu="edit"
        )
        self.redo_action = book.add(
            "edit.redo", strings.REDO, changes.redo, shortcut="Ctrl+Shift+Z", menu="edit"
        )
        book.add(
            "view.commands", strings.PALETTE, self.show_palette, shortcut="Ctrl+K", menu="view"
        )
        for spec in self._specs.values():
            word = getattr(strings, spec.word)
            book.add(
                f"view.{spec.key}",
                fill(strings.GO_TO, pane=word),
                lambda key=spec.key: self.show_pane(key),
                shortcut=spec.shortcut,
                menu="view",
            )

    def _connect(self) -> None:
        desk = self.desk
        self.rail.chosen.connect(self.show_pane)
        desk.navigator.pane_wanted.connect(self.show_pane)
        desk.navigator.search_wanted.connect(lambda _: self.show_pane("search"))
        for signal in (
            desk.navigator.similar_wanted,
            desk.navigator.picture_wanted,
            desk.navigator.contents_wanted,
            desk.navigator.photo_wanted,
        ):
            signal.connect(lambda _: self.show_pane("search"))
        desk.navigator.library_changed.connect(desk.library.refresh)
        desk.indexing.committed.connect(self._library_grew)
        desk.indexing.finished.connect(self._library_grew)
        desk.indexing.noticed.connect(self.say)
        desk.library.changed.connect(self._show_library)
        desk.work.changed.connect(self._show_library)
        desk.changes.changed.connect(self._show_changes)
        desk.changes.failed.connect(self.say)
        desk.changes.undone.connect(lambda one: self._said_change(strings.UNDONE, one))
        desk.changes.redone.connect(lambda one: self._said_change(strings.REDONE, one))
        self.status.set_aside_asked.connect(self.show_set_aside)
        self._show_changes()
        self._show_library()

    # --- panes ---------------------------------------------------------------------------

    def pane(self, key: str) -> Pane:
        """The pane, built now if it was not."""
        if key not in self._panes:
            module, _, name = self._specs[key].target.partition(":")
            pane: Pane = getattr(importlib.import_module(module), name)(self.desk, self.stack)
            self._panes[key] = pane
            self.stack.addWidget(pane)
            self._put_status_last()
            pane.restore(self.desk.state.table(f"pane.{key}"))
        return self._panes[key]

    def _put_status_last(self) -> None:
        """Tab goes along the rail, through the pane and ends in the status bar."""
        last = self.previousInFocusChain()
        while not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
            last = last.previousInFocusChain()
        for widget in self.status.stops:
            QWidget.setTabOrder(last, widget)
            last = widget

    def show_pane(self, key: str) -> None:
        """Bring a pane to front and put the focus into it."""
        if key not in self._specs:
            return
        pane = self.pane(key)
        changed, self._shown = self._shown != key, key
        self.stack.setCurrentWidget(pane)
        self.rail.show_current(key)
        if changed:
            pane.activate()

    # --- what the user does --------------------------------------------------------------

    def choose_folder(self) -> None:
        """Ask for a folder and index it."""
        chosen = QFileDialog.getExistingDirectory(self, strings.CHOOSE_FOLDER)
        if chosen:
            self.indexing.index([Path(chosen)])

    def add_folder(self, folder: Path) -> None:
        self.indexing.index([folder])

    def update_library(self) -> None:
        """Index every folder of the library that is there."""
        info = self.desk.library.info
        roots = info.roots if info else ()
        self.indexing.index([one.root.path for one in roots if one.root.online])

    def show_set_aside(self) -> None:
        """List the files that could not be read."""

        def show(files: "Sequence[SetAside]") -> None:
            dialog = SetAsideDialog(files, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

        self.desk.fetch(lambda: self.desk.services.quarantine(), show, latest="set-aside")

    def show_palette(self) -> None:
        palette = CommandPalette(self.desk.actions, self)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    def say(self, text: str) -> None:
        """A message in the status bar, told to screen readers too."""
        self.status.say(text)

    def show_network(self, state: network.State) -> None:
        """What the sign says. Main thread."""
        if isinstance(state, network.Open):
            self.status.show_network(state.host, state.purpose)
        else:
            self.status.show_network("", "")

    # --- what comes back -----------------------------------------------------------------

    def _begin(self) -> None:
        """After the first paint: what needs the engine."""
        self.desk.library.refresh()

    def _library_grew(self) -> None:
        self.desk.thumbnails.forget_absent()
        self.desk.navigator.library_changed.emit()

    def _show_library(self) -> None:
        info = self.desk.library.info
        count = info.files.quarantined if info else 0
        self.status.show_set_aside(count)
        self.set_aside_action.setEnabled(count > 0)
        self.update_action.setEnabled(
            not self.indexing.is_running and self.desk.library.has_online_folder
        )

    def _show_changes(self) -> None:
        changes = self.desk.changes
        for action, text, bare, form in (
            (self.undo_action, changes.undo_text, strings.UNDO, strings.UNDO_WHAT),
            (self.redo_action, changes.redo_text, strings.REDO, strings.REDO_WHAT),
        ):
            action.setEnabled(bool(text))
            action.setText(fill(form, change=text.replace("&", "&&")) if text else bare)

    def _said_change(self, form: str, change: Change) -> None:
        self.say(fill(form, change=change.text))

    # --- from one start to the next --------------------------------------------------------

    def _restore(self) -> None:
        state = self.desk.state
        geometry = QByteArray.fromBase64(state.text("geometry").encode())
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        key = state.text("pane")
        first = next(iter(self._specs))
        self.show_pane(key if key in self._specs else first)

    def _remember(self) -> None:
        state = self.desk.state
        state.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        for key, pane in self._panes.items():
            state.put(f"pane.{key}", pane.state())
        state.put("pane", self._shown)
        state.save()

    # --- Qt's own ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # Behind the children's own first paint, which belongs to the same event.
            QTimer.singleShot(0, self.first_painted.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc that nobody took backs out of the pane."""
        pane = self.stack.currentWidget()
        if event.key() == Qt.Key.Key_Escape and isinstance(pane, Pane) and pane.back():
            event.accept()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if _dropped_folders(event):
            event.acceptProposedAction()
        elif event.mimeData().hasUrls():
            self.say(strings.DROP_FOLDER_ONLY)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        folders = _dropped_folders(event)
        if folders:
            event.acceptProposedAction()
            self.indexing.index(folders)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Asks once while work goes on; what is done so far is kept either way."""
        running = self.desk.work.running
        if running and not self._closing:
            event.ignore()
            self._ask_to_close(running[0].state.text)
            return
        self._remember()
        for pane in self._panes.values():
            pane.stop()
        for work in running:
            work.stop()
        super().closeEvent(event)

    def _ask_to_close(self, work: str) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.CLOSE_TITLE)
        box.setText(fill(strings.CLOSE_TEXT, work=work))
        close = box.addButton(strings.CLOSE_NOW, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(strings.KEEP_OPEN, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        close.clicked.connect(self._close_now)
        box.open()

    def _close_now(self) -> None:
        self._closing = True
        self.close()


def _dropped_folders(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir()]
