"""Of boxes that lie on each other, the best."""

from collections.abc import Sequence

import torch
from torchvision.ops import nms

from vlm_desktop.base.grounding import FoundRegion

SAME = 0.6
"""Boxes that overlap by more (intersection over union) are taken for one object."""


def thinned(regions: Sequence[FoundRegion], most: int) -> tuple[FoundRegion, ...]:
    """Regions best first, at most so many; greedy non-maximum suppression by torchvision."""
    if not regions:
        return ()
    boxes = torch.tensor([[one.box.x0, one.box.y0, one.box.x1, one.box.y1] for one in regions])
    scores = torch.tensor([one.confidence for one in regions])
    kept = nms(boxes.float(), scores.float(), SAME)[:most]
    return tuple(regions[int(index)] for index in kept)
