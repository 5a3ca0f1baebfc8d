"""Drafting and checking that say what a test wants; no network, no pixels."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.base.altchecks import Claim, ClaimState, Ledger
from vlm_desktop.base.alttext import (
    Author,
    Brief,
    Candidate,
    Decision,
    Drafted,
    PageContext,
    Suggestion,
    WrittenBy,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Notice

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError

MODEL = WrittenBy(Author.MODEL, "starter", "r1", "Describe.", 3)

_NOTHING = PageContext()
Say = Callable[[Path], Sequence[str]]


class FakeDrafting:
    """Drafts `say(path)`, as many as the brief wants; `fail` names files that raise."""

    def __init__(self, say: Say | None = None) -> None:
        self.say: Say = say or (lambda path: (f"The {path.stem}.", f"A thing: {path.stem}."))
        self.fail: dict[str, AppError] = {}
        self.suggested: dict[str, Suggestion] = {}
        self.asked: list[tuple[str, Decision, int]] = []
        self.looked: list[tuple[str, tuple[int, ...]]] = []

    def suggest(
        self,
        path: Path,
        context: PageContext,
        cancel: CancelToken,
        *,
        alike: Sequence[int] = (),
    ) -> Generator[Event, None, Suggestion]:
        yield Notice("looking")
        self.looked.append((path.name, tuple(alike)))
        if path.name in self.suggested:
            return self.suggested[path.name]
        if len(alike) > 1:
            reason = ("near-duplicate", str(len(alike)))
            return Suggestion(Decision.GROUP, (reason,), 0.6, group=tuple(alike))
        return Suggestion(Decision.INFORMATIVE, (("photo", ""),), 0.85)

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
    ) -> Generator[Event, None, tuple[Candidate, ...]]:
        self.asked.append((path.name, decision, brief.candidates))
        if path.name in self.fail:
            raise self.fail[path.name]
        found = tuple(
            Candidate(text, written_by=replace(MODEL, seed=seed))
            for text in self.say(path)[: brief.candidates]
        )
        for one in found:
            yield Drafted(one)
            cancel.raise_if_cancelled()
        return found

    def translate(
        self,
        text: str,
        extended: str,
        source: str,
        brief: Brief,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, Candidate]:
        yield Notice("translating")
        return Candidate(f"[{brief.language}] {text}", written_by=MODEL, notes=("translated",))


class FakeChecking:
    """A ledger of one claim a text; those of `disputed` texts are disputed."""

    def __init__(self) -> None:
        self.disputed: set[str] = set()
        self.asked: list[str] = []

    def ledger(
        self,
        path: Path,
        text: str,
        cancel: CancelToken,
        *,
        context: PageContext = _NOTHING,
        names: tuple[str, ...] = (),
        samples: int = 4,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Ledger]:
        yield Notice("checking")
        self.asked.append(text)
        state = ClaimState.DISPUTED if text in self.disputed else ClaimState.SUPPORTED
        return Ledger(text, (Claim(text, "other", 0, len(text), state),), samples)
