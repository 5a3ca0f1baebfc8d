"""The whole library at once, as arrays: what a grid of a hundred thousand photos is made of.

Columns are joined to text inside SQLite and read by numpy, which for 100,000 photos takes half
the time of a row each. The last catalogue is kept and given again until something is committed.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import MediaKind
from vlm_desktop.store.db import Connections
from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, join_stored
from vlm_desktop.store.volumes import is_online

KINDS = tuple(MediaKind)
"""What the numbers in `Catalogue.kinds` stand for."""

_SECONDS_A_DAY = 86_400
_THERE = "content_id IS NOT NULL AND state IN ('pending', 'indexed')"
_KIND = " ".join(f"WHEN '{kind.value}' THEN {number}" for number, kind in enumerate(KINDS))
_CONTENTS = (
    "id", f"CASE kind {_KIND} ELSE 0 END", "width", "height", "size_bytes",
    "coalesce(rating, -1)", "page_count", "coalesce(camera_id, 0)", "present",
    "coalesce(perceptual_hash, 0)", "perceptual_hash IS NOT NULL",
)  # fmt: skip
_TAKEN = "coalesce(substr(taken_at, 1, 19), '')"
_FILES = ("content_id", "id", "folder_id", "mtime_ns / 1000000000", "state = 'pending'")


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Every content that is not hidden, by ascending id; all arrays have one row each.

    `moments` are seconds since 1970 of the clock where the photo was taken, or, where `dated`
    is False, of the file's last change on this machine's clock. `folders` are positions in
    `folder_paths`. `ratings` are -1 where unsaid, `cameras` 0. `copies` counts files with these
    bytes, `twins` is the smallest content id with the same pixels, 0 when there is no other.
    `hashes` are difference hashes, valid where `hashed`. Of several files the best one speaks:
    online before offline, indexed before pending. `pairs` holds (raw, other) content ids of
    files in one folder that differ only in their extension.
    """

    content_ids: NDArray[np.int64]
    moments: NDArray[np.int64]
    dated: NDArray[np.bool_]
    folders: NDArray[np.int64]
    folder_paths: tuple[Path, ...]
    kinds: NDArray[np.int64]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]
    sizes: NDArray[np.int64]
    ratings: NDArray[np.int64]
    page_counts: NDArray[np.int64]
    cameras: NDArray[np.int64]
    copies: NDArray[np.int64]
    twins: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    hashed: NDArray[np.bool_]
    online: NDArray[np.bool_]
    pending: NDArray[np.bool_]
    pairs: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.content_ids)

    def rows_of(self, content_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each content, in the given order; -1 for one that is not there."""
        if not len(self):
            return np.full(len(content_ids), -1, dtype=np.int64)
        rows = np.minimum(np.searchsorted(self.content_ids, content_ids), len(self) - 1)
        rows[self.content_ids[rows] != content_ids] = -1
        return rows


class BrowsingPart(Part):
    """What is known of all contents, for looking through them rather than searching."""

    def __init__(self, paths: HomePaths, connections: Connections) -> None:
        super().__init__(paths, connections)
        self._catalogue_lock = threading.Lock()
        self._catalogue: tuple[object, Catalogue] | None = None

    def catalogue(self) -> Catalogue:
        """The library as it is now. Quick when nothing was committed since the last time."""
        with self._catalogue_lock:
            version = self._db.version()
            with self._db.snapshot() as connection:
                roots = _roots(connection)
                key = (version, roots)
                if self._catalogue is None or self._catalogue[0] != key:
                    # The version is of before the snapshot: at worst the next call reads again.
                    self._catalogue = (key, _read(connection, dict(roots)))
            return self._catalogue[1]

    def name_ranks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(content ids ascending [n], the rank of their file names [n]), ignoring case."""
        query = f"SELECT content_id FROM files WHERE {_THERE} ORDER BY {_folded('name')}, id"
        with self._db.reading() as connection:
            ids = _columns(connection, ("content_id",), f"({query})")[0]
        found, first = np.unique(ids, return_index=True)
        return found, first

    def contents_named(self, start: str) -> NDArray[np.int64]:
        """Ids, ascending, of contents with a file whose name begins with `start`, in any case."""
        folded = start.casefold()
        query = f"{_THERE} AND substr({_folded('name')}, 1, ?) = ?"
        with self._db.reading() as connection:
            ids = _columns(connection, ("content_id",), f"files WHERE {query}", len(folded), folded)
        return np.unique(ids[0])

    def hashes_of(self, content_ids: Sequence[int]) -> dict[int, str]:
        """Content id -> content hash. Looks at no file and no drive."""
        found: dict[int, str] = {}
        with self._db.reading() as connection:
            for some in chunks([int(content_id) for content_id in content_ids]):
                found.update(
                    connection.execute(
                        f"SELECT id, content_hash FROM contents WHERE id IN ({marks(some)})", some
                    )
                )
        return found


_Roots = tuple[tuple[int, tuple[bytes, bool]], ...]


def _roots(connection: sqlite3.Connection) -> _Roots:
    """(id, (path, is it online)) of every root: a drive that comes or goes changes it."""
    return tuple(
        (root_id, (path, is_online(Path(decode_path(path)), volume)))
        for root_id, path, volume in connection.execute("SELECT id, path, volume FROM roots")
    )


def _folded(name: str) -> str:
    """SQL for a file name whose ASCII case is ignored; names are BLOBs."""
    return f"lower(CAST({name} AS TEXT))"


def _columns(
    connection: sqlite3.Connection, columns: Sequence[str], source: str, *values: object
) -> list[NDArray[np.int64]]:
    """Whole-number columns, none of them NULL: int64 [n] each, in the same order of rows."""
    return [_numbers(text) for text in _texts(connection, columns, source, *values)]


def _texts(
    connection: sqlite3.Connection, columns: Sequence[str], source: str, *values: object
) -> list[str]:
    """Whole columns, values parted by commas; "" without rows."""
    joined = ", ".join(f"group_concat({column})" for column in columns)
    row = connection.execute(f"SELECT {joined} FROM {source}", values).fetchone()
    return [str(text or "") for text in row]


def _numbers(joined: str) -> NDArray[np.int64]:
    return np.fromstring(joined, dtype=np.int64, sep=",")


def _read(connection: sqlite3.Connection, roots: dict[int, tuple[bytes, bool]]) -> Catalogue:
    *texts, dates = _texts(connection, (*_CONTENTS, _TAKEN), "contents WHERE present > 0")
    columns = [_numbers(text) for text in texts]
    order = np.argsort(columns[0], kind="stable")
    ids, kinds, widths, heights, sizes, ratings, pages, cameras, copies, hashes, hashed = (
        column[order] for column in columns
    )
    moments, dated = _taken(dates, order)
    folder_ids, paths, online_folders = _folders(connection, roots)
    files = _best_files(connection, ids, folder_ids, online_folders)
    moments[~dated] = _local(files.changed[~dated])
    return Catalogue(
        content_ids=ids,
        moments=moments,
        dated=dated,
        folders=files.folders,
        folder_paths=paths,
        kinds=kinds,
        widths=widths,
        heights=heights,
        sizes=sizes,
        ratings=ratings,
        page_counts=pages,
        cameras=cameras,
        copies=copies,
        twins=_twins(connection, ids),
        hashes=hashes.astype(np.uint64),
        hashed=hashed.astype(bool),
        online=online_folders[files.folders],
        pending=files.pending,
        pairs=_pairs(connection) if bool((kinds == KINDS.index(MediaKind.RAW)).any())
        else np.empty((0, 2), np.int64),
    )  # fmt: skip


def _taken(joined: str, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(seconds of the camera's clock, whether a date is said) of the contents in `order`.

    "2012", "2012-08" and "2012-08-05" begin at their first second. The zone is left out on
    purpose: a photo belongs to the day on which it was taken there.
    """
    texts = joined.split(",") if len(order) else []
    try:
        taken = np.array(texts, dtype="datetime64[s]")
    except ValueError:
        taken = np.array([_moment(text) for text in texts], dtype="datetime64[s]")
    taken = taken[order]
    dated = ~np.isnat(taken)
    return np.where(dated, taken, np.datetime64(0, "s")).astype(np.int64), dated


def _moment(text: str) -> np.datetime64:
    """A date, or "not a time" where somebody wrote what is none."""
    try:
        return np.datetime64(text, "s")
    except ValueError:
        return np.datetime64("NaT", "s")


def _local(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Moments (UTC) on this machine's clock. The zone is looked up once a day, not per file."""
    if not len(seconds):
        return seconds
    days, inverse = np.unique(seconds // _SECONDS_A_DAY, return_inverse=True)
    shifts = [_shift(day * _SECONDS_A_DAY + _SECONDS_A_DAY // 2) for day in days.tolist()]
    return seconds + np.array(shifts, dtype=np.int64)[inverse]


def _shift(second: int) -> int:
    try:
        return time.localtime(second).tm_gmtoff
    except (OverflowError, OSError, ValueError):
        return 0


@dataclass(frozen=True, slots=True, eq=False)
class _BestFiles:
    """Of each content's best file: position of its folder, last change (UTC), pending."""

    folders: NDArray[np.int64]
    changed: NDArray[np.int64]
    pending: NDArray[np.bool_]


def _folders(
    connection: sqlite3.Connection, roots: dict[int, tuple[bytes, bool]]
) -> tuple[NDArray[np.int64], tuple[Path, ...], NDArray[np.bool_]]:
    """(folder ids ascending, their full paths, whether their root is online)."""
    rows = connection.execute("SELECT id, root_id, path FROM folders ORDER BY id").fetchall()
    ids = np.array([folder_id for folder_id, _, _ in rows], dtype=np.int64)
    paths = tuple(_full(roots[root_id][0], path) for _, root_id, path in rows)
    return ids, paths, np.array([roots[root_id][1] for _, root_id, _ in rows], dtype=bool)


def _full(root: bytes, folder: bytes) -> Path:
    parent, _, name = folder.rpartition(b"/")
    return join_stored(root, parent, name) if folder else Path(decode_path(root))


def _best_files(
    connection: sqlite3.Connection,
    ids: NDArray[np.int64],
    folder_ids: NDArray[np.int64],
    online: NDArray[np.bool_],
) -> _BestFiles:
    contents, files, folders, changed, pending = _columns(
        connection, _FILES, f"files WHERE {_THERE}"
    )
    positions = np.searchsorted(folder_ids, folders)
    offline = ~online[positions]
    order = np.lexsort((files, pending, offline, contents))
    found, first = np.unique(contents[order], return_index=True)
    best = order[first][np.searchsorted(found, ids)]
    return _BestFiles(positions[best], changed[best], pending[best].astype(bool))


def _twins(connection: sqlite3.Connection, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first content id with the same pixels, 0 for a picture there is once."""
    twins = np.zeros(len(ids), dtype=np.int64)
    same = (
        "SELECT id, pixel_hash FROM contents WHERE present > 0 AND pixel_hash IN ("
        "SELECT pixel_hash FROM contents WHERE pixel_hash IS NOT NULL AND present > 0"
        " GROUP BY pixel_hash HAVING count(*) > 1) ORDER BY id"
    )
    first: dict[str, int] = {}
    for content_id, pixel_hash in connection.execute(same):
        twins[np.searchsorted(ids, content_id)] = first.setdefault(pixel_hash, content_id)
    return twins


def _pairs(connection: sqlite3.Connection) -> NDArray[np.int64]:
    """(raw, other) content ids: same folder, same name but for the extension."""
    raws = {
        (folder_id, _stem(name)): content_id
        for content_id, folder_id, name in connection.execute(
            "SELECT content_id, folder_id, name FROM contents JOIN files"
            f" ON content_id = contents.id WHERE kind = 'raw' AND {_THERE} ORDER BY files.id"
        )
    }
    others: Iterator[tuple[int, int, bytes]] = connection.execute(
        "SELECT content_id, folder_id, name FROM files JOIN contents ON contents.id = content_id"
        f" WHERE kind = 'photo' AND {_THERE} AND folder_id IN (SELECT value FROM json_each(?))"
        " ORDER BY files.id",
        (str(sorted({folder_id for folder_id, _ in raws})),),
    )
    found = {
        raws[key]: content_id
        for content_id, folder_id, name in others
        if (key := (folder_id, _stem(name))) in raws
    }
    return np.array(sorted(found.items()), dtype=np.int64).reshape(len(found), 2)


def _stem(name: bytes) -> bytes:
    return name[: name.rfind(b".")].lower()
