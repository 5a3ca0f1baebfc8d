"""What makes the window live: the desk, its commands, its panes. Made after the first paint."""

import functools
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QFileDialog, QMessageBox

from vlm_desktop.base import network
from vlm_desktop.base.language import fill
from vlm_desktop.base.paths import bundled
from vlm_desktop.gui.actions import ActionBook
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.indexing import IndexController
from vlm_desktop.gui.library_state import LibraryState
from vlm_desktop.gui.library_tools import LibraryTools
from vlm_desktop.gui.mail import Mail
from vlm_desktop.gui.navigator import Navigator
from vlm_desktop.gui.palette import CommandPalette
from vlm_desktop.gui.panes.building import build_pane
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.settings.commands import add_commands
from vlm_desktop.gui.policy_watch import PolicyWatch
from vlm_desktop.gui.run_watch import RunWatch
from vlm_desktop.gui.search_model import SearchModel
from vlm_desktop.gui.status_line import StatusLine
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.gui.undo import Change, Changes
from vlm_desktop.gui.watching import WatchController
from vlm_desktop.gui.widgets.reading_order import read_along
from vlm_desktop.gui.work import WorkBoard
from vlm_desktop.jobs import JobRunner

if TYPE_CHECKING:
    from vlm_desktop.base.training import RunInfo
    from vlm_desktop.gui.main_window import MainWindow
    from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
    from vlm_desktop.gui.panes.chat.chat_pane import ChatPane
    from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
    from vlm_desktop.gui.panes.ground.ground_pane import GroundPane
    from vlm_desktop.gui.panes.train.train_pane import TrainPane
    from vlm_desktop.gui.services import Services

_IDLE_MS = 500


def open_with_system(path: Path) -> bool:
    """Show a file in the program the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class Shell(QObject):
    """Fills the window's frame. Work goes through `runner`; nothing waits here."""

    def __init__(
        self,
        window: "MainWindow",
        services: "Services",
        runner: JobRunner,
        open_file: Callable[[Path], bool] = open_with_system,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._panes: dict[str, Pane] = {}
        self._shown = ""
        work = WorkBoard(self)
        indexing = IndexController(services, runner, work, self)
        self.desk = Desk(
            services=services,
            runner=runner,
            actions=ActionBook(window, window.menus),
            changes=Changes(runner, self),
            navigator=Navigator(self),
            thumbnails=ThumbnailLoader(services, runner, self),
            indexing=indexing,
            library=LibraryState(services, runner, self),
            work=work,
            watching=WatchController(services, runner, indexing, self),
            runs=RunWatch(services, runner, self),
            state=window.kept,
            say=self.say,
            open_file=open_file,
            set_theme=window.set_theme,
        )
        window.setWindowIcon(QIcon(str(bundled("resources") / "icons" / "app.svg")))
        self.status = StatusLine(work, window)
        window.statusBar().addWidget(self.status, 1)
        window.rail.listen_to_arrows()
        self._build_actions()
        self.tools = LibraryTools(self.desk, self.pane, window)
        self._policies = PolicyWatch(self.desk, self)
        self._search_model = SearchModel(
            self.desk,
            self.status,
            lambda: cast("TrainPane", self.pane("train")).adapters.wearing,
            self,
        )
        self._connect()
        self.show_pane(window.first_pane)
        self.desk.library.refresh()
        # Its commands are for every pane; built when the window has nothing better to do.
        QTimer.singleShot(_IDLE_MS, self, lambda: self.pane(next(iter(window.specs))))

    # --- building ------------------------------------------------------------------------

    def _build_actions(self) -> None:
        add = self.desk.actions.add
        add("file.add-folder", strings.ADD_FOLDER, self.choose_folder, shortcut="Ctrl+O",
            menu="file")  # fmt: skip
        self.update_action = add(
            "file.update", strings.UPDATE, self.update_library, shortcut="F5", menu="file",
            tip=strings.UPDATE_TIP,
        )  # fmt: skip
        add("file.quit", strings.QUIT, self._window.close, shortcut="Ctrl+Q", menu="file",
            last=True)  # fmt: skip
        changes = self.desk.changes
        self.undo_action = add(
            "edit.undo", strings.UNDO, changes.undo, shortcut="Ctrl+Z", menu="edit"
        )
        self.redo_action = add(
            "edit.redo", strings.REDO, changes.redo, shortcut="Ctrl+Shift+Z", menu="edit"
        )
        add("view.commands", strings.PALETTE, self.show_palette, shortcut="Ctrl+K", menu="view")
        for spec in self._window.specs.values():
            add(
                f"view.{spec.key}",
                fill(strings.GO_TO, pane=getattr(strings, spec.word)),
                lambda key=spec.key: self.show_pane(key),
                shortcut=spec.shortcut,
                menu="view",
            )
        if "settings" in self._window.specs:
            add_commands(self.desk, self._window, self._settings, lambda: self.pane("settings"))

    def _connect(self) -> None:
        desk, navigator = self.desk, self.desk.navigator
        self._window.rail.chosen.connect(self.show_pane)
        navigator.pane_wanted.connect(self.show_pane)
        for signal in (
            navigator.search_wanted,
            navigator.similar_wanted,
            navigator.picture_wanted,
            navigator.contents_wanted,
            navigator.photo_wanted,
        ):
            signal.connect(functools.partial(self._show_search_for, signal))
        navigator.chat_wanted.connect(self._ask_about)
        navigator.alttext_wanted.connect(self._write_about)
        navigator.documents_wanted.connect(self._read_fields)
        navigator.ground_wanted.connect(self._point_at)
        navigator.train_wanted.connect(self._teach_with)
        self._mail = Mail(self, navigator)
        desk.runs.ended.connect(self._tell_of_run)
        navigator.library_changed.connect(desk.library.refresh)
        desk.indexing.committed.connect(self._library_grew)
        desk.indexing.finished.connect(self._library_grew)
        desk.indexing.noticed.connect(self.say)
        desk.library.changed.connect(self._show_library)
        desk.library.damaged.connect(self._offer_rebuild)
        desk.work.changed.connect(self._show_library)
        desk.changes.changed.connect(self._show_changes)
        desk.changes.failed.connect(self.say)
        desk.changes.undone.connect(lambda one: self._said_change(strings.UNDONE, one))
        desk.changes.redone.connect(lambda one: self._said_change(strings.REDONE, one))
        self.status.set_aside_asked.connect(lambda: self.tools.open_section("set-aside"))
        self._show_changes()
        self._show_library()

    # --- panes ---------------------------------------------------------------------------

    def pane(self, key: str) -> Pane:
        """The pane, built now if it was not."""
        if key not in self._panes:
            stack = self._window.stack
            pane = build_pane(self._window.specs[key].target, self.desk, stack)
            self._panes[key] = pane
            stack.addWidget(pane)
            pane.restore(self.desk.state.table(f"pane.{key}"))
        return self._panes[key]

    def show_pane(self, key: str) -> None:
        """Bring a pane to front and put the focus into it."""
        if key not in self._window.specs:
            return
        pane = self.pane(key)
        changed, self._shown = self._shown != key, key
        self._window.stack.setCurrentWidget(pane)
        self._window.rail.show_current(key)
        if changed:
            pane.activate()

    def has_pane(self, key: str) -> bool:
        return key in self._window.specs

    def _show_search_for(self, signal: Any, wanted: object) -> None:
        """Bring the Search pane to front; built only now, it has not heard what is wanted yet."""
        is_new = "search" not in self._panes
        self.show_pane("search")
        if is_new:
            signal.emit(wanted)

    def _ask_about(self, content_ids: tuple[int, ...]) -> None:
        """Bring the Chat pane to front with these photos."""
        if "chat" in self._window.specs:
            self.show_pane("chat")
            cast("ChatPane", self.pane("chat")).sources.take_photos(content_ids)

    def _write_about(self, content_ids: tuple[int, ...]) -> None:
        """Bring the Alt text pane to front with a set of these photos."""
        if "alttext" in self._window.specs:
            self.show_pane("alttext")
            cast("AltTextPane", self.pane("alttext")).sets.take_photos(content_ids)

    def _read_fields(self, content_ids: tuple[int, ...]) -> None:
        """Bring the Documents pane to front and read these."""
        if "documents" in self._window.specs:
            self.show_pane("documents")
            cast("DocumentsPane", self.pane("documents")).take_photos(content_ids)

    def _point_at(self, content_ids: tuple[int, ...]) -> None:
        """Bring the Ground pane to front with the first of these."""
        if "ground" in self._window.specs:
            self.show_pane("ground")
            cast("GroundPane", self.pane("ground")).opening.take_photos(content_ids)

    def _teach_with(self, content_ids: tuple[int, ...]) -> None:
        """Bring the Train pane to front with examples of these."""
        if "train" in self._window.specs:
            self.show_pane("train")
            cast("TrainPane", self.pane("train")).take_photos(content_ids)

    def _settings(self) -> Any:
        self.show_pane("settings")
        return self.pane("settings")

    def before_tab(self) -> None:
        """Tab is about to go on."""
        read_along(self._window)

    def back(self) -> bool:
        """Esc that no widget took; False when there was nothing to back out of."""
        return self.pane(self._shown).back()

    # --- what the user does --------------------------------------------------------------

    def choose_folder(self) -> None:
        """Ask for a folder and index it."""
        chosen = QFileDialog.getExistingDirectory(self._window, strings.CHOOSE_FOLDER)
        if chosen:
            self.add_folders([Path(chosen)])

    def add_folders(self, folders: Sequence[Path]) -> None:
        self.desk.indexing.index(folders)

    def add_dropped(self, paths: Sequence[Path]) -> None:
        """Index the folders among these; say what can be dropped when there are none."""

        def done(folders: list[Path]) -> None:
            if folders:
                self.add_folders(folders)
            else:
                self.say(strings.DROP_FOLDER_ONLY)

        self.desk.fetch(lambda: [path for path in paths if path.is_dir()], done)

    def update_library(self) -> None:
        """Index every folder of the library that is there."""
        info = self.desk.library.info
        roots = info.roots if info else ()
        there = [one.root.path for one in roots if one.root.online]
        self.desk.indexing.index(there, only_known=True)

    def show_palette(self) -> None:
        palette = CommandPalette(self.desk.actions, self._window)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    # --- what comes back -----------------------------------------------------------------

    def say(self, text: str) -> None:
        """A message in the status bar, told to screen readers too."""
        self.status.say(text)

    def show_network(self, state: network.State) -> None:
        """What the sign says. Main thread."""
        if isinstance(state, network.Open):
            self.status.show_network(state.host, state.purpose)
        else:
            self.status.show_network("", "")

    def _library_grew(self) -> None:
        self.desk.thumbnails.forget_absent()
        self.desk.navigator.library_changed.emit()

    def _tell_of_run(self, info: "RunInfo") -> None:
        """A run came to an end, whichever pane is shown."""
        words = importlib.import_module("vlm_desktop.gui.panes.train.run_words")
        self.say(words.ended_words(info))

    def _offer_rebuild(self, path: Path) -> None:
        files = importlib.import_module("vlm_desktop.gui.panes.settings.files")
        files.offer_rebuild(self.desk, self._window, path)

    def _show_library(self) -> None:
        info = self.desk.library.info
        count = info.files.quarantined if info else 0
        self.status.show_set_aside(count)
        self.update_action.setEnabled(
            not self.desk.indexing.is_running and self.desk.library.has_online_folder
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

    # --- the end -------------------------------------------------------------------------

    def may_close(self) -> bool:
        """True when nothing runs; otherwise the user is asked, and closes the window or not."""
        running = self.desk.work.running
        if not running:
            return True
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.CLOSE_TITLE)
        box.setText(fill(strings.CLOSE_TEXT, work=running[0].state.text))
        close = box.addButton(strings.CLOSE_NOW, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(strings.KEEP_OPEN, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        close.clicked.connect(self._window.close_now)
        box.open()
        return False

    def stop(self) -> None:
        """Remember what is to come back, start nothing more, stop what runs."""
        for key, pane in self._panes.items():
            self.desk.state.put(f"pane.{key}", pane.state())
            pane.stop()
        self.desk.state.put("pane", self._shown)
        self.tools.stop()
        self.desk.runs.stop()
        self._policies.stop()
        self._search_model.stop()
        for work in self.desk.work.running:
            work.stop()
