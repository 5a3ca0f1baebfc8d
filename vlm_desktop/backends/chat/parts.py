"""Which part of a network each of its weights belongs to: image tower, projector, language, head.

Told by how transformers names the modules of the families in `families`; a new layout is a new
beginning in the table.
"""

from collections.abc import Mapping
from typing import Any

import torch

HEAD, PROJECTOR, VISION, LANGUAGE, OTHER = "head", "projector", "vision", "language", "other"
PARTS = (VISION, PROJECTOR, LANGUAGE, HEAD, OTHER)
"""In the order in which a picture goes through them."""

STARTS: Mapping[str, tuple[str, ...]] = {
    HEAD: (
        "lm_head.", "language_model.lm_head.", "text_model.lm_head.", "text_decoder.cls.",
        "output.",
    ),
    PROJECTOR: (
        "model.multi_modal_projector.", "model.connector.", "model.visual.merger.",
        "model.visual.deepstack_merger_list.", "model.image_newline", "qformer.", "query_tokens",
        "language_projection.", "git.visual_projection.", "git.img_temporal_embedding.",
        "image_to_text_projection.",
    ),
    VISION: (
        "model.vision_tower.", "model.vision_model.", "model.visual.", "vision_model.",
        "git.image_encoder.",
    ),
    LANGUAGE: (
        "model.language_model.", "model.text_model.", "language_model.", "text_model.",
        "text_encoder.", "text_decoder.", "git.embeddings.", "git.encoder.",
    ),
    OTHER: ("",),
}  # fmt: skip
"""Beginnings of the names of weights. The first part that has one of them is theirs."""


def part_of(name: str) -> str:
    """The part that a weight or module of this name belongs to."""
    dotted = f"{name}."
    return next(part for part, starts in STARTS.items() if dotted.startswith(starts))


def vision_blocks(network: Any) -> tuple[str, ...]:
    """Names of the layers of the image tower, in their order; those after the one whose output is
    taken do nothing and are left out."""
    lists = [
        (name, one)
        for name, one in network.named_modules()
        if isinstance(one, torch.nn.ModuleList) and part_of(name) == VISION
    ]
    if not lists:
        return ()
    name, blocks = max(lists, key=lambda one: len(one[1]))
    return tuple(f"{name}.{number}" for number in range(_used(network.config, len(blocks))))


def _used(config: Any, count: int) -> int:
    """How many layers lie before the output that is taken (LLaVA takes the last but one)."""
    taken = getattr(config, "vision_feature_layer", None)
    if taken is None:
        return count
    numbers = taken if isinstance(taken, list | tuple) else [taken]
    return max(number if number >= 0 else count + 1 + number for number in numbers)
