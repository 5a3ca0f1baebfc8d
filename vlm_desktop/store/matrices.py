"""Keeping each model's matrix in step with its embeddings."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.db import Connections
from vlm_desktop.store.embeddings import stack
from vlm_desktop.store.part import Part, chunks, marks, model_key
from vlm_desktop.store.vectors import (
    LAYOUT,
    Chunk,
    Header,
    MatrixFiles,
    VectorMatrix,
    in_memory,
)

_log = logging.getLogger(__name__)
_CHUNK_BYTES = 16 * 1024**2


class MatricesPart(Part):
    """Vectors, all of a model or those of a few contents."""

    def __init__(self, paths: HomePaths, connections: Connections) -> None:
        super().__init__(paths, connections)
        self._matrices: dict[str, tuple[Header, VectorMatrix]] = {}
        self._matrices_lock = threading.Lock()

    def vectors(self, model_id: str) -> VectorMatrix:
        """All vectors of a model, as of now. Raises `ModelUnknown`.

        In step already: a map is opened (or the last one given again) after checks that do not
        depend on the number of rows. New vectors: they are appended. Deleted ones, or damaged
        files: the files are written anew, in bounded memory.
        """
        with self._matrices_lock, self._db.snapshot() as connection:
            current = current_header(connection, model_id)
            cached = self._matrices.get(model_id)
            if cached is not None and _in_step(cached[0], current):
                return cached[1]
            self._matrices[model_id] = self._derive(connection, model_id, current)
            return self._matrices[model_id][1]

    def vectors_of(self, model_id: str, content_ids: Sequence[int]) -> dict[int, VectorArray]:
        """Content id -> float32 [pages, dimension] in page order; contents without are left out."""
        found: dict[int, list[bytes]] = {}
        with self._db.reading() as connection:
            key = model_key(connection, model_id)
            for some in chunks(content_ids):
                for content_id, blob in connection.execute(
                    "SELECT content_id, vector FROM embeddings WHERE model_id = ?"
                    f" AND content_id IN ({marks(some)}) ORDER BY content_id, page",
                    (key, *some),
                ):
                    found.setdefault(content_id, []).append(blob)
            dimension = current_header(connection, model_id).dimension
        return {content_id: stack(blobs, dimension) for content_id, blobs in found.items()}

    def _derive(
        self, connection: sqlite3.Connection, model_id: str, current: Header
    ) -> tuple[Header, VectorMatrix]:
        files = MatrixFiles(self._paths.vectors, model_id)
        stored = files.read_header()
        if stored is not None and not _is_prefix(stored, current):
            stored = None
        after = 0 if stored is None else stored.last_row_id
        try:
            with contextlib.closing(_rows(connection, current, after=after)) as rows:
                if stored is None:
                    header = files.create(current, rows)
                elif _in_step(stored, current):
                    header = stored
                else:
                    header = files.append(replace(stored, generation=current.generation), rows)
            return header, files.open(header)
        except (OSError, ValueError) as error:
            _log.warning("vectors of %s are held in memory: %s", model_id, error)
        with contextlib.closing(_rows(connection, current, after=0)) as rows:
            return current, in_memory(rows, current.dimension, current.generation)


def current_header(connection: sqlite3.Connection, model_id: str) -> Header:
    """What the files should say, less what only writing them tells."""
    key = model_key(connection, model_id)
    dimension, generation, deletions = connection.execute(
        "SELECT dimension, generation, deletions FROM models WHERE id = ?", (key,)
    ).fetchone()
    return Header(LAYOUT, key, dimension, 0, generation, deletions, 0, "")


def _is_prefix(stored: Header, current: Header) -> bool:
    """Whether the files hold the first of the rows there are now."""
    return (stored.model_key, stored.dimension, stored.deletions) == (
        current.model_key,
        current.dimension,
        current.deletions,
    ) and stored.generation <= current.generation


def _in_step(stored: Header, current: Header) -> bool:
    return _is_prefix(stored, current) and stored.generation == current.generation


def _rows(
    connection: sqlite3.Connection, current: Header, *, after: int
) -> Generator[Chunk, None, None]:
    """The model's embeddings by id, in chunks of about 16 MB; those of a wrong length left out."""
    size = max(1, _CHUNK_BYTES // (4 * current.dimension))
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT id, content_id, page, vector FROM embeddings"
            " WHERE id > ? AND model_id = ? AND length(vector) = ? ORDER BY id",
            (after, current.model_key, 4 * current.dimension),
        )
        while rows := cursor.fetchmany(size):
            row_ids, content_ids, pages, blobs = zip(*rows, strict=True)
            yield Chunk(
                stack(blobs, current.dimension),
                np.array(content_ids, dtype=np.int64),
                np.array(pages, dtype=np.int32),
                row_ids[-1],
            )
