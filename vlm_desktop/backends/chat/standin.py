"""A stand-in for SmolVLM-256M where no model is at hand: its true size, and random weights.

It answers noise at the true cost, which is all that measuring needs. Nothing is fetched: the
tokenizer knows bytes and made-up words.
"""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers.utils import logging as hub_logging

from vlm_desktop.backends.chat.families import FAMILIES

_WORDS = 49_280
_TILE = 512
_SIGNS = ("<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<image>",
          "<global-img>")  # fmt: skip


def write_standin(folder: Path) -> Path:
    """Write it into `folder`, about 1 GB in float32. Raises OSError."""
    hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = _tokenizer()
    edges: Any = {"size": {"longest_edge": 4 * _TILE}, "max_image_size": {"longest_edge": _TILE}}
    processor = transformers.SmolVLMProcessor(
        transformers.SmolVLMImageProcessor(**edges),
        tokenizer,
        transformers.SmolVLMVideoProcessor(**edges),
        image_seq_len=64,
        chat_template=FAMILIES["smolvlm"].template.replace("{{ image_token }}", "<image>"),
    )
    torch.manual_seed(0)
    model: Any = transformers.SmolVLMForConditionalGeneration(_config(tokenizer))
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    processor.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def _config(tokenizer: Any) -> Any:
    """The sizes of the published configuration."""
    return transformers.SmolVLMConfig(
        vision_config={
            "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
            "num_attention_heads": 12, "image_size": _TILE, "patch_size": 16,
        },
        text_config={
            "model_type": "llama", "hidden_size": 576, "intermediate_size": 1536,
            "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
            "vocab_size": _WORDS, "max_position_embeddings": 8192,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=4,
    )  # fmt: skip


def _tokenizer() -> Any:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = [f"Ġword{number}" for number in range(_WORDS - len(letters) - 50)]
    vocabulary = {token: number for number, token in enumerate([*letters, *made])}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend, bos_token="<|im_start|>", eos_token="<end_of_utterance>"
    )
    tiles = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    tokenizer.add_special_tokens({"additional_special_tokens": [*_SIGNS, *tiles]})
    return tokenizer
