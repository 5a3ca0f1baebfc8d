"""What belongs to the query bar beside searching: built once by the Search pane."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.queries import FilterChoices, WrittenQuery
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.gui.panes.search.filter_form import FilterForm
from vlm_desktop.gui.panes.search.names_dialog import NamesDialog
from vlm_desktop.gui.panes.search.query_history import QueryHistory
from vlm_desktop.gui.panes.search.query_pictures import QueryPictures
from vlm_desktop.gui.panes.search.saved_searches import SavedSearches
from vlm_desktop.gui.panes.search.teach_dialog import TeachDialog
from vlm_desktop.gui.panes.search.votes import Votes
from vlm_desktop.gui.strings import query as strings

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.query_bar import QueryBar
    from vlm_desktop.gui.panes.search.searching import SearchController

_LATE_MS = 3_000


class QueryCorner(QObject):
    """Pictures, history, saved searches, filter choices, votes, taught names. Main thread."""

    def __init__(
        self, desk: "Desk", bar: "QueryBar", searching: "SearchController", grid: QWidget
    ) -> None:
        super().__init__(bar)
        self._desk = desk
        self._bar = bar
        self._grid = grid
        self.pictures = QueryPictures(desk, bar)
        self.history = QueryHistory(desk, bar, searching)
        self.saved = SavedSearches(desk, bar)
        self.votes = Votes(desk, searching, grid)
        bar.query_changed.connect(searching.ask_for)
        bar.submitted.connect(searching.submit)
        bar.form_opened.connect(self._offer)
        desk.navigator.similar_wanted.connect(self.show_similar)
        desk.navigator.picture_wanted.connect(self.add_picture)
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._tidy)
        desk.library.changed.connect(self._library_known)
        self._add_actions()

    def _library_known(self) -> None:
        """Once, and long after the first paint: look what is new, let go of what was pasted."""
        self._desk.library.changed.disconnect(self._library_known)
        self._late.start()

    def _tidy(self) -> None:
        self.saved.count()
        self._desk.fetch(
            lambda: self._desk.services.keeping.sweep_pasted(),
            lambda _: None,
            failed=lambda _: None,
        )

    def stop(self) -> None:
        """The window closes: start nothing by itself any more."""
        self._late.stop()

    def _add_actions(self) -> None:
        add, bar = self._desk.actions.add, self._bar
        add(
            "search.add-picture", strings.ADD_PICTURE, self.pictures.pick, menu="edit",
            icon="picture", tip=strings.ADD_PICTURE_TIP,
        )  # fmt: skip
        add(
            "search.paste-picture", strings.PASTE_PICTURE, self.pictures.paste,
            shortcut="Ctrl+Shift+V", menu="edit",
        )  # fmt: skip
        add(
            "search.filters", strings.FILTERS, bar.open_filters, shortcut="Ctrl+Shift+F",
            menu="view", icon="filter", tip=strings.FILTERS_TIP,
        )  # fmt: skip
        add(
            "search.history", strings.HISTORY, self.history.open, menu="view", icon="history",
            tip=strings.HISTORY_TIP,
        )  # fmt: skip
        self.teach = add(
            "search.teach", strings.TEACH, self.open_teach, menu="photo", tip=strings.TEACH_TIP
        )
        add("search.names", strings.NAMES, self.open_names, menu="tools", tip=strings.NAMES_TIP)
        self._desk.navigator.selection_changed.connect(
            lambda chosen: self.teach.setEnabled(bool(chosen))
        )
        self.teach.setEnabled(False)

    # --- from elsewhere ------------------------------------------------------------------

    def show_similar(self, path: Path) -> None:
        """Ask for photos like this one, and nothing else."""
        self._bar.set_query(WrittenQuery(images=(ImageTerm(path),)))

    def add_picture(self, term: ImageTerm) -> None:
        """Add a picture or a part of one to what is asked."""
        self._bar.add_picture(term)

    # --- filters -------------------------------------------------------------------------

    def _offer(self, form: FilterForm) -> None:
        """Fill a form's lists as soon as they are read; the form may be gone by then."""
        info = self._desk.library.info
        folders = tuple(one.root.path for one in info.roots) if info else ()
        gone: list[bool] = []
        form.destroyed.connect(lambda: gone.append(True))

        def read(choices: FilterChoices) -> None:
            if not gone:
                form.offer(replace(choices, folders=folders))

        self._desk.fetch(
            lambda: self._desk.services.keeping.choices(), read, latest="filter-choices"
        )

    # --- taught names --------------------------------------------------------------------

    def open_teach(self) -> TeachDialog | None:
        """Teach a name with the selected photos."""
        chosen = self._desk.navigator.selection
        if not chosen:
            self._desk.say(strings.TEACH_FEW)
            return None
        dialog = TeachDialog(self._desk, chosen, self._grid.window())
        dialog.try_wanted.connect(self._desk.navigator.search_wanted)
        dialog.open()
        return dialog

    def open_names(self) -> NamesDialog:
        """List the taught names."""
        dialog = NamesDialog(self._desk, self._grid.window())
        dialog.search_wanted.connect(self._desk.navigator.search_wanted)
        dialog.open()
        return dialog
