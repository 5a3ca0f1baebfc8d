"""Watching folders as the window sees it: what changed is indexed, one run after the other."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.watching import FoldersChanged, PollReason, WatchMode, WatchState
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.jobs import Failed, Job, JobRunner

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from vlm_desktop.gui.indexing import IndexController
    from vlm_desktop.gui.services import Services

_LANE = "watch"


class WatchController(QObject):
    """Keeps `Folders.watch` running on a lane of its own. Main thread."""

    changed = Signal()
    """A folder is watched in another way than before; see `states`."""
    noticed = Signal(str)
    """A sentence a person should see."""
    lost = Signal()
    """A folder went offline, or came back."""

    def __init__(
        self,
        services: "Services",
        runner: JobRunner,
        indexing: "IndexController",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.states: dict[Path, WatchState] = {}
        self._services = services
        self._runner = runner
        self._indexing = indexing
        self._job: Job | None = None
        self._waiting: set[Path] = set()
        indexing.finished.connect(self._run_ended)

    def start(self) -> None:
        """Watch from now on; folders that were added or removed since are taken up."""
        if self._job is None:
            services = self._services

            def verb(cancel: CancelToken) -> "Generator[Event, None, None]":
                return services.folders.watch(cancel)

            self._job = self._runner.submit(verb, self._heard, lane=_LANE)

    def stop(self) -> None:
        """Watch nothing any more; what has been noticed is not indexed."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def _heard(self, event: Event) -> None:
        match event:
            case WatchState():
                self._show_state(event)
            case FoldersChanged(folders=folders):
                self._waiting.update(folders)
                self._index()
            case Failed():
                self.noticed.emit(strings.WATCH_FAILED)

    def _show_state(self, state: WatchState) -> None:
        before = self.states.get(state.root)
        self.states[state.root] = state
        self.changed.emit()
        if state.reason is PollReason.LIMIT:
            self.noticed.emit(fill(strings.WATCH_LIMIT, folder=state.root.name or state.root))
        was_offline = before is not None and before.mode is WatchMode.OFFLINE
        if state.mode is WatchMode.OFFLINE:
            self.noticed.emit(fill(strings.FOLDER_LOST, folder=state.root.name or state.root))
            self.lost.emit()
        elif was_offline:
            self.noticed.emit(fill(strings.FOLDER_BACK, folder=state.root.name or state.root))
            self.lost.emit()

    def _index(self) -> None:
        """Index what changed. What changes during a run waits for its end: it may have passed."""
        if self._waiting and not self._indexing.is_running:
            folders = sorted(self._waiting)
            self._waiting.clear()
            self._indexing.index(folders, unasked=True, only_known=True)

    def _run_ended(self) -> None:
        if self._job is not None:
            # A run may have added a folder.
            services = self._services
            self._runner.submit(
                lambda _: _told(services), lambda _: None, lane="io", latest="watch-anew"
            )
        self._index()


def _told(services: "Services") -> "Generator[Event, None, None]":
    yield from ()
    services.folders.watch_anew()
