"""Searching as one types: a short pause, then the newest request wins."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, LibraryEmpty, QueryEmpty
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import Hit, Query, SearchResult, Verdict
from vlm_desktop.engine.querytext import asked_for, without_unfinished
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import Done, Failed, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.services import Services

_PAUSE_MS = 120
_SLOW_MS = 250
_REFRESH_MS = 2_000
_SETTLED_MS = 4_000
"""A query that stands this long was meant, not passed through while typing another."""

_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class SearchState:
    """What the window shows of a search. `failed` is a whole sentence, "" if all is well.

    `query` is what was asked of the engine; None when nothing is asked.
    """

    hits: tuple[Hit, ...] = ()
    verdict: str = ""
    asked: bool = False
    nothing: bool = False
    empty_library: bool = False
    failed: str = ""
    query: Query | None = None


class SearchController(QObject):
    """Turns what is asked for into hits. Main thread."""

    state_changed = Signal(SearchState)
    slow = Signal()
    settled = Signal(object)
    """A `WrittenQuery` that was submitted, or that stood for a while with hits."""

    def __init__(
        self, services: "Services", runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self.written = WrittenQuery()
        self._show_all = False
        self.state = SearchState()
        self._pause = self._timer(_PAUSE_MS, self.search_now)
        self._slow = self._timer(_SLOW_MS, self.slow.emit)
        self._refresh = self._timer(_REFRESH_MS, self.search_now)
        self._settling = self._timer(_SETTLED_MS, self._settle)

    def _timer(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(slot)
        return timer

    def ask_for(self, query: WrittenQuery) -> None:
        """The query changed; search when the changing pauses."""
        self.written = query
        self._settling.stop()
        self._pause.start()

    def submit(self) -> None:
        """Search without waiting, and take the query as meant."""
        self.search_now(finished=True)
        self._settle()

    def set_show_all(self, show_all: bool) -> None:
        if show_all != self._show_all:
            self._show_all = show_all
            self.search_now()

    def refresh_soon(self) -> None:
        """The library grew: search again, at most every two seconds, if something is asked."""
        if not self.written.is_empty and not self._refresh.isActive():
            self._refresh.start()

    def search_now(self, *, finished: bool = False) -> None:
        """Search without waiting for a pause. A filter still being typed counts if `finished`."""
        self._pause.stop()
        self._refresh.stop()
        asked = self.written
        if not finished:
            asked = replace(asked, typed=without_unfinished(asked.typed))
        if asked.is_empty:
            self._drop_running()
            self._show(SearchState())
            return
        try:
            query = asked_for(asked, limit=_LIMIT, show_all=self._show_all)
        except AppError as error:
            self._drop_running()
            self._show(SearchState(asked=True, failed=failure(error)))
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, SearchResult]:
            return self._services.search(query, cancel)

        self._slow.start()
        self._runner.submit(verb, self._heard, lane="search", latest="search")

    def stop(self) -> None:
        """No search starts by itself any more."""
        for timer in (self._pause, self._slow, self._refresh, self._settling):
            timer.stop()

    def _settle(self) -> None:
        self._settling.stop()
        if not self.written.is_empty:
            self.settled.emit(self.written)

    def _drop_running(self) -> None:
        """An empty job of the same key silences the search that runs."""
        self._slow.stop()
        self._runner.submit(_nothing, _ignore, lane="search", latest="search")

    def _heard(self, event: Event) -> None:
        match event:
            case Done(result):
                self._slow.stop()
                self._settling.start()
                self._show(_found(result))
            case Failed(LibraryEmpty()):
                self._slow.stop()
                self._show(SearchState(asked=True, empty_library=True))
            case Failed(QueryEmpty()):
                self._slow.stop()
                self._show(SearchState())
            case Failed(error):
                self._slow.stop()
                self._show(SearchState(asked=True, failed=failure(error)))

    def _show(self, state: SearchState) -> None:
        self.state = state
        self.state_changed.emit(state)


def read_query(said: str) -> WrittenQuery:
    """A query as the window saved it; what is no JSON was typed."""
    try:
        return WrittenQuery.from_json(said)
    except (KeyError, TypeError, ValueError):
        return WrittenQuery(said)


def _nothing(_: CancelToken) -> Generator[Event, None, None]:
    yield from ()


def _ignore(_: Event) -> None:
    pass


def _found(result: object) -> SearchState:
    assert isinstance(result, SearchResult)
    shown = len(result.hits)
    if result.verdict is Verdict.NONE:
        verdict = fill(strings.COUNTS_WEAK, shown=shown) if shown else strings.NOTHING_MATCHES
        return SearchState(result.hits, verdict, asked=True, nothing=not shown, query=result.query)
    verdict = fill(strings.COUNTS, likely=result.likely, possible=result.possible)
    if not result.query.show_all and shown < result.likely + result.possible:
        verdict = fill(strings.COUNTS_CUT, counts=verdict, shown=shown)
    return SearchState(result.hits, verdict, asked=True, query=result.query)
