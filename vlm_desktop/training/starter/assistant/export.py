"""Writing the assistant beside the encoder: weights, tokenizer, and its part of model.toml.

The image tower stays as it is, number for number: its graph only gets a second output, the cells
it pools, which it computes anyway.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file

from vlm_desktop.backends.chat.starter_folder import ANSWERS, SCALE, TOKENIZER, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from vlm_desktop.backends.chat.starter_answers import AnswerClassifier
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


@dataclass(frozen=True, slots=True)
class Choice:
    """The classifier of short answers as it is shipped: with its answers as they are written."""

    classifier: AnswerClassifier
    answers: Sequence[str]
    share: float


def eighth(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights of `network` as they are shipped: tables in int8, with a scale for each row in
    float16, the rest in float16. `starter_folder.unpacked` reads it; what it read is stored as the
    same bytes again."""
    stored = {}
    for name, kept in network.state_dict().items():
        value = kept.detach().float().cpu().contiguous()
        if value.ndim < 2 or not name.endswith(".weight"):
            stored[name] = value.half()
            continue
        scale = (value.flatten(1).abs().amax(1) / 127).half().clamp(min=1e-6)
        rows = scale.float().view(-1, *[1] * (value.ndim - 1))
        stored[name] = (value / rows).round().clamp(-127, 127).to(torch.int8)
        stored[name + SCALE] = scale
    return stored


def write_assistant(
    network: StarterNetwork, tokenizer: Tokenizer, folder: Path, choice: Choice | None = None
) -> None:
    """Write weights and tokenizer into the encoder's folder and describe them in model.toml."""
    save_file(eighth(network), folder / WEIGHTS)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    (folder / ANSWERS).unlink(missing_ok=True)
    if choice is not None:
        listed = {"answers": json.dumps(list(choice.answers))}
        save_file(eighth(choice.classifier), folder / ANSWERS, listed)
    describe(folder, network, choice)
    for name in (WEIGHTS, TOKENIZER, ANSWERS):
        if (folder / name).is_file():
            (folder / name).chmod(0o644)
            log.info("%s %.2f MB", name, (folder / name).stat().st_size / 1e6)


def _table(name: str, words: Mapping[str, str], numbers: Mapping[str, float]) -> str:
    lines = [f'{key} = "{value}"' for key, value in words.items()]
    lines += [f"{key} = {value}" for key, value in numbers.items() if "dropout" not in key]
    return f"[{name}]\n" + "\n".join(lines) + "\n"


def _count(network: torch.nn.Module) -> int:
    return sum(one.numel() for one in (*network.parameters(), *network.buffers()))


def describe(folder: Path, network: StarterNetwork, choice: Choice | None) -> None:
    """Put the tables [chat] and [answers] and all check sums into model.toml; the rest stays."""
    path = folder / "model.toml"
    text = path.read_text(encoding="utf-8")
    sums = dict(re.findall(r'^"([^"]+)" = "([0-9a-f]{64})"$', text, re.MULTILINE))
    text = re.sub(r"\n\[(?:chat|answers)\].*?(?=\n\[|\Z)", "", text, flags=re.DOTALL)
    text = text[: text.index("\n[sha256]")].rstrip("\n")
    count = _count(network) + (_count(choice.classifier) if choice else 0)
    tables = [
        _table(
            "chat",
            {"family": "starter-assistant", "weights": WEIGHTS, "tokenizer": TOKENIZER},
            asdict(network.config) | {"parameters": count},
        )
    ]
    sums.pop(ANSWERS, None)
    names = [*sums, WEIGHTS, TOKENIZER]
    if choice is not None:
        shape = asdict(choice.classifier.config) | {"share": choice.share}
        tables.append(_table("answers", {"weights": ANSWERS}, shape))
        names.append(ANSWERS)
    for name in names:
        sums[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    listed = "\n".join(f'"{name}" = "{digest}"' for name, digest in sums.items())
    every = "\n".join(tables)
    path.write_text(f"{text}\n\n{every}\n[sha256]\n{listed}\n", encoding="utf-8")
