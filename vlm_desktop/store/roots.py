"""Rows of roots: which one holds a folder, making one, bringing back what was taken out below it.

Roots never overlap, so that a file is recorded once, and nothing that was taken out (see
`removing`) lies at or below a root: whoever makes a root brings that back into it. Functions over
a connection, for the parts of `Library` that write.
"""

import sqlite3
from pathlib import Path

from vlm_desktop.store.pathcodec import decode_path, encode_path
from vlm_desktop.store.records import Root
from vlm_desktop.store.volumes import is_online, volume_of


def root_around(connection: sqlite3.Connection, folder: Path) -> Root | None:
    """The root that is the folder or holds it."""
    whole = encode_path(folder)
    for root_id, path, volume in connection.execute("SELECT id, path, volume FROM roots"):
        if lies_in(whole, path):
            found = Path(decode_path(path))
            return Root(root_id, found, is_online(found, volume))
    return None


def make_root(connection: sqlite3.Connection, folder: Path) -> Root:
    """A new root at a folder that no root holds. Those inside become part of it.

    What was taken out at or below the folder comes back with all that was known of it.
    """
    whole, volume = encode_path(folder), volume_of(folder)
    root_id = _reopen(connection, whole)
    if root_id is None:
        root_id = connection.execute(
            "INSERT INTO roots (path, volume, seen_at) VALUES (?, ?, CURRENT_TIMESTAMP)",
            (whole, volume),
        ).lastrowid
        assert root_id is not None
    # A person means the drive that is there now, also where another one was at its place.
    connection.execute("UPDATE roots SET volume = ? WHERE id = ?", (volume, root_id))
    _gather(connection, root_id, whole)
    return Root(root_id, folder, is_online(folder, volume))


def put_back_root(connection: sqlite3.Connection, folder: Path) -> bool:
    """Make the root at a folder what it was before it was taken out; False if it was not."""
    whole = encode_path(folder)
    root_id = _reopen(connection, whole)
    if root_id is not None:
        _gather(connection, root_id, whole)
    return root_id is not None


def lies_in(path: bytes, folder: bytes) -> bool:
    """Whether a stored path is the folder or lies below it."""
    return _open_ended(path).startswith(_open_ended(folder))


def _open_ended(path: bytes) -> bytes:
    return path.rstrip(b"/") + b"/"


def _reopen(connection: sqlite3.Connection, whole: bytes) -> int | None:
    """The root that was taken out at this very path, a root again; still without its folders."""
    cursor = connection.execute(
        "INSERT INTO roots (id, path, volume, seen_at, watched)"
        " SELECT CASE WHEN root_id IN (SELECT id FROM roots) THEN NULL ELSE root_id END,"
        " path, volume, seen_at, watched FROM removed_roots WHERE path = ?",
        (whole,),
    )
    return cursor.lastrowid if cursor.rowcount else None


def _gather(connection: sqlite3.Connection, root_id: int, whole: bytes) -> None:
    _absorb_roots(connection, root_id, whole)
    _bring_back(connection, root_id, whole)


def _absorb_roots(connection: sqlite3.Connection, root_id: int, whole: bytes) -> None:
    """Hand the folders of every root under `whole` to the root, and drop those roots."""
    start = _open_ended(whole)
    inner = connection.execute(
        "SELECT id, path FROM roots WHERE id != ? AND substr(path, 1, ?) = ?",
        (root_id, len(start), start),
    ).fetchall()
    for inner_id, path in inner:
        prefix = path[len(start) :]
        for folder_id, below_it in connection.execute(
            "SELECT id, path FROM folders WHERE root_id = ?", (inner_id,)
        ).fetchall():
            connection.execute(
                "UPDATE folders SET root_id = ?, path = ? WHERE id = ?",
                (root_id, prefix + b"/" + below_it if below_it else prefix, folder_id),
            )
        connection.execute("DELETE FROM roots WHERE id = ?", (inner_id,))


# A path that is recorded by now is the newer truth. Ids are as they were, unless they are taken.
_RETURN_FILES = """
    INSERT INTO files (id, folder_id, name, size, mtime_ns, sidecar_mtime_ns, content_id, state,
        reread, refusal, refusal_detail)
    SELECT CASE WHEN file_id IN (SELECT id FROM files) THEN NULL ELSE file_id END,
        returning_folders.folder_id, name, size, mtime_ns, sidecar_mtime_ns, content_id, state,
        reread, refusal, refusal_detail
    FROM returning_folders JOIN removed_files
        ON removed_files.folder_id = returning_folders.removed_id
    WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.folder_id = returning_folders.folder_id
        AND files.name = removed_files.name)
    ORDER BY file_id
"""
_RETURN_PATHS = """
    INSERT OR IGNORE INTO texts (content_id, file_id, kind, text)
    SELECT files.content_id, files.id, 'path', path_text
    FROM returning_folders
    JOIN removed_files ON removed_files.folder_id = returning_folders.removed_id
    JOIN files ON files.folder_id = returning_folders.folder_id
        AND files.name = removed_files.name AND files.content_id = removed_files.content_id
    WHERE path_text IS NOT NULL
"""


def _bring_back(connection: sqlite3.Connection, root_id: int, whole: bytes) -> None:
    """Move every file that was taken out at or below `whole` into the root there."""
    start = _open_ended(whole)
    returning = []
    for path, removed_id, folder in connection.execute(
        "SELECT removed_roots.path, removed_folders.id, removed_folders.path"
        " FROM removed_roots JOIN removed_folders ON removed_folders.root_id = removed_roots.id"
    ).fetchall():
        full = _open_ended(_open_ended(path) + folder)
        if full.startswith(start):
            returning.append((root_id, full[len(start) :].rstrip(b"/"), removed_id))
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS returning_folders"
        " (removed_id INTEGER PRIMARY KEY, folder_id INTEGER NOT NULL)"
    )
    connection.execute("DELETE FROM returning_folders")
    connection.executemany(
        "INSERT INTO folders (root_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (row[:2] for row in returning),
    )
    connection.executemany(
        "INSERT INTO returning_folders (folder_id, removed_id)"
        " SELECT id, ?3 FROM folders WHERE root_id = ?1 AND path = ?2",
        returning,
    )
    connection.execute(_RETURN_FILES)
    connection.execute(_RETURN_PATHS)
    connection.execute(
        "DELETE FROM removed_folders WHERE id IN (SELECT removed_id FROM returning_folders)"
    )
    connection.execute("DELETE FROM returning_folders")
    for removed_id, path in connection.execute("SELECT id, path FROM removed_roots").fetchall():
        if lies_in(path, whole):
            connection.execute("DELETE FROM removed_roots WHERE id = ?", (removed_id,))
