"""Writing the assistant beside the encoder: weights, tokenizer, and its part of model.toml.

The image tower stays as it is, number for number: its graph only gets a second output, the cells
it pools, which it computes anyway.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import onnx
from onnx import TensorProto, helper
from safetensors.torch import save_file

from vlm_desktop.backends.chat.starter_folder import TOKENIZER, WEIGHTS

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from tokenizers import Tokenizer

    from vlm_desktop.backends.chat.starter_network import StarterNetwork

log = logging.getLogger(__name__)

CELLS = "cells"


def expose_cells(graph: Path) -> bool:
    """Give the image tower's graph the output `cells` [batch, cells, features]; False if it has it.

    They are what the pooling head reads first: the transposed map, which feeds its first
    LayerNormalization. Weights and the embedding are not touched.
    """
    model = onnx.load(str(graph))
    if any(one.name == CELLS for one in model.graph.output):
        return False
    norm = next(node for node in model.graph.node if node.op_type == "LayerNormalization")
    old = norm.input[0]
    for node in model.graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == old:
                    names[place] = CELLS
    shapes = {one.name: one for one in onnx.shape_inference.infer_shapes(model).graph.value_info}
    size = [one.dim_value for one in shapes[CELLS].type.tensor_type.shape.dim[1:]]
    model.graph.output.append(
        helper.make_tensor_value_info(CELLS, TensorProto.FLOAT, ["batch", *size])
    )
    kept = [one for one in model.graph.value_info if one.name not in (old, CELLS)]
    del model.graph.value_info[:]
    model.graph.value_info.extend(kept)
    onnx.checker.check_model(model)
    onnx.save(model, str(graph))
    return True


def half(network: StarterNetwork) -> dict[str, torch.Tensor]:
    """The weights in float16, as they are shipped."""
    return {
        name: value.detach().half().cpu().contiguous()
        for name, value in network.state_dict().items()
    }


def write_assistant(network: StarterNetwork, tokenizer: Tokenizer, folder: Path) -> None:
    """Write weights and tokenizer into the encoder's folder and describe them in model.toml."""
    save_file(half(network), folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    describe(folder, network)
    for name in (WEIGHTS, TOKENIZER):
        log.info("%s %.2f MB", name, (folder / name).stat().st_size / 1e6)


def describe(folder: Path, network: StarterNetwork) -> None:
    """Put the table [chat] and all check sums into model.toml; the rest of it stays."""
    path = folder / "model.toml"
    text = path.read_text(encoding="utf-8")
    sums = dict(re.findall(r'^"([^"]+)" = "([0-9a-f]{64})"$', text, re.MULTILINE))
    text = re.sub(r"\n\[chat\].*?(?=\n\[|\Z)", "", text, flags=re.DOTALL)
    text = text[: text.index("\n[sha256]")].rstrip("\n")
    count = sum(one.numel() for one in network.parameters())
    values = {"family": "starter-assistant", "weights": WEIGHTS, "tokenizer": TOKENIZER}
    numbers = asdict(network.config) | {"parameters": count}
    numbers.pop("dropout")
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    lines += [f"{name} = {value}" for name, value in numbers.items()]
    for name in (*sums, WEIGHTS, TOKENIZER):
        sums[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    listed = "\n".join(f'"{name}" = "{digest}"' for name, digest in sums.items())
    chat = "\n".join(lines)
    path.write_text(f"{text}\n\n[chat]\n{chat}\n\n[sha256]\n{listed}\n", encoding="utf-8")
