"""The folders a person added, as the library tools show them, and what was set aside in them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vlm_desktop.base.errors import NotInLibrary, Refusal
from vlm_desktop.store.inventory import find_file
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, encode_path, join_stored
from vlm_desktop.store.records import FileCounts, Root
from vlm_desktop.store.volumes import is_online


@dataclass(frozen=True, slots=True)
class FolderState:
    """A root as the list of folders shows it. `looked_at` is None before the first inventory."""

    id: int
    path: Path
    online: bool
    is_watched: bool
    files: FileCounts
    looked_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class SetAsideFiles:
    """Files in quarantine by path, as columns of one length: cheap for tens of thousands.

    Paths are put together when they are asked for.
    """

    ids: Sequence[int]
    reasons: Sequence[Refusal]
    details: Sequence[str]
    _folders: Sequence[tuple[bytes, bytes]]
    _names: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.ids)

    def path(self, row: int) -> Path:
        root, folder = self._folders[row]
        return join_stored(root, folder, self._names[row])


def stamp_sum(stamps: Iterable[tuple[str, int, int, int]]) -> int:
    """A fingerprint of (name, size, mtime_ns, sidecar_mtime_ns) stamps, in whatever order.

    Valid while the program runs only: names are hashed with Python's own, seeded hash.
    """
    total = 0
    for stamp in stamps:
        total = (total + hash(stamp)) & 0xFFFF_FFFF_FFFF_FFFF
    return total


class FoldersPart(Part):
    """Roots and their counts, watching, the quarantine as a table, files that left or came back."""

    def folder_states(self) -> tuple[FolderState, ...]:
        """Every root, oldest first, looked for on disk."""
        with self._db.snapshot() as connection:
            counts = dict[int, dict[str, int]]()
            for root_id, state, count in connection.execute(
                "SELECT root_id, state, count(*) FROM folders CROSS JOIN files"
                " ON folder_id = folders.id GROUP BY root_id, state"
            ):
                counts.setdefault(root_id, {})[state] = count
            rows = connection.execute(
                "SELECT id, path, volume, seen_at, watched FROM roots ORDER BY id"
            ).fetchall()
        found = []
        for root_id, stored, volume, seen_at, watched in rows:
            path = Path(decode_path(stored))
            found.append(
                FolderState(
                    root_id,
                    path,
                    is_online(path, volume),
                    bool(watched),
                    FileCounts(**counts.get(root_id, {})),
                    _moment(seen_at),
                )
            )
        return tuple(found)

    def root_at(self, path: Path) -> Root | None:
        """The root at a path, and only that one looked for on disk: another may hang on a share."""
        stored = encode_path(Path(path).absolute())
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT id, volume FROM roots WHERE path = ?", (stored,)
            ).fetchone()
        return None if row is None else Root(row[0], path, is_online(path, row[1]))

    def is_root_online(self, root_id: int) -> bool:
        """Whether a root is there with what it held."""
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT path, volume FROM roots WHERE id = ?", (root_id,)
            ).fetchone()
        return row is not None and is_online(Path(decode_path(row[0])), row[1])

    def pending_folders(self, root_id: int) -> tuple[str, ...]:
        """Folders, relative to the root, with files that wait to be read."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT folders.path FROM files JOIN folders ON folders.id = folder_id"
                " WHERE state = 'pending' AND +root_id = ? ORDER BY folders.path",
                (root_id,),
            ).fetchall()
        return tuple(decode_path(path) for (path,) in rows)

    def set_watched(self, path: Path, watched: bool) -> None:
        """Whether changes in a root are to be noticed. Raises `NotInLibrary` for no root."""
        with self._db.writing() as connection:
            changed = connection.execute(
                "UPDATE roots SET watched = ? WHERE path = ?",
                (watched, encode_path(Path(path).absolute())),
            ).rowcount
        if not changed:
            raise NotInLibrary(path=path)

    def folder_sums(self, root_id: int) -> dict[str, int]:
        """Folder, relative to the root ("" for itself) -> `stamp_sum` of the files in it.

        Files that are missing take no part.
        """
        sums: dict[bytes, int] = {}
        with self._db.snapshot() as connection:
            rows = connection.execute(
                "SELECT folders.path, name, size, mtime_ns, sidecar_mtime_ns"
                " FROM folders CROSS JOIN files ON folder_id = folders.id"
                " WHERE root_id = ? AND state != 'missing'",
                (root_id,),
            )
            for folder, name, *stamp in rows:
                size, changed, sidecar = stamp
                one = stamp_sum([(decode_path(name), size, changed, sidecar)])
                sums[folder] = (sums.get(folder, 0) + one) & 0xFFFF_FFFF_FFFF_FFFF
        return {decode_path(folder): total for folder, total in sums.items()}

    # --- quarantine --------------------------------------------------------------------

    def set_aside_files(self) -> SetAsideFiles:
        """Every file that was refused: by reason, then by path."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT files.id, refusal, coalesce(refusal_detail, ''), roots.path, folders.path,"
                " name FROM files JOIN folders ON folders.id = folder_id"
                " JOIN roots ON roots.id = root_id WHERE state = 'quarantined'"
                " ORDER BY refusal, roots.path, folders.path, name"
            ).fetchall()
        return SetAsideFiles(
            tuple(row[0] for row in rows),
            tuple(Refusal(row[1]) for row in rows),
            tuple(row[2] for row in rows),
            tuple((row[3], row[4]) for row in rows),
            tuple(row[5] for row in rows),
        )

    def retry_files(self, file_ids: Sequence[int]) -> tuple[Path, ...]:
        """Make refused files pending again; returns the folders to look at, each once.

        Ids of files that are no longer in quarantine are passed over.
        """
        folders: dict[tuple[bytes, bytes], None] = {}
        with self._db.writing() as connection:
            for some in chunks(file_ids):
                where = f"files.id IN ({marks(some)}) AND state = 'quarantined'"
                for root, folder in connection.execute(
                    "SELECT DISTINCT roots.path, folders.path FROM files JOIN folders"
                    f" ON folders.id = folder_id JOIN roots ON roots.id = root_id WHERE {where}",
                    some,
                ):
                    folders[root, folder] = None
                connection.execute(f"UPDATE files SET state = 'pending' WHERE {where}", some)
        return tuple(sorted(_folder_path(root, folder) for root, folder in folders))

    # --- files that were moved away by this program ---------------------------------------

    def mark_missing(self, paths: Sequence[Path]) -> int:
        """Record that files are no longer there; all that is known of them stays. How many."""
        with self._db.writing() as connection:
            return sum(
                connection.execute(
                    "UPDATE files SET state = 'missing' WHERE id = ? AND state != 'missing'",
                    (file_id,),
                ).rowcount
                for file_id in _ids(connection, paths)
            )

    def mark_returned(self, paths: Sequence[Path]) -> int:
        """Record that missing files are back unchanged, with all that was known. How many."""
        with self._db.writing() as connection:
            return sum(
                connection.execute(
                    "UPDATE files SET state = CASE WHEN content_id IS NULL THEN 'pending'"
                    " ELSE 'indexed' END WHERE id = ? AND state = 'missing'",
                    (file_id,),
                ).rowcount
                for file_id in _ids(connection, paths)
            )


def _ids(connection: sqlite3.Connection, paths: Sequence[Path]) -> Iterator[int]:
    for path in paths:
        file_id = find_file(connection, path)
        if file_id is not None:
            yield file_id


def _folder_path(root: bytes, folder: bytes) -> Path:
    return join_stored(root, b"", folder) if folder else Path(decode_path(root))


def _moment(stored: str | None) -> datetime | None:
    """SQLite's CURRENT_TIMESTAMP, which is in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored else None
