"""Tiny networks of the true architectures that find phrases, saved in the hub's layout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from open_clip.tokenizer import bytes_to_unicode

from tests.model.chat.tiny import words
from tests.model.chat.tiny.saving import TEXT, VISION

_BERT = {name: TEXT[name] for name in VISION}
_SIDE = 32


def _save(folder: Path, network: type, config: Any, processor: Any) -> Path:
    """Random weights, large enough that boxes and scores differ from place to place."""
    torch.manual_seed(3)
    model = network(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=1.2 / parameter[0].numel() ** 0.5)
        tokenizer = processor.tokenizer
        places = [n for token, n in tokenizer.get_added_vocab().items() if token[:5] == "<loc_"]
        if places:  # an answer of random weights says where, too
            model.get_input_embeddings().weight[places] *= 1.5
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


# --- Grounding DINO ------------------------------------------------------------------------


def _dino(folder: Path, network: type, make_config: type) -> Path:
    tokenizer = words.bert()
    images = transformers.GroundingDinoImageProcessor(
        size={"shortest_edge": 96, "longest_edge": 160}
    )
    config = make_config(
        backbone_config=transformers.SwinConfig(
            image_size=64, embed_dim=16, depths=[1, 1, 1, 1], num_heads=[1, 2, 2, 4],
            window_size=4, out_indices=[2, 3, 4],
        ),
        text_config=transformers.BertConfig(
            **_BERT, vocab_size=len(tokenizer), max_position_embeddings=512
        ),
        d_model=32, encoder_layers=2, encoder_ffn_dim=64, encoder_attention_heads=2,
        decoder_layers=2, decoder_ffn_dim=64, decoder_attention_heads=2, num_queries=20,
    )  # fmt: skip
    return _save(folder, network, config, transformers.GroundingDinoProcessor(images, tokenizer))


def grounding_dino(folder: Path) -> Path:
    return _dino(
        folder, transformers.GroundingDinoForObjectDetection, transformers.GroundingDinoConfig
    )


def mm_grounding_dino(folder: Path) -> Path:
    return _dino(
        folder, transformers.MMGroundingDinoForObjectDetection, transformers.MMGroundingDinoConfig
    )


# --- OWL ------------------------------------------------------------------------------------


def _owl_parts(tokenizer: Any) -> dict[str, Any]:
    text = VISION | {
        "vocab_size": len(tokenizer), "max_position_embeddings": 48, "pad_token_id": 0,
        "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
    }  # fmt: skip
    return {
        "text_config": text,
        "vision_config": VISION | {"image_size": _SIDE, "patch_size": 8},
        "projection_dim": 32,
    }


def owlvit(folder: Path) -> Path:
    tokenizer = _clip_words(48)
    images = transformers.OwlViTImageProcessor(
        size={"height": _SIDE, "width": _SIDE}, crop_size={"height": _SIDE, "width": _SIDE}
    )
    processor = transformers.OwlViTProcessor(images, tokenizer)
    config = transformers.OwlViTConfig(**_owl_parts(tokenizer))
    return _save(folder, transformers.OwlViTForObjectDetection, config, processor)


def owlv2(folder: Path) -> Path:
    tokenizer = _clip_words(48)
    images = transformers.Owlv2ImageProcessor(size={"height": _SIDE, "width": _SIDE})
    processor = transformers.Owlv2Processor(images, tokenizer)
    config = transformers.Owlv2Config(**_owl_parts(tokenizer))
    return _save(folder, transformers.Owlv2ForObjectDetection, config, processor)


def _clip_words(length: int) -> transformers.CLIPTokenizer:
    """As in the true one, letters come first ("!" is 0 and pads), and the signs last."""
    letters = list(bytes_to_unicode().values())
    vocab = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = transformers.CLIPTokenizer(
        vocab={token: number for number, token in enumerate(vocab)}, merges=[], pad_token="!"
    )
    tokenizer.model_max_length = length
    return tokenizer


# --- CLIPSeg --------------------------------------------------------------------------------


def clipseg(folder: Path) -> Path:
    tokenizer = _clip_words(77)
    images = transformers.ViTImageProcessor(size={"height": 64, "width": 64})
    config = transformers.CLIPSegConfig(
        text_config=VISION
        | {
            "vocab_size": len(tokenizer), "max_position_embeddings": 77,
            "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config=VISION | {"image_size": 64, "patch_size": 8, "num_hidden_layers": 3},
        projection_dim=32, extract_layers=[0, 1, 2], reduce_dim=16, decoder_num_attention_heads=2,
        decoder_intermediate_size=32, use_complex_transposed_convolution=True,
    )  # fmt: skip
    processor = transformers.CLIPSegProcessor(images, tokenizer)
    return _save(folder, transformers.CLIPSegForImageSegmentation, config, processor)


# --- Florence-2 -----------------------------------------------------------------------------


def florence2(folder: Path) -> Path:
    tokenizer = words.bart(extra_special_tokens={"image_token": "<image>"})
    places = [f"<loc_{number}>" for number in range(1000)]
    tokenizer.add_tokens([*places, "<od>", "</od>", "<poly>", "</poly>", "<sep>"])
    size = {"height": 64, "width": 64}
    images = transformers.CLIPImageProcessor(size=size, crop_size=size, do_center_crop=False)
    images.image_seq_length = 5
    processor = transformers.Florence2Processor(
        images, tokenizer,
        post_processor_config={
            "description_with_bboxes_or_polygons": {},
            "phrase_grounding": {"banned_grounding_tokens": []},
        },
    )  # fmt: skip
    config = transformers.Florence2Config(
        vision_config={
            "depths": [1, 1, 1, 1], "embed_dim": [8, 16, 16, 32], "num_heads": [1, 2, 2, 4],
            "num_groups": [1, 2, 2, 4], "window_size": 2, "projection_dim": 32,
            "drop_path_rate": 0.0,
        },
        text_config={
            "model_type": "bart", "vocab_size": len(tokenizer), "d_model": 32, "encoder_layers": 2,
            "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
            "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 512,
            "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2,
            "forced_eos_token_id": 2, "dropout": 0.0,
        },
        image_token_id=tokenizer.image_token_id,
    )  # fmt: skip
    network = transformers.Florence2ForConditionalGeneration
    return _save(folder, network, config, processor)


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "grounding-dino": grounding_dino,
    "mm-grounding-dino": mm_grounding_dino,
    "owlvit": owlvit,
    "owlv2": owlv2,
    "clipseg": clipseg,
    "florence2": florence2,
}
