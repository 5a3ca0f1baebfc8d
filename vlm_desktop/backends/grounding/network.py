"""What all adapters over a network of transformers share: loading, one picture at hand, stopping.

A phrase is one pass, and one for each window of a picture that is very long (`windows`). What is
seen of the last picture stays at hand where it does not depend on the phrase, so that further
phrases cost only the half that reads them.
"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.encoders.torch_dual import choose_device, memory_error
from vlm_desktop.backends.grounding.families import PHRASE_FAMILIES, PhraseFamily, said
from vlm_desktop.backends.grounding.thinning import thinned
from vlm_desktop.backends.grounding.windows import cut, windows
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelBroken, ModelOutOfMemory, ModelUnsupported
from vlm_desktop.base.grounding import FoundRegion, MaskModelSpec, PhraseTraits
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size

MOST_REGIONS = 50
_ROOM = 0.9
_ERRORS = (RuntimeError, ValueError, IndexError, TypeError, KeyError, AttributeError)


class PhraseNetwork(ABC):
    """A `PhraseModel` over one network. Always float32: they are small, and half precision
    overflows in some of them. Not thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str = "",
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
    ) -> None:
        self._folder = ChatFolder.read(folder, model_id or folder.name)
        self._id = self._folder.model_id
        family = PHRASE_FAMILIES.get(self._folder.model_type)
        if family is None or not family.network:
            raise ModelUnsupported(model=self._id, family=self._folder.model_type)
        self._family: PhraseFamily = family
        self._provider = provider
        self._threads = threads
        self._memory_limit = memory_limit
        self._processor: Any = None
        self._model: Any = None
        self._image: PixelArray | None = None
        self._seen: tuple[tuple[Box, Any], ...] = ()
        self._spec = MaskModelSpec(
            id=self._id, revision=self._folder.revision, device="cpu", precision="fp32",
            memory_bytes=4 * self._folder.parameters,
        )  # fmt: skip

    @property
    def spec(self) -> MaskModelSpec:
        """Device and memory are final once it has found something."""
        return self._spec

    @property
    def traits(self) -> PhraseTraits:
        return PhraseTraits(self._family.even, self._family.pictures_apart)

    def find(
        self, image: PixelArray, phrases: Sequence[str], cancel: CancelToken
    ) -> tuple[tuple[FoundRegion, ...], ...]:
        found = []
        for phrase in phrases:
            cancel.raise_if_cancelled()
            words = said(self._family, phrase)
            with self._translated():
                regions = self._look_for(image, words, cancel) if words else ()
            found.append(tuple(replace(region, label=phrase) for region in regions))
        return tuple(found)

    def heat(
        self, image: PixelArray, phrase: str, cancel: CancelToken
    ) -> NDArray[np.float32] | None:
        """None: it gives boxes only."""
        del image, phrase, cancel
        return None

    def unload(self) -> None:
        self._model = None
        self._forget()
        loading.release(self._spec.device)

    # --- what a subclass says ------------------------------------------------------------

    @abstractmethod
    def _look_at(self, image: PixelArray) -> Any:
        """What is asked about: tensors of a picture, or what the network sees in it."""

    @abstractmethod
    def _answer(self, seen: Any, words: str, size: Size) -> tuple[FoundRegion, ...]:
        """Regions for words, best first, in pixels of a picture of this size."""

    # --- within ----------------------------------------------------------------------------

    def _look_for(
        self, image: PixelArray, words: str, cancel: CancelToken
    ) -> tuple[FoundRegion, ...]:
        height, width = image.shape[:2]
        with self._looking(image, cancel) as seen:
            found = [
                _shifted(region, part, Size(width, height))
                for part, one in seen
                for region in self._answer(one, words, _size(part))
            ]
        if len(seen) == 1:
            return tuple(found)
        return thinned(sorted(found, key=lambda one: -one.confidence), MOST_REGIONS)

    @contextlib.contextmanager
    def _looking(
        self, image: PixelArray, cancel: CancelToken
    ) -> Iterator[tuple[tuple[Box, Any], ...]]:
        """What is seen of each window of a picture, within inference that `cancel` stops."""
        self._load()
        with torch.inference_mode(), stopping(self._model, cancel):
            if self._image is not image:
                self._forget()
                size = Size(image.shape[1], image.shape[0])
                self._seen = tuple(
                    (part, self._look_at(cut(image, part))) for part in windows(size)
                )
                self._image = image
            yield self._seen

    def _forget(self) -> None:
        """Drop what was kept of the last picture."""
        self._image, self._seen = None, ()

    def _reading(self) -> Any:
        if self._processor is None:
            self._processor = loading.load_processor(self._folder.path, self._id)
        return self._processor

    def _load(self) -> None:
        if self._model is not None:
            return
        self._reading()
        loading.set_threads(self._threads)
        ways = _ways(self._provider, self._folder.parameters, self._memory_limit)
        loading.cap_memory(ways[0].device, self._memory_limit)
        network = getattr(transformers, self._family.network)
        loaded = loading.load_fitting(self._folder.path, self._id, ways, _finite, network)
        self._model = loaded.model
        self._spec = replace(
            self._spec, device=loaded.plan.device, memory_bytes=loaded.memory_bytes
        )

    def _placed(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Tensors where the network lies."""
        return {name: value.to(self._model.device) for name, value in inputs.items()}

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the libraries in our words; what was kept of a picture goes at each."""
        try:
            yield
        except (MemoryError, *_ERRORS) as error:
            self._forget()
            told = memory_error(error) if isinstance(error, RuntimeError) else error
            if isinstance(told, MemoryError):
                loading.release(self._spec.device)
                raise ModelOutOfMemory(model=self._id, detail=loading.first_line(told)) from error
            raise ModelBroken(model=self._id, detail=loading.first_line(error)) from error


@contextlib.contextmanager
def stopping(model: torch.nn.Module, cancel: CancelToken) -> Iterator[None]:
    """Within it every block of a network looks at `cancel` first, which raises Cancelled."""
    handles = [
        block.register_forward_pre_hook(lambda *_: cancel.raise_if_cancelled())
        for block in model.modules()
        if next(block.children(), None) is not None
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _size(part: Box) -> Size:
    return Size(int(part.x1 - part.x0), int(part.y1 - part.y0))


def _shifted(region: FoundRegion, part: Box, size: Size) -> FoundRegion:
    """A region of a window as one of the whole picture."""
    box, mask = region.box, region.mask
    x, y = part.x0, part.y0
    return replace(
        region,
        box=Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y),
        mask=None if mask is None else Mask(size, mask.left + int(x), mask.top + int(y), mask.bits),
    )


def _ways(provider: str, parameters: int, memory_limit: int) -> list[loading.Plan]:
    """The wanted device where it has room, else main memory, which is always tried."""
    device = choose_device(provider).type
    if device == "cpu":
        return [loading.Plan("cpu", "fp32")]
    fits = 4 * parameters <= _ROOM * loading.free_bytes(device, memory_limit)
    ways = [loading.Plan(device, "fp32")] if fits or provider != "auto" else []
    return ways + ([loading.Plan("cpu", "fp32")] if provider == "auto" else [])


def _finite(model: Any) -> None:
    """Raises ValueError for weights that are no numbers."""
    if not all(torch.isfinite(one).all() for one in model.parameters()):
        raise ValueError("some of its weights are not numbers")
