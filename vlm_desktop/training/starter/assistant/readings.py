"""A second output for the text tower: what it reads of a sentence before its head.

The head turns sentences towards pictures, where "what colour is the bus" and "how many buses" lie
close together; a few layers before they do not. The mean of the last layer's tokens and that of
the middle one's, centred and scaled over the questions that are trained on, are told beside the
embedding, whose numbers stay as they were. (That lower layers keep more of a sentence's form:
Tenney et al. 2019, "BERT Rediscovers the Classical NLP Pipeline".)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from vlm_desktop.backends.encoders.onnx_dual import READINGS, OnnxDualEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_MIDDLE, _SCALE = "readings_middle", "readings_scale"
_LAST_NORM = "output_norm.weight"


def tell_readings(encoder: Path, file: str, questions: Sequence[str]) -> bool:
    """Give the text tower in a folder the output `readings` [batch, 2*width], centred and of unit
    spread over `questions`; False if it has it."""
    path = encoder / file
    model = onnx.load(str(path))
    if any(one.name == READINGS for one in model.graph.output):
        return False
    width = _add_output(model)
    onnx.save(model, str(path))
    tower = OnnxDualEncoder(encoder, provider="cpu")
    read = tower.read_texts(questions)[:, -2 * width :]
    tower.close()
    _set(model, _MIDDLE, read.mean(0))
    _set(model, _SCALE, 1.0 / np.maximum(read.std(0), 1e-6))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return True


def _add_output(model: onnx.ModelProto) -> int:
    """Add the output, as it is before scaling; the width of a layer."""
    graph = model.graph
    made = {name: node for node in graph.node for name in node.output}
    norms = [
        node
        for node in graph.node
        if node.op_type == "LayerNormalization" and node.input[1].endswith(_LAST_NORM)
    ]
    weights = {one.name: one for one in graph.initializer}
    width = int(weights[norms[-1].input[1]].dims[0])
    # The mean over the tokens of the last layer: Div(ReduceSum(Mul(tokens, mask)), count).
    masked = _reader(graph, norms[-1].output[0])
    summed = _reader(graph, masked.output[0])
    mean = _reader(graph, summed.output[0])
    mask = next(name for name in masked.input if name != norms[-1].output[0])
    count = next(name for name in mean.input if name != summed.output[0])
    if "Mul" not in masked.op_type or "Sum" not in summed.op_type or mask not in made:
        raise ValueError("the text tower does not end as this project's does")
    halfway = norms[len(norms) // 2 - 1].output[0]
    plain = np.zeros(2 * width, np.float32)
    graph.initializer.append(numpy_helper.from_array(plain, _MIDDLE))
    graph.initializer.append(numpy_helper.from_array(plain + 1, _SCALE))
    graph.node.extend(
        [
            helper.make_node("Mul", [halfway, mask], ["halfway_masked"]),
            helper.make_node("ReduceSum", ["halfway_masked", summed.input[1]], ["halfway_sum"]),
            helper.make_node("Div", ["halfway_sum", count], ["halfway_mean"]),
            helper.make_node("Concat", [mean.output[0], "halfway_mean"], ["read"], axis=1),
            helper.make_node("Sub", ["read", _MIDDLE], ["read_centred"]),
            helper.make_node("Mul", ["read_centred", _SCALE], [READINGS]),
        ]
    )
    graph.node[-5].attribute.extend(summed.attribute)
    told = helper.make_tensor_value_info(READINGS, TensorProto.FLOAT, ["batch", 2 * width])
    graph.output.append(told)
    return width


def _reader(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    """The one node that takes `name`, apart from what this module added."""
    return next(node for node in graph.node if name in node.input)


def _set(model: onnx.ModelProto, name: str, values: NDArray[np.float32]) -> None:
    kept = next(one for one in model.graph.initializer if one.name == name)
    kept.CopyFrom(numpy_helper.from_array(values.astype(np.float32), name))
