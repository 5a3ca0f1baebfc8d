"""What the starter's classifier of short answers looks at besides the picture: its corners, larger.

The tower sees a picture as 7x7 cells. Small and many things are clearer in the corners, each
enlarged to the tower's size; together they cover the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORNERS = 4
_SHARE = 4 / 7
"""Of a picture's side that a corner has."""


def corners(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners of pictures [B,3,S,S], enlarged to their size [4*B,3,S,S]: those of the first
    picture, top left, top right, bottom left, bottom right, then the next one's."""
    height, width = values.shape[-2:]
    high, wide = round(height * _SHARE), round(width * _SHARE)
    cut = [
        values[..., top : top + high, left : left + wide]
        for top in (0, height - high)
        for left in (0, width - wide)
    ]
    pieces = torch.from_numpy(np.stack(cut, 1).reshape(-1, values.shape[1], high, wide))
    large = F.interpolate(pieces, size=(height, width), mode="bilinear", align_corners=False)
    found: NDArray[np.float32] = large.numpy()
    return found
