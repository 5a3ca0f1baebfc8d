"""Right or wrong: what a person says of hits, remembered for the query and undoable."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.searching import SearchController

_SAID = {1: "VOTED_UP", -1: "VOTED_DOWN", 0: "VOTED_BACK"}


class Votes(QObject):
    """Actions for the selected hits; the search is asked again after each. Main thread."""

    voted = Signal()

    def __init__(self, desk: "Desk", searching: "SearchController", grid: QWidget) -> None:
        super().__init__(grid)
        self._desk = desk
        self._searching = searching
        self._mine: list[Change] = []
        add = desk.actions.add
        self.up = add(
            "search.vote-up", strings.VOTE_UP, lambda: self.vote_selected(1),
            shortcut="+", menu="photo", icon="right", tip=strings.VOTE_UP_TIP, where=grid,
        )  # fmt: skip
        self.down = add(
            "search.vote-down", strings.VOTE_DOWN, lambda: self.vote_selected(-1),
            shortcut="-", menu="photo", icon="wrong", tip=strings.VOTE_DOWN_TIP, where=grid,
        )  # fmt: skip
        self.none = add(
            "search.vote-none", strings.VOTE_NONE, lambda: self.vote_selected(0),
            menu="photo", where=grid,
        )  # fmt: skip
        desk.navigator.selection_changed.connect(lambda _: self._update())
        searching.state_changed.connect(lambda _: self._update())
        desk.changes.undone.connect(self._taken_back)
        desk.changes.redone.connect(self._taken_back)
        self._update()

    def vote_selected(self, vote: int) -> None:
        """Vote on all photos selected in the grid."""
        self.vote(self._desk.navigator.selection, vote)

    def vote(self, content_ids: Sequence[int], vote: int) -> None:
        """+1, -1, or 0 to take it back, on photos as answers to the query that is asked."""
        query = self._searching.state.query
        if query is None or not (query.text.strip() or query.images) or not content_ids:
            self._desk.say(strings.VOTE_NOTHING)
            return
        services = self._desk.services
        votes = dict.fromkeys(content_ids, vote)
        count = strings.photos(len(votes))

        def undo(before: Mapping[int, int]) -> None:
            services.keeping.vote(query, before)

        change = Change(
            fill(strings.VOTE_CHANGE, photos=count),
            quick(lambda: services.keeping.vote(query, votes)),
            lambda before: quick(lambda: undo(before)),
        )
        self._mine.append(change)

        def done(_: object) -> None:
            self._desk.say(fill(getattr(strings, _SAID[vote]), photos=count))
            self._again()

        self._desk.changes.perform(change, done)

    def _taken_back(self, change: Change) -> None:
        if any(change is one for one in self._mine):
            self._again()

    def _again(self) -> None:
        self._searching.search_now()
        self.voted.emit()

    def _update(self) -> None:
        query = self._searching.state.query
        ranks = query is not None and bool(query.text.strip() or query.images)
        for action in (self.up, self.down, self.none):
            action.setEnabled(ranks and bool(self._desk.navigator.selection))
