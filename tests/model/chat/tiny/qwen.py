"""Qwen2-VL, Qwen2.5-VL and Qwen3-VL."""

from pathlib import Path
from typing import Any

import transformers

from tests.model.chat.tiny import templates, words
from tests.model.chat.tiny.saving import TEXT, VISION, save

_SIGNS = [
    "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
    "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>",
]  # fmt: skip
_PIXELS = {"shortest_edge": 28 * 28, "longest_edge": 28 * 28 * 8}


def _ids(tokenizer: Any) -> dict[str, int]:
    names = {"image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>"}
    names |= {
        "vision_start_token_id": "<|vision_start|>", "vision_end_token_id": "<|vision_end|>"
    }  # fmt: skip
    return {name: tokenizer.convert_tokens_to_ids(token) for name, token in names.items()}


def _text(tokenizer: Any) -> dict[str, Any]:
    return TEXT | {
        "vocab_size": len(tokenizer), "bos_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "rope_parameters": {"rope_type": "default", "mrope_section": [2, 3, 3]},
    }  # fmt: skip


def qwen2_vl(folder: Path) -> Path:
    tokenizer = words.qwen(_SIGNS)
    processor = transformers.Qwen2VLProcessor(
        transformers.Qwen2VLImageProcessor(size=_PIXELS),
        tokenizer,
        transformers.Qwen2VLVideoProcessor(size=_PIXELS),
        chat_template=templates.QWEN2_VL,
    )
    config = transformers.Qwen2VLConfig(
        text_config=_text(tokenizer),
        vision_config={
            "depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2,
            "patch_size": 14,
        },
        **_ids(tokenizer),
    )  # fmt: skip
    network = transformers.Qwen2VLForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def qwen2_5_vl(folder: Path) -> Path:
    tokenizer = words.qwen(_SIGNS)
    processor = transformers.Qwen2_5_VLProcessor(
        transformers.Qwen2VLImageProcessor(size=_PIXELS),
        tokenizer,
        transformers.Qwen2VLVideoProcessor(size=_PIXELS),
        chat_template=templates.QWEN2_VL,
    )
    config = transformers.Qwen2_5_VLConfig(
        text_config=_text(tokenizer),
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2,
            "patch_size": 14, "window_size": 56, "out_hidden_size": 32,
            "fullatt_block_indexes": [1],
        },
        **_ids(tokenizer),
    )  # fmt: skip
    network = transformers.Qwen2_5_VLForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def qwen3_vl(folder: Path, template: str = templates.QWEN3_VL) -> Path:
    tokenizer = words.qwen([*_SIGNS, "<think>", "</think>"])
    pixels = {"shortest_edge": 32 * 32, "longest_edge": 32 * 32 * 8}
    processor = transformers.Qwen3VLProcessor(
        transformers.Qwen2VLImageProcessor(
            size=pixels, patch_size=16, image_mean=[0.5] * 3, image_std=[0.5] * 3
        ),
        tokenizer,
        transformers.Qwen3VLVideoProcessor(size=pixels),
        chat_template=template,
    )
    config = transformers.Qwen3VLConfig(
        text_config=_text(tokenizer)
        | {
            "head_dim": 16,
            "rope_parameters": {
                "rope_type": "default", "mrope_section": [4, 2, 2], "mrope_interleaved": True
            },
        },
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2,
            "patch_size": 16, "out_hidden_size": 32, "num_position_embeddings": 16,
            "deepstack_visual_indexes": [0, 1],
        },
        **_ids(tokenizer),
    )  # fmt: skip
    network = transformers.Qwen3VLForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def internvl(folder: Path) -> Path:
    """InternVL 3: an InternViT in front of a Qwen2."""
    tokenizer = words.qwen(
        [],
        extra_special_tokens={
            "start_image_token": "<img>", "end_image_token": "</img>",
            "context_image_token": "<IMG_CONTEXT>", "video_token": "<video>",
        },
    )  # fmt: skip
    images = transformers.GotOcr2ImageProcessor(
        size={"height": 28, "width": 28}, crop_to_patches=True, min_patches=1, max_patches=4
    )
    processor = transformers.InternVLProcessor(
        images,
        tokenizer,
        transformers.InternVLVideoProcessor(size={"height": 28, "width": 28}),
        image_seq_length=4,
        chat_template=templates.INTERNVL,
    )
    config = transformers.InternVLConfig(
        vision_config=VISION | {"image_size": 28, "patch_size": 7},
        text_config=TEXT | {"model_type": "qwen2", "vocab_size": len(tokenizer)},
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
        tie_word_embeddings=False,
    )
    network = transformers.InternVLForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
