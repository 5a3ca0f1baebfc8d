"""How readers of whole pages are asked: Donut, Nougat and Pix2Struct.

Donut (Kim et al. 2022) writes fields between tags that are tokens of its own, Nougat (Blecher et
al. 2023) the page as Markdown; both are a Swin encoder before an MBart decoder. Pix2Struct (Lee et
al. 2023) reads a question that is drawn above the page.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFont

from vlm_desktop.backends.chat.manners import Begun, Manner
from vlm_desktop.base.arrays import PixelArray

_OPENING = re.compile(r"<s_([^<>/\s]+)>")
_TAG = re.compile(r"<(/?)s_([^<>/\s]+)>|<sep\s*/>")
_PRETRAINED = frozenset({"iitcdip", "synthdog"})
"""Donut's tasks before it is taught one: reading aloud."""
_NO_QUESTION = "What does it say?"
_DEEPEST = 32
_LONGEST = 16
"""How many times as long as wide a page may be: a thinner one would shrink to nothing."""


def _broad(picture: Image.Image) -> Image.Image:
    """A picture with white beside it where it is a mere strip."""
    width, height = picture.size
    wider, taller = max(width, -(-height // _LONGEST)), max(height, -(-width // _LONGEST))
    if (wider, taller) == picture.size:
        return picture
    page = Image.new("RGB", (wider, taller), "white")
    page.paste(picture, (0, 0))
    return page


# --- Donut and Nougat ---------------------------------------------------------------------


def _encode_page(image_processor: Any, picture: Image.Image, words: str) -> Mapping[str, Any]:
    """Nougat cuts white margins off; those that were added stay."""
    del words
    page = _broad(picture)
    keep = {} if page is picture else {"do_crop_margin": False}
    keep = keep if hasattr(image_processor, "do_crop_margin") else {}
    return dict(image_processor(images=page, return_tensors="pt", **keep))


def _see_page(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    seen: torch.Tensor = model.encoder(pixel_values=inputs["pixel_values"]).last_hidden_state
    return seen


def _read_task(processor: Any, text: str) -> dict[str, torch.Tensor]:
    """The tags of the task that a checkpoint was taught, around the words of a question.

    A task is a tag that is never closed; of several the last one added is its own. Nougat has
    none and begins as a sentence does.
    """
    tokenizer = processor.tokenizer
    task = task_of(tokenizer)
    if not task:
        return {"input_ids": torch.tensor([[tokenizer.bos_token_id]])}
    if text:
        task += f"<s_question>{text}</s_question><s_answer>"
    ids = tokenizer(task, add_special_tokens=False, return_tensors="pt")
    return {"input_ids": ids["input_ids"]}


def task_of(tokenizer: Any) -> str:
    """Donut's opening tag, "" for Nougat."""
    added: dict[str, int] = tokenizer.get_added_vocab()
    unpaired = {
        match[1]: number
        for token, number in added.items()
        if (match := _OPENING.fullmatch(token)) and f"</s_{match[1]}>" not in added
    }
    taught = {name: number for name, number in unpaired.items() if name not in _PRETRAINED}
    name = max(taught or unpaired, key=lambda one: unpaired[one], default="")
    return f"<s_{name}>" if name else ""


def asks(tokenizer: Any) -> bool:
    """Whether a checkpoint of Donut was taught to answer questions."""
    return {"<s_question>", "<s_answer>"} <= set(tokenizer.get_added_vocab())


def _begin_page(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    states = seen
    if hasattr(model, "enc_to_dec_proj"):
        states = model.enc_to_dec_proj(seen)
    return Begun(model.decoder, {"input_ids": ids["input_ids"]}, {"encoder_hidden_states": states})


def _page_places(config: Any, image_processor: Any) -> int:
    """Swin halves the patches of each side at every stage but the first."""
    encoder = config.encoder
    size = image_processor.size
    height, width = size["height"], size["width"]
    step = encoder.patch_size * 2 ** (len(encoder.depths) - 1)
    return int(-(-height // step) * -(-width // step))


def read_fields(tokenizer: Any, tokens: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Donut's answer as pairs: "menu/nm", and "menu/nm" again for the next one.

    Tags that were never closed, because the answer was cut off, end where the answer does.
    """
    if not task_of(tokenizer):
        return ()
    answer = str(tokenizer.decode(list(tokens), skip_special_tokens=False))
    for token in (tokenizer.eos_token, tokenizer.pad_token, tokenizer.bos_token):
        answer = answer.replace(token, "") if token else answer
    pairs: list[tuple[str, str]] = []
    names: list[str] = []
    end = 0

    def say(text: str) -> None:
        if names and text.strip():
            pairs.append(("/".join(names), text.strip()))

    for match in _TAG.finditer(answer):
        say(answer[end : match.start()])
        end = match.end()
        closing, name = match[1], match[2]
        if name is None:
            continue
        if not closing and len(names) < _DEEPEST:
            names.append(name)
        elif closing and name in names:
            del names[len(names) - 1 - names[::-1].index(name) :]
    say(answer[end:])
    return tuple(pairs)


# --- Pix2Struct ----------------------------------------------------------------------------


def _encode_asked(image_processor: Any, picture: Image.Image, words: str) -> Mapping[str, Any]:
    """Its own drawing of the question, in Pillow's font: it would fetch one otherwise."""
    picture = _broad(picture)
    if image_processor.is_vqa:
        font = ImageFont.load_default(36)
        assert isinstance(font, ImageFont.FreeTypeFont)
        page = torch.from_numpy(np.array(picture)).permute(2, 0, 1)
        picture = image_processor.render_header(
            page, words or _NO_QUESTION, font_bytes=font.font_bytes
        )
    return dict(image_processor(images=picture, is_vqa=False, return_tensors="pt"))


def _see_patches(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    """Features of the patches that are there: rows that only fill up are left out."""
    mask = inputs["attention_mask"]
    seen: torch.Tensor = model.encoder(
        flattened_patches=inputs["flattened_patches"], attention_mask=mask
    ).last_hidden_state
    return seen[:, mask[0].bool()]


def _read_start(processor: Any, text: str) -> dict[str, torch.Tensor]:
    """The question is on the page already: the decoder begins with its padding token."""
    del text
    return {"input_ids": torch.tensor([[processor.tokenizer.pad_token_id]])}


def _begin_patches(model: Any, seen: torch.Tensor, ids: Mapping[str, Any]) -> Begun:
    return Begun(model.decoder, {"input_ids": ids["input_ids"]}, {"encoder_hidden_states": seen})


def _patch_places(config: Any, image_processor: Any) -> int:
    del config
    return int(image_processor.max_patches)


def patches_shown(patches: torch.Tensor, image_processor: Any) -> PixelArray:
    """Rows of (row, column, pixels...) put together again: uint8 [height, width, 3].

    The network is given each picture with its mean taken away; the darkest value is shown as
    black and the lightest as white.
    """
    size = image_processor.patch_size
    tall, wide = size["height"], size["width"]
    there = patches[patches[:, 0] > 0].float()
    rows, columns = there[:, 0].long() - 1, there[:, 1].long() - 1
    values = there[:, 2:].reshape(-1, tall, wide, 3)
    low, high = values.min(), values.max()
    values = ((values - low) / (high - low).clamp(min=1e-6) * 255).round().to(torch.uint8)
    page = torch.full((int(rows.max()) + 1, tall, int(columns.max()) + 1, wide, 3), 255)
    page = page.to(torch.uint8)
    page[rows, :, columns] = values
    pixels: PixelArray = page.flatten(2, 3).flatten(0, 1).numpy()
    return pixels


PAGE_MANNERS: Mapping[str, Manner] = {
    "VisionEncoderDecoderModel": Manner(
        _see_page, _read_task, _begin_page, "{words}",
        encode=_encode_page, places=_page_places, fields=read_fields,
    ),
    "Pix2StructForConditionalGeneration": Manner(
        _see_patches, _read_start, _begin_patches, "{words}",
        encode=_encode_asked, draws_words=True, places=_patch_places,
    ),
}  # fmt: skip
