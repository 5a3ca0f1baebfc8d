"""Documents: which there are, what was read of them, and what they are compared by."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vlm_desktop.base.documenterrors import DocumentUnknown
from vlm_desktop.base.documentkeeping import DocumentState, KeptDocument, Said
from vlm_desktop.base.documents import DocumentLocale, FieldValue, MissingField, Schema
from vlm_desktop.store.contents import clean
from vlm_desktop.store.conversations import now
from vlm_desktop.store.doccodec import decode, decode_all, encode
from vlm_desktop.store.docrecords import (
    DocumentAsRead,
    DocumentFacts,
    DocumentRecord,
    EarlierDocument,
)
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path

DOCUMENT = (
    "documents.id, path, content_hash, schema, state, doubt, pages, fingerprint, vendor,"
    " problem, problem_detail, read_at"
)
"""The columns of `read_document`."""

_FACTS = "vendor, vendor_key, number_key, date, total, currency, account"
_EARLIER = 500
"""Documents of one vendor that a new one is compared with, the latest."""


class DocumentsPart(Part):
    """Each method is one transaction. Raises `DocumentUnknown` for what is not there."""

    def put_document(self, path: Path, content_hash: str, schema: Schema) -> KeptDocument:
        """The document of these bytes at this path, by this schema; a new one where there is none.

        One whose file moved comes along: it has the same bytes, and nothing is at its old path.
        So does one that could not be read before, whose bytes were never seen (`content_hash` "").
        The schema may have other fields than before under the same name.
        """
        stored = encode_path(path.absolute())
        with self._db.writing() as connection:
            schema_id = put_schema(connection, schema)
            key = _find(connection, stored, content_hash, schema.name)
            if key is None:
                key = connection.execute(
                    "INSERT INTO documents (path, content_hash, schema, schema_id, state)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (stored, content_hash, clean(schema.name), schema_id, DocumentState.UNREAD),
                ).lastrowid
            connection.execute("UPDATE documents SET schema_id = ? WHERE id = ?", (schema_id, key))
            return _document(connection, int(key or 0))

    def find_document(self, path: Path, content_hash: str, schema: str) -> KeptDocument | None:
        """The document of these bytes, as `put_document` would find it."""
        with self._db.writing() as connection:
            key = _find(connection, encode_path(path.absolute()), content_hash, schema)
            return None if key is None else _document(connection, key)

    def document(self, document_id: int) -> KeptDocument:
        with self._db.reading() as connection:
            return _document(connection, document_id)

    def documents(self, ids: Sequence[int] | None = None) -> list[KeptDocument]:
        """All, or those with these ids in their order; the latest read first."""
        with self._db.reading() as connection:
            if ids is None:
                rows = connection.execute(
                    f"SELECT {DOCUMENT} FROM documents ORDER BY read_at DESC, id DESC"
                ).fetchall()
                return [read_document(row) for row in rows]
            found = {}
            for some in chunks(ids):
                for row in connection.execute(
                    f"SELECT {DOCUMENT} FROM documents WHERE id IN ({marks(some)})", tuple(some)
                ):
                    found[row[0]] = read_document(row)
        return [found[one] for one in ids if one in found]

    def document_record(self, document_id: int) -> DocumentRecord:
        """All that is kept of one."""
        with self._db.snapshot() as connection:
            kept = _document(connection, document_id)
            locale, missing, lessons, schema = connection.execute(
                "SELECT locale, missing, lessons, document_schemas.said FROM documents"
                " JOIN document_schemas ON document_schemas.id = schema_id"
                " WHERE documents.id = ?",
                (document_id,),
            ).fetchone()
            values = connection.execute(
                "SELECT said FROM document_values WHERE document_id = ? ORDER BY position",
                (document_id,),
            ).fetchall()
            said = connection.execute(
                "SELECT name, row, said FROM document_said WHERE document_id = ?", (document_id,)
            ).fetchall()
        read = DocumentAsRead(
            values=tuple(decode(FieldValue, one) for (one,) in values),
            missing=decode_all(MissingField, missing),
            locale=decode(DocumentLocale, locale),
            fingerprint=kept.fingerprint,
            pages=kept.pages,
            lessons=tuple(int(one) for one in lessons.split()),
        )
        by_place = {(name, row): decode(Said, one) for name, row, one in said}
        return DocumentRecord(kept, decode(Schema, schema), read, by_place)

    def keep_reading(
        self,
        document_id: int,
        read: DocumentAsRead,
        facts: DocumentFacts,
        doubt: float,
        state: DocumentState,
    ) -> KeptDocument:
        """Put a reading in the place of the last. What a person said stays as it is."""
        with self._db.writing() as connection:
            _document(connection, document_id)
            connection.execute("DELETE FROM document_values WHERE document_id = ?", (document_id,))
            connection.executemany(
                "INSERT INTO document_values (document_id, position, said) VALUES (?, ?, ?)",
                ((document_id, at, encode(one)) for at, one in enumerate(read.values)),
            )
            connection.execute(
                "UPDATE documents SET pages = ?, fingerprint = ?, locale = ?, missing = ?,"
                " lessons = ?, problem = '', problem_detail = '', read_at = ?, state = ?"
                " WHERE id = ?",
                (
                    read.pages,
                    read.fingerprint,
                    encode(read.locale),
                    encode(read.missing),
                    " ".join(map(str, read.lessons)),
                    now(),
                    state,
                    document_id,
                ),
            )
            put_facts(connection, document_id, facts, doubt)
            return _document(connection, document_id)

    def refuse_document(self, document_id: int, problem: str, detail: str) -> KeptDocument:
        """It cannot be read. What was read of it before, and what a person said, stays."""
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE documents SET state = ?, problem = ?, problem_detail = ?, read_at = ?"
                " WHERE id = ?",
                (DocumentState.REFUSED, problem, clean(detail), now(), document_id),
            )
            return _document(connection, document_id)

    def earlier_documents(self, document_id: int, facts: DocumentFacts) -> list[EarlierDocument]:
        """Those kept before that may be the same, or are of the same vendor, the latest first.

        The same file by another schema, or before it was changed, is no other.
        """
        with self._db.reading() as connection:
            rows = connection.execute(
                f"SELECT {DOCUMENT}, {_FACTS} FROM documents"
                " WHERE id < ?1 AND path != (SELECT path FROM documents WHERE id = ?1)"
                " AND state IN ('to-review', 'reviewed') AND ("
                " content_hash = (SELECT content_hash FROM documents WHERE id = ?1)"
                " OR (?2 != '' AND vendor_key = ?2) OR (?3 != '' AND number_key = ?3)"
                " OR (?4 != '' AND date = ?4 AND total = ?5 AND total != ''))"
                " ORDER BY id DESC LIMIT ?6",
                (
                    document_id,
                    facts.vendor_key,
                    facts.number_key,
                    facts.date,
                    facts.total,
                    _EARLIER,
                ),
            ).fetchall()
        return [EarlierDocument(read_document(row[:12]), DocumentFacts(*row[12:])) for row in rows]


def put_schema(connection: sqlite3.Connection, schema: Schema) -> int:
    """The row of a schema, made where there is none."""
    said = encode(schema)
    connection.execute("INSERT OR IGNORE INTO document_schemas (said) VALUES (?)", (said,))
    row = connection.execute("SELECT id FROM document_schemas WHERE said = ?", (said,)).fetchone()
    return int(row[0])


def put_facts(
    connection: sqlite3.Connection, document_id: int, facts: DocumentFacts, doubt: float
) -> None:
    connection.execute(
        "UPDATE documents SET vendor = ?, vendor_key = ?, number_key = ?, date = ?, total = ?,"
        " currency = ?, account = ?, doubt = ? WHERE id = ?",
        (
            clean(facts.vendor),
            clean(facts.vendor_key),
            clean(facts.number_key),
            clean(facts.date),
            clean(facts.total),
            clean(facts.currency),
            clean(facts.account),
            doubt,
            document_id,
        ),
    )


def read_document(row: Sequence[Any]) -> KeptDocument:
    """A row of `DOCUMENT`."""
    key, path, content_hash, schema, state, *rest = row
    return KeptDocument(
        key, Path(decode_path(path)), content_hash, schema, DocumentState(state), *rest
    )


def _document(connection: sqlite3.Connection, document_id: int) -> KeptDocument:
    row = connection.execute(
        f"SELECT {DOCUMENT} FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if row is None:
        raise DocumentUnknown
    return read_document(row)


def _find(
    connection: sqlite3.Connection, stored: bytes, content_hash: str, schema: str
) -> int | None:
    """The document of some bytes, brought to the path where they were seen now."""
    row = connection.execute(
        "SELECT id FROM documents WHERE path = ? AND content_hash = ? AND schema = ?",
        (stored, content_hash, clean(schema)),
    ).fetchone()
    if row is not None or not content_hash:
        return None if row is None else int(row[0])
    row = connection.execute(
        "UPDATE documents SET content_hash = ?2 WHERE path = ?1 AND content_hash = ''"
        " AND schema = ?3 RETURNING id",
        (stored, content_hash, clean(schema)),
    ).fetchone()
    if row is not None:
        return int(row[0])
    rows = connection.execute(
        "SELECT id, path FROM documents WHERE content_hash = ? AND schema = ? ORDER BY id",
        (content_hash, clean(schema)),
    ).fetchall()
    for key, path in rows:
        if not Path(decode_path(path)).exists():
            connection.execute("UPDATE documents SET path = ? WHERE id = ?", (stored, key))
            return int(key)
    return None
