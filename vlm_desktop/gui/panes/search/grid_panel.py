"""The grid with the line above it and the timeline: the library, hits, or a set of photos.

Whatever is to be shown is arranged on an io thread and put in place at once when it is ready;
until then what was there stays. A listing of the same things keeps the eye's place, the current
photo and the selection.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Filters, Hit
from vlm_desktop.engine.listing import Arrangement, Grouping, Listing, Order, Timeline
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.search.grid_bar import GridBar
from vlm_desktop.gui.panes.search.grid_model import GridModel
from vlm_desktop.gui.panes.search.grid_pictures import GridPictures
from vlm_desktop.gui.panes.search.grid_view import GridView
from vlm_desktop.gui.panes.search.timeline_strip import TimelineStrip
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.navigator import ContentSet

_LIBRARY, _HITS, _SET = "library", "hits", "set"
_REFRESH_MS = 1_500
_LARGE, _REFRESH_LARGE_MS = 20_000, 5_000
_SELECTION_MS = 30
_MOST_SELECTED_KEPT = 1_000
_USUAL = {
    _LIBRARY: Arrangement(Order.NEWEST, Grouping.MONTH),
    _HITS: Arrangement(Order.RELEVANCE, Grouping.NONE),
    _SET: Arrangement(Order.RELEVANCE, Grouping.NONE),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """What is listed. Equal `key`s are the same thing at another time."""

    kind: str
    key: str = ""
    title: str = ""
    hits: tuple[Hit, ...] = ()
    content_ids: tuple[int, ...] = ()


class GridPanel(QWidget):
    """Shows one source at a time in the arrangement a person chose. Main thread."""

    shown = Signal()
    """Another listing is in place."""
    range_chosen = Signal(str, str)
    """Dates marked on the timeline, as ISO 8601 prefixes, both inclusive."""
    range_cleared = Signal()

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._source = _Source(_LIBRARY)
        self._in_place: _Source | None = None
        self._arrangements = dict(_USUAL)
        self._wanted_current: int | None = None
        self._wanted_selected: list[int] = []
        self._closed = False
        self.model = GridModel(desk, self)
        self.pictures = GridPictures(desk.services, desk.runner, self)
        self.bar = GridBar(self)
        self.timeline = TimelineStrip(self)
        self.view = GridView(self.model, self.pictures, self)
        self._refresh = QTimer(self, singleShot=True)
        self._tell = QTimer(self, singleShot=True, interval=_SELECTION_MS)
        self._lay_out()
        self._connect()
        self._build_actions()
        self._show_arrangement()
        self.timeline.hide()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.timeline)
        layout.addWidget(self.view, 1)
        self.bar.show_zoom(self.view.row_height)

    def _connect(self) -> None:
        self.bar.arranged.connect(self._arranged)
        self.bar.zoom_wanted.connect(self.view.set_row_height)
        self.bar.timeline_toggled.connect(self.show_timeline)
        self.bar.all_photos.clicked.connect(self.show_library)
        self.view.zoomed.connect(self.bar.show_zoom)
        self.view.stack_wanted.connect(self.toggle_stack)
        self.view.named.connect(self._find_name)
        selection = self.view.selectionModel()
        selection.selectionChanged.connect(lambda *_: self._tell.start())
        selection.currentChanged.connect(lambda *_: self._tell.start())
        self._tell.timeout.connect(self._tell_selection)
        self.timeline.range_chosen.connect(self.range_chosen)
        self.timeline.range_cleared.connect(self.range_cleared)
        self._refresh.timeout.connect(self.reload)
        self._desk.navigator.library_changed.connect(self.refresh_soon)

    def _build_actions(self) -> None:
        add, view = self._desk.actions.add, self.view
        add("edit.select-all", strings.SELECT_ALL, view.selectAll, shortcut="Ctrl+A",
            menu="edit", where=view)  # fmt: skip
        add("edit.select-none", strings.SELECT_NONE, view.clearSelection,
            shortcut="Ctrl+Shift+A", menu="edit", where=view)  # fmt: skip
        larger = add("view.larger", strings.ZOOM_IN, lambda: view.zoom(1), menu="view", where=self)
        smaller = add(
            "view.smaller", strings.ZOOM_OUT, lambda: view.zoom(-1), menu="view", where=self
        )
        larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        smaller.setShortcuts([QKeySequence("Ctrl+-")])
        add("view.usual-size", strings.ZOOM_RESET,
            lambda: view.set_row_height(measures().tile), shortcut="Ctrl+0", menu="view",
            where=self)  # fmt: skip
        add("photo.open-stack", strings.OPEN_STACK, self._toggle_current_stack,
            shortcut="Ctrl+E", menu="photo", where=view)  # fmt: skip
        add("view.stacks", strings.STACKS_ACTION, self.bar.stacks.toggle, menu="view")
        add("view.timeline", strings.TIMELINE_ACTION, self.bar.timeline.toggle,
            shortcut="Ctrl+T", menu="view")  # fmt: skip

    # --- what is shown -------------------------------------------------------------------

    @property
    def is_library(self) -> bool:
        return self._source.kind == _LIBRARY

    @property
    def is_set(self) -> bool:
        return self._source.kind == _SET

    @property
    def is_empty(self) -> bool:
        """Whether what was asked for last is in place and holds nothing."""
        return self._in_place == self._source and not self.model.rowCount()

    @property
    def is_ready(self) -> bool:
        """Whether what was asked for last is in place."""
        return self._in_place == self._source

    def show_library(self) -> None:
        """All photos."""
        self.timeline.show_range("", "")
        if self._source.kind != _LIBRARY or self._in_place is None:
            self._ask(_Source(_LIBRARY))

    def show_hits(self, hits: Sequence[Hit], key: str) -> None:
        """Photos found; with the same `key` as before they are the same query's."""
        source = _Source(_HITS, key, hits=tuple(hits))
        if source != self._source:
            self._ask(source)

    def show_set(self, chosen: "ContentSet") -> None:
        """Photos that somebody put together."""
        self._ask(_Source(_SET, chosen.title, chosen.title, content_ids=chosen.content_ids))

    def refresh_soon(self) -> None:
        """The library changed: list again, but not at every commit of an indexing run."""
        self.pictures.forget_absent()
        if not self._refresh.isActive():
            large = self.model.rowCount() > _LARGE
            self._refresh.start(_REFRESH_LARGE_MS if large else _REFRESH_MS)

    def reload(self) -> None:
        self._ask(self._source)

    def close_down(self) -> None:
        """Nothing starts by itself any more."""
        self._closed = True
        self._refresh.stop()
        self._tell.stop()
        self.view.stop()
        self.pictures.close()

    def _ask(self, source: _Source) -> None:
        if self._closed:
            return
        self._source = source
        arrangement = self._arrangements[source.kind]
        self._show_arrangement()

        def listed(listing: Listing) -> None:
            self._put(source, listing)

        self._desk.fetch(self._lister(source, arrangement), listed, latest="grid")

    def _lister(self, source: _Source, arrangement: Arrangement) -> Callable[[], Listing]:
        """What lists the source; called on an io thread."""
        services = self._desk.services

        def lister() -> Listing:
            match source.kind:
                case "library":
                    return services.browsing.browse(Filters(), arrangement)
                case "hits":
                    return services.browsing.hits(source.hits, arrangement)
            return services.browsing.listing(source.content_ids, arrangement)

        return lister

    def _put(self, source: _Source, listing: Listing) -> None:
        """Put a listing in place. What a person looks at stays, if it is still there."""
        before = self._in_place
        same = before is not None and (before.kind, before.key) == (source.kind, source.key)
        anchor = self.view.anchor() if same else None
        top = self.model.content_id(anchor[0]) if anchor is not None else None
        current = self.model.content_id(self.view.currentIndex().row())
        selected = [i for run in self.view.selected_rows() for i in self.model.content_ids(*run)]
        self._in_place = source
        self.model.show(listing, source.hits)
        wanted = self._wanted_current
        self._take_up(current if wanted is None else wanted, selected or self._wanted_selected)
        row = self.model.row_of(top) if top is not None else None
        if anchor is not None and row is not None:
            self.view.relayout((row, anchor[1], anchor[2]))
        elif wanted is not None and self._wanted_current is None:
            centre = self.view.ScrollHint.PositionAtCenter
            self.view.scrollTo(self.view.currentIndex(), centre)
        elif not same:
            self.view.verticalScrollBar().setValue(0)
        self._show_count()
        if self.is_set and not same:
            announce(self.bar.count, self.bar.count.text())
        self._show_timeline_counts()
        self._tell.start()
        self.shown.emit()

    def _take_up(self, current: int | None, selected: Sequence[int]) -> None:
        """The current photo and the selection, as far as they are still there."""
        selection = self.view.selectionModel()
        rows = sorted(row for row in map(self.model.row_of, selected) if row is not None)
        chosen = QItemSelection()
        for first, last in _runs(rows):
            chosen.select(self.model.index(first), self.model.index(last))
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self.model.row_of(current) if current is not None else None
        if row is not None:
            self._wanted_current, self._wanted_selected = None, []
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            selection.setCurrentIndex(self.model.index(row), flag)

    # --- selection -----------------------------------------------------------------------

    def selected_ids(self) -> tuple[int, ...]:
        """The selected contents in the grid's order; the current one where none is selected."""
        found: list[int] = []
        for first, last in self.view.selected_rows():
            found += self.model.content_ids(first, last)
        if not found:
            current = self.model.content_id(self.view.currentIndex().row())
            found = [] if current is None else [current]
        return tuple(found)

    def _tell_selection(self) -> None:
        self._show_count()
        chosen = self.selected_ids()
        if chosen != self._desk.navigator.selection:
            self._desk.navigator.selection_changed.emit(chosen)

    def go_to(self, content_id: int) -> bool:
        """Make a photo the current one and bring it into view; False if it is not here."""
        row = self.model.row_of(content_id)
        if row is not None:
            self.view.choose(row)
        return row is not None

    def _find_name(self, typed: str) -> None:
        listing = self.model.listing
        if listing is None:
            return
        row = self.view.currentIndex().row()
        # One letter goes on to the next name, more letters may still mean this one.
        after = row if len(typed) == 1 else row - 1

        def found(row: int | None) -> None:
            if row is None:
                self._desk.say(fill(strings.NAME_NOT_FOUND, start=typed))
            elif self.model.listing is listing:
                self.view.choose(row)

        self._desk.fetch(
            lambda: self._desk.services.browsing.row_named(typed, listing, after),
            found,
            latest="grid-name",
        )

    # --- arrangement ---------------------------------------------------------------------

    def _arranged(self, chosen: Arrangement) -> None:
        self._arrangements[self._source.kind] = chosen
        self.reload()

    def _show_arrangement(self) -> None:
        words = {_LIBRARY: strings.SORT_ADDED, _SET: strings.SORT_GIVEN}
        kind = self._source.kind
        bare = words.get(kind, strings.SORT_RELEVANCE)
        self.bar.all_photos.setVisible(kind == _SET)
        self.bar.show_arrangement(self._arrangements[kind], bare)

    def toggle_stack(self, row: int) -> None:
        """Open the stack of a photo, or close it."""
        if not 0 <= row < self.model.rowCount():
            return
        stack = self.model.cell(row).stack
        if not stack:
            return
        now = self._arrangements[self._source.kind]
        self._arrangements[self._source.kind] = replace(
            now, opened=now.opened.symmetric_difference({stack})
        )
        self.reload()

    def _toggle_current_stack(self) -> None:
        self.toggle_stack(self.view.currentIndex().row())

    # --- the line above and the timeline ---------------------------------------------------

    def _show_count(self) -> None:
        listing = self.model.listing
        if listing is None:
            self.bar.count.setText("")
            return
        words = strings.photos(len(listing.all_ids))
        if self._source.title:
            words = fill(strings.SET_TITLE, title=self._source.title, count=words)
        chosen = sum(last - first + 1 for first, last in self.view.selected_rows())
        if chosen > 1:
            words = fill(strings.SELECTED_OF, count=chosen, total=words)
        self.bar.count.setText(words)

    def show_timeline(self, visible: bool) -> None:
        self.timeline.setVisible(visible)
        self._show_timeline_counts()

    def _show_timeline_counts(self) -> None:
        listing = self.model.listing
        if listing is None or not self.timeline.isVisibleTo(self):
            return
        ids = listing.all_ids
        self._desk.fetch(
            lambda: self._desk.services.browsing.timeline(ids),
            self._timeline_counted,
            latest="grid-timeline",
        )

    def _timeline_counted(self, line: Timeline) -> None:
        self.timeline.show_timeline(line)

    # --- from one start to the next --------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What is to come back at the next start, as JSON can say it."""
        selected = [i for run in self.view.selected_rows() for i in self.model.content_ids(*run)]
        return {
            "zoom": self.view.row_height,
            "timeline": self.timeline.isVisibleTo(self),
            "current": self.model.content_id(self.view.currentIndex().row()),
            "selected": selected if len(selected) <= _MOST_SELECTED_KEPT else [],
            "arrangements": {
                kind: [one.order.value, one.grouping.value, one.stacked]
                for kind, one in self._arrangements.items()
            },
        }

    def restore(self, state: dict[str, Any]) -> None:
        zoom, current = state.get("zoom"), state.get("current")
        if isinstance(zoom, int):
            self.view.set_row_height(zoom)
        if isinstance(current, int):
            self._wanted_current = current
            selected = state.get("selected")
            if isinstance(selected, list) and all(isinstance(one, int) for one in selected):
                self._wanted_selected = selected
        if state.get("timeline") is True:
            self.bar.timeline.setChecked(True)
        chosen = state.get("arrangements")
        for kind, said in chosen.items() if isinstance(chosen, dict) else ():
            arrangement = _arrangement(said)
            if kind in self._arrangements and arrangement is not None:
                self._arrangements[kind] = arrangement
        self._show_arrangement()


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as runs (first, last)."""
    first = last = -1
    for row in rows:
        if row != last + 1 and last >= 0:
            yield first, last
            first = row
        elif last < 0:
            first = row
        last = row
    if last >= 0:
        yield first, last


def _arrangement(said: object) -> Arrangement | None:
    """An arrangement as `state` wrote it; None for anything else."""
    try:
        order, grouping, stacked = said  # type: ignore[misc]
        return Arrangement(Order(order), Grouping(grouping), bool(stacked))
    except (TypeError, ValueError):
        return None
