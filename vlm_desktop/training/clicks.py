"""Fitting what a click means without a model: `resources/grounding/click_weights.toml`.

    python -m vlm_desktop.training.clicks BOXES.jsonl click_weights.toml

BOXES.jsonl has rows {"image", "phrase", "box", "crowd"}. Each box is clicked in its middle, and
once somewhere near it; all boxes around the click compete in a conditional logit
(McFadden, 1974) whose target is how much each overlaps the true one. Before the weights are
written, they are fitted on each half of the photos and the overlap on the other half is printed.
The shipped weights were fitted on the boxes of 206 photos of COCO train2017.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize

from vlm_desktop.backends.segmentation.clickboxes import (
    box_overlaps,
    centred,
    region_boxes,
    shifted,
    within,
)
from vlm_desktop.backends.segmentation.clickchoice import likely_boxes
from vlm_desktop.backends.segmentation.clickfeatures import BoxFeatures
from vlm_desktop.backends.segmentation.clickmaps import PictureMaps, picture_maps
from vlm_desktop.base.grounding import PromptPoint

_RIDGE = 1e-3
_SHARPNESS = 10.0
"""How much an overlap of 1 counts over one of 0, in log odds."""
_OFF_MIDDLE = 0.13
_KEPT = 260
_CLOSE = 0.3
_ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Click:
    """One click's competing boxes: features [_KEPT, n], overlaps with the true box, and log
    weights that stand for those left out; -inf where there is no box."""

    photo: int
    is_middle: bool
    values: NDArray[np.float32]
    overlaps: NDArray[np.float32]
    importance: NDArray[np.float32]


def read(table: Path, seed: int = 1) -> tuple[list[Click], tuple[str, ...]]:
    """Two clicks for each box, and the features' names."""
    rng = np.random.default_rng(seed)
    clicks: list[Click] = []
    names: tuple[str, ...] = ()
    for photo, maps, found in _photos(table):
        for box in found:
            for is_middle in (True, False):
                share = _share(is_middle, rng)
                click, names = _click(maps, photo, is_middle, box, share, rng)
                clicks.append(click)
    return clicks, names


def _photos(
    table: Path, parity: int | None = None
) -> Iterator[tuple[int, PictureMaps, NDArray[np.float64]]]:
    """Number, maps and boxes [n, 4] of each photo that is there, in pixels of what is seen."""
    boxes: dict[str, list[list[float]]] = {}
    for line in table.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("box") and not row.get("crowd"):
            boxes.setdefault(row["image"], []).append(row["box"])
    for photo, (name, found) in enumerate(sorted(boxes.items())):
        if parity not in (None, photo % 2) or not (table.parent / name).exists():
            continue
        with Image.open(table.parent / name) as opened:
            maps = picture_maps(np.asarray(opened.convert("RGB")))
            factor = maps.image.shape[1] / opened.width
        yield photo, maps, np.array(found) * factor


def _share(is_middle: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where in its box a thing is clicked, 0..1 across and down."""
    near = rng.normal(0.5, _OFF_MIDDLE, 2).clip(0.12, 0.88)
    return np.array([0.5, 0.5]) if is_middle else near


def _click(
    maps: PictureMaps,
    photo: int,
    is_middle: bool,
    box: NDArray[np.float64],
    share: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[Click, tuple[str, ...]]:
    """All boxes near the true one, and a draw of the others."""
    x, y = box[:2] + share * (box[2:] - box[:2])
    middle = centred(maps, x, y)
    tried = np.concatenate([middle, shifted(middle), region_boxes(maps, x, y)])
    candidates = within(maps, tried, x, y)
    named = BoxFeatures(maps, x, y).of(candidates)
    values = np.stack(list(named.values()), axis=1).astype(np.float32)
    overlaps = box_overlaps(candidates.boxes, box[None])[:, 0].astype(np.float32)
    close = np.flatnonzero(overlaps > _CLOSE)
    close = close[np.argsort(-overlaps[close])][: _KEPT // 2]
    others = np.setdiff1d(np.arange(len(overlaps)), close)
    drawn = rng.choice(others, min(len(others), _KEPT - len(close)), replace=False)
    chosen = np.concatenate([close, drawn])
    importance = np.full(_KEPT, -np.inf, np.float32)
    importance[: len(close)] = 0.0
    importance[len(close) : len(chosen)] = np.log(len(others) / max(1, len(drawn)))
    room = _KEPT - len(chosen)
    return (
        Click(
            photo,
            is_middle,
            np.pad(values[chosen], ((0, room), (0, 0))),
            np.pad(overlaps[chosen], (0, room)),
            importance,
        ),
        tuple(named),
    )


def fit(clicks: Sequence[Click]) -> NDArray[np.float64]:
    """A weight a feature."""
    values = np.stack([click.values for click in clicks])
    there = np.isfinite(np.stack([click.importance for click in clicks]))
    mean, spread = values[there].mean(axis=0), values[there].std(axis=0) + 1e-6
    values = (values - mean) / spread
    values[~there] = 0.0
    importance = np.stack([click.importance for click in clicks]).astype(np.float64)
    target = _shares(_SHARPNESS * np.stack([click.overlaps for click in clicks]) + importance)
    wanted = np.einsum("nk,nkd->d", target, values) / len(clicks)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = values @ weights.astype(np.float32) + importance
        top = logits.max(axis=1)
        total = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        seen = np.einsum("nk,nkd->d", _shares(logits), values) / len(clicks)
        value = float(total.mean() - wanted @ weights + _RIDGE * weights @ weights)
        return value, seen - wanted + 2 * _RIDGE * weights

    start = np.zeros(values.shape[2])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    weights: NDArray[np.float64] = found.x / spread
    return weights


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return shares


def overlaps(
    table: Path, weights: Mapping[str, float], parity: int, seed: int = 2
) -> tuple[float, float]:
    """The mean overlap of the first box that is chosen for a click in the middle of each thing,
    and for one near it, over the photos of one parity."""
    rng = np.random.default_rng(seed)
    found: dict[bool, list[float]] = {True: [], False: []}
    for _, maps, boxes in _photos(table, parity):
        for box in boxes:
            for is_middle in (True, False):
                x, y = box[:2] + _share(is_middle, rng) * (box[2:] - box[:2])
                best = likely_boxes(maps, [PromptPoint(x, y)], weights)[0].box
                chosen = np.array([[best.x0, best.y0, best.x1, best.y1]])
                found[is_middle].append(float(box_overlaps(chosen, box[None])[0, 0]))
    return float(np.mean(found[True])), float(np.mean(found[False]))


def main(arguments: Sequence[str]) -> None:
    """Fit and write; figures go to stdout."""
    table, target = map(Path, arguments)
    clicks, names = read(table)
    for parity in (0, 1):
        weights = fit([click for click in clicks if click.photo % 2 == parity])
        named = dict(zip(names, map(float, weights), strict=True))
        middle, near = overlaps(table, named, 1 - parity)
        sys.stdout.write(f"held-out half {1 - parity}: middle {middle:.3f}, near {near:.3f}\n")
        sys.stdout.flush()
    lines = [
        "# What a box around a click has to do with the object there; see",
        "# `vlm_desktop/training/clicks.py`, which wrote this, and `clickfeatures.py`.",
        "",
        "[weights]",
        *(f'"{name}" = {weight:.4f}' for name, weight in zip(names, fit(clicks), strict=True)),
    ]
    target.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
