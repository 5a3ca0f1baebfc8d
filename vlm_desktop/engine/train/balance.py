"""Counts of a data set by label, kind and source, and what they suggest. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingdata import Advice, Balance, Share

FEW_OF_A_LABEL = 5
MANY_TIMES = 10
"""How many times the smallest label the largest may be before that is worth a word."""
FEW = 30
LEAST_VALIDATED = 10
"""Fewer held-out items say little: the interval of any score is wide."""


def balance_of(examples: Sequence[Example]) -> Balance:
    """What a data set is made of. Shares are sorted by how many, then by name."""
    groups = {one.group for one in examples if one.group}
    by_label = _shares(examples, lambda one: one.label)
    return Balance(
        total=_share("", examples),
        pictures=len({one.content or one.image for one in examples}),
        groups=len(groups) + sum(1 for one in examples if not one.group),
        by_label=by_label,
        by_kind=_shares(examples, lambda one: one.kind.value),
        by_source=_shares(examples, lambda one: source_of(one)),
        advice=tuple(_advice(examples, by_label)),
    )


def source_of(example: Example) -> str:
    """The kind of source, without the place in it ("jsonl: line 3" is "jsonl")."""
    return example.source.partition(":")[0]


def _advice(examples: Sequence[Example], by_label: Sequence[Share]) -> Iterable[Advice]:
    counts = Counter(one.split for one in examples)
    if 0 < counts[Split.TRAIN] < FEW:
        yield Advice("few", str(counts[Split.TRAIN]))
    if counts[Split.TRAIN] and not counts[Split.VALIDATION]:
        yield Advice("split")
    elif 0 < counts[Split.VALIDATION] < LEAST_VALIDATED:
        yield Advice("few-validated", str(counts[Split.VALIDATION]))
    named = [one for one in by_label if one.name and one.train]
    most = max(named, key=lambda one: one.train, default=None)
    least = min(named, key=lambda one: one.train, default=None)
    if most and least and most.train > MANY_TIMES * least.train:
        yield Advice("uneven", f"{most.name}: {most.train}, {least.name}: {least.train}")
    for share in named:
        keys = tuple(one.key for one in examples if one.label == share.name)
        if share.train < FEW_OF_A_LABEL:
            yield Advice("few-of-label", f"{share.name}: {share.train}", keys)
        if counts[Split.VALIDATION] and not share.validation:
            yield Advice("label-not-validated", share.name, keys)
    unnamed = [one.key for one in examples if not one.label]
    if named and unnamed:
        yield Advice("some-unlabelled", str(len(unnamed)), tuple(unnamed))


def _shares(examples: Sequence[Example], name: Callable[[Example], str]) -> tuple[Share, ...]:
    by_name: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        by_name[name(one)].append(one)
    shares = [_share(key, some) for key, some in by_name.items()]
    return tuple(sorted(shares, key=lambda one: (-one.total, one.name)))


def _share(name: str, examples: Sequence[Example]) -> Share:
    counts = Counter(one.split for one in examples)
    return Share(name, counts[Split.TRAIN], counts[Split.VALIDATION], counts[Split.LEFT_OUT])
