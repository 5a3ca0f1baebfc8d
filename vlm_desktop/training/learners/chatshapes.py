"""What a lesson looks like to the network: its tokens and pixels for the doctor, its sizes for the
memory estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from vlm_desktop.training.learners.protocol import Tower, Xray, XrayToken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vlm_desktop.backends.chat.captioner import TransformersCaptioner
    from vlm_desktop.backends.chat.transformers_chat import TransformersChat
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.chat import ChatImage, GenerationOptions
    from vlm_desktop.training.learners.chatlessons import Lesson

_LAYERS = ("num_hidden_layers", "depth", "num_layers", "layers")
_WIDTH = ("embed_dim", "d_model", "hidden_size")
_HEADS = ("num_attention_heads", "num_heads", "attention_heads")
_INNER = ("intermediate_size", "d_ff", "ffn_dim", "encoder_ffn_dim")
"""Names that configurations have for the same, Qwen's `embed_dim` before its `hidden_size`."""


def xray_of(
    chat: TransformersChat | TransformersCaptioner,
    key: str,
    lesson: Lesson,
    image: ChatImage,
    options: GenerationOptions,
    features: int,
) -> Xray:
    """One lesson as the network is given it."""
    tokenizer: Any = chat.processor.tokenizer
    tokens = tuple(
        XrayToken(one, tokenizer.decode([one]), learned, place)
        for one, learned, place in zip(lesson.ids, lesson.learned, lesson.places, strict=True)
    )
    tiles = chat.look(image, options).tiles
    template = tokenizer.decode(list(lesson.ids), skip_special_tokens=False)
    return Xray(key, side_by_side(tiles), template, tokens, sum(lesson.places), features)


def side_by_side(tiles: Sequence[PixelArray]) -> PixelArray:
    """Tiles in one row, in the network's order; lower ones are black below."""
    height = max(one.shape[0] for one in tiles)
    padded = [np.pad(one, ((0, height - one.shape[0]), (0, 0), (0, 0))) for one in tiles]
    return np.concatenate(padded, axis=1)


def towers_of(
    network: Any, lessons: Sequence[Lesson], *, looks: bool, keeps_vision: bool
) -> tuple[Tower, ...]:
    """What these lessons run through; the image tower where it `looks` each time."""
    config = network.config
    text = config.get_text_config()
    longest = max(len(one.ids) for one in lessons)
    said = max(len(one.said) for one in lessons)
    decoder = _tower("decoder", text, len(lessons), longest)
    logits = Tower(
        "logits", len(lessons), said, 0, decoder.width, decoder.heads, 0,
        vocabulary=int(text.vocab_size),
    )  # fmt: skip
    vision = getattr(config, "vision_config", None)
    if not looks or vision is None:
        return decoder, logits
    patches = sum(_patches(one.picture.inputs, vision) for one in lessons)
    return _tower("vision", vision, 1, patches, keeps=keeps_vision), decoder, logits


def _tower(name: str, config: Any, rows: int, tokens: int, *, keeps: bool = True) -> Tower:
    width = _number(config, _WIDTH, 0)
    return Tower(
        name, rows, tokens, _number(config, _LAYERS, 1), width, _number(config, _HEADS, 1),
        _number(config, _INNER, 4 * width), keeps=keeps,
    )  # fmt: skip


def _number(config: Any, names: Sequence[str], otherwise: int) -> int:
    found = (getattr(config, name, None) for name in names)
    return next((one for one in found if isinstance(one, int) and one > 0), otherwise)


def _patches(inputs: Mapping[str, Any], vision: Any) -> int:
    """Patches of a picture: rows of them, or of tiles in pixels."""
    values = inputs["pixel_values"]
    if not isinstance(values, torch.Tensor):
        return 0
    if values.ndim < 4:
        return int(values.shape[:-1].numel())
    patch = vision.patch_size
    side = patch if isinstance(patch, int) else patch[0]
    return int(values.numel() // (3 * side * side))
