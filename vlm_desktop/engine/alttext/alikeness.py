"""Images of a set that look nearly the same, and what tells their texts apart.

The pictures go by their fingerprints, which files outside the library have, too; pictures so plain
that theirs says nothing are alike only where their bytes are the same. Where the library has
vectors of both, those have to agree.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vlm_desktop.base.alttext import AltImage, Candidate
from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.alttext.lengths import listed
from vlm_desktop.engine.duplicates import LEAST_COSINE, DisjointSets, near_pairs
from vlm_desktop.store.library import Library

_PLAIN_BITS = 4
"""So many set or unset bits of 64 or fewer: a picture without edges, like many others."""
_SAME_SHAPE = 0.05
_SAME_COSINE = 0.99
"""Of eight photos by the starter's encoder: copies at two thirds of the size, saved anew, 0.961 to
0.998; crops by 4 %, as between two shots, 0.908 to 0.988. So above it is a copy, below it may be.
"""
_MOST_COMPARED = 8
"""Of many pictures with the very same fingerprint, each is compared with so many others."""
_WORD = re.compile(r"\w+")
_SMALL_WORDS = listed(
    "a an and are as at be by down for from has have in into is it its near of off on onto or out"
    " over that the their them there they this to top two under up very while with"
)

VectorOf = Callable[[AltImage], VectorArray | None]
"""The vector of an image's file, where the library has one."""


class LibraryVectors:
    """The library's vectors of files that are as they were when they were indexed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._model_id = library.active_model()
        self._found: dict[int, VectorArray | None] = {}

    def __call__(self, image: AltImage) -> VectorArray | None:
        if image.id not in self._found:
            self._found[image.id] = self._read(image)
        return self._found[image.id]

    def _read(self, image: AltImage) -> VectorArray | None:
        if self._model_id is None or image.path is None:
            return None
        known = self._library.alt_known_file(image.path)
        content_id = self._library.content_of(image.path)
        if known is None or content_id is None or known.content_hash != image.content_hash:
            return None
        pages = self._library.vectors_of(self._model_id, [content_id]).get(content_id)
        if pages is None:
            return None
        vector: VectorArray = pages[0]
        return vector


def alike(
    images: Sequence[AltImage],
    fingerprints: Mapping[int, str],
    vector_of: VectorOf,
    cancel: CancelToken,
) -> list[tuple[int, ...]]:
    """Groups of two or more image ids that look nearly the same, each in the order given."""
    sets = DisjointSets()
    place = {image.id: number for number, image in enumerate(images)}
    by_id = {image.id: image for image in images}
    same_bytes: dict[str, int] = {}
    by_look: dict[int, list[int]] = {}
    for image in images:
        if image.content_hash:
            first = same_bytes.setdefault(image.content_hash, image.id)
            if first != image.id:
                sets.join(first, image.id)
                continue
        look = int(fingerprints.get(image.id) or "0", 16)
        if _PLAIN_BITS < look.bit_count() < 64 - _PLAIN_BITS:
            by_look.setdefault(look, []).append(image.id)
    for bucket in by_look.values():
        for number, other in enumerate(bucket):
            for one in bucket[max(0, number - _MOST_COMPARED) : number]:
                if _confirmed(by_id[one], by_id[other], vector_of):
                    sets.join(one, other)
    looks = list(by_look)
    near = near_pairs(np.array(looks, dtype=np.uint64), cancel) if len(looks) > 1 else ()
    for left, right in near:
        for one in by_look[looks[left]][:_MOST_COMPARED]:
            for other in by_look[looks[right]][:_MOST_COMPARED]:
                if _confirmed(by_id[one], by_id[other], vector_of):
                    sets.join(one, other)
    return sorted(
        (tuple(sorted(group, key=place.__getitem__)) for group in sets.groups()),
        key=lambda group: place[group[0]],
    )


def _confirmed(one: AltImage, other: AltImage, vector_of: VectorOf) -> bool:
    across = one.size.width * other.size.height
    down = other.size.width * one.size.height
    if abs(across - down) > _SAME_SHAPE * max(across, down, 1):
        return False
    left, right = vector_of(one), vector_of(other)
    return left is None or right is None or float(left @ right) >= LEAST_COSINE


def same_pictures(group: Sequence[AltImage], vector_of: VectorOf) -> dict[int, int]:
    """Of images that look alike, those that are an earlier one again: its bytes, or a copy of it
    that was resized or saved anew, as far as the library's vectors tell."""
    again: dict[int, int] = {}
    firsts: list[AltImage] = []
    for image in group:
        twin = next((one for one in firsts if _same(one, image, vector_of)), None)
        if twin is None:
            firsts.append(image)
        else:
            again[image.id] = twin.id
    return again


def _same(one: AltImage, other: AltImage, vector_of: VectorOf) -> bool:
    if one.content_hash and one.content_hash == other.content_hash:
        return True
    left, right = vector_of(one), vector_of(other)
    return left is not None and right is not None and float(left @ right) >= _SAME_COSINE


# --- their texts -------------------------------------------------------------------------


def telling_words(text: str, others: Sequence[str]) -> tuple[str, ...]:
    """The words of a text, in its order, that none of the others says."""
    known = {word for other in others for word in _WORD.findall(other.casefold())}
    said = dict.fromkeys(_WORD.findall(text.casefold()))
    return tuple(word for word in said if word not in known and word not in _SMALL_WORDS)


def telling_apart(candidates: Sequence[Candidate], others: Sequence[str]) -> int:
    """Which candidate to take for an image whose likes say `others`: the likeliest that says
    something of its own, else the first. Candidates come the likeliest first.
    """
    for number, candidate in enumerate(candidates):
        if candidate.alt.strip() and (not others or telling_words(candidate.alt, others)):
            return number
    return 0
