"""What people say of documents, and its history, which is only ever added to."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from vlm_desktop.base.documentkeeping import (
    DocumentAct,
    DocumentEvent,
    DocumentState,
    FieldChange,
)
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.doccodec import decode_all, encode
from vlm_desktop.store.dockeeping import put_facts
from vlm_desktop.store.docrecords import DocumentFacts, NewLesson
from vlm_desktop.store.part import Part

_EVENT = "id, document_id, at, act, changes, before, after, detail, batch"


class DocumentWritingPart(Part):
    """Each method is one transaction."""

    def write_document(
        self,
        document_id: int,
        act: DocumentAct,
        batch: str,
        changes: Sequence[FieldChange],
        states: tuple[DocumentState, DocumentState],
        facts: DocumentFacts,
        doubt: float,
        *,
        detail: str = "",
        lessons: Sequence[NewLesson] = (),
    ) -> None:
        """Keep what a person said, and tell of it. `states` are those before and after.

        Lessons are taught with it; see `DocumentLessonsPart`.
        """
        with self._db.writing() as connection:
            for change in changes:
                _put(connection, document_id, change)
            connection.execute(
                "UPDATE documents SET state = ? WHERE id = ?", (states[1], document_id)
            )
            put_facts(connection, document_id, facts, doubt)
            connection.execute(
                "INSERT INTO document_events (document_id, at, act, changes, before, after, detail,"
                " batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document_id,
                    now(),
                    act,
                    encode(tuple(changes)),
                    *states,
                    clean(detail),
                    batch,
                ),
            )
            connection.executemany(
                "INSERT INTO document_lessons (document_id, schema, name, said, taught_by)"
                " SELECT id, schema, ?, ?, ? FROM documents WHERE id = ?",
                ((one.name, one.said, batch, document_id) for one in lessons),
            )

    def document_events(self, document_id: int) -> list[DocumentEvent]:
        """The history of a document, the oldest first."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT {_EVENT} FROM document_events WHERE document_id = ? ORDER BY id",
                (document_id,),
            ).fetchall()
        return [_event(row) for row in rows]

    def document_act(self, batch: str) -> list[DocumentEvent]:
        """The events of one act, the oldest first."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT {_EVENT} FROM document_events WHERE batch = ? ORDER BY id", (batch,)
            ).fetchall()
        return [_event(row) for row in rows]


def _put(connection: sqlite3.Connection, document_id: int, change: FieldChange) -> None:
    if change.after is None:
        connection.execute(
            "DELETE FROM document_said WHERE document_id = ? AND name = ? AND row = ?",
            (document_id, change.name, change.row),
        )
        return
    connection.execute(
        "INSERT OR REPLACE INTO document_said (document_id, name, row, said, at)"
        " VALUES (?, ?, ?, ?, ?)",
        (document_id, change.name, change.row, encode(change.after), now()),
    )


def _event(row: Sequence[Any]) -> DocumentEvent:
    key, document_id, at, act, changes, before, after, detail, batch = row
    return DocumentEvent(
        key,
        document_id,
        at,
        DocumentAct(act),
        decode_all(FieldChange, changes),
        DocumentState(before),
        DocumentState(after),
        detail,
        batch,
    )
