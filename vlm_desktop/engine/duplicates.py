"""Duplicates in tiers: the same bytes, the same pixels, nearly the same picture.

Near pairs are found by difference hashes (Krawetz 2013, "Kind of like that") at most
`MOST_BITS` bits apart. Five bands of the 64 bits find all of them: where two hashes differ in
four bits, at least one band is equal (the pigeonhole principle). Embeddings then confirm a pair,
since plain pictures share a hash by chance.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.store.library import Library

MOST_BITS = 4
LEAST_COSINE = 0.9
_BANDS = (13, 13, 13, 13, 12)
_BUCKET_BLOCK = 1_024


@dataclass(frozen=True, slots=True)
class DuplicateGroup(Event):
    """Paths of one photo. `kind` is "identical" (bytes) or "near" (pixels, or almost)."""

    kind: str
    paths: tuple[Path, ...]


def find_duplicates(library: Library, cancel: CancelToken) -> Generator[Event, None, int]:
    """Yield a `DuplicateGroup` each, identical ones first; returns how many."""
    count = 0
    for paths in library.identical_groups():
        count += 1
        yield DuplicateGroup("identical", tuple(paths))
    cancel.raise_if_cancelled()
    for ids in near_groups(library, cancel):
        located = library.locate(ids)
        paths = tuple(located[i].path for i in ids if i in located)
        if len(paths) > 1:
            count += 1
            yield DuplicateGroup("near", paths)
    return count


def near_groups(library: Library, cancel: CancelToken) -> list[list[int]]:
    """Content ids that show the same picture: equal pixels, or confirmed near hashes."""
    sets = DisjointSets()
    for paths in library.same_pixel_groups():
        same = [i for i in map(library.content_of, paths) if i is not None]
        for other in same[1:]:
            sets.join(same[0], other)
    ids, hashes = library.perceptual_hashes()
    pairs = near_pairs(hashes, cancel)
    for left, right in _confirmed(library, ids, pairs):
        sets.join(left, right)
    return sets.groups()


def near_pairs(hashes: NDArray[np.uint64], cancel: CancelToken) -> NDArray[np.int64]:
    """All index pairs (i < j) at most MOST_BITS apart. hashes [n] -> [pairs, 2]."""
    found: list[NDArray[np.int64]] = []
    shift = 0
    for bits in _BANDS:
        cancel.raise_if_cancelled()
        band = (hashes >> np.uint64(shift)) & np.uint64((1 << bits) - 1)
        shift += bits
        order = np.argsort(band, kind="stable")
        edges = np.flatnonzero(np.diff(band[order])) + 1
        for bucket in np.split(order, edges):
            if len(bucket) > 1:
                found += _near_in_bucket(hashes, bucket)
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _near_in_bucket(
    hashes: NDArray[np.uint64], bucket: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    found = []
    for start in range(0, len(bucket), _BUCKET_BLOCK):
        block = bucket[start : start + _BUCKET_BLOCK]
        distances = np.bitwise_count(hashes[block][:, None] ^ hashes[bucket][None, :])
        left, right = np.nonzero(distances <= MOST_BITS)
        earlier = left + start < right
        found.append(np.stack([block[left[earlier]], bucket[right[earlier]]], axis=1))
    return found


def _confirmed(
    library: Library, ids: NDArray[np.int64], pairs: NDArray[np.int64]
) -> Iterable[tuple[int, int]]:
    """Pairs of content ids whose embeddings agree too, where both have one."""
    model_id = library.active_model()
    involved = sorted({int(i) for i in ids[pairs].ravel()})
    vectors = library.vectors_of(model_id, involved) if model_id else {}
    for left, right in ids[pairs].tolist():
        if left in vectors and right in vectors:
            cosine = float(vectors[left][0] @ vectors[right][0])
            if cosine < LEAST_COSINE:
                continue
        yield left, right


class DisjointSets:
    """Union-find over content ids."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def _find(self, one: int) -> int:
        self._parent.setdefault(one, one)
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def join(self, left: int, right: int) -> None:
        low, high = sorted((self._find(left), self._find(right)))
        self._parent[high] = low

    def groups(self) -> list[list[int]]:
        by_root: dict[int, list[int]] = {}
        for one in sorted(self._parent):
            by_root.setdefault(self._find(one), []).append(one)
        return [group for _, group in sorted(by_root.items()) if len(group) > 1]
