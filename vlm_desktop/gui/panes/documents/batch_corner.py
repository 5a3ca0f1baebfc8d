"""Many documents as long work: in the status line, paused, stopped, gone on with."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import (
    DocumentBatchReport,
    DocumentRowDone,
    KeptBatch,
    QueuedDocument,
)
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.documents.session import DocumentSession
from vlm_desktop.gui.strings import documents_files as strings
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job


class BatchCorner(QObject):
    """One batch at a time; main thread. It gives way to a document that a person opens, and goes
    on behind it: a batch is its own bookmark."""

    changed = Signal()
    """It began or ended."""

    def __init__(self, session: DocumentSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, session.desk
        self._job: Job | None = None
        self._work: Work | None = None
        self._batch: KeptBatch | None = None
        self._turn: object | None = None
        """Of the run whose end counts: one that gave way ends without a word."""
        self._read = self._refused = self._total = 0
        session.about_to_read.connect(self._give_way)
        session.reading_asked.connect(self._go_on)

    @property
    def is_running(self) -> bool:
        return self._work is not None

    # --- beginning -----------------------------------------------------------------------

    def take(self, paths: Sequence[Path]) -> None:
        """Read files, and those in folders, by the schema that is chosen."""
        if self.is_running or not paths:
            return
        services, name = self._desk.services, self._session.schema_name
        called = paths[0].name if len(paths) == 1 else fill(strings.BATCH_FILES, count=len(paths))

        def verb(
            cancel: CancelToken,
        ) -> Generator[Event, None, tuple[KeptBatch, tuple[QueuedDocument, ...]]]:
            part = services.documents
            schema = part.schemas.load(name)
            made = yield from part.batch.add(paths, schema, cancel, name=called)
            return made, part.batch.rows(made.id)

        def done(found: tuple[KeptBatch, tuple[QueuedDocument, ...]]) -> None:
            self._job = None
            batch, rows = found
            if not rows:
                self._end(fill(strings.BATCH_EMPTY, name=called))
                return
            self._wait_for(rows)
            self._run(batch)

        self._begin(fill(strings.BATCH_LOOKING, name=called))
        self._job = self._desk.ask(verb, done, failed=self._end, cancelled=self._stopped)

    def go_on(self) -> None:
        """Go on with the newest batch that is not at its end."""
        if self.is_running:
            return
        services = self._desk.services

        def look() -> tuple[KeptBatch, tuple[QueuedDocument, ...]] | None:
            part = services.documents.batch
            owing = part.unfinished()
            return (owing[0], part.rows(owing[0].id)) if owing else None

        def done(found: tuple[KeptBatch, tuple[QueuedDocument, ...]] | None) -> None:
            if found is None:
                self._session.say(strings.BATCH_GO_ON_NONE)
            elif not self.is_running:
                self._begin(fill(strings.BATCH_WORK, name=found[0].name))
                self._wait_for(found[1])
                self._run(found[0])

        self._desk.fetch(look, done)

    def _begin(self, words: str) -> None:
        self._read = self._refused = self._total = 0
        self._work = self._desk.work.begin(
            Work(words, stop=self.stop, pause=self._pause, parent=self)
        )
        self.changed.emit()

    def _wait_for(self, rows: Sequence[QueuedDocument]) -> None:
        self._total = sum(1 for one in rows if one.document is None)
        self._session.show_waiting(rows)

    def _run(self, batch: KeptBatch) -> None:
        services = self._desk.services
        self._batch, self._turn = batch, object()
        turn = self._turn

        def verb(cancel: CancelToken) -> Generator[Event, None, DocumentBatchReport]:
            return services.documents.batch.run(batch.id, cancel)

        self._job = self._desk.ask(
            verb,
            lambda _: self._done() if self._turn is turn else None,
            failed=lambda sentence: self._end(sentence) if self._turn is turn else None,
            progress=self._heard,
            cancelled=lambda: self._stopped() if self._turn is turn else None,
            lane="model",
        )

    # --- pausing, stopping, giving way ---------------------------------------------------

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            if self._work is not None:
                state = self._work.state
                self._work.show(WorkState(state.text, state.done, state.total, stopping=True))

    def _pause(self, paused: bool) -> None:
        if self._job is not None:
            (self._job.pause if paused else self._job.resume)()

    def _give_way(self) -> None:
        """A person waits for a document: stop after the page that is being read."""
        if self._job is not None and self._batch is not None:
            self._job.cancel()
            self._job = self._turn = None

    def _go_on(self) -> None:
        """Behind what a person asked for, on the same lane."""
        work = self._work
        if work is not None and self._job is None and self._batch is not None:
            self._run(self._batch)
            if work.state.paused and self._job is not None:
                self._job.pause()

    # --- what comes back -----------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        match event:
            case DocumentRowDone(path, document):
                self._read += 1
                self._refused += event.error is not None
                self._session.put_document(QueuedDocument(path, document))
                self._show()
                if self._session.path is None and event.error is None:
                    self._session.open(path)

    def _show(self) -> None:
        work, batch = self._work, self._batch
        if work is None or batch is None or work.state.stopping:
            return
        done = min(self._read, self._total)
        words = fill(strings.BATCH_OF, name=batch.name, done=done, total=self._total)
        work.show(WorkState(words, done, self._total, work.state.paused))

    def _done(self) -> None:
        parts = [strings.read_words(self._read - self._refused)]
        if self._refused:
            parts.append(fill(strings.BATCH_REFUSED, count=self._refused))
        self._end(" ".join(parts))

    def _stopped(self) -> None:
        self._end(strings.BATCH_STOPPED)

    def _end(self, words: str) -> None:
        self._job = self._batch = self._turn = None
        work, self._work = self._work, None
        if work is not None:
            work.finish(words)
        self._session.refresh()
        self.changed.emit()
