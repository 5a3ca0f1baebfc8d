"""`services.training.splits`: what is held out, so that no picture, near-duplicate or burst is on
both sides.

The split is a matter of names and a seed alone, never of the order of examples. Where examples have
labels, each label is held out by its share. Named evaluation files keep their own fixed rule
(`base.splits.is_held_out`), which this does not touch.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingdata import ExampleMark, ExamplesChange, SplitMade
from vlm_desktop.engine.train.datasets import Datasets
from vlm_desktop.engine.train.grouping import grouped
from vlm_desktop.engine.train.looking import Looking

SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Group:
    """Examples that go together, by their places; `name` is what the draw goes by."""

    name: str
    members: tuple[int, ...]
    label: str


class Splits:
    """Splits data sets, and examples that are in none."""

    def __init__(self, datasets: Datasets, looking: Looking) -> None:
        self._datasets = datasets
        self._looking = looking

    def split(
        self, set_id: int, cancel: CancelToken, *, share: float = SHARE, seed: int = 0
    ) -> Generator[Event, None, SplitMade]:
        """Hold out a share (0..1) of a data set anew. What is left out stays so.

        Looks at every picture that was not seen yet. Raises DataSetUnknown, DecoderUnavailable,
        Cancelled.
        """
        plan = yield from self.plan(set_id, cancel, share=share, seed=seed)
        return replace(plan, undo=self._datasets.apply(plan.undo))

    def plan(
        self, set_id: int, cancel: CancelToken, *, share: float = SHARE, seed: int = 0
    ) -> Generator[Event, None, SplitMade]:
        """What `split` would do: nothing is changed yet, and `undo` is the change that does it.
        Raises as `split` does."""
        examples = self._datasets.examples(set_id)
        made = yield from self.of(examples, cancel, share=share, seed=seed)
        marks = tuple(ExampleMark(one.key, one.split, one.group) for one in made)
        counts = Counter(one.split for one in made)
        used = [one for one in made if one.split is not Split.LEFT_OUT]
        groups = len({one.group or f"alone {one.key}" for one in used})
        change = ExamplesChange(set_id, marks=marks)
        return SplitMade(groups, counts[Split.TRAIN], counts[Split.VALIDATION], change)

    def of(
        self,
        examples: Sequence[Example],
        cancel: CancelToken,
        *,
        share: float = SHARE,
        seed: int = 0,
    ) -> Generator[Event, None, tuple[Example, ...]]:
        """The same examples with groups and sides. Raises DecoderUnavailable, Cancelled."""
        facts = yield from self._looking.look((one.image for one in examples), cancel)
        hashes = [one.content for one in examples] + [one.content_hash for one in facts.values()]
        groups = grouped(examples, facts, self._looking.vectors(hashes), cancel)
        named = [replace(one, group=group) for one, group in zip(examples, groups, strict=True)]
        return tuple(held_out(named, share=share, seed=seed))


def held_out(examples: Sequence[Example], *, share: float, seed: int) -> list[Example]:
    """Examples with their sides, by the groups they have. Pure.

    Where there are two groups or more and `share` is neither 0 nor 1, neither side is empty.
    """
    groups = groups_of(examples)
    chosen = _chosen(groups, share, seed)
    made = []
    for at, one in enumerate(examples):
        if one.split is Split.LEFT_OUT:
            made.append(one)
        else:
            made.append(replace(one, split=Split.VALIDATION if at in chosen else Split.TRAIN))
    return made


def groups_of(examples: Sequence[Example]) -> list[Group]:
    """What goes together, of what is used at all. The label of a group is the rarest in it."""
    labels = Counter(one.label for one in examples)
    places: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(examples):
        if one.split is not Split.LEFT_OUT:
            places[f"g{one.group}" if one.group else f"k{one.key}{_identity(one)}"].append(at)
    return [
        Group(
            name,
            tuple(some),
            min((examples[at].label for at in some), key=lambda one: (labels[one], one)),
        )
        for name, some in places.items()
    ]


def _chosen(groups: Sequence[Group], share: float, seed: int) -> set[int]:
    """Places of the examples that are held out."""
    by_label: dict[str, list[Group]] = defaultdict(list)
    for one in groups:
        by_label[one.label].append(one)
    taken: list[Group] = []
    for label in sorted(by_label):
        taken += _of_label(by_label[label], share, seed)
    if 0 < share < 1 and len(groups) > 1:
        if not taken:
            taken = [min(groups, key=lambda one: (len(one.members), _draw(one, seed)))]
        elif len(taken) == len(groups):
            taken.remove(max(taken, key=lambda one: (len(one.members), _draw(one, seed))))
    return {at for one in taken for at in one.members}


def _of_label(groups: Sequence[Group], share: float, seed: int) -> list[Group]:
    """Groups of one label, in the order of the draw, as long as they fit in its share. One group
    at least stays to be trained on."""
    wanted = round(share * sum(len(one.members) for one in groups))
    if 0 < share < 1 and len(groups) > 1:
        wanted = max(wanted, 1)
    taken: list[Group] = []
    count = 0
    for one in sorted(groups, key=lambda one: _draw(one, seed)):
        last = share < 1 and len(taken) + 1 == len(groups)
        if count + len(one.members) <= wanted and not last:
            taken.append(one)
            count += len(one.members)
    return taken


def _draw(group: Group, seed: int) -> str:
    text = f"{seed} {group.name}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _identity(one: Example) -> str:
    """Tells examples without a key apart."""
    if one.key:
        return ""
    return "\n".join([one.image, *(f"{turn.ask}\t{turn.answer}" for turn in one.turns)])
