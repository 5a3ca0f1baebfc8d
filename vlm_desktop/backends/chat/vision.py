"""From prepared pictures to the features that stand for them in the decoder."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.modeling_outputs import BaseModelOutputWithPooling

from vlm_desktop.backends.chat.pictures import Prepared
from vlm_desktop.base.errors import ModelBroken


@dataclass(frozen=True, slots=True)
class Features:
    """What stands for one picture: [tokens, size], or [tiles, tokens, size] as the model has it.

    `deep` are further features of the same places, for decoders that add them to deeper layers.
    """

    pooled: torch.Tensor
    deep: tuple[torch.Tensor, ...] = ()

    @property
    def places(self) -> int:
        return self.pooled.shape[:-1].numel()

    def to(self, device: torch.device) -> "Features":
        """The same where the decoder lies."""
        return Features(self.pooled.to(device), tuple(one.to(device) for one in self.deep))

    @property
    def size_bytes(self) -> int:
        return sum(one.numel() * one.element_size() for one in (self.pooled, *self.deep))


def see(model: Any, picture: Prepared) -> Features:
    """Run the image tower and the projector of a model on one picture, gradients as they are."""
    takes = inspect.signature(model.get_image_features).parameters
    inputs = {
        name: value.to(model.device) if isinstance(value, torch.Tensor) else value
        for name, value in picture.inputs.items()
        if name in takes
    }
    if torch.is_floating_point(inputs["pixel_values"]):
        inputs["pixel_values"] = inputs["pixel_values"].to(model.dtype)
    answer = model.get_image_features(**inputs, return_dict=True)
    return from_output(answer)


@torch.inference_mode()
def look_at(model: Any, picture: Prepared) -> Features:
    """The same, of a model that only answers."""
    return see(model, picture)


def from_output(answer: Any) -> Features:
    """The features in a model's own answer to a single picture."""
    pooled = answer.pooler_output
    if not isinstance(pooled, torch.Tensor):
        pooled = torch.cat(list(pooled), dim=0)
    deep = getattr(answer, "deepstack_features", None) or ()
    return Features(
        pooled,
        tuple(one if isinstance(one, torch.Tensor) else torch.cat(list(one)) for one in deep),
    )


def gathered(features: Sequence[Features]) -> BaseModelOutputWithPooling:
    """Several pictures' features in the form that decoders take them in."""
    pooled: Any = [one.pooled for one in features]
    if features[0].pooled.ndim == 3:
        pooled = torch.cat(pooled, dim=0)
    answer = BaseModelOutputWithPooling(pooler_output=pooled)
    if features[0].deep:
        layers = zip(*(one.deep for one in features), strict=True)
        answer.deepstack_features = [list(layer) for layer in layers]
    return answer


def check_places(model_id: str, picture: Prepared, features: Features) -> None:
    """As many features as places for them, or the picture would read as noise.

    Raises `ModelBroken`.
    """
    if features.places != picture.tokens:
        detail = (
            f"its processor made {picture.tokens} places for a picture, "
            f"its image tower {features.places} features"
        )
        raise ModelBroken(model=model_id, detail=detail)
