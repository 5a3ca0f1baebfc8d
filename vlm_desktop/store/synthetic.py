"""Throwaway libraries, for measuring at sizes nobody has at hand."""

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
_FIRST_DAY = "2004-01-01"
_SPAN_SECONDS = 20 * 365 * 86_400
_BURST_EVERY = 50
_SHAPES = ((4000, 3000), (3000, 4000), (6000, 4000), (4000, 3000))
"""Width and height in pixels, one photo after the other."""


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


def make_collection(paths: HomePaths, count: int) -> Library:
    """A new library of `count` photos in folders by month, with dates, cameras and bursts.

    Every tenth photo says no date (its file does), every hundredth is rated, and of every fifty
    the last three are one burst. The same each time. The files do not exist, and there are no
    vectors. Raises what `Library.open` raises.
    """
    library = Library.open(paths)
    root = library.add_root(paths.home)
    numbers = range(1, count + 1)
    random = np.random.default_rng(0)
    hashes = random.integers(-(1 << 63), (1 << 63) - 1, count).tolist()
    steps = random.exponential(1.0, count)
    seconds = np.cumsum(steps * (_SPAN_SECONDS / steps.sum())).astype(np.int64)
    for index in range(1, count):
        if index % _BURST_EVERY >= _BURST_EVERY - 2:
            hashes[index], seconds[index] = hashes[index - 1], seconds[index - 1] + 1
    seconds += np.datetime64(_FIRST_DAY, "s").astype(np.int64)
    moments = seconds.astype("datetime64[s]").astype(str).tolist()
    months = sorted({moment[:7] for moment in moments})
    folders = {month: number for number, month in enumerate(months, 1)}
    connections = Connections(paths.database)
    with connections.writing() as connection:
        connection.execute("INSERT INTO cameras VALUES (1, 'Maker', 'Camera', '', 'maker')")
        connection.executemany(
            "INSERT INTO folders (id, root_id, path) VALUES (?, ?, ?)",
            ((number, root.id, month.encode()) for month, number in folders.items()),
        )
        connection.executemany(
            "INSERT INTO contents (id, content_hash, kind, format, width, height, short_side,"
            " size_bytes, page_count, perceptual_hash, taken_at, camera_id, rating) VALUES"
            " (?, ?, 'photo', 'JPEG', ?, ?, 3000, ?, 1, ?, ?, 1, ?)",
            (
                (number, f"{number:040x}", *_SHAPES[number % len(_SHAPES)], 1_000_000 + number,
                 hashes[number - 1], moments[number - 1] if number % 10 != 5 else None,
                 RATED if number % 100 == 0 else None)
                for number in numbers
            ),
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO files (folder_id, name, size, mtime_ns, content_id, state)"
            " VALUES (?, ?, ?, ?, ?, 'indexed')",
            (
                (folders[moments[number - 1][:7]], f"IMG_{number:06}.JPG".encode(),
                 1_000_000 + number, int(seconds[number - 1]) * 10**9, number)
                for number in numbers
            ),
        )  # fmt: skip
    connections.close()
    return library


def _random_chunks(count: int, dimension: int) -> Iterator[Chunk]:
    random = np.random.default_rng(0)
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = min(_ROWS_AT_ONCE, count - start)
        matrix = random.standard_normal((rows, dimension), dtype=np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        ids = np.arange(start + 1, start + rows + 1, dtype=np.int64)
        yield Chunk(matrix, ids, np.zeros(rows, dtype=np.int32))
