"""Runs that learn, as the whole window knows them: which there are, and when one ends.

Runs live in processes of their own; the window only looks. It looks often while somebody watches,
now and then while one learns, and else not at all.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import CancelledEnding, Done, Failed, JobRunner

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.training import RunInfo
    from vlm_desktop.gui.services import Services

_WATCHED_MS, _LIVE_MS = 1_500, 4_000


class RunWatch(QObject):
    """Main thread; folders are read on the lane "io"."""

    changed = Signal()
    """`runs` is another, or could not be read: then `trouble` is a sentence."""
    ended = Signal(object)
    """A `RunInfo` that learned when it was last looked at, and does no more."""

    def __init__(
        self, services: "Services", runner: JobRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._runner = services, runner
        self.runs: tuple[RunInfo, ...] = ()
        """The newest first."""
        self.is_known = False
        self.trouble = ""
        self._watchers: set[object] = set()
        self._looking = self._again = self._stopped = self._is_to_recover = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Write down of runs whose process vanished what became of them, then look. Once, when
        the window has started."""
        self._is_to_recover = True
        self.look()

    def look(self) -> None:
        """Look now; while a look is under way, once more after it."""
        if self._looking or self._stopped:
            self._again = self._looking
            return
        self._timer.stop()
        self._looking = True
        is_to_recover, self._is_to_recover = self._is_to_recover, False

        def verb(_: CancelToken) -> "Generator[Event, None, tuple[RunInfo, ...]]":
            yield from ()
            runs = self._services.training.runs
            if is_to_recover:
                runs.recover()
            return runs.all()

        self._runner.submit(verb, self._heard, lane="io")

    def watch(self, watcher: object, *, closely: bool) -> None:
        """Somebody looks at the list, or no longer does."""
        if closely:
            self._watchers.add(watcher)
            self.look()
        else:
            self._watchers.discard(watcher)

    def stop(self) -> None:
        """The window closes. Runs go on."""
        self._stopped = True
        self._timer.stop()

    @property
    def has_live(self) -> bool:
        return any(one.is_live for one in self.runs)

    def _heard(self, event: Event) -> None:
        match event:
            case Done(result):
                self._take(result)  # type: ignore[arg-type]
            case Failed(error):
                self.trouble = failure(error)
                self.changed.emit()
            case CancelledEnding():
                return
        self._looking = False
        if self._stopped:
            return
        if self._again:
            self._again = False
            self.look()
        elif self._watchers or self.has_live:
            self._timer.start(_WATCHED_MS if self._watchers else _LIVE_MS)

    def _take(self, runs: "tuple[RunInfo, ...]") -> None:
        before = {one.id: one.is_live for one in self.runs}
        is_other = runs != self.runs or not self.is_known or bool(self.trouble)
        self.runs, self.is_known, self.trouble = runs, True, ""
        if is_other:
            self.changed.emit()
        for one in runs:
            if before.get(one.id) and not one.is_live:
                self.ended.emit(one)
