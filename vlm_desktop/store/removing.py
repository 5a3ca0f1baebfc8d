"""Taking a root out of the library so that it can be put back, and forgetting it at last.

What lies in the tables of roots, folders and files moves as it is into `removed_roots`,
`removed_folders` and `removed_files`. To everything else in the store its photos are then like
photos whose files are gone: nothing shows them, and vectors, tags, albums and votes, which hang
on the content, stay for their return. Contents that other files hold are not concerned.
"""

import sqlite3
from collections.abc import Collection
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary
from vlm_desktop.store.forgetting import delete_contents
from vlm_desktop.store.part import Part, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path
from vlm_desktop.store.queries import forget_queries_about
from vlm_desktop.store.records import ForgottenCounts, RemovedRoot
from vlm_desktop.store.roots import lies_in, put_back_root, root_around

_AT_ONCE = 1000
"""Files forgotten in one transaction: others must not wait long to write."""

_TAKE_FOLDERS = """
    INSERT INTO removed_folders (root_id, path) SELECT ?, path FROM folders WHERE root_id = ?
"""
_TAKE_FILES = """
    INSERT INTO removed_files (file_id, folder_id, name, size, mtime_ns, sidecar_mtime_ns,
        content_id, state, reread, refusal, refusal_detail, path_text)
    SELECT files.id, removed_folders.id, name, size, mtime_ns, sidecar_mtime_ns,
        files.content_id, state, reread, refusal, refusal_detail, texts.text
    FROM removed_folders
    CROSS JOIN folders ON folders.root_id = ?2 AND folders.path = removed_folders.path
    CROSS JOIN files ON files.folder_id = folders.id
    LEFT JOIN texts ON texts.file_id = files.id
    WHERE removed_folders.root_id = ?1
"""
_UNHELD = """
    SELECT id FROM touched
    WHERE NOT EXISTS (SELECT 1 FROM files WHERE content_id = touched.id)
        AND NOT EXISTS (SELECT 1 FROM removed_files WHERE content_id = touched.id)
"""


class RemovingPart(Part):
    """Roots that were taken out, until they are put back or forgotten."""

    def remove_root(self, path: Path) -> RemovedRoot:
        """Take a root out, as if its files were gone. Raises `NotInLibrary` for no root."""
        whole = encode_path(Path(path).absolute())
        with self._db.writing() as connection:
            row = connection.execute("SELECT id FROM roots WHERE path = ?", (whole,)).fetchone()
            if row is None:
                raise NotInLibrary(path=path)
            root_id = row[0]
            number = connection.execute(
                "INSERT INTO removed_roots (root_id, path, volume, seen_at, watched)"
                " SELECT id, path, volume, seen_at, watched FROM roots WHERE id = ?",
                (root_id,),
            ).lastrowid
            assert number is not None
            connection.execute(_TAKE_FOLDERS, (number, root_id))
            files = connection.execute(_TAKE_FILES, (number, root_id)).rowcount
            connection.execute(
                "DELETE FROM files WHERE folder_id IN (SELECT id FROM folders WHERE root_id = ?)",
                (root_id,),
            )
            connection.execute("DELETE FROM roots WHERE id = ?", (root_id,))
        return RemovedRoot(number, Path(path).absolute(), files)

    def put_back_root(self, path: Path) -> None:
        """Bring a root back as it was when it was taken out. Touches nothing on disk.

        Roots that were added inside it since become part of it. One that is in the library
        again already stays as it is. Raises `NotInLibrary` when nothing is known of it.
        """
        folder = Path(path).absolute()
        with self._db.writing() as connection:
            if root_around(connection, folder) is None and not put_back_root(connection, folder):
                raise NotInLibrary(path=path)

    def purge_removed(self, keep: Collection[int] = ()) -> ForgottenCounts | None:
        """Forget some of what was taken out for good, except the roots of the numbers `keep`.

        One short transaction; to be called until it gives None, when nothing is left. Contents
        that another file holds stay.
        """
        with self._db.writing() as connection:
            row = connection.execute(
                f"SELECT id, path FROM removed_roots WHERE id NOT IN ({marks(tuple(keep))})"
                " ORDER BY id LIMIT 1",
                tuple(keep),
            ).fetchone()
            if row is None:
                return None
            number, path = row
            counts = _purge_files(connection, number)
            if counts.files < _AT_ONCE:
                connection.execute("DELETE FROM removed_roots WHERE id = ?", (number,))
                _forget_queries(connection, path)
        return counts


def purge_all(connection: sqlite3.Connection) -> None:
    """Forget everything that was taken out, in a copy of the library nobody else has open."""
    connection.execute("BEGIN IMMEDIATE")
    for number, path in connection.execute("SELECT id, path FROM removed_roots").fetchall():
        while _purge_files(connection, number).files:
            pass
        connection.execute("DELETE FROM removed_roots WHERE id = ?", (number,))
        _forget_queries(connection, path)
    connection.execute("COMMIT")


def _purge_files(connection: sqlite3.Connection, number: int) -> ForgottenCounts:
    """Forget at most `_AT_ONCE` files of a root that was taken out."""
    rows = connection.execute(
        "SELECT removed_files.id, content_id FROM removed_folders"
        " CROSS JOIN removed_files ON folder_id = removed_folders.id WHERE root_id = ? LIMIT ?",
        (number, _AT_ONCE),
    ).fetchall()
    connection.executemany("DELETE FROM removed_files WHERE id = ?", ((one,) for one, _ in rows))
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM touched")
    connection.executemany(
        "INSERT OR IGNORE INTO touched (id) VALUES (?)",
        ((content_id,) for _, content_id in rows if content_id is not None),
    )
    counts = delete_contents(connection, _UNHELD, files=len(rows))
    connection.execute("DELETE FROM touched")
    return counts


def _forget_queries(connection: sqlite3.Connection, path: bytes) -> None:
    """Queries about its pictures go with a root, unless a part of it is in the library again."""
    roots = connection.execute("SELECT path FROM roots").fetchall()
    if not any(lies_in(root, path) or lies_in(path, root) for (root,) in roots):
        forget_queries_about(connection, Path(decode_path(path)))
