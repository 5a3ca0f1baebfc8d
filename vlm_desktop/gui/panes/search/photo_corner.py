"""Photo view and details panel in the Search pane: built when first wanted, wired to the grid."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSplitter, QStackedWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import PhotoChanges
from vlm_desktop.gui.panes.search.photo_edits import PhotoEdits
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.pane import Pane
    from vlm_desktop.gui.panes.search.details_panel import DetailsPanel
    from vlm_desktop.gui.panes.search.photo_view import PhotoOrder, PhotoView
    from vlm_desktop.gui.panes.search.searching import SearchController, SearchState
    from vlm_desktop.gui.panes.search.votes import Votes

_FOLDER = __name__.rpartition(".")[0]
_STARS = 5
_SHARE = (3, 1)


class PhotoCorner(QObject):
    """Owns the view over `layers` and the panel in `beside`. Main thread.

    `order` is what next and previous go through, the grid's model; `select` selects one there
    and puts the focus on it. The modules of view and panel are first imported when one is opened.
    """

    def __init__(
        self,
        pane: "Pane",
        layers: QStackedWidget,
        beside: QSplitter,
        order: "PhotoOrder",
        select: Callable[[int], None],
    ) -> None:
        super().__init__(pane)
        self._pane = pane
        self._desk = pane.desk
        beside.setHandleWidth(measures().hairline)
        self._layers, self._beside = layers, beside
        self._order, self._select = order, select
        self._view: PhotoView | None = None
        self._panel: DetailsPanel | None = None
        self._kept_sections: dict[str, Any] = {}
        self._asking: tuple[SearchController, Votes] | None = None
        self.edits = PhotoEdits(self._desk, self)
        self._build_actions()
        navigator = self._desk.navigator
        navigator.selection_changed.connect(self._selection_changed)
        navigator.photo_wanted.connect(self.open)
        for elsewhere in (
            navigator.search_wanted,
            navigator.similar_wanted,
            navigator.picture_wanted,
            navigator.contents_wanted,
        ):
            elsewhere.connect(lambda _: self._close_view())

    def _build_actions(self) -> None:
        add = self._desk.actions.add
        self.details_action = add(
            "photo.details",
            strings.SHOW_DETAILS,
            self._toggle_details,
            shortcut="Ctrl+I",
            menu="photo",
            icon="details",
            tip=strings.SHOW_DETAILS_TIP,
            checkable=True,
        )
        for stars in range(_STARS + 1):
            text = fill(strings.RATE, rating=stars)
            if stars < 2:
                text = strings.RATE_ONE if stars else strings.RATE_NONE
            add(
                f"photo.rate-{stars}",
                text,
                lambda stars=stars: self.rate(stars),
                shortcut=f"Alt+{stars}",
                where=self._pane,
            )

    # --- the view ------------------------------------------------------------------------

    @property
    def view(self) -> "PhotoView":
        """The photo view, built now if it was not."""
        if self._view is None:
            view = _late("photo_view", "PhotoView")(self._desk, self._order, self._layers)
            self._view = view
            self._layers.addWidget(view)
            _late("photo_actions", "PhotoActions")(self._desk, view)
            view.closed.connect(self._closed)
            view.shown.connect(lambda content_id: self._show_details((content_id,)))
        return self._view

    @property
    def is_open(self) -> bool:
        return self._view is not None and self._view.content_id is not None

    def open(self, content_id: int, page: int = 0) -> None:
        """Show a photo over the grid."""
        view = self.view
        self._layers.setCurrentWidget(view)
        self._place_panel()
        view.open(content_id, page)

    def reveal(self, path: Path) -> None:
        """Show a file in the file manager, selected where that can be asked for."""

        def show() -> bool | None:
            """On an io thread; None for a file that is gone."""
            return bool(_late("photo_outside", "reveal")(path)) if path.exists() else None

        def done(is_shown: bool | None) -> None:
            if is_shown is None:
                self._desk.say(fill(strings.PHOTO_GONE, path=path))
            elif not is_shown and not self._desk.open_file(path.parent):
                self._desk.say(fill(strings.PHOTO_NOT_OPENED, path=path.parent))

        self._desk.fetch(show, done)

    def back(self) -> bool:
        """One step back out of the view; False when it is not open."""
        return self._view is not None and self._view.back()

    def _close_view(self) -> None:
        """What is asked for is to be seen in the grid."""
        if self.is_open:
            self.view.close_view()

    def stop(self) -> None:
        """The window closes."""
        if self._view is not None:
            self._view.stop()
        if self._panel is not None:
            self._panel.close_down()

    def _closed(self, content_id: int | None) -> None:
        self._layers.setCurrentIndex(0)
        self._place_panel()
        if content_id is not None:
            self._select(content_id)
        self._show_details(self._desk.navigator.selection)

    # --- the panel -----------------------------------------------------------------------

    @property
    def panel(self) -> "DetailsPanel":
        """The details panel, built now if it was not."""
        if self._panel is None:
            panel = _late("details_panel", "DetailsPanel")(self._desk, self.edits, self._beside)
            self._panel = panel
            if self._asking is not None:
                self._add_why(panel, *self._asking)
            panel.restore_sections(self._kept_sections)
            panel.photo_wanted.connect(self.open)
            panel.show_photos(self.current)
            self._place_panel()
        return self._panel

    def explain(self, searching: "SearchController", votes: "Votes") -> None:
        """Have the panel say why a photo was found. To be called before the panel is built."""
        self._asking = (searching, votes)

    def _add_why(
        self, panel: "DetailsPanel", searching: "SearchController", votes: "Votes"
    ) -> None:
        why = _late("why_panel", "WhyPanel")(self._desk, searching, panel)
        section = panel.photo.add_section("why", strings.SECTION_WHY, before="similar")
        section.add(why)
        why.vote_wanted.connect(lambda content_id, vote: votes.vote((content_id,), vote))
        votes.voted.connect(why.refresh)

        def show(content_id: int | None) -> None:
            why.show_photo(content_id)
            follow(searching.state)

        def follow(state: "SearchState") -> None:
            found = any(hit.content_id == why.content_id for hit in state.hits)
            section.setVisible(state.query is not None and found)

        panel.photo_shown.connect(show)
        searching.state_changed.connect(follow)

    @property
    def current(self) -> tuple[int, ...]:
        """The photo that is open, else the grid's selection."""
        if self._view is not None and self._view.content_id is not None:
            return (self._view.content_id,)
        return self._desk.navigator.selection

    def show_details(self, is_wanted: bool) -> None:
        """Show or hide the panel."""
        self.details_action.setChecked(is_wanted)
        if is_wanted or self._panel is not None:
            self.panel.setVisible(is_wanted)
        if not is_wanted and self._panel is not None:
            self._panel.photo_shown.emit(None)

    def _toggle_details(self) -> None:
        self.show_details(self.details_action.isChecked())

    def _place_panel(self) -> None:
        """The one panel stands beside the grid or beside the photo, whichever is in front."""
        if self._panel is None:
            return
        beside = self._view.beside if self.is_open_in_front else self._beside
        if self._panel.parent() is not beside:
            sizes = self._panel.width()
            beside.addWidget(self._panel)
            beside.setStretchFactor(0, _SHARE[0])
            beside.setStretchFactor(1, 0)
            room = max(beside.width(), 4 * sizes)
            beside.setSizes([room - sizes, sizes])
        self._panel.setVisible(self.details_action.isChecked())

    @property
    def is_open_in_front(self) -> bool:
        return self._view is not None and self._layers.currentWidget() is self._view

    def _selection_changed(self, content_ids: tuple[int, ...]) -> None:
        if not self.is_open:
            self._show_details(tuple(content_ids))

    def _show_details(self, content_ids: tuple[int, ...]) -> None:
        if self._panel is not None:
            self._panel.show_photos(content_ids)

    def rate(self, stars: int) -> None:
        """Give the open or selected photos stars; 0 takes them away."""
        self.edits.save(self.current, PhotoChanges(rating=stars))

    # --- from one start to the next --------------------------------------------------------

    def state(self) -> dict[str, Any]:
        sections = self._panel.open_sections() if self._panel else self._kept_sections
        return {"details": self.details_action.isChecked(), "sections": sections}

    def restore(self, state: dict[str, Any]) -> None:
        kept = state.get("sections")
        self._kept_sections = kept if isinstance(kept, dict) else {}
        if state.get("details") is True:
            self.show_details(True)


def _late(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{_FOLDER}.{module}"), name)
