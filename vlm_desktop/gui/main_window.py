"""The main window: a query line, its verdict, the photos found, the running job."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui import strings
from vlm_desktop.gui.hits_model import HitsModel, Roles
from vlm_desktop.gui.hits_view import HitsView
from vlm_desktop.gui.indexing import IndexController, JobState, failure
from vlm_desktop.gui.job_status import JobStatus
from vlm_desktop.gui.pages import MessagePage, Situation, what_to_say
from vlm_desktop.gui.query_bar import QueryBar
from vlm_desktop.gui.searching import SearchController, SearchState
from vlm_desktop.gui.services import LibraryInfo, Services, SetAside
from vlm_desktop.gui.set_aside_dialog import SetAsideDialog
from vlm_desktop.gui.thumbnails import ThumbnailLoader
from vlm_desktop.jobs import Done, Failed, JobRunner

_SIZE = (1180, 780)
_SMALLEST = (640, 420)

OpenFile = Callable[[Path], bool]


def open_with_system(path: Path) -> bool:
    """Show a file in the program the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class MainWindow(QMainWindow):
    """Wires the controllers to the widgets. Work goes through `runner`; nothing waits here."""

    def __init__(
        self, services: Services, runner: JobRunner, open_file: OpenFile = open_with_system
    ) -> None:
        super().__init__()
        self._services = services
        self._runner = runner
        self._open_file = open_file
        self._info: LibraryInfo | None = None
        self._info_failed = ""
        self._samples = sample_photos()
        self.setWindowTitle(strings.WINDOW_TITLE)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize()))
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self.indexing = IndexController(services, runner, self)
        self.searching = SearchController(services, runner, self)
        self.thumbnails = ThumbnailLoader(services, runner, self)
        self.hits = HitsModel(self.thumbnails, self)
        self._build_widgets()
        self._build_actions()
        self._connect()
        self._refresh_info()
        self._show_middle()
        self.bar.line.setFocus()

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        self.bar = QueryBar(self)
        self.grid = HitsView(self.hits, self.thumbnails, self)
        self.page = MessagePage(self)
        self.middle = QStackedWidget(self)
        self.middle.addWidget(self.page)
        self.middle.addWidget(self.grid)
        self.status = JobStatus(self)
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.middle, 1)
        self.setCentralWidget(centre)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)

    def _build_actions(self) -> None:
        key = QKeySequence
        menus = self.menuBar()
        file, photo, view = (
            menus.addMenu(name)
            for name in (strings.MENU_FILE, strings.MENU_PHOTO, strings.MENU_VIEW)
        )
        self.add_folder_action = self._action(
            strings.ADD_FOLDER, self.choose_folder, key.StandardKey.Open
        )
        self.update_action = self._action(strings.UPDATE, self.update_library, key("F5"))
        self.update_action.setToolTip(strings.UPDATE_TIP)
        self.set_aside_action = self._action(strings.SET_ASIDE_MENU, self.show_set_aside)
        quit_action = self._action(strings.QUIT, self.close, key("Ctrl+Q"))
        file.addActions([self.add_folder_action, self.update_action, self.set_aside_action])
        file.addSeparator()
        file.addAction(quit_action)
        # No shortcut: Enter opens from the grid, but searches in the query line.
        self.open_action = self._action(strings.OPEN_PHOTO, self.open_current)
        self.folder_action = self._action(
            strings.SHOW_IN_FOLDER, self.show_in_folder, key("Ctrl+Return")
        )
        photo.addActions([self.open_action, self.folder_action])
        find = self._action(strings.FIND, self.focus_query, key.StandardKey.Find)
        view.addAction(find)
        self.grid.addActions([self.open_action, self.folder_action])
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _action(
        self,
        text: str,
        slot: Callable[[], object],
        shortcut: QKeySequence | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: slot())
        if shortcut is not None:
            action.setShortcut(shortcut)
        return action

    def _connect(self) -> None:
        self.bar.typed.connect(self.searching.type_text)
        self.bar.submitted.connect(self.searching.search_now)
        self.bar.show_all_changed.connect(self.searching.set_show_all)
        self.bar.line.installEventFilter(self)
        self.grid.installEventFilter(self)
        self.grid.activated.connect(self._open_index)
        self.grid.selectionModel().currentChanged.connect(self._current_changed)
        self.searching.state_changed.connect(self._show_search)
        self.searching.slow.connect(self.bar.show_searching)
        self.indexing.state_changed.connect(self._show_job)
        self.indexing.committed.connect(self._library_grew)
        self.indexing.finished.connect(self._library_grew)
        self.indexing.noticed.connect(lambda text: self.statusBar().showMessage(text, 10_000))
        self.status.stop_asked.connect(self.indexing.stop)
        self.status.set_aside_asked.connect(self.show_set_aside)
        self.page.primary.clicked.connect(self._primary_pressed)
        self.page.second.clicked.connect(self._add_samples)
        self._current_changed()

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
        roots = self._info.roots if self._info else ()
        self.indexing.index([info.root.path for info in roots if info.root.online])

    def focus_query(self) -> None:
        self.bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.line.selectAll()

    def open_current(self) -> None:
        """Open the selected photo in the system's viewer."""
        path = self._current_path()
        if path is not None:
            self._open(path, path)

    def show_in_folder(self) -> None:
        """Open the folder of the selected photo."""
        path = self._current_path()
        if path is not None:
            self._open(path, path.parent)

    def show_set_aside(self) -> None:
        """List the files that could not be read."""

        def verb(_: CancelToken) -> Generator[Event, None, Sequence[SetAside]]:
            yield from ()
            return self._services.quarantine()

        def heard(event: Event) -> None:
            match event:
                case Done(files):
                    assert isinstance(files, Sequence)
                    dialog = SetAsideDialog(files, self)
                    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
                    dialog.open()
                case Failed(error):
                    self.statusBar().showMessage(failure(error))

        self._runner.submit(verb, heard, lane="io", latest="set-aside")

    def _primary_pressed(self) -> None:
        if self.searching.state.nothing:
            self.bar.show_all.setChecked(True)
        else:
            self.choose_folder()

    def _add_samples(self) -> None:
        if self._samples is not None:
            self.add_folder(self._samples)

    def _open_index(self, index: QModelIndex | QPersistentModelIndex) -> None:
        hit = index.data(Roles.HIT)
        if hit is not None:
            self._open(hit.path, hit.path)

    def _open(self, photo: Path, target: Path) -> None:
        if not photo.exists():
            self.statusBar().showMessage(strings.PHOTO_GONE.format(path=photo), 10_000)
        elif not self._open_file(target):
            self.statusBar().showMessage(strings.PHOTO_NOT_OPENED.format(path=target), 10_000)

    def _current_path(self) -> Path | None:
        hit = self.grid.currentIndex().data(Roles.HIT)
        return None if hit is None else hit.path

    def _current_changed(self, *_: object) -> None:
        has_photo = self.grid.currentIndex().isValid()
        self.open_action.setEnabled(has_photo)
        self.folder_action.setEnabled(has_photo)

    # --- what comes back -----------------------------------------------------------------

    def _show_search(self, state: SearchState) -> None:
        selected = self.grid.currentIndex().data(Roles.HIT)
        self.hits.show(state.hits)
        row = self.hits.row_of(selected.content_id) if selected is not None else None
        if row is not None:
            self.grid.setCurrentIndex(self.hits.index(row))
        self._current_changed()
        self.bar.show_search(state)
        self._show_middle()

    def _show_job(self, state: JobState) -> None:
        self.status.show_job(state)
        self.update_action.setEnabled(not state.running and self._has_roots())
        if not self.searching.state.asked:
            self._show_middle()

    def _library_grew(self) -> None:
        self.thumbnails.forget_absent()
        self._refresh_info()
        self.searching.refresh_soon()

    def _refresh_info(self) -> None:
        def verb(_: CancelToken) -> Generator[Event, None, LibraryInfo]:
            yield from ()
            return self._services.info()

        self._runner.submit(verb, self._heard_info, lane="io", latest="info")

    def _heard_info(self, event: Event) -> None:
        match event:
            case Done(info):
                self._info, self._info_failed = info, ""  # type: ignore[assignment]
                assert self._info is not None
                count = self._info.files.quarantined
                self.status.show_set_aside(count)
                self.set_aside_action.setEnabled(count > 0)
                self.update_action.setEnabled(not self.indexing.is_running and self._has_roots())
            case Failed(error):
                self._info_failed = failure(error)
            case _:
                return
        self._show_middle()

    def _has_roots(self) -> bool:
        return self._info is not None and any(info.root.online for info in self._info.roots)

    def _show_middle(self) -> None:
        """The grid when there are photos to show, else a page that says what to do."""
        state = self.searching.state
        contents = self._info.contents if self._info else 0
        self.middle.setCurrentWidget(self.grid if state.hits else self.page)
        if state.hits:
            return
        self.page.show_message(
            what_to_say(
                Situation(
                    search=state,
                    failed=self._info_failed,
                    contents=contents,
                    known=self._info is not None,
                    indexing=self.indexing.is_running,
                    showing_all=self.bar.show_all.isChecked(),
                    samples=self._samples is not None,
                )
            )
        )

    # --- Qt's own ------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Down goes from the query to the photos; Esc goes back, then clears."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.bar.line and event.key() == Qt.Key.Key_Down and self.hits.hits:
                self.grid.setFocus(Qt.FocusReason.TabFocusReason)
                if not self.grid.currentIndex().isValid():
                    self.grid.setCurrentIndex(self.hits.index(0))
                return True
            if event.key() == Qt.Key.Key_Escape:
                if watched is self.grid:
                    self.focus_query()
                else:
                    self.bar.line.clear()
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if _dropped_folders(event):
            event.acceptProposedAction()
        elif event.mimeData().hasUrls():
            self.statusBar().showMessage(strings.DROP_FOLDER_ONLY, 5_000)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        folders = _dropped_folders(event)
        if folders:
            event.acceptProposedAction()
            self.indexing.index(folders)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.searching.stop()
        self.indexing.stop()
        super().closeEvent(event)


def _dropped_folders(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir()]
