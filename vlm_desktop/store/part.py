"""What every part of `Library` stands on."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.errors import ModelUnknown
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.db import Connections

Item = TypeVar("Item")

CHUNK = 500
"""Values bound to one statement; far below the smallest limit SQLite is built with."""


class Part:
    """A group of methods of `Library`. Safe from any thread."""

    def __init__(self, paths: HomePaths, connections: Connections) -> None:
        self._paths = paths
        self._db = connections


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """`items` in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def marks(items: Sequence[object]) -> str:
    """Placeholders for an IN list."""
    return ",".join("?" * len(items))


def model_key(connection: sqlite3.Connection, model_id: str) -> int:
    """The row id of a registered model. Raises `ModelUnknown`."""
    row = connection.execute("SELECT id FROM models WHERE name = ?", (model_id,)).fetchone()
    if row is None:
        known = connection.execute("SELECT name FROM models ORDER BY name")
        raise ModelUnknown(model=model_id, known=", ".join(name for (name,) in known))
    return int(row[0])


def read_ids(
    connection: sqlite3.Connection, query: str, values: Sequence[object] = ()
) -> NDArray[np.int64]:
    """Ids of a query with one column `id`: int64 [n], none of them NULL.

    Joined to one text inside SQLite, which is four times as fast as a row each.
    """
    (joined,) = connection.execute(f"SELECT group_concat(id) FROM ({query})", values).fetchone()
    if not joined:
        return np.zeros(0, dtype=np.int64)
    return np.fromstring(str(joined), dtype=np.int64, sep=",")
