"""Examples that must not be parted: about the same picture, near-duplicates, shots of one burst.

Near pairs are found as `engine.duplicates` finds them, and bursts as `engine.stacks` does; both go
by difference hashes, which agree by chance on plain pictures and on pages of text, so a pair must
also have vectors, or else looks, that agree. Pure.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.training import Example
from vlm_desktop.engine import stacks
from vlm_desktop.engine.duplicates import LEAST_COSINE, DisjointSets, near_pairs
from vlm_desktop.store.trainingpictures import PictureFacts

MADE = "~"
"""Begins the name of a group that was found here; names that people gave begin otherwise."""
_LEAST_LIKENESS = 0.95
"""Correlation of looks from which two pictures with near hashes show the same."""
_LEAST_BURST_LIKENESS = 0.7
_LEAST_SPREAD = 2.0
"""Grey values a look must differ by (standard deviation) before likeness means anything."""
_MOST_MEAN_APART = 8.0
_MOST_OF_A_HASH = 12


def grouped(
    examples: Sequence[Example],
    facts: Mapping[str, PictureFacts],
    vectors: Mapping[str, VectorArray],
    cancel: CancelToken,
) -> list[str]:
    """The group of each example, "" for one that goes alone. The same examples get the same
    groups in any order, and names that people gave stay. Raises Cancelled."""
    sets = DisjointSets()
    nodes = list(dict.fromkeys(one.image for one in examples))
    number = {path: at for at, path in enumerate(nodes)}
    known = [facts.get(path) for path in nodes]
    hashes = [_content(path, facts, examples_of) for path, examples_of in _by_image(examples)]
    for pair in _same(examples, nodes, number, hashes):
        sets.join(*pair)
    for pair in _near(nodes, known, vectors, cancel):
        sets.join(*pair)
    for left, right in _shots(known):
        if _of_a_burst(known[left], known[right], vectors):
            sets.join(left, right)
    root = {one: min(group) for group in sets.groups() for one in group}
    members: dict[int, list[int]] = defaultdict(list)
    for at, one in enumerate(examples):
        place = number[one.image]
        members[root.get(place, place)].append(at)
    names = [""] * len(examples)
    for some in members.values():
        said = {examples[at].group for at in some}
        given = sorted(filter(_is_given, said))
        name = given[0] if given else ""
        if len(some) > 1 and not given:
            name = _name([hashes[number[examples[at].image]] or examples[at].image for at in some])
        for at in some:
            names[at] = name
    return names


def _is_given(group: str) -> bool:
    return bool(group) and not group.startswith(MADE)


def _by_image(examples: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    found: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        found[one.image].append(one)
    yield from found.items()


def _content(path: str, facts: Mapping[str, PictureFacts], about: Sequence[Example]) -> str:
    seen = facts.get(path)
    if seen is not None and seen.content_hash:
        return seen.content_hash
    return next((one.content for one in about if one.content), "")


def _name(identities: Sequence[str]) -> str:
    least = min(identities).encode("utf-8", "surrogatepass")
    return MADE + hashlib.blake2b(least, digest_size=6).hexdigest()


def _same(
    examples: Sequence[Example],
    nodes: Sequence[str],
    number: Mapping[str, int],
    hashes: Sequence[str],
) -> Iterator[tuple[int, int]]:
    """The same bytes; the same name but for the ending; the same group by name."""
    first: dict[tuple[str, str], int] = {}
    for at, path in enumerate(nodes):
        for key in (("bytes", hashes[at]), ("stem", str(Path(path).with_suffix("")))):
            if key[1]:
                yield first.setdefault(key, at), at
    for one in examples:
        if _is_given(one.group):
            at = number[one.image]
            yield first.setdefault(("group", one.group), at), at


def _near(
    nodes: Sequence[str],
    known: Sequence[PictureFacts | None],
    vectors: Mapping[str, VectorArray],
    cancel: CancelToken,
) -> Iterator[tuple[int, int]]:
    """Near-duplicates. Of many with one hash, such as pages that are all white, each is held
    against a few that differ, not against all."""

    def alike(left: int, right: int) -> bool:
        return _alike(known[left], known[right], vectors, LEAST_COSINE, _LEAST_LIKENESS)

    differing: dict[int, list[int]] = defaultdict(list)
    for at in sorted(range(len(nodes)), key=nodes.__getitem__):
        seen = known[at]
        if seen is None or not seen.fingerprint:
            continue
        others = differing[int(seen.fingerprint, 16)]
        like = next((other for other in others if alike(other, at)), None)
        if like is not None:
            yield like, at
        elif len(others) < _MOST_OF_A_HASH:
            others.append(at)
    values = list(differing)
    for left, right in near_pairs(np.array(values, dtype=np.uint64), cancel).tolist():
        for one in differing[values[left]]:
            for other in differing[values[right]]:
                if alike(one, other):
                    yield one, other


def _shots(known: Sequence[PictureFacts | None]) -> Iterator[tuple[int, int]]:
    """Neighbours in time from one camera, a burst's seconds apart at most."""
    dated = sorted(
        (one.camera, moment, at)
        for at, one in enumerate(known)
        if one is not None and one.camera and (moment := _moment(one.taken_at)) is not None
    )
    for (camera, moment, at), (other, later, after) in zip(dated, dated[1:], strict=False):
        if camera == other and later - moment <= stacks.BURST_SECONDS:
            yield at, after


def _moment(taken_at: str) -> float | None:
    """Seconds of the clock where it was taken."""
    try:
        return datetime.fromisoformat(taken_at[:19]).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _of_a_burst(
    left: PictureFacts | None, right: PictureFacts | None, vectors: Mapping[str, VectorArray]
) -> bool:
    assert left is not None
    assert right is not None
    if left.fingerprint and right.fingerprint:
        bits = (int(left.fingerprint, 16) ^ int(right.fingerprint, 16)).bit_count()
        if bits <= stacks.MOST_BITS:
            return True
    return _alike(left, right, vectors, stacks.LEAST_COSINE, _LEAST_BURST_LIKENESS, known=False)


def _alike(
    left: PictureFacts | None,
    right: PictureFacts | None,
    vectors: Mapping[str, VectorArray],
    least_cosine: float,
    least_likeness: float,
    *,
    known: bool = True,
) -> bool:
    """By vectors where both have one, else by looks; `known` where neither can tell."""
    assert left is not None
    assert right is not None
    one, other = vectors.get(left.content_hash), vectors.get(right.content_hash)
    if one is not None and other is not None:
        return float(one @ other) >= least_cosine
    if left.look and right.look:
        return _likeness(left.look, right.look) >= least_likeness
    return known


def _likeness(left: bytes, right: bytes) -> float:
    """Correlation of two looks; of plain ones, whether they are equally grey."""
    one = np.frombuffer(left, np.uint8).astype(np.float64)
    other = np.frombuffer(right, np.uint8).astype(np.float64)
    if min(one.std(), other.std()) < _LEAST_SPREAD:
        both = max(one.std(), other.std()) < _LEAST_SPREAD
        return float(both and abs(one.mean() - other.mean()) <= _MOST_MEAN_APART)
    return float(np.corrcoef(one, other)[0, 1])
