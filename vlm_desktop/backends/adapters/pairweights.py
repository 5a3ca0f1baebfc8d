"""The starter's towers as plain weights: read from its graphs, and written into copies of these.

`image.onnx` holds matrices in float16, `text.onnx` in int8 with a scale for every output and a
reach for every input (`training.starter.export` says why). A changed matrix is stored in the same
manner in the same place, so that a graph with an adapter in it differs from its base in nothing
but those numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vlm_desktop.backends.encoders.cell_tower import STORED_HEAD
from vlm_desktop.backends.encoders.onnx_weights import stored_weights
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.base.errors import ModelBroken, ModelUnsupported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

TEXT, HEAD = "text.", "head."
"""Beginnings of the names of the text tower's weights and of those of the image tower's head."""
_LAYER = ("query", "key", "value", "output", "up", "down")
_HALF, _CODES, _SCALE, _REACH = "_half", "_int8", "_scale", "_reach"
_MATMUL = re.compile(rf"val_(\d+){_CODES}")
_WORDS = "encoder.words.weight"
_TURNED = frozenset({"value.weight", "attend.weight"})
"""Matrices of the head that its graph holds as [in, out]."""

Weights = dict[str, "NDArray[np.float32]"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a matrix lies: the name it is stored under, whether turned, whether in int8."""

    stored: str
    is_turned: bool
    is_int8: bool


class PairWeights:
    """The text tower and the head of the image tower of one folder. Making one reads both graphs.

    Raises ModelUnsupported for a pair that is stored otherwise.
    """

    def __init__(self, folder: Path, model: str) -> None:
        pair = read_pair(folder)
        self._model = model
        self.files = {TEXT: folder / pair.text_file, HEAD: folder / pair.image_file}
        try:
            self._data = {part: bytearray(path.read_bytes()) for part, path in self.files.items()}
            self._stored = {part: stored_weights(one) for part, one in self._data.items()}
        except (OSError, ValueError) as error:
            raise ModelBroken(model=model, detail=str(error)) from error
        self._places = self._find_text() | self._find_head()

    def read(self) -> Weights:
        """All weights in float32 by the names of PyTorch's modules, "text." and "head." before.
        Matrices are [out, in]."""
        found = {name: self._matrix(name) for name in self._places}
        text = self._stored[TEXT]
        table, scale = text[_WORDS + _CODES], self._plain(TEXT, _WORDS + _SCALE)
        found[f"{TEXT}{_WORDS}"] = table.astype(np.float32) * scale
        for name in text:
            base = name.removesuffix(_HALF)
            if not base.startswith("val_") and not base.endswith((_CODES, _SCALE, _REACH, "_zero")):
                found.setdefault(f"{TEXT}{base}", self._plain(TEXT, base))
        for name, stored in STORED_HEAD.items():
            found.setdefault(HEAD + name, self._stored[HEAD][stored].astype(np.float32))
        return found

    def write(self, name: str, matrix: NDArray[np.float32]) -> None:
        """Put a matrix [out, in] in the place of the one of that name, in memory."""
        part, place = self._part(name), self._places[name]
        value = matrix.T if place.is_turned else matrix
        stored = self._stored[part]
        if not place.is_int8:
            stored[place.stored][...] = value.astype(stored[place.stored].dtype)
            return
        inputs = 0 if place.is_turned else 1
        reach = np.sqrt(np.maximum(np.abs(value).max(axis=1 - inputs), 1e-12))
        even = value / np.expand_dims(reach, 1 - inputs)
        scale = np.maximum(np.abs(even).max(axis=inputs), 1e-12) / 127.0
        codes = np.clip(np.round(even / np.expand_dims(scale, inputs)), -127, 127)
        stored[place.stored + _CODES][...] = codes.astype(np.int8)
        for ending, one in ((_SCALE, scale), (_REACH, reach)):
            kept = self._under(part, place.stored + ending)
            kept[...] = one.astype(kept.dtype)

    def names(self) -> tuple[str, ...]:
        """Matrices that can be written."""
        return tuple(self._places)

    def graph(self, part: str) -> bytes:
        """The graph of `TEXT` or `HEAD` with all that was written."""
        return bytes(self._data[part])

    # --- finding -----------------------------------------------------------------------

    def _find_text(self) -> dict[str, _Place]:
        """The layers' matrices have numbers for names, in the order they are used."""
        text = self._stored[TEXT]
        numbers = sorted(int(m[1]) for name in text if (m := _MATMUL.fullmatch(name)))
        if not numbers or len(numbers) % len(_LAYER) or _WORDS + _CODES not in text:
            raise ModelUnsupported(model=self._model, family="onnx-dual")
        found = {}
        for place, number in enumerate(numbers):
            layer, part = divmod(place, len(_LAYER))
            name = f"{TEXT}encoder.layers.{layer}.{_LAYER[part]}.weight"
            found[name] = _Place(f"val_{number}", is_turned=True, is_int8=True)
        for name in ("project.weight", "residual.1.weight", "residual.4.weight"):
            found[TEXT + name] = _Place(name, is_turned=False, is_int8=name + _CODES in text)
        return found

    def _find_head(self) -> dict[str, _Place]:
        matrices = ("value", "attend", "project", "residual.1", "residual.4")
        found = {}
        for one in matrices:
            name = f"{one}.weight"
            stored = STORED_HEAD[name]
            if stored not in self._stored[HEAD]:
                raise ModelUnsupported(model=self._model, family="onnx-dual")
            found[HEAD + name] = _Place(stored, name in _TURNED, is_int8=False)
        return found

    def _part(self, name: str) -> str:
        return TEXT if name.startswith(TEXT) else HEAD

    def _under(self, part: str, name: str) -> NDArray[Any]:
        stored = self._stored[part]
        return stored[name] if name in stored else stored[name + _HALF]

    def _plain(self, part: str, name: str) -> NDArray[np.float32]:
        return self._under(part, name).astype(np.float32)

    def _matrix(self, name: str) -> NDArray[np.float32]:
        part, place = self._part(name), self._places[name]
        if place.is_int8:
            inputs = 0 if place.is_turned else 1
            scale = np.expand_dims(self._plain(part, place.stored + _SCALE), inputs)
            reach = np.expand_dims(self._plain(part, place.stored + _REACH), 1 - inputs)
            value = self._stored[part][place.stored + _CODES].astype(np.float32) * scale * reach
        else:
            value = self._stored[part][place.stored].astype(np.float32)
        return np.ascontiguousarray(value.T if place.is_turned else value)


def same_names(weights: Mapping[str, NDArray[np.float32]], part: str) -> Weights:
    """Those of one part, by the names inside of it."""
    return {name.removeprefix(part): one for name, one in weights.items() if name.startswith(part)}
