"""Writing what became of files: contents, texts, vectors and states, a batch at a time."""

import sqlite3
from collections.abc import Iterable, Sequence

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.store.contents import write_content
from vlm_desktop.store.embeddings import dimension_of, note_added, note_deleted, to_blob
from vlm_desktop.store.part import Part, chunks, marks, model_key
from vlm_desktop.store.pathcodec import readable
from vlm_desktop.store.records import AdoptedFile, IndexedFile, Outcome, QuarantinedFile

_SETTLE = """
    UPDATE files SET state = 'indexed', content_id = ?, size = ?, mtime_ns = ?, reread = 0,
        refusal = NULL, refusal_detail = NULL
    WHERE id = ?
"""
# The stamp of a file that could not even be opened is unknown: the inventory's stays.
_REFUSE = """
    UPDATE files SET state = 'quarantined', content_id = NULL, reread = 0,
        refusal = ?1, refusal_detail = ?2,
        size = CASE WHEN ?3 = 0 THEN size ELSE ?4 END,
        mtime_ns = CASE WHEN ?3 = 0 THEN mtime_ns ELSE ?3 END
    WHERE id = ?5
"""


class OutcomesPart(Part):
    """Saving decoded, adopted and refused files, and vectors made later."""

    def hashes_by_size(self, sizes: Iterable[int], model_id: str) -> dict[int, frozenset[str]]:
        """File size -> hashes of contents of that size that are complete for the model.

        A file whose hash is among them need not be decoded. Sizes without any are left out.
        """
        found: dict[int, set[str]] = {}
        with self._db.reading() as connection:
            row = connection.execute("SELECT id FROM models WHERE name = ?", (model_id,)).fetchone()
            if row is None:
                return {}
            for some in chunks(sorted(set(sizes))):
                for size, content_hash in connection.execute(
                    "SELECT size_bytes, content_hash FROM contents"
                    f" WHERE size_bytes IN ({marks(some)}) AND EXISTS (SELECT 1 FROM embeddings"
                    " WHERE content_id = contents.id AND model_id = ?)",
                    (*some, row[0]),
                ):
                    found.setdefault(size, set()).add(content_hash)
        return {size: frozenset(hashes) for size, hashes in found.items()}

    def save_outcomes(self, model_id: str, batch: Sequence[Outcome]) -> None:
        """Save a batch in one transaction: after a crash it is there whole or not at all.

        Contents are added or refreshed, their texts with them; a content that has vectors of the
        model already keeps those. A file whose row is gone (forgotten meanwhile) is skipped; an
        adopted file whose content is gone stays pending. Raises `ModelUnknown`, and
        `ModelMismatch` or `ModelBroken` for vectors of a wrong shape, zero or not finite.
        """
        with self._db.writing() as connection:
            key = model_key(connection, model_id)
            dimension = dimension_of(connection, key)
            added = 0
            for outcome in batch:
                match outcome:
                    case IndexedFile():
                        added += _save_indexed(connection, model_id, key, dimension, outcome)
                    case AdoptedFile():
                        _save_adopted(connection, outcome)
                    case QuarantinedFile():
                        _save_refused(connection, outcome)
            if added:
                note_added(connection, key)

    def save_vectors(self, model_id: str, rows: Sequence[tuple[int, int, VectorArray]]) -> None:
        """Save (content id, page, vector) rows of contents that lack them; others are skipped.

        Raises as `save_outcomes` does.
        """
        with self._db.writing() as connection:
            key = model_key(connection, model_id)
            dimension = dimension_of(connection, key)
            values = [
                (key, page, to_blob(vector, dimension, model_id), content_id)
                for content_id, page, vector in rows
            ]
            added = connection.executemany(
                "INSERT INTO embeddings (content_id, model_id, page, vector)"
                " SELECT id, ?1, ?2, ?3 FROM contents WHERE id = ?4"
                " ON CONFLICT (content_id, model_id, page) DO NOTHING",
                values,
            ).rowcount
            if added:
                note_added(connection, key)

    def drop_vectors(self, model_id: str, content_ids: Sequence[int]) -> int:
        """Delete the model's vectors of some contents, so that they are made again."""
        with self._db.writing() as connection:
            key = model_key(connection, model_id)
            count = connection.executemany(
                "DELETE FROM embeddings WHERE model_id = ? AND content_id = ?",
                ((key, content_id) for content_id in content_ids),
            ).rowcount
            if count:
                note_deleted(connection, key, count)
        return count


def _save_indexed(
    connection: sqlite3.Connection, model_id: str, key: int, dimension: int, outcome: IndexedFile
) -> int:
    path = _stored_path(connection, outcome.file_id)
    if path is None:
        return 0
    decoded = outcome.decoded
    blobs = [(page, to_blob(vector, dimension, model_id)) for page, vector in outcome.vectors]
    content_id = write_content(connection, decoded)
    added = 0
    if blobs and not _has_vectors(connection, content_id, key):
        added = connection.executemany(
            "INSERT INTO embeddings (content_id, model_id, page, vector) VALUES (?, ?, ?, ?)",
            ((content_id, key, page, blob) for page, blob in blobs),
        ).rowcount
    connection.execute(_SETTLE, (content_id, decoded.size_bytes, decoded.mtime_ns, outcome.file_id))
    _write_path(connection, outcome.file_id, content_id, path)
    return added


def _save_adopted(connection: sqlite3.Connection, outcome: AdoptedFile) -> None:
    path = _stored_path(connection, outcome.file_id)
    known = outcome.known
    row = connection.execute(
        "SELECT id FROM contents WHERE content_hash = ?", (known.content_hash,)
    ).fetchone()
    if path is None or row is None:
        return
    connection.execute(_SETTLE, (row[0], known.size_bytes, known.mtime_ns, outcome.file_id))
    _write_path(connection, outcome.file_id, row[0], path)


def _save_refused(connection: sqlite3.Connection, outcome: QuarantinedFile) -> None:
    refused = outcome.refused
    connection.execute(
        _REFUSE,
        (
            refused.reason.value,
            refused.detail.encode("utf-8", "replace").decode("utf-8"),
            refused.mtime_ns,
            refused.size_bytes,
            outcome.file_id,
        ),
    )
    connection.execute("DELETE FROM texts WHERE file_id = ?", (outcome.file_id,))


def _has_vectors(connection: sqlite3.Connection, content_id: int, key: int) -> bool:
    row = connection.execute(
        "SELECT 1 FROM embeddings WHERE content_id = ? AND model_id = ? LIMIT 1",
        (content_id, key),
    ).fetchone()
    return row is not None


def _stored_path(connection: sqlite3.Connection, file_id: int) -> bytes | None:
    """The path below the root as stored; None when the row is gone."""
    row = connection.execute(
        "SELECT path, name FROM files JOIN folders ON folders.id = folder_id WHERE files.id = ?",
        (file_id,),
    ).fetchone()
    if row is None:
        return None
    folder, name = row
    return folder + b"/" + name if folder else bytes(name)


def _write_path(connection: sqlite3.Connection, file_id: int, content_id: int, path: bytes) -> None:
    """The file's path as text; the row follows the file to another content."""
    updated = connection.execute(
        "UPDATE texts SET content_id = ? WHERE file_id = ?", (content_id, file_id)
    ).rowcount
    if not updated:
        connection.execute(
            "INSERT INTO texts (content_id, file_id, kind, text) VALUES (?, ?, 'path', ?)",
            (content_id, file_id, readable(path)),
        )
