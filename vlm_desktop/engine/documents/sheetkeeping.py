"""Documents opened, read and listed: the half of `KeptDocuments` that changes nothing a person
said."""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import DocumentFile
from vlm_desktop.base.documentkeeping import (
    DocumentState,
    KeptDocument,
    Lesson,
    OpenedDocument,
    Sheet,
)
from vlm_desktop.base.documents import Check, Extraction, FieldValue, Origin, Schema
from vlm_desktop.base.events import Event
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.engine.documents.anomalies import compared, facts_of
from vlm_desktop.engine.documents.lessons import Column, decode_lesson
from vlm_desktop.engine.documents.sheets import (
    absent_in,
    doubts_of,
    expected_errors,
    standing,
    with_checks,
)
from vlm_desktop.engine.documents.teaching import Taught, nearest_layouts, with_lessons
from vlm_desktop.store.docrecords import DocumentAsRead, DocumentRecord, KeptLesson
from vlm_desktop.store.library import Library

_MOST_PAGES = 10

Checks = Callable[[Extraction, Schema], tuple[Check, ...]]
"""The checks that need no other document (`engine.documents.checks`)."""


class Reads(Protocol):
    """See `engine.documents.reading.DocumentReader`."""

    def read(
        self, path: Path, cancel: CancelToken, pages: Sequence[int] | None = None
    ) -> Generator[Event, None, DocumentReading]: ...


class Opens(Protocol):
    """See `engine.documents.pages.DocumentPages`."""

    def open(self, path: Path, cancel: CancelToken) -> DocumentFile: ...


class Extracts(Protocol):
    """See `engine.documents.extracting.Extractor`."""

    def extract(
        self, reading: DocumentReading, schema: Schema, learned: Sequence[FieldValue] = ()
    ) -> Extraction: ...


class SheetKeeping:
    """Each method raises DocumentUnknown for what is not kept, and LibraryError."""

    def __init__(
        self,
        library: Callable[[], Library],
        pages: Opens,
        reader: Reads,
        extractor: Extracts,
        checks: Checks,
    ) -> None:
        self._library = library
        self._pages = pages
        self._reader = reader
        self._extractor = extractor
        self._checks = checks
        self._writing = threading.RLock()
        """Held from looking at a document to changing it."""

    # --- reading -------------------------------------------------------------------------

    def open(
        self, path: Path, schema: Schema, cancel: CancelToken, *, again: bool = False
    ) -> Generator[Event, None, OpenedDocument]:
        """Read a document and keep what it says; lane "model".

        Of long ones the first pages and the last two are read. One that was read before is not
        extracted anew, unless `again`, or its schema or what is known of its layout changed since.
        What a person said of it stays in any case. Raises MediaRefused, PartMissing, ModelBroken,
        Cancelled.
        """
        count = self._pages.open(path, cancel).page_count
        reading = yield from self._reader.read(path, cancel, pages_to_read(count))
        kept = self._library().find_document(path, reading.content_hash, schema.name)
        if kept is None or again or self._is_stale(kept, schema):
            kept = self.keep(reading, schema)
        return OpenedDocument(self.sheet(kept.id), reading)

    def reopen(
        self, document_id: int, cancel: CancelToken
    ) -> Generator[Event, None, OpenedDocument]:
        """Open one that is kept, by its own schema. Raises as `open` does."""
        record = self._library().document_record(document_id)
        return (yield from self.open(record.document.path, record.schema, cancel))

    def keep(self, reading: DocumentReading, schema: Schema) -> KeptDocument:
        """Extract from pages that were read, by what was learned of their layout, and keep it."""
        library = self._library()
        extraction, lessons = self.extracted(reading, schema)
        read = DocumentAsRead(
            extraction.values,
            extraction.missing,
            extraction.locale,
            extraction.fingerprint,
            reading.page_count,
            tuple(one.id for one in lessons),
        )
        with self._writing:
            kept = library.put_document(reading.path, reading.content_hash, schema)
            said = library.document_record(kept.id).said
            stands = standing(kept.path, kept.content_hash, schema, read, said)
            stands = self._checked(kept, stands, schema)
            state = DocumentState.TO_REVIEW
            if kept.state is DocumentState.REVIEWED:
                state = kept.state
            return library.keep_reading(
                kept.id,
                read,
                facts_of(stands, schema),
                expected_errors(stands, schema),
                state,
            )

    def extracted(
        self, reading: DocumentReading, schema: Schema
    ) -> tuple[Extraction, tuple[Lesson, ...]]:
        """What pages say, by what was learned of their layout, and the lessons; keeps nothing."""
        found = self._extractor.extract(reading, schema)
        kept = self._library().find_document(reading.path, reading.content_hash, schema.name)
        lessons = self._lessons_for(
            found.fingerprint, schema.name, None if kept is None else kept.id
        )
        if not lessons:
            return found, ()
        taught = [
            Taught(one.id, one.document, one.name, decode_lesson(one.said)) for one in lessons
        ]
        guided = with_lessons(found, reading, schema, taught)
        learned = [
            one for one in guided.values if one.origin is Origin.LEARNED and "/" not in one.name
        ]
        if learned:
            # Once more, so that no other field takes their words.
            found = self._extractor.extract(reading, schema, learned)
            guided = with_lessons(found, reading, schema, taught)
        return guided, tuple(map(lesson_of, lessons))

    # --- the list ------------------------------------------------------------------------

    def documents(self) -> tuple[KeptDocument, ...]:
        """All that are kept, the latest read first."""
        return tuple(self._library().documents())

    def queue(self) -> tuple[KeptDocument, ...]:
        """Those to review, the most errors expected first."""
        owing = [one for one in self.documents() if one.state is DocumentState.TO_REVIEW]
        return tuple(sorted(owing, key=lambda one: -one.doubt))

    def is_stale(self, document_id: int) -> bool:
        """Whether corrections taught something about its layout since it was read."""
        record = self._library().document_record(document_id)
        return record.document.state is DocumentState.TO_REVIEW and self._is_stale(
            record.document, record.schema
        )

    def sheet(self, document_id: int) -> Sheet:
        """A document as it stands."""
        return self._sheet(self._library().document_record(document_id))

    # --- within --------------------------------------------------------------------------

    def _sheet(self, record: DocumentRecord) -> Sheet:
        document = record.document
        stands = standing(
            document.path, document.content_hash, record.schema, record.read, record.said
        )
        stands = self._checked(document, stands, record.schema)
        lessons = self._lessons_for(record.read.fingerprint, document.schema, document.id)
        known = {one.id: one for one in lessons}
        return Sheet(
            document,
            record.schema,
            stands,
            doubts_of(stands, record.schema),
            absent_in(record.said),
            tuple(lesson_of(known[one]) for one in record.read.lessons if one in known),
        )

    def _checked(
        self, document: KeptDocument, extraction: Extraction, schema: Schema
    ) -> Extraction:
        facts = facts_of(extraction, schema)
        earlier = self._library().earlier_documents(document.id, facts)
        others = compared(document.content_hash, facts, earlier, extraction, schema)
        return with_checks(extraction, self._checks(extraction, schema), others)

    def _lessons_for(
        self, fingerprint: str, schema: str, document_id: int | None
    ) -> list[KeptLesson]:
        """What other documents of a layout taught, the oldest first."""
        if not fingerprint:
            return []
        library = self._library()
        layouts = [one for one in library.document_layouts(schema) if one[0] != document_id]
        near = nearest_layouts(fingerprint, layouts)
        return library.document_lessons(near) if near else []

    def _is_stale(self, document: KeptDocument, schema: Schema) -> bool:
        if document.state in (DocumentState.UNREAD, DocumentState.REFUSED):
            return True
        record = self._library().document_record(document.id)
        lessons = self._lessons_for(document.fingerprint, document.schema, document.id)
        return record.schema != schema or (
            document.state is DocumentState.TO_REVIEW
            and record.read.lessons != tuple(one.id for one in lessons)
        )


def pages_to_read(count: int) -> tuple[int, ...] | None:
    """The pages where fields are looked for; None for all."""
    if count <= _MOST_PAGES:
        return None
    return (*range(1, _MOST_PAGES - 1), count - 1, count)


def lesson_of(kept: KeptLesson) -> Lesson:
    """A lesson as the fronts see it."""
    lesson = decode_lesson(kept.said)
    if isinstance(lesson, Column):
        anchors: tuple[str, ...] = (lesson.head,) if lesson.head else ()
    else:
        anchors = tuple(one.text for one in lesson.anchors)
    return Lesson(
        kept.id, kept.document_id, kept.document, kept.vendor, kept.schema, kept.name,
        lesson.kind, anchors,
    )  # fmt: skip
