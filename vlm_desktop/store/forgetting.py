"""Taking files, folders and roots out of the library. Nothing on disk is touched."""

import sqlite3
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.store.embeddings import note_deleted
from vlm_desktop.store.part import Part
from vlm_desktop.store.pathcodec import below, encode_path
from vlm_desktop.store.queries import forget_queries_about
from vlm_desktop.store.records import ForgottenCounts


class ForgettingPart(Part):
    """`forget`, the only way anything leaves the library."""

    def forget(self, path: Path) -> ForgottenCounts:
        """Forget a file, a folder with all below it, or a root; in one transaction.

        Contents that lose their last file go with their vectors, texts, tags and album entries; a
        content that has another file, even a missing one, stays. Raises `NotInLibrary`.
        """
        with self._db.writing() as connection:
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY)")
            connection.execute("DELETE FROM doomed")
            found = _mark(connection, encode_path(Path(path).absolute()))
            if not found:
                raise NotInLibrary(path=path)
            counts = _delete(connection)
            connection.execute("DELETE FROM doomed")
            _delete_empty(connection, encode_path(Path(path).absolute()))
            forget_queries_about(connection, Path(path).absolute())
        return counts

    def forget_unused(self) -> ForgottenCounts:
        """Let go of contents that have no file row at all, and of unused words and cameras."""
        with self._db.writing() as connection:
            return _delete_contents(
                connection,
                "SELECT id FROM contents"
                " WHERE NOT EXISTS (SELECT 1 FROM files WHERE content_id = contents.id)",
                files=0,
            )


def _mark(connection: sqlite3.Connection, wanted: bytes) -> bool:
    """Collect the files at or below `wanted`; whether it names anything we know."""
    found = False
    for root_id, root in connection.execute("SELECT id, path FROM roots").fetchall():
        start = root if root.endswith(b"/") else root + b"/"
        if root == wanted or start.startswith(wanted.rstrip(b"/") + b"/"):
            where, values = "root_id = ?", [root_id]
            found = True
        elif wanted.startswith(start):
            inner = wanted[len(start) :]
            folder, _, name = inner.rpartition(b"/")
            where = (
                "root_id = ? AND (folders.path = ? OR (folders.path >= ? AND folders.path < ?)"
                " OR (folders.path = ? AND name = ?))"
            )
            values = [root_id, inner, *below(inner), folder, name]
        else:
            continue
        added = connection.execute(
            "INSERT OR IGNORE INTO doomed SELECT files.id FROM folders"
            f" CROSS JOIN files ON folder_id = folders.id WHERE {where}",
            values,
        ).rowcount
        found = found or added > 0
    return found


def _delete(connection: sqlite3.Connection) -> ForgottenCounts:
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM touched")
    connection.execute(
        "INSERT OR IGNORE INTO touched SELECT content_id FROM files"
        " WHERE id IN doomed AND content_id IS NOT NULL"
    )
    files = connection.execute("DELETE FROM files WHERE id IN doomed").rowcount
    counts = _delete_contents(
        connection,
        "SELECT id FROM touched"
        " WHERE NOT EXISTS (SELECT 1 FROM files WHERE content_id = touched.id)",
        files=files,
    )
    connection.execute("DELETE FROM touched")
    return counts


def _delete_contents(connection: sqlite3.Connection, chosen: str, *, files: int) -> ForgottenCounts:
    hashes = connection.execute(
        f"SELECT content_hash FROM contents WHERE id IN ({chosen})"
    ).fetchall()
    vectors = 0
    for key, count in connection.execute(
        f"SELECT model_id, count(*) FROM embeddings WHERE content_id IN ({chosen})"
        " GROUP BY model_id"
    ).fetchall():
        note_deleted(connection, key, count)
        vectors += count
    contents = connection.execute(f"DELETE FROM contents WHERE id IN ({chosen})").rowcount
    connection.execute("DELETE FROM tags WHERE id NOT IN (SELECT tag_id FROM content_tags)")
    connection.execute(
        "DELETE FROM cameras WHERE id NOT IN"
        " (SELECT camera_id FROM contents WHERE camera_id IS NOT NULL)"
    )
    return ForgottenCounts(files, contents, vectors, tuple(name for (name,) in hashes))


def _delete_empty(connection: sqlite3.Connection, wanted: bytes) -> None:
    """Folders without files go; so do roots that lie at or below what was forgotten."""
    connection.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder_id FROM files)")
    for root_id, root in connection.execute("SELECT id, path FROM roots").fetchall():
        if root == wanted or root.startswith(wanted.rstrip(b"/") + b"/"):
            connection.execute("DELETE FROM roots WHERE id = ?", (root_id,))
