"""A fresh database in place of a damaged one, with all that can still be read of the old.

The damaged file is only moved aside. Of each table rows are read upwards until SQLite gives up,
then downwards from the end. What points to rows that are lost is let go or made pending, so
that the next indexing fills the gaps; nothing is taken over that does not fit together.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from vlm_desktop.store.db import (
    connect,
    free_copy_name,
    prepare,
    same_copy,
    translate_os_error,
    translated_errors,
)
from vlm_desktop.store.records import RebuildReport

_log = logging.getLogger(__name__)
_ROWS = 500

# Parents before children, with the order in which their rows can be walked from both ends.
_TABLES = {
    "cameras": "id",
    "contents": "id",
    "pages": "content_id, page",
    "roots": "id",
    "folders": "id",
    "files": "id",
    "removed_roots": "id",
    "removed_folders": "id",
    "removed_files": "id",
    "models": "id",
    "embeddings": "id",
    "calibrations": "model_id, kind",
    "texts": "id",
    "tags": "id",
    "content_tags": "tag_id, content_id, source",
    "albums": "id",
    "album_contents": "album_id, content_id",
    "saved_searches": "id",
    "saved_search_seen": "search_id, content_id",
    "feedback": "query, content_id",
    "query_history": "id",
    "concepts": "id",
    "concept_examples": "concept_id, content_id",
    "concept_probes": "concept_id, model_id",
    "rules": "id",
    "rule_judgements": "id",
    "conversations": "id",
    "turns": "id",
    "chat_pictures": "id",
    "turn_pictures": "turn_id, position",
    "chat_examples": "id",
    "prompt_presets": "id",
    "chat_speeds": "id",
    "alt_sets": "id",
    "alt_images": "id",
    "alt_members": "set_id, image_id",
    "alt_texts": "image_id, language",
    "alt_candidates": "id",
    "alt_events": "id",
    "document_schemas": "id",
    "documents": "id",
    "document_values": "document_id, position",
    "document_said": "document_id, name, row",
    "document_events": "id",
    "document_lessons": "id",
    "document_batches": "id",
    "document_queue": "batch_id, position",
    "ground_pictures": "id",
    "ground_objects": "picture_id, number",
    "ground_batches": "id",
    "ground_queue": "batch_id, position",
    "train_sets": "id",
    "train_examples": "set_id, key",
    "train_pictures": "path",
    "turn_votes": "turn_id",
    "settings": "key",
    "kept_out": "fingerprint",
}
_PARENTS = (
    ("folders", "root_id", "roots"),
    ("files", "folder_id", "folders"),
    ("removed_folders", "root_id", "removed_roots"),
    ("removed_files", "folder_id", "removed_folders"),
    ("removed_files", "content_id", "contents"),
    ("pages", "content_id", "contents"),
    ("embeddings", "content_id", "contents"),
    ("embeddings", "model_id", "models"),
    ("calibrations", "model_id", "models"),
    ("texts", "content_id", "contents"),
    ("texts", "file_id", "files"),
    ("content_tags", "tag_id", "tags"),
    ("content_tags", "content_id", "contents"),
    ("album_contents", "album_id", "albums"),
    ("album_contents", "content_id", "contents"),
    ("saved_search_seen", "search_id", "saved_searches"),
    ("saved_search_seen", "content_id", "contents"),
    ("feedback", "content_id", "contents"),
    ("concept_examples", "concept_id", "concepts"),
    ("concept_examples", "content_id", "contents"),
    ("concept_probes", "concept_id", "concepts"),
    ("concept_probes", "model_id", "models"),
    ("rule_judgements", "rule_id", "rules"),
    ("rule_judgements", "content_id", "contents"),
    ("turns", "conversation_id", "conversations"),
    ("turns", "parent_id", "turns"),
    ("chat_pictures", "conversation_id", "conversations"),
    ("turn_pictures", "turn_id", "turns"),
    ("turn_pictures", "picture_id", "chat_pictures"),
    ("chat_examples", "conversation_id", "conversations"),
    ("chat_examples", "picture_id", "chat_pictures"),
    ("alt_images", "lead_id", "alt_images"),
    ("alt_members", "set_id", "alt_sets"),
    ("alt_members", "image_id", "alt_images"),
    ("alt_texts", "image_id", "alt_images"),
    ("alt_candidates", "image_id", "alt_images"),
    ("alt_events", "image_id", "alt_images"),
    ("documents", "schema_id", "document_schemas"),
    ("document_values", "document_id", "documents"),
    ("document_said", "document_id", "documents"),
    ("document_events", "document_id", "documents"),
    ("document_lessons", "document_id", "documents"),
    ("document_batches", "schema_id", "document_schemas"),
    ("document_queue", "batch_id", "document_batches"),
    ("document_queue", "document_id", "documents"),
    ("ground_objects", "picture_id", "ground_pictures"),
    ("ground_queue", "batch_id", "ground_batches"),
    ("train_examples", "set_id", "train_sets"),
    ("turn_votes", "turn_id", "turns"),
)


def rebuild_database(path: Path) -> RebuildReport:
    """Move a damaged database aside, start a new one, and take over what can be read.

    No library may be open on it. Raises as `prepare` does.
    """
    kept = _move_aside(path)
    prepare(path)
    if kept is None:
        return RebuildReport(None, 0, 0, 0)
    with translated_errors(path), contextlib.closing(connect(path)) as fresh:
        fresh.execute("PRAGMA foreign_keys = OFF")
        fresh.execute("BEGIN IMMEDIATE")
        try:
            _salvage(kept, fresh)
            _mend(fresh)
            fresh.execute("COMMIT")
        except BaseException:
            if fresh.in_transaction:
                fresh.execute("ROLLBACK")
            raise
        counts = [
            fresh.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("files", "contents", "embeddings")
        ]
    return RebuildReport(kept, *counts)


def _move_aside(path: Path) -> Path | None:
    """Rename the file and its log; over the copy made of it when it was found damaged."""
    if not path.exists():
        return None
    try:
        kept = same_copy(path) or free_copy_name(path)
        path.replace(kept)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            log.replace(kept.with_name(kept.name + "-wal"))
        path.with_name(path.name + "-shm").unlink(missing_ok=True)
    except OSError as error:
        raise translate_os_error(error, path.parent) from error
    return kept


def _salvage(kept: Path, fresh: sqlite3.Connection) -> None:
    try:
        damaged = sqlite3.connect(f"{kept.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        _log.warning("nothing can be read of %s: %s", kept, error)
        return
    with contextlib.closing(damaged):
        damaged.text_factory = _lenient
        for table, order in _TABLES.items():
            columns = _columns(damaged, table) & _columns(fresh, table)
            if columns:
                _copy(damaged, fresh, table, order, sorted(columns))


def _lenient(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Names of a table's columns; `present` is counted anew."""
    try:
        rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    except sqlite3.DatabaseError:
        return set()
    return {row[1] for row in rows} - {"present"}


def _copy(
    damaged: sqlite3.Connection,
    fresh: sqlite3.Connection,
    table: str,
    order: str,
    columns: list[str],
) -> None:
    names = ", ".join(columns)
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    backwards = ", ".join(f"{name.strip()} DESC" for name in order.split(","))
    for direction in (order, backwards):
        whole = True
        for rows, error in _batches(damaged, f"SELECT {names} FROM {table} ORDER BY {direction}"):
            fresh.executemany(insert, rows)
            if error is not None:
                whole = False
                _log.warning("%s can be read only in part: %s", table, error)
        if whole:
            return


def _batches(
    damaged: sqlite3.Connection, query: str
) -> Iterator[tuple[list[tuple[object, ...]], sqlite3.DatabaseError | None]]:
    """Rows a few hundred at a time; the last batch carries the error that ended it."""
    rows: list[tuple[object, ...]] = []
    try:
        for row in damaged.execute(query):
            rows.append(row)
            if len(rows) == _ROWS:
                yield rows, None
                rows = []
    except sqlite3.DatabaseError as error:
        yield rows, error
    else:
        yield rows, None


def _mend(fresh: sqlite3.Connection) -> None:
    """Let go of what points nowhere; make pending what has to be looked at again."""
    # A turn whose question was lost begins a branch of its own, rather than being lost, too.
    fresh.execute("UPDATE turns SET parent_id = NULL WHERE parent_id NOT IN (SELECT id FROM turns)")
    # A group whose lead was lost is led by none until a person says which one does.
    fresh.execute(
        "UPDATE alt_images SET lead_id = NULL WHERE lead_id NOT IN (SELECT id FROM alt_images)"
    )
    for table, column, parent in _PARENTS:
        fresh.execute(
            f"DELETE FROM {table} WHERE {column} IS NOT NULL"
            f" AND {column} NOT IN (SELECT id FROM {parent})"
        )
    fresh.execute(
        "UPDATE contents SET camera_id = NULL WHERE camera_id NOT IN (SELECT id FROM cameras)"
    )
    fresh.execute(
        "UPDATE files SET content_id = NULL, state = 'pending' WHERE content_id IS NOT NULL"
        " AND content_id NOT IN (SELECT id FROM contents)"
    )
    fresh.execute(
        "UPDATE files SET state = 'pending', reread = 1 WHERE state = 'indexed'"
        " AND (content_id IS NULL OR content_id NOT IN (SELECT content_id FROM pages))"
    )
    fresh.execute(
        "UPDATE files SET state = 'pending' WHERE state = 'quarantined' AND refusal IS NULL"
    )
    fresh.execute(
        "DELETE FROM embeddings WHERE length(vector) !="
        " 4 * (SELECT dimension FROM models WHERE models.id = model_id)"
    )
    # Triggers counted the files that came; what was mended since may differ.
    fresh.execute(
        "UPDATE contents SET present = (SELECT count(*) FROM files"
        " WHERE content_id = contents.id AND state IN ('pending', 'indexed'))"
    )
    fresh.execute("UPDATE models SET generation = generation + 1, deletions = deletions + 1")
