"""CLIP, SigLIP, SigLIP 2, ALIGN, AltCLIP, Chinese CLIP and MetaCLIP 2 from a local folder.

The folder has the hub's layout (config.json, safetensors, tokeniser and processor files). Nothing
is fetched and no code of the folder is run.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors import SafetensorError
from transformers.utils import logging as hub_logging

from vlm_desktop.backends.encoders.patches import PatchRecipe
from vlm_desktop.backends.encoders.recipe import ImageRecipe, TextRecipe
from vlm_desktop.backends.encoders.tokens import TokenBatch, encodable
from vlm_desktop.backends.encoders.torch_dual import DualModel, DualTowers, TorchDualEncoder
from vlm_desktop.base.errors import ExportImpossible, ModelBroken, ModelUnsupported

_LOAD_ERRORS = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError,
    SafetensorError,
)  # fmt: skip
_VOCABULARIES = (
    ("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"), ("spiece.model",),
    ("sentencepiece.bpe.model",), ("tokenizer.model",),
)  # fmt: skip
"""Files that hold a vocabulary. Without one transformers makes an empty tokeniser in silence."""
_FILTERS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}


@dataclass(frozen=True, slots=True)
class _Family:
    """One `model_type`: its class, and how its texts are cut, padded and masked.

    `masked`: pass the attention mask. SigLIP was trained without one, every pad attended to.
    """

    model: str
    context: int = 0
    padding: str = "longest"
    masked: bool = True
    first_position: int = 0


FAMILIES = {
    "clip": _Family("CLIPModel"),
    "metaclip_2": _Family("MetaClip2Model"),
    "siglip": _Family("SiglipModel", context=64, padding="max_length", masked=False),
    "siglip2": _Family("Siglip2Model", context=64, padding="max_length", masked=False),
    "align": _Family("AlignModel", context=64, padding="max_length"),
    "altclip": _Family("AltCLIPModel", first_position=2),
    "chinese_clip": _Family("ChineseCLIPModel"),
}


class TransformersDualEncoder(TorchDualEncoder):
    """An `ImageTextEncoder` over a transformers model in `folder`."""

    @staticmethod
    def read(folder: Path, model_id: str) -> DualModel:
        return read_transformers(folder, model_id)


def read_transformers(folder: Path, model_id: str) -> DualModel:
    """Configuration, processor and tokeniser of a folder; the weights stay unread.

    Raises `ModelBroken`, `ModelUnsupported`.
    """
    hub_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"]
        if kind not in FAMILIES:
            raise ModelUnsupported(model=model_id, family=str(kind))
        family = FAMILIES[kind]
        if not any(all((folder / one).is_file() for one in files) for files in _VOCABULARIES):
            raise ValueError("it has no tokeniser file")
        config = getattr(transformers, family.model).config_class.from_pretrained(
            folder, local_files_only=True
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        processor = transformers.AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            folder, backend="pil", local_files_only=True, trust_remote_code=False
        )
        text = _text_recipe(folder, family, config, tokenizer)
        return DualModel(
            dimension=_dimension(kind, config),
            image=image_recipe(processor),
            text=text,
            tokenise=_Reference(tokenizer, text),
            load=lambda: load_towers(folder, model_id, family.model),
            tokenizer_file=lambda: _tokenizer_file(folder, model_id, tokenizer),
        )
    except _LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=f"{error}"[:500]) from error


def load_towers(folder: Path, model_id: str, class_name: str) -> DualTowers:
    """The weights, every one of them from the folder. Raises `ModelBroken`."""
    try:
        model, report = getattr(transformers, class_name).from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except _LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=f"{error}"[:500]) from error
    missing = sorted(report["missing_keys"])
    if missing:
        detail = f"{len(missing)} weights are not in the folder, {missing[0]} among them"
        raise ModelBroken(model=model_id, detail=detail)
    model.eval()
    scale = getattr(model, "logit_scale", None)
    bias = getattr(model, "logit_bias", None)
    return DualTowers(
        image=_ImageTower(model),
        text=_TextTower(model),
        logit_scale=None if scale is None else float(scale.detach().exp()),
        logit_bias=0.0 if bias is None else float(bias.detach()),
    )


class _ImageTower(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model: Any = model

    def forward(self, pixel_values: torch.Tensor, **more: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] (or patches and masks) -> [n, dimension]
        return _pooled(self.model.get_image_features(pixel_values=pixel_values, **more))


class _TextTower(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model: Any = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        # [n, length] -> [n, dimension]
        features = self.model.get_text_features(input_ids=input_ids, attention_mask=attention_mask)
        return _pooled(features)


def _pooled(features: Any) -> torch.Tensor:
    """Version 5 answers with an output object whose pooler_output is the projected embedding."""
    return features if isinstance(features, torch.Tensor) else features.pooler_output


class _Reference:
    """The reference tokeniser with the family's cutting and padding."""

    def __init__(self, tokenizer: Any, recipe: TextRecipe) -> None:
        self._tokenizer = tokenizer
        self._recipe = recipe

    def __call__(self, texts: Sequence[str]) -> TokenBatch:
        encoded = self._tokenizer(
            [encodable(text) for text in texts],
            padding=True if self._recipe.padding == "longest" else "max_length",
            truncation=True,
            max_length=self._recipe.context_length,
            return_attention_mask=True,
            return_tensors="np",
        )
        ids = np.asarray(encoded["input_ids"], dtype=np.int64)
        return TokenBatch(ids, np.asarray(encoded["attention_mask"], dtype=np.int64))


def image_recipe(processor: Any) -> ImageRecipe | PatchRecipe:
    """A PIL-backed image processor in our words. ValueError when it cannot be said."""
    values = ImageRecipe(
        size=(1, 1),
        resample=_FILTERS[int(processor.resample)],
        rescale=float(processor.rescale_factor) if processor.do_rescale else None,
        offset=-1.0 if getattr(processor, "rescale_offset", False) else 0.0,
        mean=_three(processor.image_mean) if processor.do_normalize else (),
        std=_three(processor.image_std) if processor.do_normalize else (),
        divide_again=bool(getattr(processor, "include_top", False)),
    )
    if hasattr(processor, "max_num_patches"):
        return PatchRecipe(int(processor.patch_size), int(processor.max_num_patches), values)
    if not processor.do_resize:
        raise ValueError("its image processor does not resize")
    return _sized(processor, values)


def _sized(processor: Any, values: ImageRecipe) -> ImageRecipe:
    fields = {name: getattr(values, name) for name in ImageRecipe.__dataclass_fields__}
    size, crop = processor.size, processor.crop_size if processor.do_center_crop else None
    cut = (int(crop.height), int(crop.width)) if crop else None
    if size.shortest_edge and not size.longest_edge:
        if cut is None:
            raise ValueError("its image processor keeps the aspect without a centre crop")
        return ImageRecipe(
            **fields | {"size": cut, "resize": "shortest", "short": int(size.shortest_edge)}
        )
    if size.height and size.width:
        square = (int(size.height), int(size.width))
        target = square if cut and cut != square else None
        return ImageRecipe(**fields | {"size": cut or square, "resize_to": target})
    raise ValueError(f"its image processor resizes in a way not known here ({size})")


def _three(values: Any) -> tuple[float, ...]:
    numbers = values if isinstance(values, list | tuple) else [values] * 3
    return tuple(float(number) for number in numbers)


def _dimension(kind: str, config: Any) -> int:
    if kind in ("siglip", "siglip2"):
        return int(config.vision_config.hidden_size)
    return int(config.projection_dim)


def _text_recipe(folder: Path, family: _Family, config: Any, tokenizer: Any) -> TextRecipe:
    limits = [config.text_config.max_position_embeddings - family.first_position]
    limits += [one for one in (family.context, tokenizer.model_max_length) if 0 < one < 10**6]
    return TextRecipe(
        context_length=int(min(limits)),
        padding=family.padding,
        padding_side=str(tokenizer.padding_side),
        pad_id=int(tokenizer.pad_token_id),
        attention_mask=family.masked or _asks_for_mask(folder),
    )


def _asks_for_mask(folder: Path) -> bool:
    """Whether the folder itself (not a class default) says that the text tower takes a mask."""
    path = folder / "tokenizer_config.json"
    if not path.is_file():
        return False
    names = json.loads(path.read_text(encoding="utf-8")).get("model_input_names")
    return isinstance(names, list) and "attention_mask" in names


def _tokenizer_file(folder: Path, model_id: str, tokenizer: Any) -> tuple[str, bytes]:
    """The tokeniser as a file an ONNX pair can carry."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        return "tokenizer.json", backend.to_str().encode("utf-8")
    pieces = folder / "spiece.model"
    if isinstance(tokenizer, transformers.SiglipTokenizer) and pieces.is_file():
        return pieces.name, pieces.read_bytes()
    detail = f"its tokeniser ({type(tokenizer).__name__}) has no form outside transformers"
    raise ExportImpossible(model=model_id, detail=detail)
