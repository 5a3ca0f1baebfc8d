"""From a picture to what a model is fed: reduced, through the processor, counted, remembered."""

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.chat import ChatImage

MOST_PIXELS = 12_000_000
"""Above this a picture is reduced first: no processor here keeps more, and the time is a user's."""
MOST_ASPECT = 100
"""A side is at most so many times the other: no processor here cuts anything longer into parts."""
REMEMBERED_BYTES = 128 * 1024**2
"""The tensors of the last pictures are kept up to this; a large picture in tiles takes 50 MB."""
_SEQUENCE = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids", "labels",
             "text_replacement_offsets")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture, ready for the vision tower. `words` stands for it in the text of a prompt.

    `inputs` are the tower's keyword arguments (on the CPU); `tokens` of `words` are places of
    features. `key` names the pixels and the budget, "" when they may not be remembered.
    """

    inputs: Mapping[str, Any]
    words: str
    tokens: int
    key: str


class Preparer:
    """Runs a model's processor on one picture at a time and remembers the last few."""

    def __init__(self, processor: Any, image_token_id: int) -> None:
        self._processor = processor
        self._token = image_token_id
        self._kept: OrderedDict[str, Prepared] = OrderedDict()

    def prepare(
        self, image: ChatImage, budget: Mapping[str, Any], *, crowded: bool = False
    ) -> Prepared:
        """`budget` are keyword arguments of the image processor; `crowded`: one of several."""
        settings = (*sorted(budget.items()), *(["crowded"] if crowded else []))
        key = f"{image.key}|{list(settings)!r}" if image.key else ""
        if key and key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        prepared = self.run(reduced(image.pixels), budget, key, crowded=crowded)
        if key:
            self._kept[key] = prepared
            while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > REMEMBERED_BYTES:
                self._kept.popitem(last=False)
        return prepared

    def run(
        self,
        pixels: PixelArray,
        budget: Mapping[str, Any],
        key: str = "",
        *,
        crowded: bool = False,
    ) -> Prepared:
        """The processor's answer to one picture alone, or to the first of two if crowded."""
        number = 2 if crowded else 1
        picture = Image.fromarray(pixels)
        with _split(self._processor.image_processor, budget):
            encoded = self._processor(
                images=[[picture] * number] if crowded else [picture],
                text=[self._processor.image_token * number],
                images_kwargs={**budget, "return_tensors": "pt"},
                add_special_tokens=False,
                return_text_replacement_offsets=True,
            )
        words = self._words(encoded)
        inputs = {
            name: value if name == "batch_num_images" else value[: len(value) // number]
            for name, value in encoded.items()
            if name not in _SEQUENCE
        }
        ids = self._processor.tokenizer(words, add_special_tokens=False)["input_ids"]
        return Prepared(tensors(inputs), words, ids.count(self._token), key)

    def _words(self, encoded: Mapping[str, Any]) -> str:
        """What the processor writes for a picture; signs only where it does not say."""
        if "text_replacement_offsets" in encoded:
            return str(encoded["text_replacement_offsets"][0][0]["replacement"])
        ids = [int(one) for one in encoded["input_ids"][0]]
        return "".join(self._processor.tokenizer.convert_ids_to_tokens(ids))

    def forget(self) -> None:
        self._kept.clear()


@contextmanager
def _split(image_processor: Any, budget: Mapping[str, Any]) -> Iterator[None]:
    """Idefics 2 writes its signs by the image processor's own setting, whatever it is told."""
    name = "do_image_splitting"
    if name not in budget:
        yield
        return
    own = getattr(image_processor, name)
    setattr(image_processor, name, budget[name])
    try:
        yield
    finally:
        setattr(image_processor, name, own)


def _size(picture: Prepared) -> int:
    values = picture.inputs.values()
    return sum(one.numel() * one.element_size() for one in values if isinstance(one, torch.Tensor))


def reduced(pixels: PixelArray, most: int = MOST_PIXELS) -> PixelArray:
    """A picture of at most `most` pixels; its aspect is kept unless it is extreme."""
    pixels = np.ascontiguousarray(pixels)
    whole = (pixels.shape[0], pixels.shape[1])
    height, width = reduced_size(*whole, most)
    if (height, width) == whole:
        return pixels
    smaller = Image.fromarray(pixels).resize(
        (width, height), Image.Resampling.BOX, reducing_gap=2.0
    )
    return np.asarray(smaller)


def reduced_size(height: int, width: int, most: int = MOST_PIXELS) -> tuple[int, int]:
    """The (height, width) that `reduced` gives a picture."""
    height, width = min(height, MOST_ASPECT * width), min(width, MOST_ASPECT * height)
    if height * width <= most:
        return height, width
    scale = math.sqrt(most / (height * width))
    return max(1, int(height * scale)), max(1, int(width * scale))


def tensors(values: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays and lists of numbers as tensors; anything else as it is."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            made[name] = torch.from_numpy(value)
        elif (
            isinstance(value, list)
            and value
            and all(isinstance(one, torch.Tensor) for one in value)
        ):
            made[name] = torch.stack(value)
        elif isinstance(value, list):
            made[name] = torch.as_tensor(np.asarray(value))
        else:
            made[name] = value
    return made
