"""Superpixels of a picture, and how they merge into ever fewer regions.

Superpixels are a watershed from a grid of quiet places (Neubert and Protzel, "Compact watershed",
2014, without its compactness). Regions merge where two are each other's cheapest neighbour, which
gives the order of average linkage with whole arrays at a time; small regions merge sooner
(after Uijlings et al., "Selective search", 2013).
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import PixelArray

Map: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.int32]

LEVELS = (200, 130, 90, 60, 40, 25, 16, 10)
"""How many regions are left at each level, at most."""
_STEP = 5
_LIGHT, _TINT = 0.5, 1.5
_SMALL = 200.0
"""A region of a 200th of the picture merges as a picture's mean region does."""
_QUICK = 30


def superpixels(picture: PixelArray, edges: Map) -> Labels:
    """[h, w] from 0 on: regions of some dozens of pixels whose outlines follow the edges."""
    height, width = edges.shape
    rows, columns = max(1, height // _STEP), max(1, width // _STEP)
    if rows * columns == 1:
        return np.zeros((height, width), np.int32)
    # The quietest pixel of each cell of a grid; what does not fill a cell belongs to the last.
    cells = edges[: rows * _STEP, : columns * _STEP]
    cells = np.pad(
        cells,
        ((0, rows * _STEP - cells.shape[0]), (0, columns * _STEP - cells.shape[1])),
        constant_values=np.inf,
    )
    cells = cells.reshape(rows, _STEP, columns, _STEP).transpose(0, 2, 1, 3)
    quiet = cells.reshape(rows, columns, -1).argmin(axis=2)
    y = np.arange(rows)[:, None] * _STEP + quiet // _STEP
    x = np.arange(columns)[None, :] * _STEP + quiet % _STEP
    marked = np.zeros((height, width), np.int32)
    marked[y, x] = np.arange(1, rows * columns + 1, dtype=np.int32).reshape(rows, columns)
    cv2.watershed(picture, marked)
    # Watershed leaves the lines between regions, and the picture's edge, to nobody.
    found = np.maximum(marked, 0).astype(np.float32)
    while not found.all():
        found = np.where(found > 0, found, cv2.dilate(found, np.ones((3, 3), np.uint8)))
    _, labels = np.unique(found, return_inverse=True)
    return labels.reshape(height, width).astype(np.int32)


def merged(labels: Labels, lab: Map, edges: Map) -> Labels:
    """[levels, n]: for each of LEVELS, the region each superpixel belongs to."""
    flat = labels.ravel()
    areas = np.bincount(flat).astype(np.float64)
    means = np.stack([np.bincount(flat, lab[..., channel].ravel()) for channel in range(3)], axis=1)
    means /= areas[:, None]
    one, other, lengths, strengths = _borders(labels, edges)
    current = np.arange(len(areas))
    found: list[NDArray[np.int64]] = []
    while len(found) < len(LEVELS):
        while len(found) < len(LEVELS) and len(areas) <= LEVELS[len(found)]:
            found.append(current.copy())
        if not len(one):
            found += [current.copy()] * (len(LEVELS) - len(found))
            break
        costs = _costs(means, areas, one, other, strengths / lengths)
        new = _renamed(costs, one, other, len(areas))
        count = int(new.max()) + 1
        weights = np.bincount(new, areas, count)
        means = np.stack(
            [np.bincount(new, areas * means[:, channel], count) for channel in range(3)], axis=1
        )
        means /= weights[:, None]
        areas, current = weights, new[current]
        one, other, lengths, strengths = _joined(new[one], new[other], lengths, strengths, count)
    return np.stack(found).astype(np.int32)


def _borders(labels: Labels, edges: Map) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Pairs of neighbours: the one, the other, pixels of their border, edge strength over it."""
    pairs = []
    for first, second, strong in (
        (labels[:, 1:], labels[:, :-1], np.maximum(edges[:, 1:], edges[:, :-1])),
        (labels[1:], labels[:-1], np.maximum(edges[1:], edges[:-1])),
    ):
        differ = first != second
        pairs.append((first[differ], second[differ], strong[differ]))
    one, other, strong = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    count = int(labels.max()) + 1
    return _joined(one.astype(np.int64), other, np.ones(len(one)), strong, count)


def _joined(
    one: NDArray, other: NDArray, lengths: NDArray, strengths: NDArray, count: int
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Each pair once, its lengths and strengths added up; pairs of a region with itself go."""
    differ = one != other
    low, high = np.minimum(one, other)[differ], np.maximum(one, other)[differ]
    keys, places = np.unique(low * count + high, return_inverse=True)
    return (
        keys // count,
        keys % count,
        np.bincount(places, lengths[differ], len(keys)),
        np.bincount(places, strengths[differ], len(keys)),
    )


def _costs(
    means: NDArray, areas: NDArray, one: NDArray, other: NDArray, borders: NDArray
) -> NDArray:
    """What merging each pair would cost: unlike colours, a strong border, and size."""
    apart = means[one] - means[other]
    colours = np.sqrt((apart**2) @ np.array([_LIGHT, _TINT, _TINT]))
    smaller = np.minimum(areas[one], areas[other]) / areas.sum()
    costs: NDArray = (colours + borders) * (smaller * _SMALL + 0.3) ** 0.4
    return costs


def _renamed(costs: NDArray, one: NDArray, other: NDArray, count: int) -> NDArray:
    """Old -> new number of each region, after pairs that are each other's cheapest merged.

    While there are many, the cheaper half of such pairs merges at once; later one at a time.
    """
    least = np.full(count, np.inf)
    np.minimum.at(least, one, costs)
    np.minimum.at(least, other, costs)
    mutual = np.flatnonzero((costs <= least[one]) & (costs <= least[other]))
    ranked = mutual[np.argsort(costs[mutual], kind="stable")]
    chosen = ranked[: max(1, len(ranked) // 2)] if count > _QUICK else ranked[:1]
    root = np.arange(count)
    root[other[chosen]] = one[chosen]
    while not np.array_equal(root, root[root]):  # ties may chain
        root = root[root]
    _, new = np.unique(root, return_inverse=True)
    return new
