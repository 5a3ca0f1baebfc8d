"""Labels and captions that the base model would rather give to other pictures.

Labels go by confident learning (Northcutt, Jiang, Chuang 2021, "Confident Learning: Estimating
Dataset Uncertainty in Labels"): each class has a threshold, the mean probability that examples of
it have for it; an example is doubted if the likeliest class among those whose threshold it reaches
is another. What a class looks like is told by its other pictures, or where there are few, by its
name. Captions have no classes: one is doubted if most of the other captions fit its picture
better, and most of the other pictures fit it better, both by far.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.training import Example, ExampleKind

MOST_COMPARED = 2_000
"""Other captions, and pictures, that each is held against."""
LEAST_COMPARED = 8
LEAST_MARGIN = 0.4
"""By how much likelier another class must be. With the starter model and one label in twenty
wrong, what was named was wrong in 90 % of cases (78 % of the wrong ones found) on 30 classes of
Caltech101, in 55 % (56 %) on 5 flowers, in 68 % (16 %) on 81 groceries; there, without a margin, in
13 %."""
_BEATEN = 0.6
"""Share of the others that fit better, both ways, from which a caption is doubted. Of 400 captions
of Flickr8k, 20 of them exchanged, this named 13, all of them exchanged ones."""
_BLOCK = 1_024
_LEAST_OF_CLASS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Unit vectors of the pictures and of the texts [n, dimension] each; rows without a picture's
    vector are NaN. `scale` is what a cosine is multiplied by before a softmax."""

    pictures: VectorArray
    texts: VectorArray
    scale: float


class Judge(Protocol):
    """Tells pictures and texts as vectors that can be compared."""

    def __call__(
        self, examples: Sequence[Example], texts: Sequence[str], cancel: CancelToken
    ) -> Generator[Event, None, Judged]: ...


@dataclass(frozen=True, slots=True)
class Doubted:
    """The example at a place; `rather` is what it looks like, `doubt` 0..1 how surely."""

    place: int
    rather: str
    doubt: float


def text_of(example: Example) -> str:
    """What a picture is held against: its label, else its first answer."""
    return example.label or (example.turns[0].answer if example.turns else "")


def can_be_judged(example: Example) -> bool:
    """Answers to questions, places and fields say too little of a picture as a whole."""
    return bool(text_of(example)) and (bool(example.label) or example.kind is ExampleKind.CAPTION)


def doubted_labels(judged: Judged, labels: Sequence[str]) -> list[Doubted]:
    """Examples whose label the model doubts, the surest first.

    `judged.texts` are the vectors of the labels. Classes of fewer than two examples have no
    threshold of their own: the mean of the others stands in.
    """
    known = np.flatnonzero(~np.isnan(judged.pictures).any(axis=1))
    told = [labels[at] for at in known.tolist()]
    classes = sorted(set(told))
    if len(classes) < 2:
        return []
    given = np.array([classes.index(label) for label in told])
    shares = _shares(judged.pictures[known], judged.texts[known], given, judged.scale)
    thresholds = np.array(
        [
            own.mean() if len(own := shares[given == number, number]) > 1 else np.nan
            for number in range(len(classes))
        ]
    )
    if np.isnan(thresholds).all():
        return []
    thresholds[np.isnan(thresholds)] = np.nanmean(thresholds)
    found = []
    for row, (own, mine) in enumerate(zip(given, shares, strict=True)):
        reached = np.flatnonzero(mine >= thresholds)
        best = int(reached[np.argmax(mine[reached])]) if len(reached) else int(own)
        doubt = float(mine[best] - mine[own])
        if best != own and doubt >= LEAST_MARGIN:
            found.append(Doubted(int(known[row]), classes[best], doubt))
    return sorted(found, key=lambda one: (-one.doubt, one.place))


def _shares(
    pictures: VectorArray, texts: VectorArray, given: NDArray[np.int64], scale: float
) -> NDArray[np.float64]:
    """How likely each picture is of each class, [n, classes].

    By the mean of a class's other pictures where each class has three or more, because a model
    knows no names of pets; else by the names.
    """
    count = np.bincount(given)
    cosines: NDArray[np.floating[Any]]
    if count.min() >= _LEAST_OF_CLASS:
        sums = np.zeros((len(count), pictures.shape[1]))
        np.add.at(sums, given, pictures)
        cosines = pictures @ _unit(sums).T
        # Its own picture is no witness for an example.
        without = _unit(sums[given] - pictures)
        cosines[np.arange(len(given)), given] = np.einsum("nd,nd->n", pictures, without)
    else:
        first = [int(np.flatnonzero(given == number)[0]) for number in range(len(count))]
        cosines = pictures @ texts[first].T
    logits = scale * (cosines - cosines.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = np.exp(logits.astype(np.float64))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.maximum(np.sqrt((rows * rows).sum(axis=1)), 1e-9)
    unit: NDArray[np.float64] = rows / lengths[:, None]
    return unit


def doubted_captions(judged: Judged, texts: Sequence[str], groups: Sequence[str]) -> list[Doubted]:
    """Examples whose caption fits its picture worse than most others do, the surest first.

    Captions of the same group (or the same words) are no others.
    """
    known = np.flatnonzero(~np.isnan(judged.pictures).any(axis=1))
    if len(known) < LEAST_COMPARED:
        return []
    step = max(1, len(known) // MOST_COMPARED)
    others = known[::step][:MOST_COMPARED]
    same = _numbers([group or f"alone {at}" for at, group in enumerate(groups)])
    words = _numbers(texts)
    found = []
    for start in range(0, len(known), _BLOCK):
        block = known[start : start + _BLOCK]
        own = np.einsum("nd,nd->n", judged.pictures[block], judged.texts[block])
        by_text = judged.pictures[block] @ judged.texts[others].T
        by_picture = judged.texts[block] @ judged.pictures[others].T
        strange = (same[block][:, None] != same[others][None, :]) & (
            words[block][:, None] != words[others][None, :]
        )
        counts = strange.sum(axis=1)
        beaten = np.minimum(
            ((by_text > own[:, None]) & strange).sum(axis=1),
            ((by_picture > own[:, None]) & strange).sum(axis=1),
        ) / np.maximum(counts, 1)
        best = np.where(strange, by_text, -np.inf).argmax(axis=1)
        for row in np.flatnonzero((counts >= LEAST_COMPARED - 1) & (beaten >= _BEATEN)):
            rather = texts[int(others[best[row]])]
            found.append(Doubted(int(block[row]), rather, float(beaten[row])))
    return sorted(found, key=lambda one: (-one.doubt, one.place))


def doubted(
    examples: Sequence[Example], judge: Judge, cancel: CancelToken
) -> Generator[Event, None, list[Doubted]]:
    """Both kinds, by the places in `examples`, the surest first. Raises what the judge raises."""
    places = [at for at, one in enumerate(examples) if can_be_judged(one)]
    some = [examples[at] for at in places]
    if not some:
        return []
    texts = [text_of(one) for one in some]
    judged = yield from judge(some, texts, cancel)
    labelled = [at for at, one in enumerate(some) if one.label]
    plain = [at for at, one in enumerate(some) if not one.label]
    by_label = doubted_labels(_part(judged, labelled), [some[at].label for at in labelled])
    by_caption = doubted_captions(
        _part(judged, plain), [texts[at] for at in plain], [some[at].group for at in plain]
    )
    found = [replace(one, place=places[labelled[one.place]]) for one in by_label]
    found += [replace(one, place=places[plain[one.place]]) for one in by_caption]
    return sorted(found, key=lambda one: (-one.doubt, one.place))


def _part(judged: Judged, rows: Sequence[int]) -> Judged:
    return Judged(judged.pictures[list(rows)], judged.texts[list(rows)], judged.scale)


def _numbers(names: Sequence[str]) -> NDArray[np.int64]:
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
