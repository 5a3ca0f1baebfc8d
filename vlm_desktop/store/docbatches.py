"""Batches of documents: which files, which of them are done."""

from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.base.documenterrors import DocumentBatchUnknown
from vlm_desktop.base.documentkeeping import KeptBatch, QueuedDocument
from vlm_desktop.base.documents import Schema
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.doccodec import decode
from vlm_desktop.store.dockeeping import DOCUMENT, put_schema, read_document
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import decode_path, encode_path

_BATCH = (
    "SELECT document_batches.id, name, document_batches.schema, created_at, count(path),"
    " count(path) - count(document_id),"
    " (SELECT count(*) FROM document_queue AS one JOIN documents ON documents.id = document_id"
    "  WHERE one.batch_id = document_batches.id AND state = 'refused')"
    " FROM document_batches LEFT JOIN document_queue ON batch_id = document_batches.id"
)


class DocumentBatchesPart(Part):
    """Each method is one transaction. Raises `DocumentBatchUnknown` for what is not there."""

    def new_document_batch(self, name: str, schema: Schema, paths: Sequence[Path]) -> KeptBatch:
        """Queue files, in this order, each once."""
        with self._db.writing() as connection:
            batch_id = connection.execute(
                "INSERT INTO document_batches (name, schema, schema_id, created_at)"
                " VALUES (?, ?, ?, ?)",
                (clean(name), clean(schema.name), put_schema(connection, schema), now()),
            ).lastrowid
            connection.executemany(
                "INSERT OR IGNORE INTO document_queue (batch_id, position, path) VALUES (?, ?, ?)",
                (
                    (batch_id, position, encode_path(path.absolute()))
                    for position, path in enumerate(paths)
                ),
            )
        return self.document_batch(int(batch_id or 0))

    def document_batches(self) -> list[KeptBatch]:
        """All, the newest first."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"{_BATCH} GROUP BY document_batches.id ORDER BY document_batches.id DESC"
            ).fetchall()
        return [KeptBatch(*row) for row in rows]

    def document_batch(self, batch_id: int) -> KeptBatch:
        with self._db.reading() as connection:
            row = connection.execute(
                f"{_BATCH} WHERE document_batches.id = ? GROUP BY document_batches.id", (batch_id,)
            ).fetchone()
        if row is None:
            raise DocumentBatchUnknown
        return KeptBatch(*row)

    def document_batch_schema(self, batch_id: int) -> Schema:
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT said FROM document_batches JOIN document_schemas"
                " ON document_schemas.id = schema_id WHERE document_batches.id = ?",
                (batch_id,),
            ).fetchone()
        if row is None:
            raise DocumentBatchUnknown
        return decode(Schema, row[0])

    def document_queue(self, batch_id: int) -> list[QueuedDocument]:
        """All files of a batch, in its order."""
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT document_queue.path, known, {DOCUMENT.replace(' path', ' documents.path')}"
                " FROM document_queue LEFT JOIN documents ON documents.id = document_id"
                " WHERE batch_id = ? ORDER BY position",
                (batch_id,),
            ).fetchall()
        return [
            QueuedDocument(
                Path(decode_path(path)),
                None if row[0] is None else read_document(row),
                bool(known),
            )
            for path, known, *row in rows
        ]

    def waiting_documents(self, batch_id: int) -> list[Path]:
        """The files of a batch that are not done."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM document_queue WHERE batch_id = ? AND document_id IS NULL"
                " ORDER BY position",
                (batch_id,),
            ).fetchall()
        return [Path(decode_path(path)) for (path,) in rows]

    def finish_queued(self, batch_id: int, path: Path, document_id: int, *, known: bool) -> None:
        """A file of a batch is done."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE document_queue SET document_id = ?, known = ?"
                " WHERE batch_id = ? AND path = ?",
                (document_id, known, batch_id, encode_path(path.absolute())),
            )

    def requeue_refused(self, batch_id: int) -> int:
        """Let files that could not be read be tried again; how many."""
        with self._db.writing() as connection:
            return connection.execute(
                "UPDATE document_queue SET document_id = NULL, known = 0 WHERE batch_id = ?"
                " AND document_id IN (SELECT id FROM documents WHERE state = 'refused')",
                (batch_id,),
            ).rowcount

    def delete_document_batch(self, batch_id: int) -> None:
        """Take a batch out of the list; its documents stay."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM document_batches WHERE id = ?", (batch_id,))
