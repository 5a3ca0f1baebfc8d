"""Roots and files: what lies on disk, and what has to be looked at."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary, Refusal
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path, join_stored, split_relative
from vlm_desktop.store.records import (
    TRANSIENT_REFUSALS,
    FileStamp,
    InventoryCounts,
    PendingFile,
    QuarantineEntry,
    Root,
    ScannedEntry,
)
from vlm_desktop.store.roots import make_root, root_around
from vlm_desktop.store.volumes import is_online, volume_of

_TRANSIENT = ", ".join(f"'{reason.value}'" for reason in sorted(TRANSIENT_REFUSALS))
_SAME = "size = excluded.size AND mtime_ns = excluded.mtime_ns"
_SAME_ALL = f"{_SAME} AND sidecar_mtime_ns = excluded.sidecar_mtime_ns"

# A missing file that comes back as it was takes up its old state; anything else is looked at.
_RECORD = f"""
    INSERT INTO files (folder_id, name, size, mtime_ns, sidecar_mtime_ns, state, reread)
    VALUES (?, ?, ?, ?, ?, 'pending', ?)
    ON CONFLICT (folder_id, name) DO UPDATE SET
        state = CASE
            WHEN state = 'missing' AND {_SAME_ALL} AND content_id IS NOT NULL THEN 'indexed'
            WHEN state = 'missing' AND {_SAME_ALL} AND refusal NOT IN ({_TRANSIENT})
                THEN 'quarantined'
            ELSE 'pending' END,
        reread = reread OR sidecar_mtime_ns != excluded.sidecar_mtime_ns,
        size = excluded.size,
        mtime_ns = excluded.mtime_ns,
        sidecar_mtime_ns = excluded.sidecar_mtime_ns
"""


# A file that moved or was copied together with its sidecar brings nothing new.
_PENDING = """
    SELECT files.id, roots.path, folders.path, name, size, reread AND NOT (
        files.content_id IS NULL AND EXISTS (
            SELECT 1 FROM contents JOIN files AS other ON other.content_id = contents.id
            WHERE contents.size_bytes = files.size AND other.mtime_ns = files.mtime_ns
                AND other.sidecar_mtime_ns = files.sidecar_mtime_ns))
    FROM files JOIN folders ON folders.id = folder_id JOIN roots ON roots.id = root_id
    WHERE state = 'pending' AND files.id > ? AND +root_id IN ({roots})
    ORDER BY files.id LIMIT ?
"""


class InventoryPart(Part):
    """Roots, file stamps, what is pending and what is in quarantine."""

    def add_root(self, path: Path) -> Root:
        """The root that watches a folder. Touches nothing on disk.

        Roots never overlap, so that a file is recorded once: a folder inside a known root is
        watched by that root, which is returned; roots inside the folder become part of it, and
        so does what was taken out there (see `removing`), with all that was known of it.
        """
        folder = Path(path).absolute()
        with self._db.writing() as connection:
            return root_around(connection, folder) or make_root(connection, folder)

    def root_of(self, path: Path) -> Root | None:
        """The root that is the folder or holds it."""
        with self._db.reading() as connection:
            return root_around(connection, Path(path).absolute())

    def has_root(self, root_id: int) -> bool:
        """Whether a root is still in the library."""
        with self._db.reading() as connection:
            return _has_root(connection, root_id)

    def roots(self) -> list[Root]:
        """All roots, oldest first; each is looked for on disk."""
        with self._db.reading() as connection:
            rows = connection.execute("SELECT id, path, volume FROM roots ORDER BY id").fetchall()
        found = [(root_id, Path(decode_path(path)), volume) for root_id, path, volume in rows]
        return [Root(root_id, path, is_online(path, volume)) for root_id, path, volume in found]

    def file_stamps(self, root_id: int) -> dict[str, FileStamp]:
        """Relative path -> what was last seen there, for every file ever recorded in the root."""
        with self._db.snapshot() as connection:
            folders = {
                folder_id: decode_path(path + b"/") if path else ""
                for folder_id, path in connection.execute(
                    "SELECT id, path FROM folders WHERE root_id = ?", (root_id,)
                )
            }
            rows = connection.execute(
                "SELECT folder_id, name, files.id, size, mtime_ns, sidecar_mtime_ns, state"
                " FROM folders CROSS JOIN files ON folder_id = folders.id WHERE root_id = ?",
                (root_id,),
            )
            return {
                folders[folder_id] + decode_path(name): FileStamp(
                    file_id, size, mtime_ns, sidecar_mtime_ns, state
                )
                for folder_id, name, file_id, size, mtime_ns, sidecar_mtime_ns, state in rows
            }

    def record_inventory(
        self,
        root_id: int,
        new_or_changed: Sequence[ScannedEntry],
        missing_ids: Sequence[int],
    ) -> InventoryCounts:
        """Take over what a walk through an online root found, in one transaction.

        `new_or_changed` holds files without a stamp, with another stamp, or whose stamp says
        "missing": they become pending, but a missing file that came back unchanged takes up its
        old state. `missing_ids` were not found; they are kept, to be revived. Call it after every
        walk, even with nothing: files refused for a transient reason are tried again. A root
        that was removed meanwhile is passed over.
        """
        with self._db.writing() as connection:
            if not _has_root(connection, root_id):
                return InventoryCounts(new=0, changed=0, revived=0, missing=0, retried=0)
            retried = _retry_transient(connection, root_id)
            before, gone_before = _count(connection, root_id)
            folders = _folder_ids(connection, root_id, new_or_changed)
            connection.executemany(_RECORD, _rows(folders, new_or_changed))
            after, gone_after = _count(connection, root_id)
            connection.executemany(
                "UPDATE files SET state = 'missing' WHERE id = ?",
                ((file_id,) for file_id in missing_ids),
            )
            _, gone_last = _count(connection, root_id)
            connection.execute(
                "UPDATE roots SET seen_at = CURRENT_TIMESTAMP, volume = ? WHERE id = ?",
                (volume_of(_root_path(connection, root_id)), root_id),
            )
        new, revived = after - before, gone_before - gone_after
        return InventoryCounts(
            new=new,
            changed=len(new_or_changed) - new - revived,
            revived=revived,
            missing=gone_last - gone_after,
            retried=retried,
        )

    def pending_files(
        self, root_ids: Sequence[int], after_id: int = 0, limit: int = 1000
    ) -> list[PendingFile]:
        """The next files to decode, by ascending id above `after_id`."""
        with self._db.reading() as connection:
            rows = connection.execute(
                _PENDING.format(roots=marks(root_ids)),
                (after_id, *root_ids, limit),
            ).fetchall()
        return [
            PendingFile(file_id, join_stored(root, folder, name), size, bool(reread))
            for file_id, root, folder, name, size, reread in rows
        ]

    def quarantine(self) -> list[QuarantineEntry]:
        """Every file that was refused, by path."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT roots.path, folders.path, name, refusal, refusal_detail FROM files"
                " JOIN folders ON folders.id = folder_id JOIN roots ON roots.id = root_id"
                " WHERE state = 'quarantined' ORDER BY roots.path, folders.path, name"
            ).fetchall()
        return [
            QuarantineEntry(join_stored(root, folder, name), Refusal(reason), detail or "")
            for root, folder, name, reason, detail in rows
        ]

    def retry(self, path: Path | None = None) -> int:
        """Make refused files pending again: one, or all. Returns how many.

        Raises `NotInLibrary` when `path` is not in quarantine.
        """
        with self._db.writing() as connection:
            where, values = "state = 'quarantined'", list[object]()
            if path is not None:
                where, values = where + " AND id = ?", [find_file(connection, path)]
            count = connection.execute(
                f"UPDATE files SET state = 'pending' WHERE {where}", values
            ).rowcount
        if path is not None and not count:
            raise NotInLibrary(path=path)
        return count


def _has_root(connection: sqlite3.Connection, root_id: int) -> bool:
    row = connection.execute("SELECT 1 FROM roots WHERE id = ?", (root_id,)).fetchone()
    return row is not None


def find_file(connection: sqlite3.Connection, path: Path) -> int | None:
    """The id of the file row at `path`; the innermost root wins where roots overlap."""
    whole = encode_path(Path(path).absolute())
    best: tuple[int, int] | None = None
    for root_id, root in connection.execute("SELECT id, path FROM roots"):
        start = root if root.endswith(b"/") else root + b"/"
        if not whole.startswith(start):
            continue
        folder, _, name = whole[len(start) :].rpartition(b"/")
        row = connection.execute(
            "SELECT files.id FROM files JOIN folders ON folders.id = folder_id"
            " WHERE root_id = ? AND folders.path = ? AND name = ?",
            (root_id, folder, name),
        ).fetchone()
        if row is not None and (best is None or len(root) > best[0]):
            best = (len(root), row[0])
    return None if best is None else best[1]


def _retry_transient(connection: sqlite3.Connection, root_id: int) -> int:
    return connection.execute(
        f"UPDATE files SET state = 'pending' WHERE state = 'quarantined'"
        f" AND refusal IN ({_TRANSIENT})"
        " AND folder_id IN (SELECT id FROM folders WHERE root_id = ?)",
        (root_id,),
    ).rowcount


def _count(connection: sqlite3.Connection, root_id: int) -> tuple[int, int]:
    """(file rows, missing ones) of a root."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(state = 'missing'), 0)"
        " FROM folders CROSS JOIN files ON folder_id = folders.id WHERE root_id = ?",
        (root_id,),
    ).fetchone()
    return row[0], row[1]


def _folder_ids(
    connection: sqlite3.Connection, root_id: int, entries: Sequence[ScannedEntry]
) -> dict[bytes, int]:
    wanted = sorted({split_relative(entry.relative)[0] for entry in entries})
    connection.executemany(
        "INSERT INTO folders (root_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
        ((root_id, folder) for folder in wanted),
    )
    found: dict[bytes, int] = {}
    for some in chunks(wanted):
        found.update(
            connection.execute(
                f"SELECT path, id FROM folders WHERE root_id = ? AND path IN ({marks(some)})",
                (root_id, *some),
            ).fetchall()
        )
    return found


def _rows(
    folders: dict[bytes, int], entries: Sequence[ScannedEntry]
) -> Iterator[tuple[int, bytes, int, int, int, bool]]:
    for entry in entries:
        folder, name = split_relative(entry.relative)
        has_sidecar = entry.sidecar_mtime_ns != 0
        stamp = (entry.size, entry.mtime_ns, entry.sidecar_mtime_ns, has_sidecar)
        yield folders[folder], name, *stamp


def _root_path(connection: sqlite3.Connection, root_id: int) -> Path:
    row = connection.execute("SELECT path FROM roots WHERE id = ?", (root_id,)).fetchone()
    return Path(decode_path(row[0]))
