"""A folder of a promptable segmenter, known by its small files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.backends.encoders.recipe import ImageRecipe
from vlm_desktop.backends.modelfolder import count_weights, read_config, revision
from vlm_desktop.backends.segmentation.families import FAMILIES, PADDED, MaskFamily
from vlm_desktop.base.errors import ModelBroken, ModelUnsupported

_PROCESSORS = ("processor_config.json", "preprocessor_config.json")


@dataclass(frozen=True, slots=True)
class MaskFolder:
    """What can be told of a model without reading its weights.

    `side` is that of the square which its network takes, in pixels; `recipe` is how values of
    pixels become its numbers. `revision` changes with the weights or the configuration.
    """

    path: Path
    model_id: str
    family: MaskFamily
    side: int
    recipe: ImageRecipe
    parameters: int
    revision: str

    @classmethod
    def read(cls, path: Path, model_id: str) -> "MaskFolder":
        """Raises `ModelBroken`, and `ModelUnsupported` for another kind of model."""
        kind = str(read_config(path, model_id).get("model_type", ""))
        family = FAMILIES.get(kind)
        if family is None:
            raise ModelUnsupported(model=model_id, family=kind or "config.json without model_type")
        told = _told_of_pictures(path, model_id)
        try:
            side = _side(told, family)
            recipe = ImageRecipe(
                size=(side, side),
                resample="bilinear",
                rescale=float(told["rescale_factor"]) if told.get("do_rescale", True) else None,
                mean=tuple(map(float, told["image_mean"])),
                std=tuple(map(float, told["image_std"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            detail = f"its processor's settings do not say how pictures are prepared ({error})"
            raise ModelBroken(model=model_id, detail=detail) from error
        return cls(
            path=path,
            model_id=model_id,
            family=family,
            side=side,
            recipe=recipe,
            parameters=count_weights(path, model_id),
            revision=revision(path),
        )


def _told_of_pictures(path: Path, model_id: str) -> dict[str, Any]:
    """The image processor's table: a file of its own, or a part of the processor's."""
    for name in _PROCESSORS:
        try:
            table = json.loads((path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise ModelBroken(model=model_id, detail=f"{name}: {error}") from error
        if isinstance(table, dict):
            inner = table.get("image_processor")
            if isinstance(inner, dict):
                return inner
            if "size" in table:
                return table
    detail = f"it has no settings for pictures ({' or '.join(_PROCESSORS)})"
    raise ModelBroken(model=model_id, detail=detail)


def _side(told: dict[str, Any], family: MaskFamily) -> int:
    size = told["size"]
    if family.fit == PADDED:
        side, pad = int(size["longest_edge"]), told["pad_size"]
        if not side == int(pad["height"]) == int(pad["width"]):
            raise ValueError("pictures are not padded to their longest edge")
        return side
    if int(size["height"]) != int(size["width"]):
        raise ValueError("pictures do not become squares")
    return int(size["height"])
