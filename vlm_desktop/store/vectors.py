"""One float32 matrix per model, memory-mapped, derived from the embeddings in SQLite.

Three raw files and a header lie in `<home>/vectors`:

    <model>.<serial>.f32      float32 [n, dimension], rows of unit length, by embedding id
    <model>.<serial>.ids      int64 [n], the content of each row
    <model>.<serial>.pages    int32 [n], its page
    <model>.json              which serial, how many rows, of which state of the library

The header is replaced last and atomically. Whatever lies in the files beyond its rows is the
rest of an append that did not finish, and is written over by the next. A rebuild writes files
of a new serial (an open map cannot be replaced on Windows) and old ones go when they can. The
files hold nothing of their own: a missing, short or unreadable one means a rebuild, never an
error, and where the disk refuses them the matrix is held in memory instead.
"""

import contextlib
import json
import os
import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray

LAYOUT = 1
_IDS = np.dtype("<i8")
_PAGES = np.dtype("<i4")
_ROWS = np.dtype("<f4")


class VectorMatrix:
    """The vectors of one model, as they were at one generation. Never changes; any thread.

    `matrix` float32 [n, dimension], `content_ids` int64 [n], `pages` int32 [n]: read only, row i
    of each belongs together. A content with several pages has several rows.
    """

    def __init__(
        self,
        matrix: VectorArray,
        content_ids: NDArray[np.int64],
        pages: NDArray[np.int32],
        generation: int,
    ) -> None:
        self.matrix = matrix
        self.content_ids = content_ids
        self.pages = pages
        self.generation = generation
        self._sorted: tuple[NDArray[np.int64], NDArray[np.int64] | None] | None = None
        self._one_row_each = False

    def __len__(self) -> int:
        return len(self.content_ids)

    def rows_of(self, content_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """All rows of the given contents (any order, unknown ones ignored), ascending.

        The first call looks whether the ids ascend (they do until contents are encoded anew)
        and, if not, sorts them once.
        """
        wanted = ascending(np.asarray(content_ids, dtype=np.int64))
        ids, order = self._ascending()
        first = np.searchsorted(ids, wanted, side="left")
        if self._one_row_each:
            found = first < len(ids)
            found[found] = ids[first[found]] == wanted[found]
            rows = first[found]
        else:
            counts = np.searchsorted(ids, wanted, side="right") - first
            starts = np.repeat(first - np.cumsum(counts) + counts, counts)
            rows = starts + np.arange(len(starts), dtype=np.int64)
        return rows if order is None else np.sort(order[rows])

    def _ascending(self) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """(ids in ascending order, the rows they come from or None when that is their order)."""
        if self._sorted is None:
            ids = np.asarray(self.content_ids)
            order = None
            if not bool(np.all(ids[1:] >= ids[:-1])):
                order = np.argsort(ids, kind="stable")
                ids = ids[order]
            self._one_row_each = bool(np.all(ids[1:] > ids[:-1]))
            self._sorted = (ids, order)
        return self._sorted


def ascending(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct ids in order; for most input a look is enough, and np.unique is slow."""
    if bool(np.all(ids[1:] > ids[:-1])):
        return ids
    ids = np.sort(ids)
    return ids[np.concatenate(([True], ids[1:] != ids[:-1]))]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows; `last_row_id` is the id of the last embedding among them."""

    matrix: VectorArray
    content_ids: NDArray[np.int64]
    pages: NDArray[np.int32]
    last_row_id: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """What the files hold. `model_key` is the model's row, so a dropped one never matches."""

    layout: int
    model_key: int
    dimension: int
    rows: int
    generation: int
    deletions: int
    last_row_id: int
    serial: str


# --- files -----------------------------------------------------------------------------


def safe_name(model_id: str) -> str:
    """A file name for a model id: readable, and distinct for distinct ids, whatever the case."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", model_id).strip("-")[:60]
    if readable == model_id.lower():
        return readable
    return f"{readable}-{blake2b(model_id.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


class MatrixFiles:
    """The files of one model's matrix. Methods that write raise OSError."""

    def __init__(self, folder: Path, model_id: str) -> None:
        self._folder = folder
        self._name = safe_name(model_id)

    @property
    def header_path(self) -> Path:
        return self._folder / f"{self._name}.json"

    def read_header(self) -> Header | None:
        """The header, or None when it is absent, unreadable or does not match its files."""
        try:
            stored = json.loads(self.header_path.read_text(encoding="utf-8"))
            header = Header(**stored)
            if header.layout != LAYOUT or not self._long_enough(header):
                return None
        except (OSError, ValueError, TypeError):
            return None
        return header

    def open(self, header: Header) -> VectorMatrix:
        """Map the rows the header speaks of. Raises OSError or ValueError."""
        rows = header.rows
        vectors, ids, pages = self._paths(header.serial)
        return VectorMatrix(
            _map(vectors, _ROWS, (rows, header.dimension)),
            _map(ids, _IDS, (rows,)),
            _map(pages, _PAGES, (rows,)),
            header.generation,
        )

    def create(self, blank: Header, chunks: Iterable[Chunk]) -> Header:
        """Write new files, then the header that points to them; then old files go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        header = replace(blank, rows=0, last_row_id=0, serial=uuid.uuid4().hex[:12])
        try:
            header = self._write(header, chunks)
        except BaseException:
            self._remove(header.serial)
            raise
        self._remove_others(header.serial)
        return header

    def append(self, header: Header, chunks: Iterable[Chunk]) -> Header:
        """Write rows after those of `header`, then the new header."""
        return self._write(header, chunks)

    def _write(self, header: Header, chunks: Iterable[Chunk]) -> Header:
        rows, last = header.rows, header.last_row_id
        widths = (header.dimension * _ROWS.itemsize, _IDS.itemsize, _PAGES.itemsize)
        with contextlib.ExitStack() as stack:
            files = []
            for path, width in zip(self._paths(header.serial), widths, strict=True):
                file = stack.enter_context(path.open("r+b" if header.rows else "w+b"))
                file.seek(rows * width)
                files.append(file)
            for chunk in chunks:
                files[0].write(np.ascontiguousarray(chunk.matrix, dtype=_ROWS).data)
                files[1].write(np.ascontiguousarray(chunk.content_ids, dtype=_IDS).data)
                files[2].write(np.ascontiguousarray(chunk.pages, dtype=_PAGES).data)
                rows += len(chunk.content_ids)
                last = chunk.last_row_id
        written = replace(header, rows=rows, last_row_id=last)
        self._write_header(written)
        return written

    def _write_header(self, header: Header) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".header-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(header), file)
            Path(temporary).replace(self.header_path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise

    def _long_enough(self, header: Header) -> bool:
        widths = (header.dimension * _ROWS.itemsize, _IDS.itemsize, _PAGES.itemsize)
        return header.rows >= 0 and all(
            path.stat().st_size >= header.rows * width
            for path, width in zip(self._paths(header.serial), widths, strict=True)
        )

    def _paths(self, serial: str) -> tuple[Path, Path, Path]:
        start = self._folder / f"{self._name}.{serial}"
        return (
            start.with_name(start.name + ".f32"),
            start.with_name(start.name + ".ids"),
            start.with_name(start.name + ".pages"),
        )

    def _remove(self, serial: str) -> None:
        for path in self._paths(serial):
            with contextlib.suppress(OSError):
                path.unlink()

    def _remove_others(self, serial: str) -> None:
        """Files still mapped elsewhere stay on Windows, and go with a later rebuild."""
        for path in self._folder.glob(f"{self._name}.*"):
            parts = path.name.removeprefix(self._name + ".").split(".")
            if len(parts) == 2 and parts[0] != serial:
                with contextlib.suppress(OSError):
                    path.unlink()


def _map(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if 0 in shape:
        return np.zeros(shape, dtype=dtype)
    return np.memmap(path, dtype=dtype, mode="r", shape=shape)


# --- without a library -----------------------------------------------------------------


def write_matrix(
    folder: Path, model_id: str, dimension: int, chunks: Iterable[Chunk]
) -> VectorMatrix:
    """Write a matrix with no SQLite behind it, and map it: for measuring search alone.

    Rows are written as they are; 1,000,000 x 512 takes as long as the disk takes 2 GB. A later
    `open_matrix(folder, model_id)` maps it again. Raises OSError.
    """
    files = MatrixFiles(folder, model_id)
    blank = Header(LAYOUT, 0, dimension, 0, 0, 0, 0, "")
    return files.open(files.create(blank, chunks))


def open_matrix(folder: Path, model_id: str) -> VectorMatrix | None:
    """Map what `write_matrix` wrote; None when it is not there or not whole."""
    files = MatrixFiles(folder, model_id)
    header = files.read_header()
    return None if header is None else files.open(header)


def in_memory(chunks: Iterator[Chunk], dimension: int, generation: int) -> VectorMatrix:
    """The same matrix without files, for a disk that takes none."""
    parts = list(chunks)
    return VectorMatrix(
        np.concatenate([np.zeros((0, dimension), np.float32), *(part.matrix for part in parts)]),
        np.concatenate([np.zeros(0, np.int64), *(part.content_ids for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *(part.pages for part in parts)]),
        generation,
    )
