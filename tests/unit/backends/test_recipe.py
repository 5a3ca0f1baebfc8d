"""model.toml: read and write, and every key that may be wrong."""

from pathlib import Path

import pytest

from vlm_desktop.backends.encoders.recipe import (
    ImageRecipe,
    PairRecipe,
    TextRecipe,
    is_plain_name,
    read_pair,
    write_pair,
)
from vlm_desktop.base.errors import ModelBroken

FULL = PairRecipe(
    id="a.b-c_1",
    name='Odd "name" \\ with ü and \x7f',
    dimension=512,
    licence="MIT",
    notice="Read it.",
    repository="someone/thing",
    languages=("en", "zh"),
    parameters=26_000_000,
    precision="int8",
    image=ImageRecipe(
        size=(224, 256), resize="shortest", short=230, resample="lanczos", crop="round",
        rescale=None, offset=-1.0, mean=(0.1, 0.2, 0.3), std=(1.0, 2.0, 3.0), divide_again=True,
    ),
    text=TextRecipe(
        tokenizer="spiece.model", context_length=64, padding="max_length", padding_side="left",
        pad_id=1, attention_mask=False, clean="siglip",
    ),
    logit_scale=22.5,
    logit_bias=-10.25,
    sha256={"image.onnx": "00", "spiece.model": "ff"},
)  # fmt: skip
PLAIN = PairRecipe(
    id="plain", name="plain", dimension=8, image=ImageRecipe(size=(16, 16)), text=TextRecipe()
)


@pytest.mark.parametrize("recipe", [FULL, PLAIN], ids=["full", "plain"])
def test_what_is_written_is_read_back(recipe, tmp_path):
    write_pair(tmp_path, recipe)
    assert read_pair(tmp_path) == recipe


DOCUMENTED = """
id = "starter"
dimension = 512
[image]
file = "image.onnx"
size = [224, 224]
resize = "squash"
short = 224
resample = "bicubic"
rescale = 0.00392156862745098
mean = [0.5, 0.5, 0.5]
std = [0.5, 0.5, 0.5]
[text]
file = "text.onnx"
tokenizer = "tokenizer.json"
context_length = 64
padding = "longest"
pad_id = 0
attention_mask = true
"""


def broken(folder: Path, old: str, new: str) -> None:
    assert old in DOCUMENTED
    (folder / "model.toml").write_text(DOCUMENTED.replace(old, new, 1), encoding="utf-8")
    read_pair(folder)


def test_the_documented_keys_are_enough(tmp_path):
    (tmp_path / "model.toml").write_text(DOCUMENTED)
    recipe = read_pair(tmp_path)
    assert (recipe.name, recipe.precision, recipe.sha256) == ("starter", "fp32", {})
    assert recipe.image.side == 224


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "starter"', "", "id"),
        ("dimension = 512", 'dimension = "many"', "many"),
        ("[text]", "[words]", "text"),
        ('"squash"', '"stretch"', "stretch"),
        ('"bicubic"', '"best"', "best"),
        ("size = [224, 224]", "size = [224]", "size"),
        ("size = [224, 224]", "size = [0, 224]", "size"),
        ("mean = [0.5, 0.5, 0.5]", "mean = [0.5]", "mean"),
        ("pad_id = 0", "pad_token = 0", "pad_token"),
        ('"image.onnx"', '"../image.onnx"', "not the name of a file"),
        ('"tokenizer.json"', '"/etc/passwd"', "not the name of a file"),
        ("dimension = 512", "dimension = = 5", "model.toml"),
    ],
)
def test_a_wrong_key_is_named(tmp_path, old, new, named):
    with pytest.raises(ModelBroken, match=named):
        broken(tmp_path, old, new)


def test_a_missing_or_binary_file_is_a_broken_model(tmp_path):
    with pytest.raises(ModelBroken):
        read_pair(tmp_path)
    (tmp_path / "model.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelBroken):
        read_pair(tmp_path)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "c:x", "a\0b", 7, None])
def test_names_that_are_no_plain_file(name):
    assert not is_plain_name(name)
