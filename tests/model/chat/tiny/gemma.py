"""PaliGemma, Gemma 3 and LFM2-VL."""

from pathlib import Path

import transformers

from tests.model.chat.tiny import templates, words
from tests.model.chat.tiny.saving import TEXT, VISION, save

_SIDE, _PATCH = 28, 7


def paligemma(folder: Path) -> Path:
    """A prefix that is read both ways, and an answer after it; no turns."""
    tokenizer = words.gemma([])
    images = transformers.SiglipImageProcessor(
        size={"height": _SIDE, "width": _SIDE}, image_seq_length=16,
        image_mean=[0.5] * 3, image_std=[0.5] * 3,
    )  # fmt: skip
    processor = transformers.PaliGemmaProcessor(images, tokenizer)
    config = transformers.PaliGemmaConfig(
        vision_config=VISION
        | {
            "model_type": "siglip_vision_model", "image_size": _SIDE, "patch_size": _PATCH,
            "vision_use_head": False,
        },
        text_config=TEXT | {"model_type": "gemma", "vocab_size": len(tokenizer), "head_dim": 16},
        image_token_index=processor.image_token_id,
        vocab_size=len(tokenizer),
        projection_dim=32,
        hidden_size=32,
        tie_word_embeddings=False,
    )  # fmt: skip
    network = transformers.PaliGemmaForConditionalGeneration
    return save(folder, network, config, processor, eos=1, bos_token_id=2, pad_token_id=0)


def gemma3(folder: Path) -> Path:
    """One layer looks at a window, one at everything, as five to one in the real ones."""
    tokenizer = words.gemma(
        ["<start_of_turn>", "<end_of_turn>"],
        extra_special_tokens={
            "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>",
            "image_token": "<image_soft_token>",
        },
        add_bos_token=True,
    )  # fmt: skip
    images = transformers.Gemma3ImageProcessor(
        size={"height": _SIDE, "width": _SIDE}, do_pan_and_scan=False,
        pan_and_scan_min_crop_size=16, pan_and_scan_max_num_crops=4,
        pan_and_scan_min_ratio_to_activate=1.2,
    )  # fmt: skip
    processor = transformers.Gemma3Processor(
        images, tokenizer, image_seq_length=4, chat_template=templates.GEMMA3
    )
    config = transformers.Gemma3Config(
        vision_config=VISION
        | {
            "model_type": "siglip_vision_model", "image_size": _SIDE, "patch_size": _PATCH,
            "vision_use_head": False,
        },
        text_config=TEXT
        | {
            "vocab_size": len(tokenizer), "head_dim": 16, "query_pre_attn_scalar": 16,
            "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"],
        },
        mm_tokens_per_image=4,
        boi_token_index=tokenizer.boi_token_id,
        eoi_token_index=tokenizer.eoi_token_id,
        image_token_index=tokenizer.image_token_id,
        tie_word_embeddings=False,
    )  # fmt: skip
    network = transformers.Gemma3ForConditionalGeneration
    ends = tokenizer.convert_tokens_to_ids("<end_of_turn>")
    return save(folder, network, config, processor, eos=[1, ends], bos_token_id=2, pad_token_id=0)


def lfm2_vl(folder: Path) -> Path:
    """A short convolution in one layer, attention in the other."""
    tokenizer = words.llama3(
        ["<|im_start|>", *(f"<|img_row_{r}_col_{c}|>" for r in range(1, 4) for c in range(1, 4))],
        bos_token="<|startoftext|>", eos_token="<|im_end|>", pad_token="<|pad|>",
        extra_special_tokens={
            "image_token": "<image>", "image_start_token": "<|image_start|>",
            "image_end_token": "<|image_end|>", "image_thumbnail_token": "<|img_thumbnail|>",
        },
    )  # fmt: skip
    images = transformers.Lfm2VlImageProcessor(
        size={"height": 32, "width": 32}, encoder_patch_size=8, tile_size=32, min_image_tokens=2,
        max_image_tokens=4, max_tiles=4, min_tiles=2, max_num_patches=16,
    )  # fmt: skip
    processor = transformers.Lfm2VlProcessor(images, tokenizer, chat_template=templates.LFM2_VL)
    config = transformers.Lfm2VlConfig(
        vision_config=VISION
        | {
            "model_type": "siglip2_vision_model", "patch_size": 8, "num_patches": 16,
            "vision_use_head": False,
        },
        text_config=TEXT
        | {
            "model_type": "lfm2", "vocab_size": len(tokenizer), "block_auto_adjust_ff_dim": False,
            "layer_types": ["conv", "full_attention"],
        },
        image_token_id=tokenizer.image_token_id,
        projector_hidden_size=32,
        tie_word_embeddings=False,
    )  # fmt: skip
    network = transformers.Lfm2VlForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, bos_token_id=tokenizer.bos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
