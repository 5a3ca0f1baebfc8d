"""Writing the two ONNX files, their tokenizer and ``model.toml``.

Weights are stored small and computed with in float32: the image tower's large tensors as
float16 behind a Cast, the text tower's matrices as int8 with scales per output and per input
behind a DequantizeLinear, and the word table as int8 rows that are scaled after the lookup.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from vlm_desktop.training.starter.corpus import LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from vlm_desktop.training.starter.fit import Towers

log = logging.getLogger(__name__)

OPSET = 18
SMALL = 1024  # tensors with fewer numbers stay float32
MEAN, STD = 0.5, 0.5


def _trace(
    module: nn.Module,
    inputs: tuple[torch.Tensor, ...],
    path: Path,
    names: list[str],
    output: str,
    axes: dict[str, dict[int, str]],
) -> onnx.ModelProto:
    """Export with every axis in ``axes`` dynamic, and load the result back."""
    module = module.eval().float().cpu()
    shapes = tuple(dict.fromkeys(axes[name], torch.export.Dim.DYNAMIC) for name in names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            inputs,
            input_names=names,
            output_names=[output],
            opset_version=OPSET,
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned nothing")
    program.save(str(path))
    model = onnx.load(str(path))
    _name_axes(model, axes)
    return model


def _name_axes(model: onnx.ModelProto, axes: dict[str, dict[int, str]]) -> None:
    """Give the dynamic axes of inputs and outputs plain names."""
    for value in [*model.graph.input, *model.graph.output]:
        for axis, name in axes.get(value.name, {}).items():
            value.type.tensor_type.shape.dim[axis].dim_param = name


def _replace(
    model: onnx.ModelProto, name: str, tensors: list[onnx.TensorProto], nodes: list[onnx.NodeProto]
) -> None:
    """Put ``tensors`` and ``nodes`` in the place of the initialiser ``name``."""
    graph = model.graph
    old = next(one for one in graph.initializer if one.name == name)
    graph.initializer.remove(old)
    graph.initializer.extend(tensors)
    for node in reversed(nodes):
        graph.node.insert(0, node)


def store_half(model: onnx.ModelProto) -> None:
    """Store large float32 tensors as float16 and cast them back when the graph is loaded."""
    for tensor in list(model.graph.initializer):
        array = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or array.size < SMALL:
            continue
        half = numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half")
        cast = helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT)
        _replace(model, tensor.name, [half], [cast])


def _int8(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 along ``axis``: codes of the same shape and one scale per index."""
    others = tuple(i for i in range(array.ndim) if i != axis)
    scale = np.maximum(np.abs(array).max(axis=others), 1e-12) / 127.0
    shape = [1] * array.ndim
    shape[axis] = -1
    codes = np.clip(np.round(array / scale.reshape(shape)), -127, 127).astype(np.int8)
    return codes, scale.astype(np.float32)


def _store_matrix(
    model: onnx.ModelProto, node: onnx.NodeProto, array: np.ndarray, axis: int
) -> None:
    """The matrix of a product as int8 with scales along both axes; ``axis`` is the outputs'.

    A few inputs of MiniLM have very large weights. Moving the root of every input's largest
    weight from the matrix to the input first halves the error of the sentence vectors (the
    idea of SmoothQuant, Xiao et al. 2023, for weights alone).
    """
    name = node.input[1]
    reach = np.sqrt(np.maximum(np.abs(array).max(axis=axis), 1e-12))  # [in]
    codes, scale = _int8(array / np.expand_dims(reach, axis), axis)
    tensors = [
        numpy_helper.from_array(codes, f"{name}_int8"),
        numpy_helper.from_array(scale, f"{name}_scale"),
        numpy_helper.from_array(np.zeros(len(scale), np.int8), f"{name}_zero"),
        numpy_helper.from_array(reach.astype(np.float32), f"{name}_reach"),
    ]
    inputs = [one.name for one in tensors[:3]]
    restore = helper.make_node("DequantizeLinear", inputs, [name], axis=axis)
    _replace(model, name, tensors, [restore])
    moved = f"{name}_input"
    place = list(model.graph.node).index(node)
    model.graph.node.insert(
        place, helper.make_node("Mul", [node.input[0], tensors[3].name], [moved])
    )
    node.input[0] = moved


def _store_table(model: onnx.ModelProto, gather: onnx.NodeProto, array: np.ndarray) -> None:
    """Rows of an embedding table as int8; look up, then scale."""
    name, rows, found = gather.input[0], gather.input[1], gather.output[0]
    codes, scale = _int8(array, 0)
    tensors = [
        numpy_helper.from_array(codes, f"{name}_int8"),
        numpy_helper.from_array(scale[:, None], f"{name}_scale"),
    ]
    nodes = [
        helper.make_node("Gather", [tensors[0].name, rows], [f"{found}_codes"], axis=0),
        helper.make_node("Cast", [f"{found}_codes"], [f"{found}_wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [tensors[1].name, rows], [f"{found}_scale"], axis=0),
        helper.make_node("Mul", [f"{found}_wide", f"{found}_scale"], [found]),
    ]
    place = list(model.graph.node).index(gather)
    _replace(model, name, tensors, [])
    model.graph.node.remove(gather)
    for offset, node in enumerate(nodes):
        model.graph.node.insert(place + offset, node)


def store_int8(model: onnx.ModelProto) -> None:
    """Store matrices and embedding tables as int8 (weights only)."""
    stored = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    for node in list(model.graph.node):
        if node.op_type == "Gather" and stored.get(node.input[0], np.empty(0)).ndim == 2:
            if stored[node.input[0]].size >= SMALL:
                _store_table(model, node, stored.pop(node.input[0]))
        elif node.op_type in ("MatMul", "Gemm") and node.input[1] in stored:
            name = node.input[1]
            turned = any(one.name == "transB" and one.i for one in node.attribute)
            if stored[name].ndim == 2 and stored[name].size >= SMALL:
                _store_matrix(model, node, stored.pop(name), 0 if turned else 1)


def export_image(towers: Towers, path: Path, size: int) -> None:
    """Write ``image.onnx``: ``pixel_values [batch,3,size,size]`` to ``image_embeds``."""
    axes = {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}
    example = torch.zeros(2, 3, size, size)
    model = _trace(towers.image, (example,), path, ["pixel_values"], "image_embeds", axes)
    store_half(model)
    _save(model, path)


def export_text(towers: Towers, path: Path) -> None:
    """Write ``text.onnx``: ``input_ids``, ``attention_mask [batch,n]`` to ``text_embeds``."""
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "batch", 1: "n"} for name in names} | {"text_embeds": {0: "batch"}}
    example = torch.ones(2, 7, dtype=torch.int64)
    places = towers.text.encoder.places
    places.weight = torch.nn.Parameter(places.weight.detach()[:LENGTH].clone())  # [512,W] -> [n,W]
    model = _trace(towers.text, (example, example.clone()), path, names, "text_embeds", axes)
    store_int8(model)
    store_half(model)
    _save(model, path)


def _save(model: onnx.ModelProto, path: Path) -> None:
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    path.with_name(path.name + ".data").unlink(missing_ok=True)
    log.info("%s %.2f MB", path.name, path.stat().st_size / 1e6)


def export_tokenizer(source: Path, path: Path) -> None:
    """Copy a ``tokenizer.json`` without the padding and truncation baked into it."""
    content = json.loads(source.read_text(encoding="utf-8"))
    content["padding"] = content["truncation"] = None
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_description(out: Path, towers: Towers, size: int, context: int) -> None:
    """Write ``model.toml`` with the check sums of the files beside it."""
    count = sum(p.numel() for part in (towers.image, towers.text) for p in part.parameters())
    sums = "\n".join(
        f'"{name}" = "{hashlib.sha256((out / name).read_bytes()).hexdigest()}"'
        for name in ("image.onnx", "text.onnx", "tokenizer.json")
    )
    (out / "model.toml").write_text(
        f"""\
id = "starter"
name = "Starter"
family = "onnx-dual"
tasks = ["image-text-embedding"]
licence = "Trained partly on Flickr8k: non-commercial research and education (see MODEL_CARD.md)"
dimension = {towers.image.config.dimension}
preprocessing_version = "1"
precision = "fp32"
languages = ["en"]
parameters = {count}

[image]
file = "image.onnx"
size = [{size}, {size}]
resize = "squash"
resample = "bicubic"
rescale = {1 / 255!r}
mean = [{MEAN}, {MEAN}, {MEAN}]
std = [{STD}, {STD}, {STD}]

[text]
file = "text.onnx"
tokenizer = "tokenizer.json"
context_length = {context}
padding = "longest"
pad_id = 0
attention_mask = true

[score]
logit_scale = {towers.scales()[0].item():.4f}
logit_bias = 0.0

[sha256]
{sums}
""",
        encoding="utf-8",
    )
