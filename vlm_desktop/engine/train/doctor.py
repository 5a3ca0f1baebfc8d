"""`services.training.doctor`: what is wrong with examples before anything is trained on them.

checks.py    check by check         noise.py      labels that the base model doubts
looking.py   facts of pictures      grouping.py   what must not be parted
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, ModelError
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.trainerrors import NothingToTrain, TooFewExamples
from vlm_desktop.base.training import Example, ExampleKind, Split
from vlm_desktop.base.trainingdata import (
    REST,
    DoctorOfData,
    ExampleMark,
    ExamplesChange,
    FindingCode,
    Fix,
    PlacedExample,
    TrainFinding,
    Weight,
)
from vlm_desktop.base.trainingrows import example_key
from vlm_desktop.engine.train import checks
from vlm_desktop.engine.train.datasets import Datasets
from vlm_desktop.engine.train.formats.plainrows import box_said
from vlm_desktop.engine.train.grouping import grouped
from vlm_desktop.engine.train.looking import Looking
from vlm_desktop.engine.train.noise import Judge, doubted
from vlm_desktop.engine.train.splits import Splits

MOST_TOLD = 100
"""Findings of one code that are told one by one; the rest is one more, with all their keys."""
_ORDER = {Weight.REFUSAL: 0, Weight.WARNING: 1, Weight.NOTE: 2}

Tokens = Callable[[Example], int]
"""How many tokens an example is, put into the model's template, its picture included."""


class Doctor:
    """Looks, and mends. `judge` is the search model's, where there is one."""

    def __init__(
        self, datasets: Datasets, looking: Looking, splits: Splits, judge: Judge | None = None
    ) -> None:
        self._datasets = datasets
        self._looking = looking
        self._splits = splits
        self.judge = judge

    # --- looking -----------------------------------------------------------------------------

    def examine(
        self,
        set_id: int,
        cancel: CancelToken,
        *,
        tokens: Tokens | None = None,
        most_tokens: int = 0,
        judged: bool = True,
    ) -> Generator[Event, None, DoctorOfData]:
        """Examine a data set. See `of`. Raises DataSetUnknown besides."""
        examples = self._datasets.examples(set_id)
        return (
            yield from self.of(
                examples, cancel, tokens=tokens, most_tokens=most_tokens, judged=judged
            )
        )

    def of(
        self,
        examples: Sequence[Example],
        cancel: CancelToken,
        *,
        tokens: Tokens | None = None,
        most_tokens: int = 0,
        judged: bool = True,
    ) -> Generator[Event, None, DoctorOfData]:
        """All that is wrong with examples, the weightiest first. Nothing is changed.

        Lengths need a counter of `tokens`, doubts of labels a model (`judged`); what was left out
        for want of one is told. Pictures that were not seen yet are decoded. Raises
        DecoderUnavailable, Cancelled.
        """
        examples = [one if one.key else replace(one, key=example_key(one)) for one in examples]
        facts = yield from self._looking.look((one.image for one in checks.used(examples)), cancel)
        yield Progress(Phase.VERIFY, 0, len(examples))
        hashes = [checks.bytes_of(one, facts) for one in examples]
        groups = grouped(examples, facts, self._looking.vectors(hashes), cancel)
        found: list[TrainFinding] = []
        not_done: list[FindingCode] = []
        found += _few(checks.numbers(examples))
        found += _few(checks.sameness(examples))
        found += _few(checks.pictures(examples, facts, self._lies_at))
        found += _few(checks.sides(examples, groups))
        found += _few(checks.repeats(examples, facts))
        found += _few(checks.silence(examples))
        found += _few(checks.names(examples, facts))
        found += _few(checks.boxes(examples, facts))
        found += _few(checks.conflicts(examples, facts))
        cancel.raise_if_cancelled()
        if tokens is None or most_tokens <= 0:
            not_done.append(FindingCode.TOO_LONG)
        else:
            found += _few(checks.lengths(examples, tokens, most_tokens))
        named = [replace(one, group=group) for one, group in zip(examples, groups, strict=True)]
        noise = (yield from self._noise(checks.used(named), cancel)) if judged else None
        if noise is None:
            not_done.append(FindingCode.LABEL_NOISE)
        else:
            found += _few(noise)
        yield Progress(Phase.VERIFY, len(examples), len(examples))
        found.sort(key=lambda one: _ORDER[one.weight])
        return DoctorOfData(len(examples), tuple(found), tuple(not_done))

    def with_lengths(
        self,
        report: DoctorOfData,
        examples: Sequence[Example],
        lengths: Mapping[str, int],
        most_tokens: int,
    ) -> DoctorOfData:
        """The report with what is too long for a model that was opened meanwhile, by key; the
        same where that model counts none."""
        if not most_tokens:
            return report
        counted = [one for one in examples if one.key in lengths]
        found = _few(checks.lengths(counted, lambda one: lengths[one.key], most_tokens))
        found = sorted((*report.findings, *found), key=lambda one: _ORDER[one.weight])
        not_done = tuple(one for one in report.not_done if one is not FindingCode.TOO_LONG)
        return DoctorOfData(report.looked, tuple(found), not_done)

    def sorted_out(self, report: DoctorOfData, examples: Sequence[Example]) -> tuple[Example, ...]:
        """The examples as a run can take them: those whose picture is gone or cannot be read, and
        those that say nothing, are left out; pictures that moved are named where they lie."""
        codes = (FindingCode.UNREADABLE, FindingCode.VANISHED, FindingCode.EMPTY)
        doomed = {key for one in report.findings if one.code in codes for key in one.keys}
        moved = {key for one in report.of(FindingCode.MOVED) for key in one.keys}
        return tuple(
            replace(one, split=Split.LEFT_OUT)
            if one.key in doomed
            else (self._found(one) if one.key in moved else one)
            for one in examples
        )

    def refusal(self, report: DoctorOfData, examples: Sequence[Example]) -> AppError | None:
        """The error that training on these would be, None where it can start. The examples may be
        those that were examined, or what `sorted_out` left of them."""
        used = checks.used(examples)
        for one in (*report.findings, *checks.numbers(examples)):
            if one.weight is not Weight.REFUSAL:
                continue
            if one.code in (FindingCode.NOTHING, FindingCode.NO_TRAINING):
                return NothingToTrain()
            different = len({(each.content or each.image, each.turns) for each in used})
            return TooFewExamples(count=different, needed=checks.LEAST_USED)
        return None

    # --- mending -----------------------------------------------------------------------------

    def mend(
        self, set_id: int, finding: TrainFinding, cancel: CancelToken
    ) -> Generator[Event, None, ExamplesChange]:
        """Apply a finding's fix to a data set; what undoes it. Empty where there is nothing to do.

        Raises DataSetUnknown, DecoderUnavailable, Cancelled.
        """
        return (yield from self.mend_all(set_id, [finding], cancel))

    def mend_all(
        self, set_id: int, findings: Sequence[TrainFinding], cancel: CancelToken
    ) -> Generator[Event, None, ExamplesChange]:
        """Apply the fix that these findings share, as one change. See `mend`."""
        keys = tuple(dict.fromkeys(key for one in findings for key in one.keys))
        fix = findings[0].fix
        yield Progress(Phase.EDIT, 0, len(keys))
        if fix is Fix.SPLIT:
            return (yield from self._splits.split(set_id, cancel)).undo
        if fix is Fix.REMOVE:
            return self._datasets.take_out(set_id, keys)
        if fix is Fix.LEAVE_OUT:
            return self._datasets.use_for(set_id, keys, Split.LEFT_OUT)
        some = self._datasets.with_keys(set_id, keys)
        if fix is Fix.GROUP:
            marks: list[ExampleMark] = []
            for finding in findings:
                among = [one for one in some if one.key in set(finding.keys)]
                is_rest = finding.detail == REST
                marks += (yield from self._sides(among, cancel)) if is_rest else _one_side(among)
            return self._datasets.apply(ExamplesChange(set_id, marks=tuple(marks)))
        if fix is Fix.FIND_MOVED:
            return self._replace(set_id, [(one, self._found(one)) for one in some])
        if fix is Fix.CLIP_BOX:
            facts = yield from self._looking.look((one.image for one in some), cancel)
            return self._replace(set_id, [(one, _clipped(one, facts)) for one in some])
        return ExamplesChange(set_id)

    # --- within --------------------------------------------------------------------------------

    def _lies_at(self, example: Example) -> Path:
        return self._datasets.lies_at(example)

    def _found(self, example: Example) -> Example:
        return replace(example, image=str(self._datasets.lies_at(example)))

    def _sides(
        self, some: Sequence[Example], cancel: CancelToken
    ) -> Generator[Event, None, list[ExampleMark]]:
        """Several groups at once, each to a side of its own."""
        facts = yield from self._looking.look((one.image for one in some), cancel)
        hashes = [checks.bytes_of(one, facts) for one in some]
        members: dict[str, list[Example]] = defaultdict(list)
        names = grouped(some, facts, self._looking.vectors(hashes), cancel)
        for one, name in zip(some, names, strict=True):
            members[name or one.key].append(one)
        return [mark for group in members.values() for mark in _one_side(group)]

    def _noise(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Event, None, list[TrainFinding] | None]:
        if self.judge is None:
            return None
        try:
            found = yield from doubted(examples, self.judge, cancel)
        except ModelError:
            return None  # there is no model, or it is broken: the other checks count all the same
        return [
            TrainFinding(
                FindingCode.LABEL_NOISE, Weight.WARNING, (examples[one.place].key,),
                one.rather[:120], Fix.LEAVE_OUT, examples[one.place].image,
            )
            for one in found
        ]  # fmt: skip

    def _replace(self, set_id: int, pairs: Iterable[tuple[Example, Example]]) -> ExamplesChange:
        places = {one.example.key: one.position for one in self._datasets.page(set_id, 0, -1)}
        put, gone = [], []
        for before, after in pairs:
            if before != after:
                named = replace(after, key=example_key(after))
                put.append(PlacedExample(places[before.key], named))
                gone.append(before.key)
        return self._datasets.apply(ExamplesChange(set_id, tuple(put), tuple(gone)))


def _few(found: Iterable[TrainFinding]) -> list[TrainFinding]:
    """Each by itself, or where there are many, the first ones and one about all others."""
    by_code: dict[FindingCode, list[TrainFinding]] = defaultdict(list)
    for one in found:
        by_code[one.code].append(one)
    told = []
    for some in by_code.values():
        told += some[:MOST_TOLD]
        rest = some[MOST_TOLD:]
        if rest:
            keys = tuple(dict.fromkeys(key for one in rest for key in one.keys))
            told.append(TrainFinding(rest[0].code, rest[0].weight, keys, REST, rest[0].fix))
    return told


def _one_side(some: Sequence[Example]) -> tuple[ExampleMark, ...]:
    """All to the side where most are; to training where as many are on both."""
    training = sum(one.split is Split.TRAIN for one in some)
    side = Split.TRAIN if 2 * training >= len(some) else Split.VALIDATION
    return tuple(ExampleMark(one.key, side, one.group) for one in some)


def _clipped(one: Example, facts: checks.Facts) -> Example:
    seen = facts.get(one.image)
    box = one.box and seen and checks.clipped_box(one.box, seen.size)
    if not box:
        return one
    turns = one.turns
    if one.kind is ExampleKind.BOX:
        turns = tuple(
            replace(turn, answer=box_said(box)) if turn.answer == box_said(one.box) else turn
            for turn in turns
        )
    return replace(one, box=box, turns=turns)
