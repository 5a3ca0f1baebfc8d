"""An encoder that knows vectors for some names, taught by a probe or learned prompts.

Its pictures' vectors are those of its base, so a library needs no new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from vlm_desktop.backends.adapters.folder import WEIGHTS, read_config
from vlm_desktop.base.errors import BadInputFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.backends.protocols import ImageTextEncoder
    from vlm_desktop.base.arrays import PixelArray, VectorArray
    from vlm_desktop.base.types import EncoderSpec


class NamedEncoder:
    """An `ImageTextEncoder` over another one. Texts that are one of its names, whatever the case,
    have the taught vector; strength 0 is the base's own."""

    def __init__(self, base: ImageTextEncoder, worn: Sequence[Worn]) -> None:
        """Raises BadInputFile."""
        self._base = base
        self._taught: dict[str, tuple[VectorArray, float]] = {}
        for one in worn:
            for name, row in read_names(one.folder).items():
                self._taught[_plain(name)] = (row, one.strength)

    @property
    def spec(self) -> EncoderSpec:
        return self._base.spec

    @property
    def image_lanes(self) -> int:
        return self._base.image_lanes

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        return self._base.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        rows = self._base.encode_texts(texts).copy()
        for place, text in enumerate(texts):
            taught = self._taught.get(_plain(text))
            if taught is not None:
                row, strength = taught
                mixed = (1.0 - strength) * rows[place] + strength * row
                rows[place] = mixed / max(float(np.linalg.norm(mixed)), 1e-12)
        return rows

    def knows(self, text: str) -> bool:
        """See `KnowsNames`."""
        return _plain(text) in self._taught

    def close(self) -> None:
        self._base.close()


def read_names(folder: Path) -> Mapping[str, VectorArray]:
    """Names and their vectors, of unit length. Raises BadInputFile."""
    path = folder / WEIGHTS
    names = read_config(folder).get("names", [])
    try:
        rows = load_file(path)["vectors"].astype(np.float32)
        return {str(name): row for name, row in zip(names, rows, strict=True)}
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
