"""`services.documents.exports`: everything that leaves the reading of documents as a file.

Files are written whole or not at all. Documents themselves are never changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import EmbeddedUnreadable
from vlm_desktop.base.documentexports import (
    EmbeddedInvoice,
    RedactArea,
    Redacted,
    SearchableMade,
    TableExported,
    TableKind,
)
from vlm_desktop.base.documents import Check, Extraction, Schema
from vlm_desktop.base.errors import DecoderUnavailable, MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.destinations import put_made, put_text, writing_to
from vlm_desktop.engine.documents.embedded import compare_embedded, read_embedded, with_invoice
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.plain import is_exported
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.redacting import redact
from vlm_desktop.engine.documents.searchable import make_searchable
from vlm_desktop.engine.documents.tableexport import csv_text, json_text, write_xlsx

ATTACHMENTS = "attachments"
_KEPT = 200


class DocumentExports:
    """Tables of values, searchable PDFs, redacted copies, embedded invoices. Any thread, but what
    reads pages (searchable, redact) belongs on the lane "model"."""

    def __init__(self, pages: DocumentPages, reader: DocumentReader) -> None:
        self._pages = pages
        self._reader = reader
        self._lock = threading.Lock()
        self._invoices: OrderedDict[str, EmbeddedInvoice | None] = OrderedDict()

    def table(
        self,
        extractions: Sequence[Extraction],
        kind: TableKind,
        target: Path,
        cancel: CancelToken,
        *,
        ungrounded: bool = False,
    ) -> Generator[Event, None, TableExported]:
        """Write values with evidence over what is there.

        Values that stand nowhere on a page are left out, and counted, unless `ungrounded`.
        Raises DestinationNotWritable, DiskFull, Cancelled.
        """
        yield Progress(Phase.EXPORT, 0, len(extractions))
        cancel.raise_if_cancelled()
        with writing_to(target):
            if kind is TableKind.XLSX:
                put_made(target, lambda part: write_xlsx(part, extractions, ungrounded=ungrounded))
            elif kind is TableKind.CSV:
                # With a mark of UTF-8, without which spreadsheets guess another encoding.
                put_text(target, "\ufeff" + csv_text(extractions, ungrounded=ungrounded))
            else:
                put_text(target, json_text(extractions, ungrounded=ungrounded))
        yield Progress(Phase.EXPORT, len(extractions), len(extractions))
        values = [value for one in extractions for value in one.values]
        left_out = 0 if ungrounded else sum(not is_exported(value) for value in values)
        return TableExported(target, len(extractions), len(values) - left_out, left_out)

    def searchable(
        self, path: Path, target: Path, cancel: CancelToken
    ) -> Generator[Event, None, SearchableMade]:
        """Write a PDF whose pages look the same and can be searched; see `make_searchable`."""
        return (yield from make_searchable(self._pages, self._reader, path, target, cancel))

    def redact(
        self,
        path: Path,
        target: Path,
        cancel: CancelToken,
        *,
        areas: Sequence[RedactArea] = (),
        texts: Sequence[str] = (),
    ) -> Generator[Event, None, Redacted]:
        """Write a copy without what is marked, and prove it; see `redacting.redact`."""
        return (yield from redact(self._pages, self._reader, path, target, areas, texts, cancel))

    def embedded(self, path: Path, cancel: CancelToken) -> EmbeddedInvoice | None:
        """The invoice that a PDF or XML file holds as data, None where there is none.

        Raises EmbeddedUnreadable, MediaRefused, DecoderUnavailable, Cancelled.
        """
        return read_embedded(self._pages, path, cancel)

    def compare(self, invoice: EmbeddedInvoice, extraction: Extraction) -> tuple[Check, ...]:
        """How the data inside the file and what its pages say agree; see `compare_embedded`."""
        return compare_embedded(invoice, extraction)

    def checks(self, extraction: Extraction) -> tuple[Check, ...]:
        """A check for everything that the file says as data; none where it says nothing, or cannot
        be read. The file is opened once for all its extractions."""
        invoice = self._invoice(extraction, CancelToken())
        return () if invoice is None else compare_embedded(invoice, extraction)

    def with_embedded(
        self, extraction: Extraction, schema: Schema, cancel: CancelToken
    ) -> Extraction:
        """The extraction with what its file says as data: checks, and values that pages lack.

        As it was where the file says nothing so, or cannot be read. Raises Cancelled.
        """
        invoice = self._invoice(extraction, cancel)
        return extraction if invoice is None else with_invoice(extraction, schema, invoice)

    def _invoice(self, extraction: Extraction, cancel: CancelToken) -> EmbeddedInvoice | None:
        key = extraction.content_hash
        with self._lock:
            if key and key in self._invoices:
                return self._invoices[key]
        try:
            document = self._pages.open(extraction.path, cancel)
            carries = ATTACHMENTS in document.hazards
            found = self.embedded(extraction.path, cancel) if carries else None
        except (EmbeddedUnreadable, MediaRefused, DecoderUnavailable):
            return None
        with self._lock:
            self._invoices[document.content_hash] = found
            while len(self._invoices) > _KEPT:
                self._invoices.popitem(last=False)
        return found if key in ("", document.content_hash) else None
