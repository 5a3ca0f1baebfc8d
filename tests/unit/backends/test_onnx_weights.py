"""Weights are read out of ONNX files as the onnx package reads them."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from vlm_desktop.backends.encoders.onnx_weights import read_weights


@pytest.fixture
def model() -> tuple[bytes, dict[str, np.ndarray]]:
    random = np.random.default_rng(0)
    arrays = {
        "wide": random.normal(size=(3, 400)).astype(np.float32),
        "half": random.normal(size=(5, 2)).astype(np.float16),
        "single": np.array([2.5], np.float32),
    }
    tensors = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    tensors.append(helper.make_tensor("told", TensorProto.FLOAT, [2], [1.5, -4.0]))
    arrays["told"] = np.array([1.5, -4.0], np.float32)
    tensors.append(numpy_helper.from_array(np.arange(4), "whole numbers"))
    graph = helper.make_graph([helper.make_node("Identity", ["wide"], ["out"])], "g", [], [])
    graph.initializer.extend(tensors)
    return onnx.helper.make_model(graph).SerializeToString(), arrays


def test_values_and_shapes_are_the_same(model: tuple[bytes, dict[str, np.ndarray]]) -> None:
    data, arrays = model
    found = read_weights(data, arrays)
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], array.astype(np.float32))


def test_a_missing_name_is_named(model: tuple[bytes, dict[str, np.ndarray]]) -> None:
    with pytest.raises(ValueError, match="no weights named elsewhere"):
        read_weights(model[0], {"wide", "elsewhere"})


def test_other_types_are_refused(model: tuple[bytes, dict[str, np.ndarray]]) -> None:
    with pytest.raises(ValueError, match="data type 7"):
        read_weights(model[0], {"whole numbers"})


def test_a_cut_file_is_refused(model: tuple[bytes, dict[str, np.ndarray]]) -> None:
    with pytest.raises(ValueError, match="cut off"):
        read_weights(model[0][:-40], {"wide"})
