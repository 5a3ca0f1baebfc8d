"""How an act on a kept document is done: what a person says, its history, and back."""

from collections.abc import Sequence
from dataclasses import replace

from vlm_desktop.base.documenterrors import FieldUnknown
from vlm_desktop.base.documentkeeping import (
    DocumentAct,
    DocumentDone,
    DocumentEvent,
    DocumentState,
    FieldChange,
    Said,
)
from vlm_desktop.base.documents import Extraction, FieldSpec, FieldType, Schema
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.engine.documents.anomalies import facts_of
from vlm_desktop.engine.documents.sheetkeeping import SheetKeeping
from vlm_desktop.engine.documents.sheets import expected_errors, standing
from vlm_desktop.store.docrecords import DocumentRecord, NewLesson


class Acts(SheetKeeping):
    """Each verb raises DocumentUnknown, LibraryError."""

    def set_state(self, document_id: int, state: DocumentState) -> DocumentDone:
        """Put a document into the queue again, or take it out, whatever it says."""
        with self._writing:
            record = self._library().document_record(document_id)
            return self._write(record, DocumentAct.STATE, [], state=state)

    def history(self, document_id: int) -> tuple[DocumentEvent, ...]:
        """What happened to a document, the oldest first."""
        return tuple(self._library().document_events(document_id))

    def undo(self, done: DocumentDone) -> DocumentDone:
        """Take back what an act did, and what it taught. Fields that were changed since are left
        alone and named in `kept`. What it gives back undoes the undoing."""
        library = self._library()
        with self._writing:
            events = library.document_act(done.batch)
            record = library.document_record(done.sheet.document.id)
            back: list[FieldChange] = []
            kept: list[tuple[str, int]] = []
            for event in reversed(events):
                for change in reversed(event.changes):
                    if record.said.get((change.name, change.row)) == change.after:
                        back.append(replace(change, before=change.after, after=change.before))
                    else:
                        kept.append((change.name, change.row))
            state = record.document.state
            if events and events[-1].after is state:
                state = events[0].before
            undone = self._write(record, DocumentAct.UNDONE, back, state=state)
            library.restore_lessons(done.batch)
            library.retire_lessons_of(done.batch, undone.batch)
            return replace(undone, kept=tuple(kept))

    # --- within --------------------------------------------------------------------------

    def _change(self, record: DocumentRecord, name: str, row: int, said: Said) -> FieldChange:
        return FieldChange(name, row, record.said.get((name, row)), said)

    def _standing(self, record: DocumentRecord) -> Extraction:
        document = record.document
        return standing(
            document.path, document.content_hash, record.schema, record.read, record.said
        )

    def _write(
        self,
        record: DocumentRecord,
        act: DocumentAct,
        changes: Sequence[FieldChange],
        *,
        state: DocumentState | None = None,
        detail: str = "",
        lessons: Sequence[NewLesson] = (),
    ) -> DocumentDone:
        """Keep changes, with what follows from them; the sheet as it then stands."""
        document, batch = record.document, new_batch()
        said = dict(record.said)
        for change in changes:
            if change.after is None:
                said.pop((change.name, change.row), None)
            else:
                said[change.name, change.row] = change.after
        after = replace(record, said=said)
        stands = self._checked(document, self._standing(after), record.schema)
        self._library().write_document(
            document.id,
            act,
            batch,
            changes,
            (document.state, state or document.state),
            facts_of(stands, record.schema),
            expected_errors(stands, record.schema),
            detail=detail,
            lessons=lessons if record.read.fingerprint else (),
        )
        taught = bool(lessons) and bool(record.read.fingerprint)
        return DocumentDone(batch, self.sheet(document.id), taught)


def spec_of(schema: Schema, name: str) -> FieldSpec:
    """The field of that name; pairs of a form have whatever name stands on the page."""
    found = schema.spec(name)
    if found is not None:
        return found
    if schema.any_pairs:
        return FieldSpec(name, FieldType.TEXT)
    raise FieldUnknown(name=name, schema=schema.name)
