"""What dual encoders run by PyTorch share: devices, batches, shortages, and closing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vlm_desktop.backends.encoders.batches import BatchRunner
from vlm_desktop.backends.encoders.patches import PatchPreprocessor, PatchRecipe
from vlm_desktop.backends.encoders.preprocess import Preprocessor
from vlm_desktop.backends.encoders.recipe import ImageRecipe, TextRecipe
from vlm_desktop.backends.encoders.tokens import TokenBatch
from vlm_desktop.base.arrays import PixelArray, VectorArray
from vlm_desktop.base.errors import ModelBroken, ProviderRefused
from vlm_desktop.base.types import EncoderSpec

IMAGE_BATCH = 16
TEXT_BATCH = 64
_SHORTAGES = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")

Tokenise = Callable[[Sequence[str]], TokenBatch]


@dataclass(frozen=True)
class DualTowers:
    """Both towers of a loaded model, in evaluation mode on the CPU, float32.

    `image` takes what the recipe's preprocessor makes, by keyword; `text` takes input_ids and,
    where `TextRecipe.attention_mask`, attention_mask. Both give [n, dimension], not normalised.
    """

    image: torch.nn.Module
    text: torch.nn.Module
    logit_scale: float | None = None
    logit_bias: float = 0.0


@dataclass(frozen=True)
class DualModel:
    """A model folder, read but not loaded.

    `tokenise` is the reference's own tokeniser; `load` reads the weights. `tokenizer_file` gives
    (file name, content) for an ONNX pair.
    """

    dimension: int
    image: ImageRecipe | PatchRecipe
    text: TextRecipe
    tokenise: Tokenise
    load: Callable[[], DualTowers]
    tokenizer_file: Callable[[], tuple[str, bytes]]


class TorchDualEncoder(ABC):
    """An `ImageTextEncoder` over `DualTowers`. The weights are loaded at first use.

    A family says how its folder is read.
    """

    @staticmethod
    @abstractmethod
    def read(folder: Path, model_id: str) -> DualModel:
        """Configuration and tokeniser of a model folder. Raises `ModelError`."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str = "",
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
    ) -> None:
        model_id = model_id or folder.name
        model = self.read(folder, model_id)
        self._model = model
        self._id = model_id
        self._device = choose_device(provider)
        if threads:
            torch.set_num_threads(threads)
        if memory_limit and self._device.type == "cuda":
            _, total = torch.cuda.mem_get_info()
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory_limit / total))
        self._towers: DualTowers | None = None
        self._closed = False
        self._image_batches = BatchRunner(model_id, model.dimension, IMAGE_BATCH)
        self._text_batches = BatchRunner(model_id, model.dimension, TEXT_BATCH)
        self._prepare = image_inputs(model.image)
        self._spec = EncoderSpec(
            model_id=model_id,
            dimension=model.dimension,
            preprocessing_version="1",
            precision="fp32",
            image_side=model.image.side,
        )

    @property
    def spec(self) -> EncoderSpec:
        """Its logit scale is known once the weights are loaded."""
        return self._spec

    @property
    def image_lanes(self) -> int:
        """One: PyTorch spreads a batch over cores or the device by itself."""
        return 1

    def encode_images(self, images: Sequence[PixelArray]) -> VectorArray:
        def encode(start: int, stop: int) -> NDArray[np.floating]:
            return self._run(self._loaded().image, self._prepare(images[start:stop]))

        return self._image_batches.run(len(images), encode)

    def encode_texts(self, texts: Sequence[str]) -> VectorArray:
        def encode(start: int, stop: int) -> NDArray[np.floating]:
            feeds = text_inputs(self._model, texts[start:stop])
            return self._run(self._loaded().text, feeds)

        return self._text_batches.run(len(texts), encode)

    def close(self) -> None:
        self._closed = True
        self._towers = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _loaded(self) -> DualTowers:
        if self._closed:
            raise ModelBroken(model=self._id, detail="the encoder was closed")
        if self._towers is None:
            towers = self._model.load()
            try:
                towers.image.to(self._device)
                towers.text.to(self._device)
            except RuntimeError as error:
                raise memory_error(error) from error
            self._towers = towers
            if towers.logit_scale:
                self._spec = replace(self._spec, logit_scale=towers.logit_scale)
        return self._towers

    def _run(self, tower: torch.nn.Module, feeds: dict[str, NDArray[Any]]) -> NDArray[np.floating]:
        try:
            return run_tower(tower, feeds, self._device)
        except RuntimeError as error:
            raise memory_error(error) from error


def image_inputs(
    recipe: ImageRecipe | PatchRecipe,
) -> Callable[[Sequence[PixelArray]], dict[str, NDArray[Any]]]:
    """What turns pictures into the image tower's keyword arguments."""
    if isinstance(recipe, PatchRecipe):
        return PatchPreprocessor(recipe).batch
    preprocessor = Preprocessor(recipe)
    return lambda images: {"pixel_values": preprocessor.batch(images)}


def text_inputs(model: DualModel, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The text tower's keyword arguments, through the reference's tokeniser."""
    batch = model.tokenise(texts)
    feeds = {"input_ids": batch.ids}
    if model.text.attention_mask:
        feeds["attention_mask"] = batch.mask
    return feeds


def run_tower(
    tower: torch.nn.Module, feeds: dict[str, NDArray[Any]], device: torch.device
) -> NDArray[np.floating]:
    """One forward pass without gradients, the answer as float32 on the CPU."""
    with torch.inference_mode():
        tensors = {name: torch.from_numpy(value).to(device) for name, value in feeds.items()}
        answer: NDArray[np.floating] = tower(**tensors).float().cpu().numpy()
        return answer


def memory_error(error: RuntimeError) -> Exception:
    """MemoryError for a shortage; any other error as it is."""
    text = str(error).lower()
    if isinstance(error, torch.OutOfMemoryError) or any(sign in text for sign in _SHORTAGES):
        return MemoryError(text.splitlines()[0][:300])
    return error


def choose_device(provider: str) -> torch.device:
    """The device for a provider's short name. Raises `ProviderRefused` for one PyTorch lacks."""
    if provider == "cpu":
        return torch.device("cpu")
    if provider in ("auto", "cuda") and torch.cuda.is_available():
        return torch.device("cuda")
    if provider in ("auto", "coreml") and torch.backends.mps.is_available():
        return torch.device("mps")
    if provider == "auto":
        return torch.device("cpu")
    raise ProviderRefused(
        provider=provider, reason="not-in-this-build", detail="PyTorch has no such device here"
    )
