"""Vectors on their way into and out of their BLOBs: float32, little-endian, unit length."""

import sqlite3
from collections.abc import Sequence

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.errors import ModelBroken, ModelMismatch

STORED = np.dtype("<f4")
NORM_TOLERANCE = 1e-3
_SMALLEST_NORM = 1e-12


def to_blob(vector: VectorArray, dimension: int, model_id: str) -> bytes:
    """Normalise a vector of shape [dimension] and lay it out for SQLite.

    Raises `ModelMismatch` for another shape, `ModelBroken` for one that is not finite or zero.
    """
    row = np.asarray(vector, dtype=np.float64)
    if row.shape != (dimension,):
        raise ModelMismatch(
            model=model_id, stored=f"dimension {dimension}", offered=f"shape {row.shape}"
        )
    norm = float(np.sqrt(row @ row))
    if not np.isfinite(norm) or norm < _SMALLEST_NORM:
        raise ModelBroken(model=model_id, detail=f"a vector has length {norm}")
    return (row / norm).astype(STORED).tobytes()


def from_blob(blob: bytes) -> VectorArray:
    """The stored vector, float32 [dimension]."""
    return np.frombuffer(blob, dtype=STORED).astype(np.float32, copy=False)


def stack(blobs: Sequence[bytes], dimension: int) -> VectorArray:
    """Stored vectors -> float32 [n, dimension]."""
    flat = np.frombuffer(b"".join(blobs), dtype=STORED).astype(np.float32, copy=False)
    return flat.reshape(len(blobs), dimension)


def dimension_of(connection: sqlite3.Connection, key: int) -> int:
    """The dimension of a registered model by row id."""
    row = connection.execute("SELECT dimension FROM models WHERE id = ?", (key,)).fetchone()
    return int(row[0])


def note_added(connection: sqlite3.Connection, key: int) -> None:
    """Say that vectors of the model were added, so that matrices and calibrations notice."""
    connection.execute("UPDATE models SET generation = generation + 1 WHERE id = ?", (key,))


def note_deleted(connection: sqlite3.Connection, key: int, count: int) -> None:
    """Say that vectors of the model were deleted or replaced."""
    connection.execute(
        "UPDATE models SET generation = generation + 1, deletions = deletions + ? WHERE id = ?",
        (count, key),
    )
