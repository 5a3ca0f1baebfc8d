"""SmolVLM, Idefics3 and Idefics2."""

from pathlib import Path

import transformers

from tests.model.chat.tiny import templates, words
from tests.model.chat.tiny.saving import TEXT, VISION, save

_SIGNS = ["<fake_token_around_image>", "<image>", "<end_of_utterance>"]
_TILES = ["<global-img>", *(f"<row_{row}_col_{col}>" for row in range(1, 7) for col in range(1, 7))]
_SIDE, _PATCH = 56, 14
_TOKENS = (_SIDE // _PATCH) ** 2 // 4


def smolvlm(folder: Path) -> Path:
    tokenizer = words.gpt2(bos_token="<|im_start|>", eos_token="<end_of_utterance>")
    tokenizer.add_special_tokens({"pad_token": "<|im_end|>"})
    tokenizer.add_special_tokens({"additional_special_tokens": words.special(*_SIGNS, *_TILES)})
    images = transformers.SmolVLMImageProcessor(
        size={"longest_edge": 2 * _SIDE}, max_image_size={"longest_edge": _SIDE}
    )
    video = transformers.SmolVLMVideoProcessor(
        size={"longest_edge": _SIDE}, max_image_size={"longest_edge": _SIDE}
    )
    processor = transformers.SmolVLMProcessor(
        images, tokenizer, video, image_seq_len=_TOKENS, chat_template=templates.SMOLVLM
    )
    config = transformers.SmolVLMConfig(
        vision_config=VISION | {"image_size": _SIDE, "patch_size": _PATCH},
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(tokenizer)},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    network = transformers.SmolVLMForConditionalGeneration
    return save(
        folder, network, config, processor,
        eos=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip


def idefics3(folder: Path) -> Path:
    tokenizer = words.llama3(
        [*_SIGNS, *_TILES], bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>",
        pad_token="<|finetune_right_pad_id|>",
    )  # fmt: skip
    images = transformers.Idefics3ImageProcessor(
        size={"longest_edge": 2 * _SIDE}, max_image_size={"longest_edge": _SIDE}
    )
    processor = transformers.Idefics3Processor(
        images, tokenizer, image_seq_len=_TOKENS, chat_template=templates.IDEFICS3
    )
    config = transformers.Idefics3Config(
        vision_config=VISION | {"image_size": _SIDE, "patch_size": _PATCH},
        text_config=TEXT | {"model_type": "llama", "vocab_size": len(tokenizer)},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    network = transformers.Idefics3ForConditionalGeneration
    ends = tokenizer.convert_tokens_to_ids("<end_of_utterance>")
    return save(
        folder, network, config, processor, eos=ends, pad_token_id=tokenizer.pad_token_id
    )  # fmt: skip


def idefics2(folder: Path) -> Path:
    tokenizer = words.llama(_SIGNS, pad_token="<unk>")
    images = transformers.Idefics2ImageProcessor(
        size={"shortest_edge": 28, "longest_edge": _SIDE}, do_image_splitting=False
    )
    processor = transformers.Idefics2Processor(
        images, tokenizer, image_seq_len=4, chat_template=templates.IDEFICS2
    )
    config = transformers.Idefics2Config(
        vision_config=VISION | {"image_size": _SIDE, "patch_size": 7},
        perceiver_config={
            "hidden_size": 32, "resampler_n_latents": 4, "resampler_depth": 1,
            "resampler_n_heads": 2, "resampler_head_dim": 16, "num_key_value_heads": 1,
        },
        text_config=TEXT | {"model_type": "mistral", "vocab_size": len(tokenizer)},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )  # fmt: skip
    network = transformers.Idefics2ForConditionalGeneration
    ends = tokenizer.convert_tokens_to_ids("<end_of_utterance>")
    return save(folder, network, config, processor, eos=ends, pad_token_id=0)
