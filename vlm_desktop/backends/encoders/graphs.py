"""From a PyTorch tower to an ONNX file, and from float32 to smaller precisions."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxscript  # noqa: F401 - torch's exporter needs it; its absence must show here
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

OPSET = 18
BATCH_AXIS = "batch"
LENGTH_AXIS = "length"
_ONE_FILE = 1_900_000_000
"""Protobuf ends at 2 GiB; above this many bytes of weights they go to a file beside the graph."""
_QUANTIZED = ["MatMul", "Gemm", "Gather"]
"""Convolutions stay in float: as ConvInteger they are slower on most CPUs and lose more."""

Feeds = dict[str, NDArray[Any]]


def export_graph(
    tower: torch.nn.Module, feeds: Feeds, output: str, path: Path, *, free_length: bool
) -> None:
    """Write `tower` with a dynamic batch axis; with `free_length` the second axis is dynamic too.

    Raises RuntimeError with the exporter's reason when the tower cannot be traced.
    """
    axes: dict[str, dict[int, str]] = {}
    for name in feeds:
        axes[name] = {0: BATCH_AXIS, 1: LENGTH_AXIS} if free_length else {0: BATCH_AXIS}
    write_graph(tower, feeds, [output], path, axes)


def write_graph(
    tower: torch.nn.Module,
    feeds: Feeds,
    outputs: Sequence[str],
    path: Path,
    axes: Mapping[str, Mapping[int, str]],
) -> None:
    """Write `tower`, which takes `feeds` by keyword, with the dynamic axes that are named.

    Raises RuntimeError with the exporter's reason when the tower cannot be traced.
    """
    weights = sum(one.numel() * one.element_size() for one in tower.parameters())
    try:
        with _quiet():
            torch.onnx.export(
                tower.eval(),
                kwargs={name: torch.from_numpy(value) for name, value in feeds.items()},
                f=path,
                input_names=list(feeds),
                output_names=list(outputs),
                opset_version=OPSET,
                dynamo=True,
                dynamic_shapes={name: dict(axes.get(name, {})) for name in feeds},
                external_data=weights > _ONE_FILE,
                verbose=False,
            )
    except (torch.onnx.errors.OnnxExporterError, RuntimeError, ValueError, TypeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise RuntimeError(reason[:300]) from error


def convert(source: Path, target: Path, precision: str) -> None:
    """Write `source` (float32) at another precision: "fp16" or "int8".

    fp16 keeps float32 inputs and outputs. int8 quantises weights per channel to 7 bits, which no
    CPU can overflow, and activations while running.
    """
    if precision == "fp16":
        with _quiet():
            smaller = convert_float_to_float16(onnx.load(source), keep_io_types=True)
        beside = smaller.ByteSize() > _ONE_FILE
        onnx.save(smaller, target, save_as_external_data=beside, location=f"{target.name}.data")
    elif precision == "int8":
        large = sum(one.stat().st_size for one in source.parent.glob(f"{source.name}*"))
        model = onnx.load(source)
        # The exporter's notes on inner shapes may contradict the quantiser's own inference.
        del model.graph.value_info[:]
        with _quiet():
            quantize_dynamic(
                model,
                target,
                op_types_to_quantize=_QUANTIZED,
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
                use_external_data_format=large > 4 * _ONE_FILE,
            )
    else:
        raise ValueError(f"the precision {precision!r} is not known")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporters warn about their own insides; what matters is measured afterwards."""
    root = logging.getLogger()
    before = root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def lowest_and_mean(left: NDArray[np.floating], right: NDArray[np.floating]) -> tuple[float, float]:
    """The smallest and the mean cosine between rows of the same index, both of unit length."""
    cosines = (left.astype(np.float64) * right.astype(np.float64)).sum(axis=1)
    return float(cosines.min()), float(cosines.mean())
