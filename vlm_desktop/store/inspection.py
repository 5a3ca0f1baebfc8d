"""Looking the library over: counts, coverage, and proof that nothing is half done."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vlm_desktop.store.embeddings import NORM_TOLERANCE, stack
from vlm_desktop.store.inventory import InventoryPart
from vlm_desktop.store.models import ModelsPart
from vlm_desktop.store.pathcodec import decode_path, join_stored
from vlm_desktop.store.records import FileCounts, LibraryInfo, Problem, RootInfo, VerifyReport

_SAMPLES = 5
_BLOBS = 4096
_PATHS = """
    SELECT roots.path, folders.path, name FROM files
    JOIN folders ON folders.id = folder_id JOIN roots ON roots.id = root_id WHERE {where}
    ORDER BY files.id
"""
# code -> files that should not be
_FILE_PROBLEMS = {
    "pending": "state = 'pending'",
    "no-content": "state = 'indexed' AND content_id IS NULL",
    "no-reason": "state = 'quarantined' AND refusal IS NULL",
    "no-vectors": (
        "state = 'indexed' AND EXISTS (SELECT 1 FROM models WHERE models.state = 'active'"
        " AND NOT EXISTS (SELECT 1 FROM embeddings"
        " WHERE embeddings.content_id = files.content_id AND model_id = models.id))"
    ),
}
_ORPHANS = {
    "orphan-content": (
        "SELECT content_hash FROM contents"
        " WHERE NOT EXISTS (SELECT 1 FROM pages WHERE content_id = contents.id)"
    ),
    "orphan-folder": (
        "SELECT path FROM folders WHERE NOT EXISTS (SELECT 1 FROM roots WHERE roots.id = root_id)"
    ),
    "counter": (
        "SELECT content_hash FROM contents WHERE present !="
        " (SELECT count(*) FROM files WHERE content_id = contents.id"
        " AND state IN ('pending', 'indexed'))"
    ),
}


class InspectionPart(InventoryPart, ModelsPart):
    """`info` and `verify`."""

    def info(self) -> LibraryInfo:
        """Counts by state, models with their coverage, roots, and bytes on disk."""
        coverage = self.coverage()
        roots = {root.id: root for root in self.roots()}
        with self._db.snapshot() as connection:
            by_root = {root_id: _file_counts(connection, root_id) for root_id in roots}
            contents, photo_bytes = connection.execute(
                "SELECT count(*), coalesce(sum(size_bytes * present), 0) FROM contents"
                " WHERE present > 0"
            ).fetchone()
            (without_ocr,) = connection.execute(
                "SELECT count(DISTINCT content_id) FROM pages JOIN contents"
                " ON contents.id = content_id WHERE ocr_done = 0 AND present > 0"
            ).fetchone()
            files = _file_counts(connection, None)
        database = self._paths.database
        return LibraryInfo(
            files=files,
            contents=contents,
            contents_without_ocr=without_ocr,
            models=coverage,
            roots=tuple(RootInfo(roots[root_id], by_root[root_id]) for root_id in roots),
            database_bytes=_bytes([database, database.with_name(database.name + "-wal")]),
            vectors_bytes=_bytes(self._paths.vectors.glob("*")),
            photo_bytes=photo_bytes,
        )

    def verify(self) -> VerifyReport:
        """Prove that indexed + quarantined = scanned, and that what is stored is sound.

        Reads every vector: seconds for a million. Never repairs anything.
        """
        with self._db.snapshot() as connection:
            counts = _file_counts(connection, None)
            problems = [
                *_integrity(connection),
                *_foreign_keys(connection),
                *_files(connection),
                *_others(connection),
                *_vectors(connection),
            ]
        return VerifyReport(
            scanned=counts.scanned,
            indexed=counts.indexed,
            quarantined=counts.quarantined,
            pending=counts.pending,
            missing=counts.missing,
            problems=tuple(problems),
        )


def _file_counts(connection: sqlite3.Connection, root_id: int | None) -> FileCounts:
    where = "1" if root_id is None else "root_id = ?"
    rows = connection.execute(
        "SELECT state, count(*) FROM folders CROSS JOIN files ON folder_id = folders.id"
        f" WHERE {where} GROUP BY state",
        () if root_id is None else (root_id,),
    ).fetchall()
    return FileCounts(**dict(rows))


def _bytes(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def _integrity(connection: sqlite3.Connection) -> list[Problem]:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(100)")]
    found = [text for text in found if text != "ok"]
    return [Problem("integrity", len(found), tuple(found[:_SAMPLES]))] if found else []


def _foreign_keys(connection: sqlite3.Connection) -> list[Problem]:
    rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    samples = tuple(f"{table} {row_id} -> {parent}" for table, row_id, parent, _ in rows[:_SAMPLES])
    return [Problem("foreign-key", len(rows), samples)] if rows else []


def _files(connection: sqlite3.Connection) -> list[Problem]:
    found = []
    for code, where in _FILE_PROBLEMS.items():
        rows = connection.execute(_PATHS.format(where=where)).fetchall()
        if rows:
            samples = tuple(str(join_stored(*row)) for row in rows[:_SAMPLES])
            found.append(Problem(code, len(rows), samples))
    return found


def _others(connection: sqlite3.Connection) -> list[Problem]:
    found = []
    for code, query in _ORPHANS.items():
        rows = [row[0] for row in connection.execute(query)]
        if rows:
            samples = tuple(
                decode_path(value) if isinstance(value, bytes) else str(value)
                for value in rows[:_SAMPLES]
            )
            found.append(Problem(code, len(rows), samples))
    return found


def _vectors(connection: sqlite3.Connection) -> list[Problem]:
    """Vectors of a wrong length or norm, a few thousand at a time."""
    bad: list[str] = []
    for key, name, dimension in connection.execute(
        "SELECT id, name, dimension FROM models"
    ).fetchall():
        cursor = connection.execute(
            "SELECT content_id, vector FROM embeddings WHERE model_id = ?", (key,)
        )
        while rows := cursor.fetchmany(_BLOBS):
            whole = [(content_id, blob) for content_id, blob in rows if len(blob) == 4 * dimension]
            if len(whole) < len(rows):
                known = {content_id for content_id, _ in whole}
                bad += [f"{name} #{row[0]}" for row in rows if row[0] not in known]
            norms = np.linalg.norm(stack([blob for _, blob in whole], dimension), axis=1)
            off = np.flatnonzero(~(np.abs(norms - 1.0) < NORM_TOLERANCE))
            bad += [f"{name} #{whole[row][0]}" for row in off]
    return [Problem("bad-vector", len(bad), tuple(bad[:_SAMPLES]))] if bad else []
