"""The Search pane: the query bar above, photos found beneath, details beside them."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.search.hits_model import HitsModel, Roles
from vlm_desktop.gui.panes.search.hits_view import HitsView
from vlm_desktop.gui.panes.search.pages import Situation, what_to_say
from vlm_desktop.gui.panes.search.query_bar import QueryBar
from vlm_desktop.gui.panes.search.searching import SearchController, SearchState
from vlm_desktop.gui.strings import photo as photo_strings
from vlm_desktop.gui.strings import query as query_strings
from vlm_desktop.gui.widgets.message_page import MessagePage


class SearchPane(Pane):
    """Wires query, grid and photo together. `layers` holds the browser and what lies over it."""

    key = "search"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._samples = sample_photos()
        self.searching = SearchController(desk.services, desk.runner, self)
        self.hits = HitsModel(desk.thumbnails, self)
        self._build_widgets()
        self._build_actions()
        self._connect()
        self._show_middle()

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        self.bar = QueryBar(self)
        self.grid = HitsView(self.hits, self.desk.thumbnails, self)
        self.page = MessagePage(self)
        self.middle = QStackedWidget(self)
        self.middle.addWidget(self.page)
        self.middle.addWidget(self.grid)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.addWidget(self.middle)
        self.browser = QWidget(self)
        column = QVBoxLayout(self.browser)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.beside, 1)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.browser)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.layers)

    def _build_actions(self) -> None:
        add = self.desk.actions.add
        # No shortcut: Enter opens from the grid, but searches in the query line.
        self.open_action = add(
            "photo.open", photo_strings.OPEN_PHOTO, self.open_current, menu="photo"
        )
        self.folder_action = add(
            "photo.show-in-folder",
            photo_strings.SHOW_IN_FOLDER,
            self.show_in_folder,
            shortcut="Ctrl+Return",
            menu="photo",
        )
        add("search.find", query_strings.FIND, self.focus_query, shortcut="Ctrl+F", menu="view")
        self.grid.addActions([self.open_action, self.folder_action])
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

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
        self.desk.indexing.committed.connect(self.searching.refresh_soon)
        self.desk.indexing.finished.connect(self.searching.refresh_soon)
        self.desk.work.changed.connect(self._show_middle_unless_asked)
        self.desk.library.changed.connect(self._show_middle)
        self.desk.navigator.search_wanted.connect(self.search_for)
        self.page.primary.clicked.connect(self._primary_pressed)
        self.page.second.clicked.connect(self._add_samples)
        self._current_changed()

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        self.focus_query()

    def back(self) -> bool:
        """From the photos to the query line; then the line is emptied."""
        if not self.bar.line.hasFocus():
            self.focus_query()
        elif self.bar.line.text():
            self.bar.line.clear()
        else:
            return False
        return True

    def stop(self) -> None:
        self.searching.stop()

    def state(self) -> dict[str, Any]:
        hit = self.grid.currentIndex().data(Roles.HIT)
        return {"query": self.bar.line.text(), "selected": hit.content_id if hit else None}

    def restore(self, state: dict[str, Any]) -> None:
        query = state.get("query")
        if isinstance(query, str):
            self.bar.line.setText(query)

    # --- what the user does --------------------------------------------------------------

    def search_for(self, text: str) -> None:
        """Put text into the query line and search for it."""
        self.bar.line.setText(text)
        self.searching.search_now()

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

    def _primary_pressed(self) -> None:
        if self.searching.state.nothing:
            self.bar.show_all.setChecked(True)
        else:
            self.desk.actions.get("file.add-folder").trigger()

    def _add_samples(self) -> None:
        if self._samples is not None:
            self.desk.indexing.index([self._samples])

    def _open_index(self, index: QModelIndex | QPersistentModelIndex) -> None:
        hit = index.data(Roles.HIT)
        if hit is not None:
            self._open(hit.path, hit.path)

    def _open(self, photo: Path, target: Path) -> None:
        if not photo.exists():
            self.desk.say(fill(photo_strings.PHOTO_GONE, path=photo))
        elif not self.desk.open_file(target):
            self.desk.say(fill(photo_strings.PHOTO_NOT_OPENED, path=target))

    def _current_path(self) -> Path | None:
        hit = self.grid.currentIndex().data(Roles.HIT)
        return None if hit is None else hit.path

    def _current_changed(self, *_: object) -> None:
        hit = self.grid.currentIndex().data(Roles.HIT)
        self.open_action.setEnabled(hit is not None)
        self.folder_action.setEnabled(hit is not None)
        self.desk.navigator.selection_changed.emit(() if hit is None else (hit.content_id,))

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

    def _show_middle_unless_asked(self) -> None:
        if not self.searching.state.asked:
            self._show_middle()

    def _show_middle(self) -> None:
        """The grid when there are photos to show, else a page that says what to do."""
        state = self.searching.state
        self.middle.setCurrentWidget(self.grid if state.hits else self.page)
        if state.hits:
            return
        library = self.desk.library
        self.page.show_message(
            what_to_say(
                Situation(
                    search=state,
                    failed=library.failed,
                    contents=library.contents,
                    known=library.info is not None,
                    indexing=self.desk.indexing.is_running,
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
                return self.back()
        return super().eventFilter(watched, event)
