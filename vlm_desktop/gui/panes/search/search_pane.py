"""The Search pane: the query bar above, photos found beneath, details beside them."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.engine.querytext import parts
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.navigator import ContentSet
from vlm_desktop.gui.panes.pane import Pane
from vlm_desktop.gui.panes.search.discarding import Discarding
from vlm_desktop.gui.panes.search.grid_panel import GridPanel
from vlm_desktop.gui.panes.search.pages import Situation, what_to_say
from vlm_desktop.gui.panes.search.photo_corner import PhotoCorner
from vlm_desktop.gui.panes.search.query_bar import QueryBar
from vlm_desktop.gui.panes.search.query_corner import QueryCorner
from vlm_desktop.gui.panes.search.searching import SearchController, SearchState, read_query
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
        self._build_widgets()
        self._build_actions()
        self._connect()
        self._show_middle()

    # --- building ------------------------------------------------------------------------

    def _build_widgets(self) -> None:
        self.bar = QueryBar(self)
        self.panel = GridPanel(self.desk, self)
        self.grid, self.hits = self.panel.view, self.panel.model
        self.page = MessagePage(self)
        self.middle = QStackedWidget(self)
        self.middle.addWidget(self.page)
        self.middle.addWidget(self.panel)
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
        self.asking = QueryCorner(self.desk, self.bar, self.searching, self.panel)
        self.photo = PhotoCorner(self, self.layers, self.beside, self.hits, self._select)
        self.photo.explain(self.searching, self.asking.votes)

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
            where=self,
        )
        self.ask_action = add("photo.ask", photo_strings.ASK_ABOUT, self.ask_about, menu="photo",
                              tip=photo_strings.ASK_ABOUT_TIP)  # fmt: skip
        self.write_action = add("photo.alttext", photo_strings.WRITE_ALT, self.write_about,
                                menu="photo", tip=photo_strings.WRITE_ALT_TIP)  # fmt: skip
        self.fields_action = add("photo.documents", photo_strings.READ_FIELDS, self.read_fields,
                                 menu="photo", tip=photo_strings.READ_FIELDS_TIP)  # fmt: skip
        self.point_action = add("photo.ground", photo_strings.POINT_AT, self.point_at,
                                menu="photo", tip=photo_strings.POINT_AT_TIP)  # fmt: skip
        self.teach_action = add("photo.train", photo_strings.TEACH_WITH, self.teach_with,
                                menu="photo", tip=photo_strings.TEACH_WITH_TIP)  # fmt: skip
        add("search.find", query_strings.FIND, self.focus_query, shortcut="Ctrl+F", menu="view")
        self.discarding = Discarding(self.desk, self.grid, self.photo)
        self.grid.addActions(
            [
                self.open_action,
                self.ask_action,
                self.write_action,
                self.fields_action,
                self.point_action,
                self.teach_action,
                self.folder_action,
                self.discarding.action,
                self.photo.details_action,
            ]
        )
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _connect(self) -> None:
        self.bar.show_all_changed.connect(self.searching.set_show_all)
        self.bar.line.installEventFilter(self)
        self.grid.installEventFilter(self)
        self.grid.activated.connect(self._open_index)
        self.grid.selectionModel().currentChanged.connect(self._current_changed)
        self.searching.state_changed.connect(self._show_search)
        self.panel.shown.connect(self._show_middle)
        self.panel.shown.connect(self._current_changed)
        self.panel.range_chosen.connect(self._narrow_dates)
        self.panel.range_cleared.connect(lambda: self._narrow_dates("", ""))
        self.desk.navigator.contents_wanted.connect(self.show_contents)
        self.discarding.done.connect(self.searching.search_now)
        self.searching.slow.connect(self.bar.show_searching)
        self.desk.navigator.library_changed.connect(self.searching.refresh_soon)
        self.desk.work.changed.connect(self._show_middle_unless_asked)
        self.desk.library.changed.connect(self._library_known)
        self.desk.navigator.search_wanted.connect(self.search_for)
        self.page.primary.clicked.connect(self._primary_pressed)
        self.page.second.clicked.connect(self._add_samples)
        self._current_changed()

    # --- the pane ------------------------------------------------------------------------

    def activate(self) -> None:
        if self.photo.is_open:
            self.photo.view.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.focus_query()

    def back(self) -> bool:
        """Out of an open photo, to the query line; then the line is emptied."""
        if self.photo.back():
            return True
        if not self.bar.line.hasFocus():
            self.focus_query()
        elif not self.panel.is_library and not self.searching.state.asked:
            self.panel.show_library()
        elif not self.bar.query.is_empty:
            self.bar.clear()
        else:
            return False
        return True

    def shown_contents(self) -> tuple[int, ...]:
        model = self.panel.model
        return tuple(model.content_ids(0, model.rowCount() - 1))

    def stop(self) -> None:
        self.searching.stop()
        self.asking.stop()
        self.panel.close_down()
        self.photo.stop()

    def state(self) -> dict[str, Any]:
        return {
            "query": self.bar.query.to_json(),
            "grid": self.panel.state(),
            "photo": self.photo.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        query, grid, photo = state.get("query"), state.get("grid"), state.get("photo")
        if isinstance(photo, dict):
            self.photo.restore(photo)
        if isinstance(grid, dict):
            self.panel.restore(grid)
        if isinstance(query, str):
            self.bar.set_query(read_query(query))

    # --- what the user does --------------------------------------------------------------

    def search_for(self, text: str) -> None:
        """Put text into the query line and search for it."""
        self.bar.set_text(text)
        self.searching.search_now()

    def show_contents(self, chosen: ContentSet) -> None:
        """Show photos that were put together elsewhere; nothing is asked any more."""
        self.bar.clear()
        self.panel.show_set(chosen)
        self.searching.search_now()

    def focus_query(self) -> None:
        self.bar.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.line.selectAll()

    def open_current(self) -> None:
        """Open the selected photo over the grid."""
        self._open_index(self.grid.currentIndex())

    def ask_about(self) -> None:
        """Ask a model about the open photo, or about those that are selected."""
        shown = self.photo.view.content_id if self.photo.is_open else None
        selected = (shown,) if shown is not None else self.desk.navigator.selection
        if selected:
            self.desk.navigator.chat_wanted.emit(tuple(selected))

    def write_about(self) -> None:
        """Write alt text for the open photo, or for those that are selected."""
        shown = self.photo.view.content_id if self.photo.is_open else None
        selected = (shown,) if shown is not None else self.desk.navigator.selection
        if selected:
            self.desk.navigator.alttext_wanted.emit(tuple(selected))

    def read_fields(self) -> None:
        """Read the fields of the open photo as of a document, or of those that are selected."""
        shown = self.photo.view.content_id if self.photo.is_open else None
        selected = (shown,) if shown is not None else self.desk.navigator.selection
        if selected:
            self.desk.navigator.documents_wanted.emit(tuple(selected))

    def point_at(self) -> None:
        """Point at things in the open photo, or in the first that is selected."""
        shown = self.photo.view.content_id if self.photo.is_open else None
        selected = (shown,) if shown is not None else self.desk.navigator.selection
        if selected:
            self.desk.navigator.ground_wanted.emit(tuple(selected))

    def teach_with(self) -> None:
        """Teach a model with the open photo, or with those that are selected."""
        shown = self.photo.view.content_id if self.photo.is_open else None
        selected = (shown,) if shown is not None else self.desk.navigator.selection
        if selected:
            self.desk.navigator.train_wanted.emit(tuple(selected))

    def show_in_folder(self) -> None:
        """Show the open or selected photo in the file manager."""
        if self.photo.is_open:
            self.photo.reveal(self.photo.view.path)
        else:
            row = self.grid.currentIndex().row()
            self.hits.with_place(row, lambda place: self.photo.reveal(place.path))

    def _select(self, content_id: int) -> None:
        """Back from a photo: it is the one selected in the grid."""
        self.panel.go_to(content_id)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _primary_pressed(self) -> None:
        if self.searching.state.nothing:
            self.bar.show_all.setChecked(True)
        else:
            self.desk.actions.get("file.add-folder").trigger()

    def _add_samples(self) -> None:
        if self._samples is not None:
            self.desk.indexing.index([self._samples])
            self.focus_query()  # the button goes; typing is what comes next

    def _open_index(self, index: QModelIndex | QPersistentModelIndex) -> None:
        content_id = self.hits.content_id(index.row())
        if content_id is not None:
            self.photo.open(content_id, self.hits.cell(index.row()).page)

    def _current_changed(self, *_: object) -> None:
        there = self.grid.currentIndex().isValid()
        self.open_action.setEnabled(there)
        self.folder_action.setEnabled(there)
        self.ask_action.setEnabled(there)
        self.write_action.setEnabled(there)
        self.fields_action.setEnabled(there)
        self.point_action.setEnabled(there)
        self.teach_action.setEnabled(there)

    # --- what comes back -----------------------------------------------------------------

    def _show_search(self, state: SearchState) -> None:
        if state.hits:
            key = f"{self.bar.query.to_json()}\n{self.bar.show_all.isChecked()}"
            self.panel.show_hits(state.hits, key)
            if state.query is not None:
                dates = state.query.filters
                self.panel.timeline.show_range(dates.date_from, dates.date_to)
        elif not state.asked and not self.panel.is_set:
            self.panel.show_library()
        self.bar.show_search(state)
        self._show_middle()

    def _library_known(self) -> None:
        """The engine is there: without a query the newest photos are shown."""
        browsing = not self.searching.state.asked and self.panel.is_library
        if browsing and not self.desk.library.failed:
            self.panel.show_library()
        self._show_middle()

    def _narrow_dates(self, first: str, last: str) -> None:
        """Search within a range of dates; "" for any."""
        query = self.bar.query
        kept = [part.written for part in parts(query.typed) if part.key != "date"]
        if first:
            kept.append(f"date:{first}" if first == last else f"date:{first}..{last}")
        self.bar.set_query(replace(query, typed=" ".join(kept)))
        self.searching.search_now()

    def _show_middle_unless_asked(self) -> None:
        if not self.searching.state.asked:
            self._show_middle()

    def _show_middle(self) -> None:
        """The grid when there are photos to show, else a page that says what to do."""
        state = self.searching.state
        waiting = bool(self.desk.library.contents) and not self.panel.is_ready
        if state.hits or (not state.asked and (self.hits.rowCount() or waiting)):
            self.middle.setCurrentWidget(self.panel)
            return
        self.grid.clearSelection()  # nobody acts on photos that are not to be seen
        self.middle.setCurrentWidget(self.page)
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
            down = event.key() == Qt.Key.Key_Down and not event.modifiers()
            if watched is self.bar.line and down and self.hits.rowCount():
                self.grid.setFocus(Qt.FocusReason.TabFocusReason)
                if not self.grid.currentIndex().isValid():
                    self.grid.setCurrentIndex(self.hits.index(0))
                return True
            if event.key() == Qt.Key.Key_Escape:
                return self.back()
        return super().eventFilter(watched, event)
