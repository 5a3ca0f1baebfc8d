"""One image of a batch: what it is for, a draft, its checks and its risk; all kept at once."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from vlm_desktop.base.altchecks import Finding, Ledger
from vlm_desktop.base.alterrors import NoActionKnown, NoTextRead
from vlm_desktop.base.altkeeping import AltBatchOptions, AltRowDone
from vlm_desktop.base.alttext import (
    AltImage,
    Brief,
    Candidate,
    Decision,
    PageContext,
    Suggestion,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, MediaRefused, Refusal
from vlm_desktop.base.events import Event
from vlm_desktop.engine.alttext import risk
from vlm_desktop.engine.alttext.alikeness import telling_apart, telling_words
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.lint import lint
from vlm_desktop.engine.alttext.setlint import lint_context
from vlm_desktop.engine.alttext.stamping import new_batch

_OF_ALIKE = 3
"""Candidates drawn for an image that looks like others, to find one that says something else."""
_TO_COMPARE = 2
_MOST_TOLD = 4
OWN_ERRORS = (MediaRefused, NoTextRead, NoActionKnown)
"""What concerns one image alone; the batch goes on."""


class Drafts(Protocol):
    """What a batch needs of `drafting.Drafter`."""

    def suggest(
        self,
        path: Path,
        context: PageContext,
        cancel: CancelToken,
        *,
        alike: Sequence[int] = (),
    ) -> Generator[Event, None, Suggestion]: ...

    def draft(
        self,
        path: Path,
        brief: Brief,
        context: PageContext,
        decision: Decision,
        cancel: CancelToken,
        *,
        model_id: str = "",
        structured: bool = False,
        seed: int = 0,
    ) -> Generator[Event, None, tuple[Candidate, ...]]: ...

    def translate(
        self,
        text: str,
        extended: str,
        source: str,
        brief: Brief,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, Candidate]: ...


class Checks(Protocol):
    """What a batch needs of `checking.Checker`."""

    def ledger(
        self,
        path: Path,
        text: str,
        cancel: CancelToken,
        *,
        context: PageContext = ...,
        names: tuple[str, ...] = (),
        samples: int = 4,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Ledger]: ...


class BatchRun:
    """What a batch has done so far, and its next row."""

    def __init__(
        self,
        sets: AltSets,
        drafting: Drafts,
        checking: Checks,
        brief: Brief,
        options: AltBatchOptions,
        groups: Mapping[int, tuple[int, ...]],
        twins: Mapping[int, int],
    ) -> None:
        self._sets = sets
        self._drafting = drafting
        self._checking = checking
        self._brief = brief
        self._options = options
        self._groups = groups
        self._twins = twins
        self.batch = new_batch()
        self.drafted: list[int] = []
        self.suggested: list[int] = []
        self.problems: list[tuple[int, AppError]] = []
        self.far: list[int] = []

    def row(self, image: AltImage, cancel: CancelToken) -> Generator[Event, None, AltRowDone]:
        """Suggest, draft, check and keep. Raises what concerns the whole batch."""
        if image.path is None:
            self.far.append(image.id)
            return AltRowDone(image.id)
        try:
            _refuse_unreadable(image, image.path)
            suggestion = yield from self._suggestion(image, image.path, cancel)
            decision = image.decision or suggestion.decision
            if decision is Decision.DECORATIVE:
                self.suggested.append(image.id)
                self._sets.set_risk(image.id, 0.0, ())
                return AltRowDone(image.id)
            candidates, suggestion = self._of_twin(image, decision, suggestion)
            if not candidates:
                candidates = yield from self._candidates(image, image.path, decision, cancel)
                candidates, suggestion = self._told_apart(image, candidates, suggestion)
            self._keep(image, candidates, suggestion)
            yield from self._judge(image, image.path, candidates, suggestion, cancel)
        except OWN_ERRORS as error:
            self.problems.append((image.id, error))
            return AltRowDone(image.id, error=error)
        return AltRowDone(image.id, candidates[0].alt if candidates else "")

    def _suggestion(
        self, image: AltImage, path: Path, cancel: CancelToken
    ) -> Generator[Event, None, Suggestion]:
        if image.suggestion is not None and not self._options.again:
            return image.suggestion
        group = self._groups.get(image.id, ())
        found = yield from self._drafting.suggest(path, image.context, cancel, alike=group)
        self._sets.set_suggestion(image.id, found)
        return found

    def _of_twin(
        self, image: AltImage, decision: Decision, suggestion: Suggestion
    ) -> tuple[tuple[Candidate, ...], Suggestion]:
        """The text of the same picture earlier in the set, where both are used alike.

        A second draft of the same picture would differ by chance, which tells nothing apart.
        """
        if image.id not in self._twins:
            return (), suggestion
        twin = self._sets.image(self._twins[image.id])
        text = twin.text(self._brief.language)
        purpose = twin.decision or (twin.suggestion.decision if twin.suggestion else decision)
        if not text.alt or twin.context != image.context or purpose is not decision:
            return (), suggestion
        same = Candidate(text.alt, text.extended, written_by=text.written_by)
        reasons = tuple(one for one in suggestion.reasons if one[0] != "same-picture")
        told = replace(suggestion, reasons=(*reasons, ("same-picture", twin.name)))
        return (same,), told

    def _candidates(
        self, image: AltImage, path: Path, decision: Decision, cancel: CancelToken
    ) -> Generator[Event, None, tuple[Candidate, ...]]:
        # Of a group each member gets a draft, so that a person can still decide otherwise.
        asked = Decision.INFORMATIVE if decision is Decision.GROUP else decision
        wanted = max(
            self._brief.candidates,
            _TO_COMPARE if self._options.compare else 1,
            _OF_ALIKE if self._said_by_others(image) else 1,
        )
        return (
            yield from self._drafting.draft(
                path,
                replace(self._brief, candidates=wanted),
                image.context,
                asked,
                cancel,
                model_id=self._options.model_id,
                seed=self._options.seed,
            )
        )

    def _said_by_others(self, image: AltImage) -> list[str]:
        """What is said by now of the images that look like this one."""
        others = [one for one in self._groups.get(image.id, ()) if one != image.id]
        said = [self._sets.image(one).text(self._brief.language).alt for one in others]
        return [text for text in said if text]

    def _told_apart(
        self, image: AltImage, candidates: tuple[Candidate, ...], suggestion: Suggestion
    ) -> tuple[tuple[Candidate, ...], Suggestion]:
        """The candidate that says what the look-alikes do not comes first, and is said to."""
        others = self._said_by_others(image)
        if not others or not candidates:
            return candidates, suggestion
        place = telling_apart(candidates, others)
        first = candidates[place]
        own = telling_words(first.alt, others)[:_MOST_TOLD]
        if place:
            first = replace(first, notes=(*first.notes, "apart"))
        rest = [one for number, one in enumerate(candidates) if number != place]
        reason = ("apart", ", ".join(own)) if own else ("not-apart", "")
        reasons = tuple(one for one in suggestion.reasons if one[0] not in ("apart", "not-apart"))
        return (first, *rest), replace(suggestion, reasons=(*reasons, reason))

    def _keep(
        self, image: AltImage, candidates: Sequence[Candidate], suggestion: Suggestion
    ) -> None:
        done = self._sets.add_drafts(image.id, self._brief.language, candidates, batch=self.batch)
        self.drafted += done.images
        self._sets.set_suggestion(image.id, suggestion)

    def _judge(
        self,
        image: AltImage,
        path: Path,
        candidates: Sequence[Candidate],
        suggestion: Suggestion,
        cancel: CancelToken,
    ) -> Generator[Event, None, None]:
        """Keep the risk; first without the claims, so that nothing is lost when that is stopped."""
        if not candidates:
            return
        findings = self._findings(image, candidates[0])
        is_alike = image.id in self._groups
        found = risk.judge(candidates, suggestion, findings, alike=is_alike)
        self._sets.set_risk(image.id, found.score, found.reasons)
        if not self._options.claims or not candidates[0].alt:
            return
        ledger = yield from self._checking.ledger(
            path,
            candidates[0].alt,
            cancel,
            context=image.context,
            names=self._brief.names,
            model_id=self._options.model_id,
            language=self._brief.language,
        )
        found = risk.judge(candidates, suggestion, findings, ledger, alike=is_alike)
        self._sets.set_risk(image.id, found.score, found.reasons)

    def _findings(self, image: AltImage, candidate: Candidate) -> tuple[Finding, ...]:
        context = lint_context(image, self._brief, self._said_by_others(image))
        return lint(candidate.alt, candidate.extended, context)


def _refuse_unreadable(image: AltImage, path: Path) -> None:
    """Raises MediaRefused for what a look at the file has told already."""
    if image.missing:
        raise MediaRefused(path=path, reason=Refusal.VANISHED)
    if image.problem:
        raise MediaRefused(path=path, reason=Refusal(image.problem))
