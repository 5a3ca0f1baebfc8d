"""`Documents.batch`: many files read with one schema, into a queue for a person.

For the lane "model". Which files there are, and which are done, is read from the library: a batch
that was cancelled, closed or killed goes on where it stopped when it is run again. A file that
cannot be read costs its own row, with the reason; what concerns the whole (a full disk, a reader
that does not load) ends the run with its error, and what was done stays.
"""

import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import (
    DocumentBatchReport,
    DocumentRowDone,
    DocumentState,
    KeptBatch,
    KeptDocument,
    QueuedDocument,
)
from vlm_desktop.base.documents import Schema
from vlm_desktop.base.errors import MediaRefused
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.sheetkeeping import Opens
from vlm_desktop.media.scan import ScanProblem, scan_folder
from vlm_desktop.store.library import Library

_AT_ONCE = 200
_DONE = (DocumentState.TO_REVIEW, DocumentState.REVIEWED)


class DocumentBatch:
    """See the module. One run at a time."""

    def __init__(
        self, library: Callable[[], Library], pages: Opens, keeping: KeptDocuments
    ) -> None:
        self._library = library
        self._pages = pages
        self._keeping = keeping

    # --- what there is -------------------------------------------------------------------

    def batches(self) -> tuple[KeptBatch, ...]:
        """All, the newest first. Quick; any thread."""
        return tuple(self._library().document_batches())

    def unfinished(self) -> tuple[KeptBatch, ...]:
        """Those that a run would go on with. Quick; any thread."""
        return tuple(one for one in self.batches() if one.waiting)

    def rows(self, batch_id: int) -> tuple[QueuedDocument, ...]:
        """All files of a batch, in its order. Quick; any thread."""
        return tuple(self._library().document_queue(batch_id))

    def queue(self, batch_id: int) -> tuple[KeptDocument, ...]:
        """What a person should look at, the most errors expected first. Quick; any thread."""
        owing = [
            one.document
            for one in self.rows(batch_id)
            if one.document is not None and one.document.state is DocumentState.TO_REVIEW
        ]
        return tuple(sorted(owing, key=lambda one: -one.doubt))

    def refused(self, batch_id: int) -> tuple[KeptDocument, ...]:
        """The files that cannot be read, with the reason. Quick; any thread."""
        return tuple(
            one.document
            for one in self.rows(batch_id)
            if one.document is not None and one.document.state is DocumentState.REFUSED
        )

    def remove(self, batch_id: int) -> None:
        """Take a batch out of the list; what was read stays. Quick; any thread."""
        self._library().delete_document_batch(batch_id)

    # --- doing it ------------------------------------------------------------------------

    def add(
        self, paths: Sequence[Path], schema: Schema, cancel: CancelToken, *, name: str = ""
    ) -> Generator[Event, None, KeptBatch]:
        """Queue files, and those in folders. Nothing is read yet.

        Raises FolderNotFound, FolderUnreadable, LibraryError, Cancelled.
        """
        found: dict[Path, None] = {}
        for path in paths:
            whole = Path(path).absolute()
            if not whole.is_dir():
                found[whole] = None
                continue
            inside = []
            for one in scan_folder(whole, cancel):
                if isinstance(one, ScanProblem):
                    yield Notice("folder-unreadable", f"{one.path} ({one.detail})")
                    continue
                inside.append(one.path)
                if len(inside) % _AT_ONCE == 0:
                    yield Progress(Phase.INVENTORY, len(found) + len(inside), None)
            found.update(dict.fromkeys(sorted(inside, key=os.fspath)))
        cancel.raise_if_cancelled()
        return self._library().new_document_batch(name or _named(paths), schema, list(found))

    def run(
        self, batch_id: int, cancel: CancelToken, *, again: bool = False
    ) -> Generator[Event, None, DocumentBatchReport]:
        """Read what waits in a batch. Yields `Progress` over its files, `DocumentRowDone` after
        each, which is then kept.

        Files that were read with the same schema are not read again, though they moved; with
        `again` those that were refused are tried once more. Raises DocumentBatchUnknown,
        PartMissing, ModelBroken, DecoderUnavailable, LibraryError, Cancelled.
        """
        began = time.monotonic()
        library = self._library()
        schema = library.document_batch_schema(batch_id)
        if again:
            library.requeue_refused(batch_id)
        waiting = library.waiting_documents(batch_id)
        read: list[KeptDocument] = []
        refused: list[KeptDocument] = []
        known = 0
        for number, path in enumerate(waiting):
            rate = number / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.OCR, number, len(waiting), rate)
            cancel.raise_if_cancelled()
            before = None
            try:
                before = self._known(path, schema, cancel)
                if before is None:
                    opened = yield from self._keeping.open(path, schema, cancel)
                    read.append(opened.sheet.document)
                else:
                    known += 1
            except MediaRefused as error:
                one = self._refuse(path, schema, error)
                refused.append(one)
                library.finish_queued(batch_id, path, one.id, known=False)
                yield DocumentRowDone(path, one, error)
                continue
            done = before or read[-1]
            library.finish_queued(batch_id, path, done.id, known=before is not None)
            yield DocumentRowDone(path, done)
        yield Progress(Phase.OCR, len(waiting), len(waiting))
        return DocumentBatchReport(
            batch_id, tuple(read), known, tuple(refused), time.monotonic() - began
        )

    def refresh(
        self, document_ids: Sequence[int], cancel: CancelToken
    ) -> Generator[Event, None, tuple[KeptDocument, ...]]:
        """Read anew those to review whose layout corrections taught something about since, so that
        their order in a queue is true; those that changed. Files that are gone stay as they are.

        Lane "model". Raises PartMissing, ModelBroken, LibraryError, Cancelled.
        """
        changed = []
        stale = [one for one in document_ids if self._keeping.is_stale(one)]
        for number, document_id in enumerate(stale):
            yield Progress(Phase.OCR, number, len(stale))
            cancel.raise_if_cancelled()
            try:
                opened = yield from self._keeping.reopen(document_id, cancel)
            except MediaRefused:
                continue
            changed.append(opened.sheet.document)
        return tuple(changed)

    def _known(self, path: Path, schema: Schema, cancel: CancelToken) -> KeptDocument | None:
        """The document of this file where it was read before, by this very schema."""
        content_hash = self._pages.open(path, cancel).content_hash
        library = self._library()
        kept = library.find_document(path, content_hash, schema.name)
        if kept is None or kept.state not in _DONE:
            return None
        return kept if library.document_record(kept.id).schema == schema else None

    def _refuse(self, path: Path, schema: Schema, error: MediaRefused) -> KeptDocument:
        library = self._library()
        kept = library.put_document(path, "", schema)
        return library.refuse_document(kept.id, error.reason.value, error.detail)


def _named(paths: Sequence[Path]) -> str:
    """After the folder, or the first file."""
    return Path(paths[0]).absolute().name if paths else ""
