"""What the frozen image tower sees of every photo, computed once and kept in files.

Each photo is looked at several times: as it is, mirrored, and through random crops. A view of 49
cells of 1280 numbers in 0..6 is kept in one byte a number, which is finer than training needs.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import torch
from numpy.lib.format import open_memmap
from PIL import Image, ImageEnhance

from vlm_desktop.backends.chat.starter_views import CORNERS, corners

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

log = logging.getLogger(__name__)

TOP = 6.0
"""ReLU6: no number of a cell is above it."""
CHUNK = 8


@dataclass(frozen=True)
class Features:
    """Views of every photo: cells uint8 [V,N,49,1280], embeddings float32 [V,N,512], and which
    views are mirrored, bool [V,N]. View 0 is the photo as it is. `corners` are the cells of its
    corners, enlarged, uint8 [N,4,49,1280]."""

    cells: NDArray[np.uint8]
    whole: NDArray[np.float32]
    mirrored: NDArray[np.bool_]
    corners: NDArray[np.uint8]

    def take(
        self, views: Sequence[int], photos: Sequence[int], device: torch.device
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Cells [B,49,1280] in 0..6 and embeddings [B,512] of photos, each in its view."""
        cells = np.stack([self.cells[v, n] for v, n in zip(views, photos, strict=True)])
        whole = np.stack([self.whole[v, n] for v, n in zip(views, photos, strict=True)])
        found = torch.from_numpy(cells).to(device).float() * (TOP / 255)
        return found, torch.from_numpy(whole).to(device)

    def near(self, photos: Sequence[int], device: torch.device) -> torch.Tensor:
        """Cells of the corners [B,4,49,1280] in 0..6."""
        cells = np.stack([self.corners[photo] for photo in photos])
        return torch.from_numpy(cells).to(device).float() * (TOP / 255)


def view_of(
    pixels: NDArray[np.uint8], view: int, seed: tuple[int, ...]
) -> tuple[Image.Image, bool]:
    """One view of an RGB photo [S,S,3], of the same size, and whether it is mirrored."""
    picture = Image.fromarray(pixels)
    if view == 0:
        return picture, False
    mirrored = True
    if view > 1:
        draw = np.random.default_rng(seed)
        area, ratio = draw.uniform(0.45, 1.0), np.exp(draw.uniform(-0.3, 0.3))
        wide, high = min(1.0, np.sqrt(area * ratio)), min(1.0, np.sqrt(area / ratio))
        left, top = draw.uniform(0.0, 1.0 - wide), draw.uniform(0.0, 1.0 - high)
        x, y = picture.size
        box = (x * left, y * top, x * (left + wide), y * (top + high))
        picture = picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)
        for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            picture = change(picture).enhance(draw.uniform(0.8, 1.2))
        mirrored = bool(draw.random() < 0.5)
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return picture, mirrored


def open_tower(graph: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """The image tower; its outputs `image_embeds` and `cells` are asked for by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _read(path: Path, side: int) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        upright = picture.convert("RGB")
        if upright.size != (side, side):
            upright = upright.resize((side, side), Image.Resampling.BICUBIC)
        return np.asarray(upright)


def build_features(
    photos: Sequence[Path], graph: Path, folder: Path, *, views: int, side: int = 224, seed: int = 7
) -> Features:
    """Run the tower over all views of all photos, or map the files that an earlier run left.

    The files are taken as they are when their shapes fit; delete them when photos change.
    """
    tower = open_tower(graph)
    probe = tower.run(["cells"], {"pixel_values": np.zeros((1, 3, side, side), np.float32)})[0]
    width = tower.run(["image_embeds"], {"pixel_values": np.zeros((1, 3, side, side), np.float32)})
    count = len(photos)
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        "cells": ((views, count, *probe.shape[1:]), np.uint8),
        "whole": ((views, count, width[0].shape[1]), np.float32),
        "mirrored": ((views, count), np.bool_),
        "corners": ((count, CORNERS, *probe.shape[1:]), np.uint8),
    }
    files = {name: folder / f"{name}.npy" for name in shapes}
    done = folder / "done"
    if done.is_file():
        kept = {name: np.load(file, mmap_mode="r") for name, file in files.items()}
        if all(kept[name].shape == shape for name, (shape, _) in shapes.items()):
            return Features(**kept)
    done.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        name: open_memmap(files[name], "w+", dtype, shape)
        for name, (shape, dtype) in shapes.items()
    }

    def look(start: int) -> None:
        stop = min(count, start + CHUNK)
        pixels = [_read(path, side) for path in photos[start:stop]]
        for view in range(views):
            seen = [view_of(one, view, (seed, view, start + i)) for i, one in enumerate(pixels)]
            values = np.stack([np.asarray(one) for one, _ in seen]).astype(np.float32) / 127.5 - 1
            feeds = {"pixel_values": np.ascontiguousarray(values.transpose(0, 3, 1, 2))}
            whole, cells = tower.run(["image_embeds", "cells"], feeds)
            made["cells"][view, start:stop] = np.rint(cells * (255 / TOP))
            made["whole"][view, start:stop] = whole
            made["mirrored"][view, start:stop] = [mirrored for _, mirrored in seen]
            if view == 0:
                near = tower.run(["cells"], {"pixel_values": corners(feeds["pixel_values"])})[0]
                made["corners"][start:stop] = np.rint(near * (255 / TOP)).reshape(
                    -1, *made["corners"].shape[1:]
                )

    with ThreadPoolExecutor() as pool:
        list(pool.map(look, range(0, count, CHUNK)))
    for one in made.values():
        one.flush()
    done.write_text("", encoding="utf-8")
    log.info("%d photos seen in %d views", count, views)
    return Features(**{name: np.load(file, mmap_mode="r") for name, file in files.items()})
