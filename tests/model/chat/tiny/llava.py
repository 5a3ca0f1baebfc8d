"""LLaVA 1.5, LLaVA-NeXT and LLaVA-OneVision."""

from pathlib import Path

import transformers

from tests.model.chat.tiny import templates, words
from tests.model.chat.tiny.saving import TEXT, VISION, save

_SIDE, _PATCH = 28, 7
_PINPOINTS = [[28, 56], [56, 28], [56, 56], [84, 28], [28, 84]]
_CLIP = VISION | {"model_type": "clip_vision_model", "image_size": _SIDE, "patch_size": _PATCH}


def llava(folder: Path) -> Path:
    tokenizer = words.llama([], pad_token="<pad>", extra_special_tokens={"image_token": "<image>"})
    images = transformers.CLIPImageProcessor(
        size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE}
    )
    processor = transformers.LlavaProcessor(
        images, tokenizer, patch_size=_PATCH, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=templates.LLAVA,
    )  # fmt: skip
    config = transformers.LlavaConfig(
        vision_config=_CLIP,
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(tokenizer)},
        image_token_index=tokenizer.image_token_id,
        image_seq_length=16,
    )
    network = transformers.LlavaForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, bos_token_id=1, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def llava_next(folder: Path) -> Path:
    """LLaVA 1.6 with Mistral: any resolution, a sign at the end of each row of cells."""
    tokenizer = words.llama([], pad_token="<pad>", extra_special_tokens={"image_token": "<image>"})
    images = transformers.LlavaNextImageProcessor(
        size={"shortest_edge": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE},
        image_grid_pinpoints=_PINPOINTS,
    )  # fmt: skip
    processor = transformers.LlavaNextProcessor(
        images, tokenizer, patch_size=_PATCH, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=templates.LLAVA_NEXT,
    )  # fmt: skip
    config = transformers.LlavaNextConfig(
        vision_config=_CLIP,
        text_config=TEXT | {"model_type": "mistral", "vocab_size": len(tokenizer)},
        image_token_index=tokenizer.image_token_id,
        image_grid_pinpoints=_PINPOINTS,
        image_seq_length=16,
    )
    network = transformers.LlavaNextForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, bos_token_id=1, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def llava_onevision(folder: Path) -> Path:
    tokenizer = words.qwen(
        [], extra_special_tokens={"image_token": "<image>", "video_token": "<video>"}
    )
    size = {"height": _SIDE, "width": _SIDE}
    processor = transformers.LlavaOnevisionProcessor(
        transformers.LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=_PINPOINTS),
        tokenizer,
        transformers.LlavaOnevisionVideoProcessor(size=size),
        num_image_tokens=16,
        vision_feature_select_strategy="full",
        chat_template=templates.LLAVA_ONEVISION,
    )
    config = transformers.LlavaOnevisionConfig(
        vision_config=VISION
        | {
            "model_type": "siglip_vision_model", "image_size": _SIDE, "patch_size": _PATCH,
            "vision_use_head": False,
        },
        text_config=TEXT | {"model_type": "qwen2", "vocab_size": len(tokenizer)},
        image_token_index=tokenizer.image_token_id,
        video_token_index=tokenizer.video_token_id,
        image_grid_pinpoints=_PINPOINTS,
    )  # fmt: skip
    network = transformers.LlavaOnevisionForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
