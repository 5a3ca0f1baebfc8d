"""What every builder does at the end: lively weights, and a folder in the hub's layout."""

from pathlib import Path
from typing import Any

import torch
import transformers

TEXT = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "max_position_embeddings": 4096,
}  # fmt: skip
VISION = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
}  # fmt: skip


def save(
    folder: Path, network: type, config: Any, processor: Any, *, eos: Any, **ends: Any
) -> Path:
    """Make `network` with random weights and write it with its processor.

    Greedy answers of random weights would say one token for ever, or a special one that is not
    shown; the weights are made large, and tokens that are not words are made unlikely.
    """
    torch.manual_seed(7)
    model = network(config)
    _enliven(model)
    _hush(model, getattr(processor, "tokenizer", processor))
    model.generation_config = transformers.GenerationConfig(eos_token_id=eos, **ends)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _enliven(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=1.6 / parameter[0].numel() ** 0.5)


def _hush(model: Any, tokenizer: Any) -> None:
    """Words only: the output's rows of special tokens give the lowest scores."""
    head = model.get_output_embeddings()
    if head is None:
        return
    special = [number for number in tokenizer.all_special_ids if number < head.weight.shape[0]]
    special += range(len(tokenizer), head.weight.shape[0])
    with torch.no_grad():
        head.weight[special] = 0.0
