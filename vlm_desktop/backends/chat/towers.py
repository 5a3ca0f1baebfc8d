"""Image towers as plain modules from pixels to features, which can be traced into a graph.

The models' own code looks at masks and at shapes on its way; with tiles of one size and no
padding, which is what these families are given, all of that is settled before.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from vlm_desktop.backends.chat.pictures import Prepared


def tiles_of(picture: Prepared) -> torch.Tensor | None:
    """pixel_values [tiles, 3, height, width]; None where some of it is padding."""
    mask = picture.inputs.get("pixel_attention_mask")
    if mask is not None and not bool(mask.all()):
        return None
    values: torch.Tensor = picture.inputs["pixel_values"].float()
    return values.reshape(-1, *values.shape[-3:])


class FeaturesTower(torch.nn.Module):
    """PaliGemma, Gemma 3, InternVL, BLIP-2: the model's own features are plain already."""

    def __init__(self, model: Any, side: int) -> None:
        super().__init__()
        del side
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] -> [n, tokens, size]
        network: Any = self.model
        found: torch.Tensor = network.get_image_features(
            pixel_values=pixel_values, return_dict=True
        ).pooler_output
        return found


class PatchesTower(torch.nn.Module):
    """BLIP and InstructBLIP: what is asked comes after the tower, so that all of it is plain."""

    def __init__(self, model: Any, side: int) -> None:
        super().__init__()
        del side
        self.vision: Any = model.vision_model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] -> [n, 1 + patches, size]
        found: torch.Tensor = self.vision(pixel_values=pixel_values).last_hidden_state
        return found


class TilesTower(torch.nn.Module):
    """Idefics 3 and SmolVLM: positions of a full tile are always the same."""

    def __init__(self, model: Any, side: int) -> None:
        super().__init__()
        self.vision: Any = model.model.vision_model
        self.connector: Any = model.model.connector
        blank = torch.zeros(1, 3, side, side)
        cells = side // self.vision.embeddings.patch_size
        full = torch.ones(1, cells, cells, dtype=torch.bool)
        with torch.inference_mode():
            placed = self.vision.embeddings(blank, patch_attention_mask=full)
            places = placed - self._patches(blank)
        self.places: torch.Tensor
        self.register_buffer("places", places.clone())

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] -> [n, tokens, size]
        hidden = self.vision.encoder(inputs_embeds=self._patches(pixel_values) + self.places)
        found: torch.Tensor = self.connector(self.vision.post_layernorm(hidden.last_hidden_state))
        return found

    def _patches(self, pixels: torch.Tensor) -> torch.Tensor:
        patches: torch.Tensor = self.vision.embeddings.patch_embedding(pixels)
        return patches.flatten(2).transpose(1, 2)


class LayersTower(torch.nn.Module):
    """LLaVA: the output of a layer in the middle of the tower, without its first place."""

    def __init__(self, model: Any, side: int) -> None:
        super().__init__()
        del side
        base = model.model
        tower = base.vision_tower
        self.vision: Any = getattr(tower, "vision_model", tower)
        self.projector: Any = base.multi_modal_projector
        chosen = model.config.vision_feature_layer
        if not isinstance(chosen, int):
            raise ValueError("features of several layers are put together")
        layers = self.vision.encoder.layers
        self.layers = layers[: chosen if chosen >= 0 else len(layers) + 1 + chosen]
        self.skip = int(model.config.vision_feature_select_strategy == "default")

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        # [n, 3, h, w] -> [n, tokens, size]
        hidden = self.vision.embeddings(pixel_values)
        if hasattr(self.vision, "pre_layrnorm"):
            hidden = self.vision.pre_layrnorm(hidden)
        for layer in self.layers:
            hidden = layer(hidden, attention_mask=None)
            hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        found: torch.Tensor = self.projector(hidden[:, self.skip :])
        return found


TOWERS: Mapping[str, Callable[[Any, int], torch.nn.Module]] = {
    "features": FeaturesTower,
    "patches": PatchesTower,
    "tiles": TilesTower,
    "layers": LayersTower,
}
"""Made of a loaded model and the side of its tiles in pixels."""
