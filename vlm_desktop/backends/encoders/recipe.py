"""How a model wants its pixels and its words: the contents of model.toml as frozen values.

The keys of [image] and [text] in model.toml are the field names below, so that reading,
writing and documentation cannot drift apart. Fields that keep their default are not written.
"""

import dataclasses
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlm_desktop.base.errors import ModelBroken

MODEL_FILE = "model.toml"
RESIZES = ("squash", "shortest", "cover", "pad")
FILTERS = ("bicubic", "bilinear", "lanczos", "nearest", "box", "hamming")


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """From an upright picture to pixel_values float32 [3, height, width].

    `resize`: "squash" to `resize_to` (or `size`) whatever the aspect; "shortest" side to `short`;
    "cover" the whole of `size`, rounding to the nearest pixel; "pad" to fit within it. What
    then differs from `size` is cropped or padded around the centre; `crop` says how an odd
    remainder is split ("floor" as in transformers, "round" as in torchvision). After that
    pixel * rescale + offset, (x - mean) / std, and / std once more with `divide_again`
    (EfficientNet's `include_top`). `rescale` None leaves 0..255; empty `mean` skips that step.
    """

    size: tuple[int, int]
    resize: str = "squash"
    short: int = 0
    resize_to: tuple[int, int] | None = None
    resample: str = "bicubic"
    crop: str = "floor"
    fill: int = 0
    rescale: float | None = 1 / 255
    offset: float = 0.0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    divide_again: bool = False

    @property
    def side(self) -> int:
        """The shorter side, in pixels, that the decoder should keep at least."""
        return max(*self.size, self.short, *(self.resize_to or (0,)))


@dataclass(frozen=True, slots=True)
class TextRecipe:
    """From sentences to input_ids int64 [batch, n], and a mask where the graph takes one.

    `clean` names a step done in Python before the tokeniser file (see `cleaning.CLEANERS`).
    `padding` is "longest" in the batch or "max_length", always `context_length` long.
    """

    tokenizer: str = "tokenizer.json"
    context_length: int = 77
    padding: str = "longest"
    padding_side: str = "right"
    pad_id: int = 0
    attention_mask: bool = True
    clean: str = ""


@dataclass(frozen=True, slots=True)
class PairRecipe:
    """All of model.toml for the family "onnx-dual".

    `chat_family` is the family of the table [chat], of a folder that can answer too; the rest of
    that table is read by whoever runs it.
    """

    id: str
    name: str
    dimension: int
    image: ImageRecipe
    text: TextRecipe
    family: str = "onnx-dual"
    tasks: tuple[str, ...] = ("image-text-embedding",)
    licence: str = ""
    preprocessing_version: str = "1"
    precision: str = "fp32"
    languages: tuple[str, ...] = ()
    parameters: int = 0
    repository: str = ""
    notice: str = ""
    image_file: str = "image.onnx"
    text_file: str = "text.onnx"
    logit_scale: float | None = None
    logit_bias: float = 0.0
    chat_family: str = ""
    sha256: dict[str, str] = field(default_factory=dict)


def read_pair(folder: Path) -> PairRecipe:
    """Read `folder`/model.toml. Raises `ModelBroken`, naming the key that is wrong."""
    path = folder / MODEL_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelBroken(model=folder.name, detail=f"{MODEL_FILE}: {error}") from error
    try:
        return _pair(table)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelBroken(model=folder.name, detail=f"{MODEL_FILE}: {error}") from error


def _pair(table: dict[str, Any]) -> PairRecipe:
    image, text, score = dict(table["image"]), dict(table["text"]), table.get("score", {})
    plain = {
        name: table[name]
        for name in ("id", "name", "family", "licence", "preprocessing_version", "precision")
        if name in table
    }
    plain.setdefault("name", plain["id"])
    files = {
        "image_file": image.pop("file", "image.onnx"),
        "text_file": text.pop("file", "text.onnx"),
    }
    image_recipe, text_recipe = _image(image), _fields(TextRecipe, text, "[text]")
    for name in (*files.values(), text_recipe.tokenizer, *table.get("sha256", {})):
        if not is_plain_name(name):
            raise ValueError(f"{name!r} is not the name of a file in the folder")
    return PairRecipe(
        **plain,
        **files,
        dimension=int(table["dimension"]),
        image=image_recipe,
        text=text_recipe,
        tasks=tuple(table.get("tasks", ("image-text-embedding",))),
        languages=tuple(table.get("languages", ())),
        parameters=int(table.get("parameters", 0)),
        repository=str(table.get("repository", "")),
        notice=str(table.get("notice", "")),
        logit_scale=score.get("logit_scale"),
        logit_bias=float(score.get("logit_bias", 0.0)),
        chat_family=str(table["chat"]["family"]) if "chat" in table else "",
        sha256=dict(table.get("sha256", {})),
    )


def _fields(kind: Any, values: dict[str, Any], where: str) -> Any:
    """A dataclass from a table; arrays become tuples, unknown keys are an error."""
    known = {one.name for one in dataclasses.fields(kind)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]} in {where}")
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})


def _image(values: dict[str, Any]) -> ImageRecipe:
    if values.get("rescale") == 0:
        values["rescale"] = None
    recipe: ImageRecipe = _fields(ImageRecipe, values, "[image]")
    if recipe.resize not in RESIZES:
        raise ValueError(f"resize is {recipe.resize!r}, known are {', '.join(RESIZES)}")
    if recipe.resample not in FILTERS:
        raise ValueError(f"resample is {recipe.resample!r}, known are {', '.join(FILTERS)}")
    if len(recipe.size) != 2 or min(recipe.size) < 1:
        raise ValueError("size must be [height, width]")
    if recipe.resize == "shortest" and recipe.short < 1:
        recipe = dataclasses.replace(recipe, short=min(recipe.size))
    if len(recipe.mean) != len(recipe.std) or len(recipe.mean) not in (0, 3):
        raise ValueError("mean and std must have three numbers each, or none")
    return recipe


def is_plain_name(name: object) -> bool:
    """Whether `name` is a file name that cannot lead out of its folder."""
    return (
        isinstance(name, str)
        and name not in ("", ".", "..")
        and not any(sign in name for sign in ("/", "\\", ":", "\0"))
    )


SUBFOLDERS = ("qformer_tokenizer",)
"""Folders within a model's that transformers looks into: InstructBLIP has a second tokenizer."""


def is_model_file(name: object) -> bool:
    """A plain name, or one within a folder that a model may have."""
    if is_plain_name(name):
        return True
    folder, _, rest = str(name).partition("/")
    return folder in SUBFOLDERS and is_plain_name(rest)


def write_pair(folder: Path, recipe: PairRecipe) -> None:
    """Write `folder`/model.toml. Raises OSError."""
    lines = [
        f"{name} = {_toml(getattr(recipe, name))}"
        for name in (
            "id", "name", "family", "tasks", "licence", "notice", "repository", "dimension",
            "preprocessing_version", "precision", "languages", "parameters",
        )
    ]  # fmt: skip
    lines += ["", "[image]", f"file = {_toml(recipe.image_file)}", *_changed(recipe.image)]
    lines += ["", "[text]", f"file = {_toml(recipe.text_file)}", *_changed(recipe.text)]
    lines += ["", "[score]"]
    if recipe.logit_scale is not None:
        lines.append(f"logit_scale = {_toml(recipe.logit_scale)}")
    lines += [f"logit_bias = {_toml(recipe.logit_bias)}", "", "[sha256]"]
    lines += [f"{_toml(name)} = {_toml(digest)}" for name, digest in recipe.sha256.items()]
    (folder / MODEL_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


_ALWAYS = {"resize", "resample", "rescale", "tokenizer", "context_length", "padding", "pad_id",
           "attention_mask"}  # fmt: skip


def _changed(recipe: ImageRecipe | TextRecipe) -> list[str]:
    lines = []
    for one in dataclasses.fields(recipe):
        value = getattr(recipe, one.name)
        if value == one.default and one.name not in _ALWAYS:
            continue
        lines.append(f"{one.name} = {_toml(0 if value is None else value)}")
    return lines


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
