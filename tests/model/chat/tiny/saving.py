"""What every builder does at the end: lively weights, and a folder in the hub's layout."""

import re
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
    """Words only: the output's rows of other tokens give the lowest scores.

    Those are special tokens, bytes that are no letter by themselves, and most tokens that say
    where, of which some families have more than words.
    """
    head = model.get_output_embeddings()
    if head is None:
        return
    rows = head.weight.shape[0]
    quiet = {number for number in tokenizer.all_special_ids if number < rows}
    quiet |= set(range(len(tokenizer), rows))
    for number in range(min(len(tokenizer), rows)):
        text = tokenizer.decode([number])
        place = re.fullmatch(r"<(?:loc|seg|patch_index_)(\d+)>", text)
        if "\ufffd" in text or not text.isprintable() or (place and int(place.group(1)) % 64):
            quiet.add(number)
    with torch.no_grad():
        head.weight[sorted(quiet)] = 0.0
