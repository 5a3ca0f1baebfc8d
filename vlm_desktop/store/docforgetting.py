"""Forgetting documents: values, what people said of them, history, lessons, queues.

The rows go here; `Library.scrub` then writes the database anew, so that no byte of them stays in
free pages or in the log.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import below, encode_path


class DocumentForgettingPart(Part):
    """Each method is one transaction."""

    def forget_documents(self, ids: Sequence[int] | None = None) -> tuple[int, int]:
        """Forget documents, or all with their batches; (documents, lessons) that went.

        Queues lose the files, those that wait there under the same path included.
        """
        with self._db.writing() as connection:
            if ids is None:
                found = [key for (key,) in connection.execute("SELECT id FROM documents")]
                connection.execute("DELETE FROM document_batches")
                return _forget(connection, found)
            return _forget(connection, ids)


def forget_documents_of(connection: sqlite3.Connection, path: Path) -> int:
    """Forget the document at a path, or those below a folder; how many."""
    wanted = encode_path(path)
    values = (wanted, *below(wanted.rstrip(b"/")))
    where = "path = ? OR (path >= ? AND path < ?)"
    found = connection.execute(f"SELECT id FROM documents WHERE {where}", values).fetchall()
    connection.execute(f"DELETE FROM document_queue WHERE {where}", values)
    return _forget(connection, [key for (key,) in found])[0]


def _forget(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[int, int]:
    documents = lessons = 0
    for some in chunks(ids):
        among = f"({marks(some)})"
        (taught,) = connection.execute(
            f"SELECT count(*) FROM document_lessons WHERE document_id IN {among}", tuple(some)
        ).fetchone()
        lessons += taught
        connection.execute(
            "DELETE FROM document_queue WHERE path IN"
            f" (SELECT path FROM documents WHERE id IN {among})",
            tuple(some),
        )
        documents += connection.execute(
            f"DELETE FROM documents WHERE id IN {among}", tuple(some)
        ).rowcount
    connection.execute(
        "DELETE FROM document_batches WHERE id NOT IN (SELECT batch_id FROM document_queue)"
    )
    connection.execute(
        "DELETE FROM document_schemas WHERE id NOT IN (SELECT schema_id FROM documents)"
        " AND id NOT IN (SELECT schema_id FROM document_batches)"
    )
    return documents, lessons
