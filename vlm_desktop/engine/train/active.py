"""`services.training.active`: which items are worth a label next.

An item is worth it where two that should agree do not: the base and the tuned model, answers drawn
by chance, or the search model and the text an item has. Of near-duplicates and bursts only one is
told, and what looks like an item that is told already counts for less, so that twenty items are
twenty questions.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.training import Example
from vlm_desktop.base.trainingdata import AskReason, NextItems, WorthLabelling
from vlm_desktop.engine.train.checks import bytes_of
from vlm_desktop.engine.train.grouping import grouped
from vlm_desktop.engine.train.looking import Looking
from vlm_desktop.engine.train.noise import Judge, can_be_judged, text_of

MOST = 20
SAMPLES = 4
_LEAST_DOUBT = 0.05
_LIKE, _SAME = 0.7, 0.95
"""Cosines from which a picture counts for less beside one that is told, and for nothing."""

Answer = Callable[[Example], str]
"""What a model says of an item; asked once for each."""
Draw = Callable[[Example, int], str]
"""What a model says of an item when drawing with this seed."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    place: int
    doubt: float
    first: str
    second: str


class ActiveLearning:
    """Finds items. Verbs ask models, so they belong on the lane "answers"."""

    def __init__(self, looking: Looking, judge: Judge) -> None:
        self._looking = looking
        self._judge = judge

    def between(
        self,
        items: Sequence[Example],
        base: Answer,
        tuned: Answer,
        cancel: CancelToken,
        *,
        most: int = MOST,
    ) -> Generator[Event, None, NextItems]:
        """Items of which the base and the tuned model say different things. Raises what the two
        raise, DecoderUnavailable, Cancelled."""
        found = []
        for place, one in enumerate(items):
            yield Progress(Phase.ANSWER, place, len(items))
            cancel.raise_if_cancelled()
            first, second = base(one), tuned(one)
            found.append(_Doubt(place, unlike(first, second), first, second))
        return (yield from self._chosen(items, found, AskReason.TUNED_DIFFERS, most, cancel))

    def among(
        self,
        items: Sequence[Example],
        draw: Draw,
        cancel: CancelToken,
        *,
        samples: int = SAMPLES,
        most: int = MOST,
    ) -> Generator[Event, None, NextItems]:
        """Items of which answers drawn by chance differ among themselves. Raises as `between`."""
        found = []
        for place, one in enumerate(items):
            yield Progress(Phase.ANSWER, place, len(items))
            cancel.raise_if_cancelled()
            said = [draw(one, seed) for seed in range(max(2, samples))]
            pairs = sorted(((unlike(*two), two) for two in combinations(said, 2)), reverse=True)
            mean = sum(doubt for doubt, _ in pairs) / len(pairs)
            found.append(_Doubt(place, mean, *pairs[0][1]))
        return (yield from self._chosen(items, found, AskReason.SAMPLES_DIFFER, most, cancel))

    def by_search(
        self, items: Sequence[Example], cancel: CancelToken, *, most: int = MOST
    ) -> Generator[Event, None, NextItems]:
        """Items whose text the search model would rather give to another picture: `doubt` is the
        share that all other texts of the set have in a softmax. Raises ModelError,
        DecoderUnavailable, Cancelled."""
        places = [at for at, one in enumerate(items) if can_be_judged(one)]
        some = [items[at] for at in places]
        texts = [text_of(one) for one in some]
        found: list[_Doubt] = []
        if len(set(texts)) > 1:
            judged = yield from self._judge(some, texts, cancel)
            different = list(dict.fromkeys(texts))
            first = [texts.index(text) for text in different]
            own = np.array([different.index(text) for text in texts])
            logits = judged.scale * (judged.pictures @ judged.texts[first].T)
            logits -= logits.max(axis=1, keepdims=True)
            shares = np.exp(logits)
            shares /= shares.sum(axis=1, keepdims=True)
            rows = np.arange(len(some))
            doubts = 1.0 - shares[rows, own]
            shares[rows, own] = -1.0
            rather = shares.argmax(axis=1)
            found = [
                _Doubt(places[at], float(doubts[at]), texts[at], different[int(rather[at])])
                for at in rows.tolist()
                if np.isfinite(doubts[at])
            ]
        return (yield from self._chosen(items, found, AskReason.SEARCH_DIFFERS, most, cancel))

    def _chosen(
        self,
        items: Sequence[Example],
        found: Sequence[_Doubt],
        reason: AskReason,
        most: int,
        cancel: CancelToken,
    ) -> Generator[Event, None, NextItems]:
        """The most doubtful, each unlike those before it."""
        doubtful = [one for one in found if one.doubt >= _LEAST_DOUBT]
        about = [items[one.place] for one in doubtful]
        facts = yield from self._looking.look((one.image for one in about), cancel)
        hashes = [bytes_of(one, facts) for one in about]
        vectors = self._looking.vectors(hashes)
        groups = grouped(about, facts, vectors, cancel)
        worth = np.array([one.doubt for one in doubtful])
        taken: list[int] = []
        seen: set[str] = set()
        while len(taken) < most and worth.size and worth.max() > 0:
            best = int(worth.argmax())
            taken.append(best)
            worth[best] = 0.0
            seen.add(groups[best])
            own = vectors.get(hashes[best])
            for at in np.flatnonzero(worth).tolist():
                other = vectors.get(hashes[at])
                if groups[at] and groups[at] in seen:
                    worth[at] = 0.0
                elif own is not None and other is not None:
                    near = (float(own @ other) - _LIKE) / (_SAME - _LIKE)
                    worth[at] *= 1.0 - min(max(near, 0.0), 1.0)
        told = tuple(
            WorthLabelling(
                items[one.place].key, items[one.place].image, one.doubt, reason, one.first,
                one.second,
            )
            for one in (doubtful[at] for at in taken)
        )  # fmt: skip
        return NextItems(len(items), told)


def unlike(one: str, other: str) -> float:
    """How different two texts are, 0..1: one less the F1 of their words."""
    first, second = _words(one), _words(other)
    if not first and not second:
        return 0.0
    shared = sum((first & second).values())
    return 1.0 - 2.0 * shared / (first.total() + second.total())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))
