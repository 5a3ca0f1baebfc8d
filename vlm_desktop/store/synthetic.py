"""A throwaway library of random vectors, for measuring search at sizes nobody has at hand."""

from collections.abc import Iterator

import numpy as np

from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import EncoderSpec
from vlm_desktop.store.db import Connections
from vlm_desktop.store.library import Library
from vlm_desktop.store.matrices import current_header
from vlm_desktop.store.vectors import Chunk, MatrixFiles

SYNTHETIC_MODEL = "synthetic"
RATED = 5
_ROWS_AT_ONCE = 50_000


def make_synthetic(paths: HomePaths, count: int, dimension: int, share: float) -> Library:
    """A new library of `count` photos without files, `share` of which are rated `RATED`.

    The vectors are random unit rows written straight to the derived matrix, without the
    embeddings table behind them: reading goes the same way, making it takes a fraction.
    Raises what `Library.open` raises, and OSError.
    """
    library = Library.open(paths)
    library.begin_model(EncoderSpec(SYNTHETIC_MODEL, dimension, "1", "fp32", 224))
    every = max(1, round(1 / share))
    connections = Connections(paths.database)
    with connections.writing() as connection:
        connection.executemany(
            "INSERT INTO contents (content_hash, kind, format, width, height, short_side,"
            " size_bytes, page_count, rating, present) VALUES (?, 'photo', 'JPEG', 4000, 3000,"
            " 3000, ?, 1, ?, 1)",
            (
                (f"{number:040x}", number, RATED if number % every == 0 else None)
                for number in range(1, count + 1)
            ),
        )
        header = current_header(connection, SYNTHETIC_MODEL)
    connections.close()
    files = MatrixFiles(paths.vectors, SYNTHETIC_MODEL)
    files.create(header, _random_chunks(count, dimension))
    return library


def _random_chunks(count: int, dimension: int) -> Iterator[Chunk]:
    random = np.random.default_rng(0)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, count - start)
        matrix = random.standard_normal((rows, dimension), dtype=np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        ids = np.arange(start + 1, start + rows + 1, dtype=np.int64)
        yield Chunk(matrix, ids, np.zeros(rows, dtype=np.int32))
