"""Random views of photos, computed for a whole batch at once on the training device."""

from __future__ import annotations

import torch
from torch.nn import functional as F  # noqa: N812


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 ``[B,3,H,W]`` 0-255 to float32 -1..1."""
    return pixels.float() / 127.5 - 1.0


def _boxes(
    count: int, least_area: float, device: torch.device, draw: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random box sizes and centres in the -1..1 plane, each ``[count,2]`` (x, y)."""
    area = torch.empty(count, device=device).uniform_(least_area, 1.0, generator=draw)
    ratio = torch.empty(count, device=device).uniform_(-0.35, 0.35, generator=draw).exp()
    size = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], 1).clamp(max=1.0)  # [B,2]
    centre = torch.empty(count, 2, device=device).uniform_(-1.0, 1.0, generator=draw)
    return size, centre * (1.0 - size)


def crop_and_flip(
    pixels: torch.Tensor,
    may_flip: torch.Tensor,
    draw: torch.Generator,
    *,
    size: int,
    least_area: float = 0.5,
) -> torch.Tensor:
    """Random resized crop (Szegedy et al. 2015) and mirror.

    Args:
        pixels: float ``[B,3,H,W]``.
        may_flip: bool ``[B]``; false where the text speaks of left and right.
        draw: random generator on the same device.
        size: side of the result in pixels.
        least_area: smallest share of the picture that is kept.

    Returns:
        float ``[B,3,size,size]``.
    """
    count, device = pixels.shape[0], pixels.device
    box, centre = _boxes(count, least_area, device, draw)
    mirrored = (torch.rand(count, device=device, generator=draw) < 0.5) & may_flip
    sign = 1.0 - 2.0 * mirrored.float()
    matrix = torch.zeros(count, 2, 3, device=device)
    matrix[:, 0, 0], matrix[:, 1, 1] = box[:, 0] * sign, box[:, 1]
    matrix[:, :, 2] = centre
    grid = F.affine_grid(matrix, [count, 3, size, size], align_corners=False)  # [B,size,size,2]
    return F.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)


def colour(pixels: torch.Tensor, draw: torch.Generator, strength: float = 0.3) -> torch.Tensor:
    """Random brightness, contrast and saturation, now and then grey: ``[B,3,H,W]`` -1..1."""
    count, device = pixels.shape[0], pixels.device

    def factor() -> torch.Tensor:
        drawn = torch.empty(count, 1, 1, 1, device=device)
        return drawn.uniform_(1.0 - strength, 1.0 + strength, generator=draw)

    pixels = (pixels + 1.0) * factor() - 1.0
    middle = pixels.mean((1, 2, 3), keepdim=True)  # [B,1,1,1]
    pixels = (pixels - middle) * factor() + middle
    grey = pixels.mean(1, keepdim=True)  # [B,3,H,W] -> [B,1,H,W]
    keep = factor()
    keep = torch.where(torch.rand(count, 1, 1, 1, device=device, generator=draw) < 0.03, 0.0, keep)
    return (grey + (pixels - grey) * keep).clamp(-1.0, 1.0)


def erase(pixels: torch.Tensor, draw: torch.Generator, chance: float = 0.15) -> torch.Tensor:
    """Cover one box with grey in a share of the pictures (Zhong et al. 2020): ``[B,3,H,W]``."""
    count, _, height, width = pixels.shape
    device = pixels.device
    box = torch.empty(count, 2, device=device).uniform_(0.15, 0.4, generator=draw)
    at = torch.rand(count, 2, device=device, generator=draw) * (1.0 - box)
    rows = torch.arange(height, device=device)[None] / height  # [1,H]
    columns = torch.arange(width, device=device)[None] / width  # [1,W]
    inside_row = (rows >= at[:, :1]) & (rows < at[:, :1] + box[:, :1])  # [B,H]
    inside_column = (columns >= at[:, 1:]) & (columns < at[:, 1:] + box[:, 1:])  # [B,W]
    hit = torch.rand(count, 1, 1, device=device, generator=draw) < chance
    mask = (inside_row[:, :, None] & inside_column[:, None, :] & hit)[:, None]  # [B,1,H,W]
    return pixels.masked_fill(mask, 0.0)


def mix(pixels: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """Blend every picture with another of the batch (Zhang et al. 2018): ``[B,3,H,W]``."""
    count, device = pixels.shape[0], pixels.device
    share = torch.rand(count, 1, 1, 1, device=device, generator=draw)
    other = torch.randperm(count, device=device, generator=draw)
    return share * pixels + (1.0 - share) * pixels[other]
