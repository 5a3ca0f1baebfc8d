"""Any open_clip model from a local folder: open_clip_config.json and one safetensors file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer
from open_clip.transform import PreprocessCfg, merge_preprocess_dict
from safetensors import SafetensorError
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, processors

from vlm_desktop.backends.encoders.recipe import ImageRecipe, TextRecipe
from vlm_desktop.backends.encoders.tokens import TokenBatch, encodable
from vlm_desktop.backends.encoders.torch_dual import DualModel, DualTowers, TorchDualEncoder
from vlm_desktop.base.errors import ExportImpossible, ModelBroken

CONFIG_FILE = "open_clip_config.json"
_LOAD_ERRORS = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError,
    AssertionError, SafetensorError,
)  # fmt: skip
_RESIZES = {"shortest": "shortest", "longest": "pad", "squash": "squash"}
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class OpenClipDualEncoder(TorchDualEncoder):
    """An `ImageTextEncoder` over an open_clip model in `folder`."""

    @staticmethod
    def read(folder: Path, model_id: str) -> DualModel:
        return read_open_clip(folder, model_id)


def read_open_clip(folder: Path, model_id: str) -> DualModel:
    """Configuration and tokeniser of a folder; the weights stay unread. Raises `ModelBroken`."""
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        model_config = config["model_cfg"]
        if not any(folder.glob("*.safetensors")):
            raise ValueError("it has no safetensors file")
        if model_config["text_cfg"].get("hf_model_name"):
            raise ValueError("its text tower is described in another repository")
        tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}")
        text = _text_recipe(tokenizer)
        return DualModel(
            dimension=int(model_config["embed_dim"]),
            image=image_recipe(model_config, config.get("preprocess_cfg") or {}),
            text=text,
            tokenise=lambda texts: _tokenise(tokenizer, text, texts),
            load=lambda: load_towers(folder, model_id),
            tokenizer_file=lambda: _tokenizer_file(model_config, model_id, tokenizer),
        )
    except _LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=f"{error}"[:500]) from error


def load_towers(folder: Path, model_id: str) -> DualTowers:
    """The weights, strictly matched with the configuration. Raises `ModelBroken`."""
    try:
        model = open_clip.create_model(
            f"local-dir:{folder}", device="cpu", precision="fp32", require_pretrained=True
        )
    except _LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=f"{error}"[:500]) from error
    model.eval()
    bias = getattr(model, "logit_bias", None)
    return DualTowers(
        image=_ImageTower(model),
        text=_TextTower(model),
        logit_scale=float(model.logit_scale.detach().exp()),
        logit_bias=0.0 if bias is None else float(bias.detach()),
    )


class _ImageTower(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model: Any = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] -> [n, dimension]
        answer: torch.Tensor = self.model.encode_image(pixel_values)
        return answer


class _TextTower(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model: Any = model

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        # [n, context_length] -> [n, dimension]
        answer: torch.Tensor = self.model.encode_text(input_ids)
        return answer


def image_recipe(model_config: dict[str, Any], preprocess: dict[str, Any]) -> ImageRecipe:
    """`open_clip.transform.image_transform(is_train=False)` in our words."""
    merged = merge_preprocess_dict(PreprocessCfg(), preprocess)
    size = model_config["vision_cfg"].get("image_size", merged["size"])
    height, width = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
    resize = _RESIZES[merged["resize_mode"]]
    resample = "bilinear" if merged["interpolation"] == "bilinear" else "bicubic"
    if resize == "shortest" and height != width:
        # open_clip forgets the configured filter here, and so must we.
        resize, resample = "cover", "bicubic"
    return ImageRecipe(
        size=(height, width),
        resize=resize,
        short=height if resize == "shortest" else 0,
        resample=resample,
        crop="round",
        fill=int(merged["fill_color"]) if resize == "pad" else 0,
        mean=tuple(float(one) for one in merged["mean"]),
        std=tuple(float(one) for one in merged["std"]),
    )


def _text_recipe(tokenizer: Any) -> TextRecipe:
    clean, pad_id, side = "open_clip-lower", 0, "right"
    if isinstance(tokenizer, HFTokenizer):
        clean = f"open_clip-{tokenizer.clean_fn.__name__.removeprefix('_clean_')}"
        pad_id = int(tokenizer.tokenizer.pad_token_id)
        side = str(tokenizer.tokenizer.padding_side)
    elif isinstance(tokenizer, SimpleTokenizer):
        clean = f"open_clip-{tokenizer.clean_fn.__name__.removeprefix('_clean_')}"
    return TextRecipe(
        context_length=int(tokenizer.context_length),
        padding="max_length",
        padding_side=side,
        pad_id=pad_id,
        attention_mask=False,
        clean=clean,
    )


def _tokenise(tokenizer: Any, recipe: TextRecipe, texts: Sequence[str]) -> TokenBatch:
    ids = tokenizer([encodable(text) for text in texts]).numpy()
    return TokenBatch(ids, (ids != recipe.pad_id).astype(ids.dtype))


def _tokenizer_file(
    model_config: dict[str, Any], model_id: str, tokenizer: Any
) -> tuple[str, bytes]:
    """The tokeniser as a `tokenizers` file for an ONNX pair."""
    if isinstance(tokenizer, SimpleTokenizer) and tokenizer.reduction_fn is None:
        return "tokenizer.json", simple_tokenizer(tokenizer).to_str().encode("utf-8")
    plain = isinstance(tokenizer, HFTokenizer) and not (
        tokenizer.strip_sep_token or tokenizer.tokenizer_mode
    )
    backend = getattr(getattr(tokenizer, "tokenizer", None), "backend_tokenizer", None)
    if plain and backend is not None:
        return "tokenizer.json", backend.to_str().encode("utf-8")
    detail = f"its tokeniser ({type(tokenizer).__name__}) has no form outside open_clip"
    raise ExportImpossible(model=model_id, detail=detail)


def simple_tokenizer(source: SimpleTokenizer) -> Tokenizer:
    """open_clip's own byte-pair tokeniser as a `tokenizers` object; its cleaning stays outside."""
    merges = sorted(source.bpe_ranks, key=lambda pair: source.bpe_ranks[pair])
    specials = [source.decoder[number] for number in source.all_special_ids]
    start, end = specials[0], specials[1]
    tokenizer = Tokenizer(
        models.BPE(
            vocab=source.encoder,
            merges=[pair for pair in merges if len(pair) == 2],
            end_of_word_suffix="</w>",
            unk_token=end,
        )
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        special_tokens=[(start, source.sot_token_id), (end, source.eot_token_id)],
    )
    tokenizer.add_special_tokens([AddedToken(one, normalized=False) for one in specials])
    return tokenizer
