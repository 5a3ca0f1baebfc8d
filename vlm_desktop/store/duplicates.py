"""Photos there are more than once: same bytes, same pixels, and the hashes for near ones."""

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.store.part import Part, chunks, marks
from vlm_desktop.store.pathcodec import decode_path, join_stored
from vlm_desktop.store.volumes import is_online

_FILES = """
    SELECT {key}, content_id, root_id, folders.path, name
    FROM contents JOIN files ON content_id = contents.id
    JOIN folders ON folders.id = folder_id
    WHERE state = 'indexed' AND {where}
    ORDER BY {key}
"""
_REPEATED_PIXELS = """
    pixel_hash IN (SELECT pixel_hash FROM contents
        WHERE pixel_hash IS NOT NULL AND present > 0 GROUP BY pixel_hash HAVING count(*) > 1)
"""


@dataclass(frozen=True, slots=True)
class PresentFile:
    """A file that is there. `sidecar_mtime_ns` is 0 without a sidecar."""

    content_id: int
    path: Path
    mtime_ns: int
    sidecar_mtime_ns: int


class DuplicatesPart(Part):
    """Only files that are there and online take part: offline copies are no duplicates."""

    def identical_groups(self) -> list[tuple[Path, ...]]:
        """Files with the same bytes, two or more a group; paths and groups in order.

        A file reached through two overlapping or linked roots counts once.
        """
        with self._db.snapshot() as connection:
            query = _FILES.format(key="content_id", where="present > 1")
            groups = _groups(connection, query)
        return sorted(tuple(paths) for _, paths in groups if len(paths) > 1)

    def same_pixel_groups(self) -> list[tuple[Path, ...]]:
        """Files whose pictures are equal although their bytes differ (re-tagged copies)."""
        with self._db.snapshot() as connection:
            query = _FILES.format(key="pixel_hash", where=_REPEATED_PIXELS)
            groups = _groups(connection, query)
        return sorted(
            tuple(paths) for contents, paths in groups if len(contents) > 1 and len(paths) > 1
        )

    def present_files(self, content_ids: Sequence[int]) -> list[PresentFile]:
        """Every file of the contents that is there and online, by content and path.

        A file reached through two overlapping or linked roots counts once.
        """
        found: dict[tuple[int, str], PresentFile] = {}
        with self._db.snapshot() as connection:
            roots = _online_roots(connection)
            for some in chunks(content_ids):
                for content_id, root_id, folder, name, changed, sidecar in connection.execute(
                    "SELECT content_id, root_id, folders.path, name, mtime_ns, sidecar_mtime_ns"
                    " FROM files JOIN folders ON folders.id = folder_id WHERE state = 'indexed'"
                    f" AND content_id IN ({marks(some)}) ORDER BY content_id, files.id",
                    some,
                ):
                    if root_id in roots:
                        root, real = roots[root_id]
                        inner = decode_path(folder + b"/" + name if folder else name)
                        path = join_stored(root, folder, name)
                        file = PresentFile(content_id, path, changed, sidecar)
                        found.setdefault((content_id, os.path.join(real, inner)), file)
        return sorted(found.values(), key=lambda file: (file.content_id, file.path))

    def perceptual_hashes(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """(content ids ascending [n], their 64-bit difference hashes [n]) of what is there."""
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT id, perceptual_hash FROM contents"
                " WHERE perceptual_hash IS NOT NULL AND present > 0 ORDER BY id"
            ).fetchall()
        both = np.array(rows, dtype=np.int64).reshape(len(rows), 2)
        return both[:, 0].copy(), both[:, 1].astype(np.uint64)


def _groups(connection: sqlite3.Connection, query: str) -> list[tuple[set[int], list[Path]]]:
    """(contents, sorted paths) per key."""
    roots = _online_roots(connection)
    found: dict[object, tuple[set[int], dict[str, Path]]] = {}
    for key, content_id, root_id, folder, name in connection.execute(query):
        if root_id not in roots:
            continue
        root, real = roots[root_id]
        inner = decode_path(folder + b"/" + name if folder else name)
        contents, paths = found.setdefault(key, (set(), {}))
        contents.add(content_id)
        paths.setdefault(os.path.join(real, inner), join_stored(root, folder, name))
    return [(contents, sorted(paths.values())) for contents, paths in found.values()]


def _online_roots(connection: sqlite3.Connection) -> dict[int, tuple[bytes, str]]:
    """Root id -> (path as stored, where it leads through links)."""
    return {
        root_id: (path, os.path.realpath(decode_path(path)))
        for root_id, path, volume in connection.execute("SELECT id, path, volume FROM roots")
        if is_online(Path(decode_path(path)), volume)
    }
