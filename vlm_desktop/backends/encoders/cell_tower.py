"""The starter's image tower as a source of dense features: its 7x7 cells, and its own pooling
applied to any part of them.

`image.onnx` pools mean, maximum and attention over all 49 cells and takes the pooled vector through
its head. The same head over some of the cells gives that region's place in the embedding space, for
the price of a product instead of a run of the tower (RoI pooling of Girshick 2015, "Fast R-CNN").
Over all cells it gives the picture's vector again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

from vlm_desktop.backends import runtime
from vlm_desktop.backends.encoders.batches import unit_rows
from vlm_desktop.backends.encoders.onnx_weights import read_weights
from vlm_desktop.backends.encoders.preprocess import Preprocessor
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.backends.runtime import SessionRequest
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from vlm_desktop.backends.runtime import Session
    from vlm_desktop.base.arrays import PixelArray, VectorArray

CELLS = "cells"
_AT_ONCE = 4
_EPSILON = 1e-5
STORED_HEAD = {
    "cells_norm.weight": "head.cells_norm.weight_half",
    "cells_norm.bias": "head.cells_norm.bias_half",
    "value.weight": "val_153_half",
    "value.bias": "head.value.bias",
    "attend.weight": "val_155_half",
    "attend.bias": "head.attend.bias",
    "norm.weight": "head.norm.weight_half",
    "norm.bias": "head.norm.bias_half",
    "project.weight": "head.project.weight_half",
    "project.bias": "head.project.bias",
    "residual.0.weight": "head.residual.0.weight",
    "residual.0.bias": "head.residual.0.bias",
    "residual.1.weight": "head.residual.1.weight_half",
    "residual.1.bias": "head.residual.1.bias_half",
    "residual.4.weight": "head.residual.4.weight_half",
    "residual.4.bias": "head.residual.4.bias",
}
"""Weights of `training.starter.image_tower.GridHead` by what `image.onnx` calls them; a test
compares the head with the tower's own output, so that a new export cannot go unnoticed."""

Weights = dict[str, "NDArray[np.float32]"]


@dataclass(frozen=True, slots=True)
class PoolingHead:
    """Mean, maximum and attention over some cells, then the residual head of the tower."""

    weights: Mapping[str, NDArray[np.float32]]

    def pool(self, cells: NDArray[np.float32], shares: NDArray[np.float32]) -> VectorArray:
        """Cells [m, features] of regions, each with its shares [r, m] of them, 0..1, to vectors
        [r, dimension], not of unit length. The maximum is taken of cells that lie at least half
        inside, or as far as any does. Every region needs a share of some cell."""
        values, scores = self._values(cells)  # [m,W], [m,H]
        heads = scores.shape[1]
        force = np.exp(scores - scores.max(axis=0))  # [m,H]
        spread = (force[:, :, None] * values.reshape(len(cells), heads, -1)).reshape(values.shape)
        attended = (shares @ spread).reshape(len(shares), heads, -1)
        attended /= (shares @ force)[:, :, None]
        mean = shares @ cells / shares.sum(axis=1, keepdims=True)
        inner = shares >= np.minimum(0.5, shares.max(axis=1, keepdims=True))
        highest = np.stack([cells[row].max(axis=0) for row in inner])
        return self._head(np.concatenate([mean, highest, attended.reshape(len(shares), -1)], 1))

    def _values(
        self, cells: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        normed = self._norm(cells, "cells_norm")
        values = normed @ self.weights["value.weight"] + self.weights["value.bias"]
        return values, values @ self.weights["attend.weight"] + self.weights["attend.bias"]

    def _head(self, pooled: NDArray[np.float32]) -> VectorArray:
        x = self._linear(self._norm(pooled, "norm"), "project")
        inner = self._linear(self._norm(x, "residual.0"), "residual.1")
        inner = (0.5 * inner * (1 + erf(inner / np.sqrt(2)))).astype(np.float32)  # GELU
        out: VectorArray = x + self._linear(inner, "residual.4")
        return out

    def _norm(self, x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        out: NDArray[np.float32] = (
            centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        )
        return out

    def _linear(self, x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        out: NDArray[np.float32] = (
            x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        )
        return out


class CellTower:
    """A `CellEncoder` over the starter's folder. Making one reads its weights. Any thread."""

    def __init__(self, folder: Path, *, model_id: str, threads: int = 0) -> None:
        """On the CPU, where a picture takes milliseconds. Raises ModelBroken."""
        pair = read_pair(folder)
        path = folder / pair.image_file
        self._id = model_id
        self._preprocessor = Preprocessor(pair.image)
        try:
            found = read_weights(path.read_bytes(), STORED_HEAD.values())
            self._session: Session = runtime.open_session(SessionRequest(path, "cpu", threads))
        except (OSError, *runtime.ERRORS) as error:
            detail = f"{path.name}: {runtime.first_line(error)}"
            raise ModelBroken(model=model_id, detail=detail) from error
        if CELLS not in {one.name for one in self._session.get_outputs()}:
            raise ModelBroken(model=model_id, detail=f"{path.name} has no output {CELLS}")
        self._head = PoolingHead({name: found[stored] for name, stored in STORED_HEAD.items()})

    def look(self, images: Sequence[PixelArray]) -> NDArray[np.float32]:
        rows = []
        for start in range(0, len(images), _AT_ONCE):
            values = self._preprocessor.batch(images[start : start + _AT_ONCE])
            try:
                rows.append(self._session.run([CELLS], {"pixel_values": values})[0])
            except runtime.ERRORS as error:
                detail = runtime.first_line(error)
                if runtime.is_shortage(error):
                    raise ModelOutOfMemory(model=self._id, detail=detail) from error
                raise ModelBroken(model=self._id, detail=detail) from error
        found: NDArray[np.float32] = np.concatenate(rows)
        return found

    def pool(self, cells: NDArray[np.float32], shares: NDArray[np.float32]) -> VectorArray:
        return unit_rows(self._head.pool(cells, shares), self._id)
