"""An export as the window sees it: shown in the status bar, stopped there, undone by Undo."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.base.filework import ExportOptions
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.strings import pages
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.words import failure
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.engine.exporting import ExportReport


def start_export(desk: Desk, content_ids: Sequence[int], options: ExportOptions) -> "Export":
    """Begin an export. Main thread; returns at once."""
    return Export(desk, tuple(content_ids), options)


class Export(QObject):
    """One export, from the first file to its place among what can be undone."""

    ended = Signal(str)
    """The words that were said at its end."""

    def __init__(self, desk: Desk, content_ids: tuple[int, ...], options: ExportOptions) -> None:
        super().__init__(desk.work)
        self._desk = desk
        self._ids = content_ids
        self._options = options
        self._report: ExportReport | None = None
        self._kept: tuple[Any, ...] = ()
        self._change = Change(
            fill(strings.EXPORT_CHANGE, photos=pages.photos(len(content_ids))),
            self._do,
            self._undo,
        )
        text = fill(strings.EXPORT_WORK, photos=pages.photos(len(content_ids)))
        self._work = desk.work.begin(Work(text, stop=self._stop, pause=self._pause, parent=self))
        self._job = desk.ask(
            lambda cancel: desk.services.exporting.export(content_ids, options, cancel),
            self._done,
            failed=self._failed,
            progress=self._progress,
            cancelled=lambda: self._end(strings.EXPORT_STOPPED),
        )
        desk.changes.undone.connect(self._undone)

    # --- while it runs -------------------------------------------------------------------

    def _stop(self) -> None:
        self._work.show(WorkState(self._work.state.text, stopping=True))
        self._job.cancel()

    def _pause(self, paused: bool) -> None:
        (self._job.pause if paused else self._job.resume)()

    def _progress(self, event: Event) -> None:
        state = self._work.state
        if isinstance(event, Progress) and not state.stopping:
            total = event.total or 0
            text = fill(strings.EXPORT_PROGRESS, done=event.done, total=total)
            self._work.show(WorkState(text, event.done, total, state.paused))

    # --- at its end ----------------------------------------------------------------------

    def _done(self, report: "ExportReport") -> None:
        self._report = report
        self._desk.changes.perform(self._change)
        target = report.target.name or report.target
        words = fill(strings.EXPORTED, photos=pages.photos(report.written), target=target)
        if report.problems:
            first = failure(report.problems[0].error)
            left = len(report.problems)
            words = fill(strings.EXPORT_PROBLEMS, exported=words, left=left, first=first)
        self._end(words)

    def _failed(self, sentence: str) -> None:
        self._end(sentence)

    def _end(self, words: str) -> None:
        self._work.finish(words)
        self.ended.emit(words)

    # --- undo ----------------------------------------------------------------------------

    def _do(self, cancel: CancelToken) -> "Generator[Event, None, ExportReport]":
        """The first time it is done already, with its progress shown; then it is done again."""
        yield from ()
        if self._report is not None:
            report, self._report = self._report, None
            return report
        exporting = self._desk.services.exporting
        return (yield from exporting.export(self._ids, self._options, cancel))

    def _undo(
        self, report: "ExportReport"
    ) -> "Callable[[CancelToken], Generator[Event, None, None]]":
        def verb(cancel: CancelToken) -> "Generator[Event, None, None]":
            self._kept = yield from self._desk.services.exporting.undo(report, cancel)

        return verb

    def _undone(self, change: Change) -> None:
        if change is self._change and self._kept:
            self._desk.say(fill(strings.EXPORT_KEPT, count=len(self._kept)))
