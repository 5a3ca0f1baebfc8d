"""What frozen parts of a model make of pictures: computed once, kept on the disk by content."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.media.decode import read_pages
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.source import content_hash, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from vlm_desktop.base.arrays import PixelArray, VectorArray

GREY = 128
"""Of the pictures that a blind control shows."""

Arrays = dict[str, "NDArray[np.generic]"]


def pixels_of(path: Path, side: int) -> tuple[PixelArray, str]:
    """A picture, upright sRGB with its shorter side at least `side` if it has them, and the hash of
    the file's bytes. Raises MediaRefused."""
    source = read_source(path)
    reading = read_pages(source, Wish(side, page=1), DecodeLimits())
    return reading.pages[0].pixels, source.content_hash


def grey(side: int) -> PixelArray:
    """A picture that shows nothing."""
    return np.full((side, side, 3), GREY, np.uint8)


class FeatureStore:
    """Arrays by content, a file each, below a folder that may be thrown away.

    `maker` names what made them with everything they depend on: another one finds nothing.
    Several processes may fill it at once.
    """

    def __init__(self, folder: Path, maker: str, look: Callable[[PixelArray], Arrays]) -> None:
        self._folder = folder / content_hash(maker.encode())
        self._look = look

    def keep(self, path: Path, side: int) -> str:
        """See to it that a picture's arrays are there; their name. Raises MediaRefused."""
        source = read_source(path)
        file = self._file(source.content_hash)
        if not file.exists():
            reading = read_pages(source, Wish(side, page=1), DecodeLimits())
            self._write(file, self._look(reading.pages[0].pixels))
        return source.content_hash

    def get(self, name: str) -> Arrays:
        """What `keep` kept."""
        with np.load(self._file(name)) as kept:
            return {key: kept[key] for key in kept.files}

    def _file(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.npz"

    def _write(self, file: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.stem}.{os.getpid()}.npz")
        np.savez(beside, **dict(arrays))  # type: ignore[arg-type]  # numpy's own keywords
        beside.replace(file)


def kept_rows(
    folder: Path, maker: str, texts: Sequence[str], encode: Callable[[Sequence[str]], VectorArray]
) -> VectorArray:
    """Vectors of texts [T,D], computed once for the same texts and the same `maker`."""
    file = folder / f"{content_hash(chr(10).join((maker, *texts)).encode())}.npy"
    if file.exists():
        kept: VectorArray = np.load(file)
        return kept
    rows = encode(texts)
    folder.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.stem}.{os.getpid()}.npy")
    np.save(beside, rows)
    beside.replace(file)
    return rows
