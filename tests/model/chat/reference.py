"""What transformers itself answers, greedily and all in one piece: the measure of every adapter."""

import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image, ImageFont

from vlm_desktop.backends.chat.boxes import Untagged
from vlm_desktop.base.chat import ChatImage, ImagePart, Message, Role, TextPart


def picture(number: int = 0, width: int = 90, height: int = 40) -> ChatImage:
    """A picture of noise and a few areas, another one for each number."""
    source = np.random.default_rng(number)
    pixels = source.integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 3] = (200, 30 * (number % 8), 40)
    return ChatImage(pixels, f"picture-{number}-{width}x{height}")


def user(*parts: str | int) -> Message:
    """Words and numbers of pictures."""
    made = (TextPart(part) if isinstance(part, str) else ImagePart(part) for part in parts)
    return Message(Role.USER, tuple(made))


def said(text: str) -> Message:
    return Message(Role.ASSISTANT, (TextPart(text),))


@cache
def load(folder: Path) -> tuple[Any, Any]:
    """(model, processor), as their documentation has it."""
    config = transformers.AutoConfig.from_pretrained(folder)
    network = getattr(transformers, config.architectures[0])
    return network.from_pretrained(folder).eval(), transformers.AutoProcessor.from_pretrained(
        folder
    )


def answer(
    folder: Path, messages: Sequence[Message], images: Sequence[ChatImage], tokens: int = 10
) -> str:
    """`generate(do_sample=False)` on the same conversation."""
    model, processor = load(folder)
    pictures = [
        Image.fromarray(images[index].pixels) for message in messages for index in message.images
    ]
    encoded, skip = _ENCODE.get(folder.name, _conversation)(processor, messages, pictures)
    with torch.inference_mode():
        ids = model.generate(**encoded, max_new_tokens=tokens, do_sample=False)[0]
    return spelled(processor.tokenizer, ids[skip:].tolist())


def spelled(tokenizer: Any, ids: Sequence[int]) -> str:
    """Without tags, without a character that is not whole, from the first letter on."""
    return str(
        Untagged(tokenizer).decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
    ).rstrip("\ufffd")


def _conversation(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
    turns = [
        {
            "role": str(message.role),
            "content": [
                {"type": "image"} if isinstance(part, ImagePart) else
                {"type": "text", "text": part.text}
                for part in message.parts
            ],
        }
        for message in messages
    ]  # fmt: skip
    text = processor.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    begun = processor.tokenizer.bos_token
    encoded = processor(
        text=[text],
        images=[pictures] if pictures else None,
        return_tensors="pt",
        add_special_tokens=not (begun and text.startswith(begun)),
    )
    return encoded, encoded["input_ids"].shape[1]


def _paligemma(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
    with warnings.catch_warnings():
        # It makes labels out of tensors in a way that NumPy 2 warns of.
        warnings.simplefilter("ignore", DeprecationWarning)
        encoded = processor(
            text=["<image>answer en " + messages[-1].text], images=[pictures], return_tensors="pt"
        )
    encoded.pop("labels", None)
    return encoded, encoded["input_ids"].shape[1]


def _asked(prompt: str, skip: bool) -> Any:
    def encode(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
        text = prompt.format(words=messages[-1].text)
        encoded = processor(images=pictures[0], text=text, return_tensors="pt")
        encoded.pop("token_type_ids", None)
        return encoded, encoded["input_ids"].shape[1] if skip else 0

    return encode


def _blip_caption(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
    encoded = processor(images=pictures[0], text="a picture of", return_tensors="pt")
    return encoded, encoded["input_ids"].shape[1] - 1


def _git(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
    pixels = processor(images=pictures[0], return_tensors="pt")["pixel_values"]
    return {"pixel_values": pixels, "input_ids": torch.tensor([[2]])}, 1


def _started(prompt: str) -> Any:
    """A page, and what the decoder begins with, as the documentation of Donut has it."""

    def encode(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
        pixels = processor(images=pictures[0], return_tensors="pt")["pixel_values"]
        text = prompt.format(words=messages[-1].text)
        ids = processor.tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        return {"pixel_values": pixels, "decoder_input_ids": ids}, ids.shape[1]

    return encode


def _patches(processor: Any, messages: Sequence[Message], pictures: list) -> tuple[Any, int]:
    """The question as its own code draws it, in a font that is at hand."""
    images, page = processor.image_processor, pictures[0]
    if images.is_vqa:
        pixels = torch.from_numpy(np.array(page)).permute(2, 0, 1)
        font = ImageFont.load_default(36).font_bytes
        page = images.render_header(pixels, messages[-1].text, font_bytes=font)
    return dict(images(images=page, is_vqa=False, return_tensors="pt")), 1


_ENCODE = {
    "donut": _started("<s_cord-v2>"),
    "donut-vqa": _started("<s_docvqa><s_question>{words}</s_question><s_answer>"),
    "nougat": _started("<s>"),
    "pix2struct": _patches,
    "pix2struct-vqa": _patches,
    "paligemma": _paligemma,
    "blip-caption": _blip_caption,
    "blip-vqa": _asked("{words}", skip=False),
    "git": _git,
    "blip2": _asked("Question: {words} Answer:", skip=True),
    "blip2-t5": _asked("Question: {words} Answer:", skip=False),
    "instructblip": _asked("{words}", skip=True),
    "instructblip-t5": _asked("{words}", skip=False),
    "kosmos2": _asked("<grounding>Question: {words} Answer:", skip=True),
}
