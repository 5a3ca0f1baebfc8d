"""Words and policies held against every photo, and what a person makes of the answers.

Nothing is kept but the words, the sentences, the cuts and the judgements: answers are scored
anew from stored vectors each time (a word over 100,000 photos takes some 50 ms), so new photos,
another model or a changed sentence need no bookkeeping.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.rules import Judgement, RuleKind, StoredRule
from vlm_desktop.base.types import Filters
from vlm_desktop.engine.calibration import Calibration
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.thresholds import USUAL, Space, corrected, moved, probabilities
from vlm_desktop.engine.vectors import searchable_vectors
from vlm_desktop.store.library import Library

LEAST = 0.05
"""Photos less probable than this are not shown as answers, and no cut lies below it."""

USUAL_POLICY = 0.5
_WORDS_AT_ONCE = 16
_MOST_LEARNT_FROM = 400
"""The latest judgements of a policy: the work grows with their cube, what they teach hardly."""

MeasureCalibration = Callable[[str], Generator[Event, None, Calibration]]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A word or policy and how its answers stand, in photos.

    `proposed` lie above the cut and nobody has judged them; of those `new` came since a person
    last looked. `cut` is 0..1; `learnt` says that judgements have moved it, or the probabilities.
    """

    kind: RuleKind
    name: str
    flag: tuple[str, ...]
    fine: tuple[str, ...]
    cut: float
    learnt: bool
    proposed: int
    accepted: int
    rejected: int
    new: int


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """All answers of one rule, the most probable first. Row i of the arrays belongs together.

    `content_ids` int64 [n]; `probabilities` float32 [n]; `verdicts` int8 [n]: +1 accepted (or
    tagged already), -1 rejected, 0 undecided.
    """

    summary: RuleSummary
    content_ids: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    verdicts: NDArray[np.int8]

    def undecided_above(self, cut: float) -> tuple[Judgement, ...]:
        """Acceptance of all that lie above a cut and were not judged."""
        rows = np.flatnonzero((self.verdicts == 0) & (self.probabilities >= cut))
        return tuple(
            Judgement(content_id, 1, by_person=False, probability=probability)
            for content_id, probability in zip(
                self.content_ids[rows].tolist(), self.probabilities[rows].tolist(), strict=True
            )
        )


class Reviewer:
    """Scores rules against the vectors of a library. Reads only."""

    def __init__(self, library: Library, encoders: Encoders, calibration: MeasureCalibration):
        self._library = library
        self._encoders = encoders
        self._calibration = calibration

    def summaries(
        self, kind: RuleKind, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, tuple[RuleSummary, ...]]:
        """How all rules of a kind stand, by name. Raises LibraryEmpty, ModelError, Cancelled."""
        rules = self._library.rules(kind)
        if not rules:
            return ()
        photos = yield from self._photos(model_id)
        found = []
        for start in range(0, len(rules), _WORDS_AT_ONCE):
            yield Progress(Phase.LABEL, start, len(rules))
            some = rules[start : start + _WORDS_AT_ONCE]
            cancel.raise_if_cancelled()
            if kind is RuleKind.WORD:
                # Many words at once: reading the vectors costs more than multiplying them.
                words = self._encoders.queries(model_id, [rule.name for rule in some])
                columns = photos.space.scores(words).T
                found += [
                    self._word_answers(rule, photos, scores).summary
                    for rule, scores in zip(some, columns, strict=True)
                ]
            else:
                found += [self._policy_answers(rule, model_id, photos).summary for rule in some]
        return tuple(found)

    def review(self, kind: RuleKind, name: str, model_id: str) -> Generator[Event, None, Review]:
        """All answers of one rule. Raises RuleUnknown, LibraryEmpty, ModelError."""
        rule = self._library.rule(kind, name)
        photos = yield from self._photos(model_id)
        if kind is RuleKind.POLICY:
            return self._policy_answers(rule, model_id, photos)
        word = self._encoders.queries(model_id, [rule.name])
        return self._word_answers(rule, photos, photos.space.scores(word)[:, 0])

    # --- parts -------------------------------------------------------------------------

    def _photos(self, model_id: str) -> Generator[Event, None, "_Photos"]:
        matrix = searchable_vectors(self._library, self._encoders, model_id)
        calibration = yield from self._calibration(model_id)
        seen = (np.asarray(matrix.pages) <= 1) & ~np.isin(
            matrix.content_ids, self._library.hidden_contents()
        )
        rows = None if seen.all() else np.flatnonzero(seen)
        ids = np.asarray(matrix.content_ids if rows is None else matrix.content_ids[rows])
        return _Photos(ids, Space(matrix.matrix, rows), calibration)

    def _word_answers(
        self, rule: StoredRule, photos: "_Photos", scores: NDArray[np.float32]
    ) -> Review:
        likely = probabilities(scores, photos.calibration.text)
        judged = [(one.content_id, one.verdict > 0) for one in rule.learnt_from]
        cut = _moved_cut(rule.cut or USUAL, photos.content_ids, likely, judged)
        verdicts = np.zeros(len(likely), dtype=np.int8)
        tagged = self._library.filter_contents(Filters(tag=rule.name))
        if tagged is not None:
            verdicts[np.isin(photos.content_ids, tagged)] = 1
        return _sorted_review(rule, cut, photos.content_ids, (likely, scores), verdicts)

    def _policy_answers(self, rule: StoredRule, model_id: str, photos: "_Photos") -> Review:
        """A photo shows the flagged at all, and that rather than the fine."""
        flag = photos.space.scores(self._encoders.queries(model_id, rule.flag))  # [n, flag]
        null = photos.calibration.text
        likely = np.max([probabilities(column, null) for column in flag.T], axis=0)
        best = flag.max(axis=1)
        if rule.fine:
            scale = self._encoders.spec(model_id).logit_scale
            fine = photos.space.scores(self._encoders.queries(model_id, rule.fine))
            margin = scale * (best - fine.max(axis=1))
            likely = likely / (1.0 + np.exp(-np.clip(margin, -50, 50)))
        by_person = [one for one in rule.judgements if one.by_person][-_MOST_LEARNT_FROM:]
        judged = {one.content_id: one.verdict > 0 for one in by_person}
        rows = np.flatnonzero(np.isin(photos.content_ids, list(judged)))
        said = np.array([judged[one] for one in photos.content_ids[rows].tolist()], dtype=bool)
        likely = corrected(likely, best, rows, said, photos.space)
        verdicts = np.zeros(len(likely), dtype=np.int8)
        cut = rule.cut or USUAL_POLICY
        return _sorted_review(rule, cut, photos.content_ids, (likely, best), verdicts)


@dataclass(frozen=True, slots=True)
class _Photos:
    """Every photo that can be seen: ids [n], and their directions."""

    content_ids: NDArray[np.int64]
    space: Space
    calibration: Calibration


def _moved_cut(
    start: float,
    content_ids: NDArray[np.int64],
    likely: NDArray[np.float64],
    judged: Sequence[tuple[int, bool]],
) -> float:
    if not judged:
        return start
    said = dict(judged)
    rows = np.flatnonzero(np.isin(content_ids, list(said)))
    ids, shares = content_ids[rows].tolist(), likely[rows].tolist()
    cut = moved(start, [(share, said[one]) for one, share in zip(ids, shares, strict=True)])
    return min(max(cut, LEAST), 0.99)


def _sorted_review(
    rule: StoredRule,
    cut: float,
    content_ids: NDArray[np.int64],
    ranked_by: tuple[NDArray[np.float64], NDArray[np.float32]],
    verdicts: NDArray[np.int8],
) -> Review:
    """`ranked_by` is (probabilities, scores): among equally probable photos the score decides."""
    likely, scores = ranked_by
    for verdict in (1, -1):
        judged = [one.content_id for one in rule.judgements if one.verdict == verdict]
        verdicts[np.isin(content_ids, judged)] = verdict
    kept = np.flatnonzero((likely >= LEAST) | (verdicts != 0))
    order = kept[np.lexsort((content_ids[kept], -scores[kept], -likely[kept]))]
    content_ids, likely, verdicts = content_ids[order], likely[order], verdicts[order]
    proposed = (verdicts == 0) & (likely >= cut)
    summary = RuleSummary(
        kind=rule.kind,
        name=rule.name,
        flag=rule.flag,
        fine=rule.fine,
        cut=cut,
        learnt=bool(rule.learnt_from),
        proposed=int(proposed.sum()),
        accepted=int((verdicts > 0).sum()),
        rejected=int((verdicts < 0).sum()),
        new=int((proposed & (content_ids > rule.seen)).sum()),
    )
    return Review(summary, content_ids, likely.astype(np.float32), verdicts)
