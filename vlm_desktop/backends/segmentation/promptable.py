"""Promptable segmenters of every family as `MaskModel`s: ONNX Runtime where graphs lie beside the
weights, else PyTorch."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.segmentation.maskfolder import MaskFolder
from vlm_desktop.backends.segmentation.onnxmasks import OnnxMasks
from vlm_desktop.backends.segmentation.squares import Floats, Square, choices, is_ambiguous
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import MaskChoice, MaskFeatures, MaskModelSpec, ObjectPrompt
from vlm_desktop.base.types import Size

_TORCH = "vlm_desktop.backends.segmentation.torchmasks:TorchMasks"
_log = logging.getLogger(__name__)


class Halves(Protocol):
    """Both halves of a network by whatever runs them; each read when it is first needed."""

    device: str
    precision: str
    memory_bytes: int

    def encode(self, pixels: Floats, cancel: CancelToken) -> dict[str, Floats]:
        """[1, 3, side, side] -> what was seen, by the names of the family's row."""
        ...

    def decode(
        self,
        points: Floats,
        labels: NDArray[np.int64],
        seen: Mapping[str, Floats],
        *,
        several: bool,
    ) -> tuple[Floats, Floats]:
        """Logits [k, h, w] of the square and scores [k]."""
        ...

    def unload(self) -> None: ...


class PromptableModel:
    """A `MaskModel` over a folder in the hub's layout. Not thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str,
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
    ) -> None:
        """Raises `ModelBroken`, `ModelUnsupported`, `PartMissing`, `ProviderRefused`."""
        self._folder = MaskFolder.read(folder, model_id)
        options = {"provider": provider, "threads": threads, "memory_limit": memory_limit}
        self.passed_over = ""
        try:
            self._halves: Halves = OnnxMasks(self._folder, provider, threads, memory_limit)
        except ValueError as error:
            self.passed_over = str(error)
            _log.info("%s runs in PyTorch: %s", model_id, error)
            make = resolve(_TORCH, f"the model {model_id}")
            self._halves = make(self._folder, **options)

    @property
    def spec(self) -> MaskModelSpec:
        """Device, precision and memory are final once it has seen a picture."""
        halves = self._halves
        return MaskModelSpec(
            id=self._folder.model_id,
            revision=self._folder.revision,
            device=halves.device,
            precision=halves.precision,
            memory_bytes=halves.memory_bytes,
        )

    def encode(self, image: PixelArray, cancel: CancelToken) -> MaskFeatures:
        """Raises `ModelBroken`, `ModelOutOfMemory`, `Cancelled`."""
        cancel.raise_if_cancelled()
        height, width = image.shape[:2]
        square = Square.of(self._folder, Size(width, height))
        seen = self._halves.encode(square.pixel_values(image), cancel)
        cancel.raise_if_cancelled()
        return MaskFeatures(square.size, seen)

    def decode(
        self, features: MaskFeatures, prompt: ObjectPrompt, cancel: CancelToken
    ) -> tuple[MaskChoice, ...]:
        """Up to three masks for a lone click, one for all else, none for an empty prompt."""
        cancel.raise_if_cancelled()
        if prompt.box is None and not prompt.points:
            return ()
        square = Square.of(self._folder, features.size)
        points, labels = square.prompt(prompt)
        several = is_ambiguous(prompt)
        logits, scores = self._halves.decode(points, labels, features.arrays, several=several)
        cancel.raise_if_cancelled()
        return choices(square.masks(logits), scores)

    def unload(self) -> None:
        self._halves.unload()
