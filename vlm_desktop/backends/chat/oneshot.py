"""What captioners and classifiers share: one picture, one question, no conversation."""

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image

from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.pictures import reduced, tensors
from vlm_desktop.backends.chat.prompting import check_asked
from vlm_desktop.backends.encoders.torch_dual import memory_error
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    ChatCapabilities,
    ChatImage,
    ChatSpec,
    GenerationOptions,
    Message,
    Reply,
    SeenImage,
    Token,
    TokenUsage,
)
from vlm_desktop.base.errors import (
    ModelBroken,
    ModelOutOfMemory,
    ModelUnsupported,
    OptionUnsupported,
    PictureNeeded,
)
from vlm_desktop.base.types import Box, Size

_NETWORK_ERRORS = (RuntimeError, ValueError, IndexError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the picture's tensors, the words, and the seconds it took to make them."""

    inputs: Mapping[str, Any]
    key: str
    words: str
    size: Size
    begun: float = field(default_factory=time.perf_counter)


class OneShotModel(ABC):
    """A `ChatModel` that answers one question about one picture, whatever was said before.

    A subclass names the architectures it runs and says how an answer comes about.
    """

    architectures: Mapping[str, Any] = {}

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str = "",
        provider: str = "auto",
        threads: int = 0,
        memory_limit: int = 0,
        cache_folder: Path | None = None,
    ) -> None:
        del cache_folder  # a picture of theirs is looked at in a moment
        self._memory_limit = memory_limit
        self._folder = ChatFolder.read(folder, model_id or folder.name)
        self._id = self._folder.model_id
        named = read_config(folder, self._id).get("architectures") or [""]
        self._architecture = str(named[0])
        if self._architecture not in self.architectures:
            family = self._architecture or self._folder.model_type
            raise ModelUnsupported(model=self._id, family=family)
        self._provider = provider
        self._threads = threads
        self._spec = self._folder.spec()
        self._processor: Any = None
        self._model: Any = None

    @property
    @abstractmethod
    def capabilities(self) -> ChatCapabilities: ...

    @property
    def spec(self) -> ChatSpec:
        return self._spec

    # --- loading -----------------------------------------------------------------------

    def load(self) -> None:
        if self._model is not None:
            return
        self._reading()
        loading.set_threads(self._threads)
        ways = loading.plans(self._provider, self._spec.parameters, self._memory_limit)
        loading.cap_memory(ways[0].device, self._memory_limit)
        network = getattr(transformers, self._architecture)
        with self._translated():
            self.take(loading.load_fitting(self._folder.path, self._id, ways, self._try, network))

    def take(self, loaded: loading.Loaded) -> None:
        """Answer with a network that was loaded already."""
        self._model = loaded.model
        self._spec = self._folder.spec(
            device=loaded.plan.device,
            precision=loaded.plan.precision,
            memory_bytes=loaded.memory_bytes,
        )

    def unload(self) -> None:
        self._model = None
        self._forget()
        loading.release(self._spec.device)

    @abstractmethod
    def _try(self, model: Any) -> None:
        """One forward of a grey picture. Raises ValueError when it gives no numbers."""

    def forget(self) -> None:
        """Drop what was kept of earlier requests."""
        self._forget()

    @abstractmethod
    def _forget(self) -> None:
        """Drop what was remembered of pictures."""

    # --- asking ------------------------------------------------------------------------

    @abstractmethod
    def usage(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> TokenUsage: ...

    @abstractmethod
    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]: ...

    def look(self, image: ChatImage, options: GenerationOptions) -> SeenImage:
        del options
        with self._translated():
            height, width = image.pixels.shape[:2]
            inputs = self._encoded(image.pixels)
            reader = self._reading().image_processor
            return SeenImage(
                size=Size(width, height),
                tiles=(self._shown(inputs, reader),),
                boxes=(seen_part(reader, Size(width, height)),),
                tokens=self._picture_tokens(inputs),
            )

    def _shown(self, inputs: Mapping[str, Any], reader: Any) -> PixelArray:
        """The picture as the network is given it: uint8 [height, width, 3]."""
        return as_pixels(inputs["pixel_values"][0], reader)

    def _asked(
        self, messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
    ) -> Asked:
        """Check a request. Raises what `ChatRefused` covers."""
        begun = time.perf_counter()
        shown = [index for message in messages for index in message.images]
        check_asked(self._id, messages, len(shown), max_images=1)
        if not shown:
            raise PictureNeeded(model=self._id)
        if options.json_schema:
            detail = "it answers with words of its own choice"
            raise OptionUnsupported(model=self._id, option="json_schema", detail=detail)
        image = images[shown[0]]
        height, width = image.pixels.shape[:2]
        words = messages[-1].text.strip()
        with self._translated():
            inputs = self._drawn(image.pixels, words)
        return Asked(inputs, image.key, words, Size(width, height), begun)

    @abstractmethod
    def _picture_tokens(self, inputs: Mapping[str, Any]) -> int:
        """How many tokens stand for a picture."""

    # --- parts -------------------------------------------------------------------------

    def _reading(self) -> Any:
        if self._processor is None:
            self._processor = loading.load_processor(self._folder.path, self._id)
        return self._processor

    def _drawn(self, pixels: PixelArray, words: str) -> dict[str, Any]:
        """What the network is given of a picture and of `words` where they are drawn on it."""
        del words
        return self._encoded(pixels)

    def _encoded(self, pixels: PixelArray) -> dict[str, Any]:
        picture = Image.fromarray(reduced(pixels))
        return tensors(self._reading().image_processor(images=picture, return_tensors="pt"))

    def _grey(self) -> dict[str, Any]:
        return self._encoded(np.full((32, 32, 3), 127, dtype=np.uint8))

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the libraries in our words."""
        try:
            yield
        except (MemoryError, *_NETWORK_ERRORS) as error:
            told = memory_error(error) if isinstance(error, RuntimeError) else error
            if isinstance(told, MemoryError):
                self._forget()
                loading.release(self._spec.device)
                raise ModelOutOfMemory(model=self._id, detail=loading.first_line(told)) from error
            raise ModelBroken(model=self._id, detail=loading.first_line(error)) from error


def placed(inputs: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """Tensors where the model lies, pixels in its precision."""
    made = {}
    for name, value in inputs.items():
        floating = isinstance(value, torch.Tensor) and torch.is_floating_point(value)
        made[name] = value.to(model.device, model.dtype) if floating else value.to(model.device)
    return made


def seen_part(reader: Any, size: Size) -> Box:
    """What of a picture an image processor keeps: all, or the middle where it crops."""
    crop = getattr(reader, "crop_size", None)
    edge = (reader.size or {}).get("shortest_edge")
    if not getattr(reader, "do_center_crop", False) or not crop or not edge:
        return Box(0, 0, size.width, size.height)
    scale = edge / min(size.width, size.height)
    width = min(size.width, crop["width"] / scale)
    height = min(size.height, crop["height"] / scale)
    left, top = (size.width - width) / 2, (size.height - height) / 2
    return Box(left, top, left + width, top + height)


def as_pixels(shown: torch.Tensor, reader: Any) -> PixelArray:
    """A normalised tensor [3, height, width] as the picture it was."""
    values = shown.float().permute(1, 2, 0).numpy()
    if reader.do_normalize:
        values = values * np.asarray(reader.image_std) + np.asarray(reader.image_mean)
    if reader.do_rescale:
        values = values / reader.rescale_factor
    pixels: PixelArray = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels
