"""A tiny ONNX pair in the folder format of the starter, made without PyTorch."""

import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from vlm_desktop.backends.encoders.recipe import (
    ImageRecipe,
    PairRecipe,
    TextRecipe,
    write_pair,
)

DIMENSION = 8
WORDS = ["a", "photo", "of", "dog", "cat", "the", "red", "boat"]


def _initializer(name: str, values: np.ndarray) -> object:
    kind = TensorProto.INT64 if values.dtype == np.int64 else TensorProto.FLOAT
    return helper.make_tensor(name, kind, values.shape, values.tobytes(), raw=True)


def _save(folder: Path, name: str, nodes: list, inputs: list, output: str, tensors: list) -> None:
    graph = helper.make_graph(
        nodes, name, inputs,
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", DIMENSION])],
        tensors,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    save(model, folder / f"{name}.onnx")


def image_graph(folder: Path, side: int, rng: np.random.Generator) -> None:
    weights = rng.standard_normal((DIMENSION, 3, 4, 4)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["pixel_values", "w"], ["c"], strides=[4, 4]),
        helper.make_node("Tanh", ["c"], ["t"]),
        helper.make_node("GlobalAveragePool", ["t"], ["p"]),
        helper.make_node("Flatten", ["p"], ["image_embeds"]),
    ]
    pixels = helper.make_tensor_value_info(
        "pixel_values", TensorProto.FLOAT, ["batch", 3, side, side]
    )
    _save(folder, "image", nodes, [pixels], "image_embeds", [_initializer("w", weights)])


def text_graph(folder: Path, size: int, rng: np.random.Generator) -> None:
    """The mean of the word vectors that the mask keeps."""
    table = rng.standard_normal((size, DIMENSION)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["m"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["m", "last"], ["m3"]),
        helper.make_node("Mul", ["words", "m3"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "one"], ["text_embeds"], keepdims=0),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "n"])
        for name in ("input_ids", "attention_mask")
    ]
    tensors = [
        _initializer("table", table),
        _initializer("last", np.array([-1], dtype=np.int64)),
        _initializer("one", np.array([1], dtype=np.int64)),
    ]
    _save(folder, "text", nodes, inputs, "text_embeds", tensors)


def tokenizer_file(folder: Path) -> int:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(words)


def make_pair(folder: Path, model_id: str = "tiny", side: int = 16) -> PairRecipe:
    """Write the folder and return what its model.toml says."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(7)
    image_graph(folder, side, rng)
    text_graph(folder, tokenizer_file(folder), rng)
    recipe = PairRecipe(
        id=model_id,
        name="Tiny",
        dimension=DIMENSION,
        licence="Apache-2.0",
        languages=("en",),
        parameters=500,
        image=ImageRecipe(size=(side, side), mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
        text=TextRecipe(context_length=12),
        sha256={
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("image.onnx", "text.onnx", "tokenizer.json")
        },
    )
    write_pair(folder, recipe)
    return recipe
