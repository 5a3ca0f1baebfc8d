"""Measuring the claim ledger: of the claims it calls supported, how many are true?

What is known to be true is told in `engine.claimtruth`: claims of the model's own drafts against
labels and captions ("drafts"), claims of people about this picture and others ("captions"), and
the same with a word changed ("altered").

"Supported" is the positive class: precision is the share of true claims among those supported,
recall the share of supported ones among true claims. The base rate is the precision of whoever
supports everything.
"""

import json
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlm_desktop.base.altchecks import ClaimState, EvidenceKind
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.errors import DestinationNotWritable, MediaRefused
from vlm_desktop.base.events import Event, Phase, Progress, Quarantined
from vlm_desktop.engine.alttext.claims import Statement
from vlm_desktop.engine.alttext.evidence import Examination, Told, Witnesses
from vlm_desktop.engine.alttext.verdicts import Signals, evidence, verdict
from vlm_desktop.engine.chatpictures import PictureLoader
from vlm_desktop.engine.claimtruth import (
    ALTERED,
    ALTERED_KINDS,
    DRAFTS,
    OTHER,
    OWN,
    KnownPicture,
    Truth,
    claims_about,
)

SETTINGS = {"drafts": {DRAFTS}, "captions": {OWN, OTHER}, "altered": {OWN, ALTERED}}
"""What is judged together: claims of which sources."""


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim whose truth is known, what the ledger says of it, and why."""

    image: str
    source: str
    kind: str
    text: str
    truth: bool
    state: ClaimState
    speaks: Mapping[str, bool]
    """Whether each kind of evidence that there is speaks for it."""
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ClaimFigures:
    """In percent, but for the counts; None where there is nothing to divide by.

    `refuted` is the share of false claims among the disputed ones.
    """

    claims: int
    base_rate: float
    supported: int
    precision: float | None
    recall: float | None
    disputed: int
    refuted: float | None


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """What `evaluate claims` prints. `figures` are by setting and kind ("" for all kinds),
    `by_evidence` by setting and kind of evidence: what "it speaks for it" is worth alone."""

    model_id: str
    encoder_id: str
    pictures: int
    unreadable: int
    seconds: float
    figures: Mapping[tuple[str, str], ClaimFigures]
    by_evidence: Mapping[tuple[str, str], ClaimFigures]
    judged: tuple[JudgedClaim, ...] = field(repr=False)


class ClaimJudge:
    """Measures the ledger on pictures that people described. For the lane "model"."""

    def __init__(self, witnesses: Witnesses, pictures: PictureLoader) -> None:
        self._witnesses = witnesses
        self._pictures = pictures

    def measure(
        self, pictures: Sequence[KnownPicture], cancel: CancelToken, *, samples: int = 4
    ) -> Generator[Event, None, ClaimReport]:
        """Judge claims about every picture. Raises ModelError, Cancelled.

        Pictures that do not decode are told and left out.
        """
        began = time.monotonic()
        judged: list[JudgedClaim] = []
        unreadable = 0
        for number, picture in enumerate(pictures):
            rate = number / max(time.monotonic() - began, 1e-6)
            yield Progress(Phase.EVALUATE, number, len(pictures), rate)
            try:
                judged += yield from self._judge(pictures, number, samples, cancel)
            except MediaRefused as error:
                unreadable += 1
                yield Quarantined(picture.path, error.reason, error.detail)
        yield Progress(Phase.EVALUATE, len(pictures), len(pictures))
        return ClaimReport(
            model_id=self._witnesses.model_id,
            encoder_id=self._witnesses.encoder_id,
            pictures=len(pictures) - unreadable,
            unreadable=unreadable,
            seconds=round(time.monotonic() - began, 2),
            figures=figures_of(judged),
            by_evidence=figures_by_evidence(judged),
            judged=tuple(judged),
        )

    def _judge(
        self, pictures: Sequence[KnownPicture], number: int, samples: int, cancel: CancelToken
    ) -> Generator[Event, None, list[JudgedClaim]]:
        picture = pictures[number]
        loaded = self._pictures.load(Attachment(picture.path), cancel)
        examination = Examination(self._witnesses, loaded.image, loaded.size, Told(), samples)
        yield from _silently(examination.prepare(cancel))
        asker, model = self._witnesses.asker, self._witnesses.model_id
        draft = yield from _silently(asker.draft(model, loaded.image, 0, cancel))
        drawn = yield from _silently(asker.draft(model, loaded.image, samples + 1, cancel))
        truth = Truth(picture, self._witnesses.words)
        judged = []
        for source, one, true in claims_about(pictures, number, (draft, drawn), truth):
            signals: Signals = yield from _silently(examination.signals(one, cancel))
            judged.append(_judged(picture.image, source, one, true, signals))
        return judged


def _judged(image: str, source: str, one: Statement, true: bool, signals: Signals) -> JudgedClaim:
    kind = one.claim.kind
    speaks: dict[str, bool] = {}
    for piece in evidence(kind, signals):
        which = EvidenceKind.REGION if piece.kind is EvidenceKind.ABSENT else piece.kind
        speaks[which] = speaks.get(which, True) and piece.supports
    state, _ = verdict(kind, signals)
    return JudgedClaim(image, source, kind, one.claim.text, true, state, speaks, signals.features())


def _silently(verb: Generator[Event, None, Any]) -> Generator[Event, None, Any]:
    """A verb without its own progress: that of the whole is told."""
    try:
        while True:
            event = next(verb)
            if not isinstance(event, Progress):
                yield event
    except StopIteration as end:
        return end.value


# --- figures -------------------------------------------------------------------------------


def figures_of(judged: Sequence[JudgedClaim]) -> dict[tuple[str, str], ClaimFigures]:
    """By setting and kind; "" for all kinds."""
    found = {}
    for setting, sources in SETTINGS.items():
        some = [one for one in judged if one.source in sources]
        if setting == ALTERED:
            some = [one for one in some if one.kind in ALTERED_KINDS]
        for kind in ("", *sorted({one.kind for one in some})):
            these = [one for one in some if kind in {"", one.kind}]
            if these:
                found[setting, kind] = _figures(
                    [one.truth for one in these],
                    [one.state is ClaimState.SUPPORTED for one in these],
                    [one.state is ClaimState.DISPUTED for one in these],
                )
    return found


def figures_by_evidence(judged: Sequence[JudgedClaim]) -> dict[tuple[str, str], ClaimFigures]:
    """What each kind of evidence is worth alone: "it speaks for the claim" taken as supported."""
    found = {}
    for setting, sources in SETTINGS.items():
        some = [one for one in judged if one.source in sources]
        for name in sorted({name for one in some for name in one.speaks}):
            these = [one for one in some if name in one.speaks]
            speaks = [one.speaks[name] for one in these]
            found[setting, name] = _figures(
                [one.truth for one in these], speaks, [not one for one in speaks]
            )
    return found


def _figures(
    truths: Sequence[bool], supported: Sequence[bool], disputed: Sequence[bool]
) -> ClaimFigures:
    both = sum(a and b for a, b in zip(truths, supported, strict=True))
    refuted = sum(not a and b for a, b in zip(truths, disputed, strict=True))
    return ClaimFigures(
        claims=len(truths),
        base_rate=100.0 * sum(truths) / len(truths),
        supported=sum(supported),
        precision=_percent(both, sum(supported)),
        recall=_percent(both, sum(truths)),
        disputed=sum(disputed),
        refuted=_percent(refuted, sum(disputed)),
    )


def _percent(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None


def save_claims(path: Path, report: ClaimReport) -> None:
    """Every judged claim with its signals, one a line. Raises DestinationNotWritable."""
    rows = (
        {
            "image": one.image, "source": one.source, "kind": one.kind, "claim": one.text,
            "truth": one.truth, "state": one.state.value, "speaks": dict(one.speaks),
            "signals": {name: round(value, 4) for name, value in one.signals.items()},
        }
        for one in report.judged
    )  # fmt: skip
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DestinationNotWritable(path=path, detail=str(error)) from error
