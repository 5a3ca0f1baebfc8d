"""Claims and quizzes in the window's tests: split and struck by the real rules, judged by words."""

import threading
from collections.abc import Collection, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.base.altchecks import (
    ClaimState,
    Evidence,
    EvidenceKind,
    Ledger,
    Quiz,
    QuizLine,
)
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.types import Box
from vlm_desktop.engine.alttext import rebuilding
from vlm_desktop.engine.alttext.claims import split

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError

FRAME = Box(10, 10, 60, 50)
SUPPORTED = (
    Evidence(EvidenceKind.REGION, supports=True, score=0.73, box=FRAME),
    Evidence(EvidenceKind.SAMPLES, supports=True, detail="3/4", score=0.75),
)
DISPUTED = (
    Evidence(EvidenceKind.SAMPLES, supports=True, detail="2/4"),
    Evidence(EvidenceKind.ABSENT, supports=False, score=0.2),
    Evidence(EvidenceKind.ANSWER, supports=False, detail="<b>no</b>"),
)


class FakeChecking:
    """Claims that hold a word of `true` are supported, of `false` disputed. Waits at `gate`."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.true, self.false = ("cat", "dog", "astronaut"), ("hat", "flag")
        self.error: AppError | None = None
        self.asked: list[tuple[Path, str, tuple[str, ...], str]] = []
        self.quizzed: list[tuple[Path, str, str]] = []
        self.quiz_result = Quiz(
            (
                QuizLine("Are there people?", "no", "", conveyed=True),
                QuizLine("What color is the cat?", "<i>orange</i>", "", conveyed=False),
            ),
            by_rules=True,
            model_id="starter",
        )

    def ledger(
        self,
        path: Path,
        text: str,
        cancel: CancelToken,
        *,
        context: PageContext = PageContext(),  # noqa: B008
        names: tuple[str, ...] = (),
        samples: int = 4,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Ledger]:
        del context, model_id
        self.asked.append((path, text, names, language))
        found = split(text, language)
        for number in range(len(found.claims)):
            yield Progress(Phase.ANSWER, number, len(found.claims))
            self._wait(cancel)
        if self.error is not None:
            raise self.error
        claims = []
        for claim in found.claims:
            words = claim.text.casefold()
            if any(one in words for one in self.false):
                claim = replace(claim, state=ClaimState.DISPUTED, evidence=DISPUTED)
            elif any(one in words for one in self.true):
                claim = replace(claim, state=ClaimState.SUPPORTED, evidence=SUPPORTED)
            claims.append(claim)
        return Ledger(text, tuple(claims), samples)

    def quiz(
        self,
        path: Path,
        alt_text: str,
        extended: str,
        cancel: CancelToken,
        *,
        model_id: str = "",
        language: str = "en",
    ) -> Generator[Event, None, Quiz]:
        del model_id, language
        self.quizzed.append((path, alt_text, extended))
        yield Progress(Phase.ANSWER, 0, 2)
        self._wait(cancel)
        if self.error is not None:
            raise self.error
        return self.quiz_result

    def strike(
        self, text: str, ledger: Ledger, struck: Collection[int], language: str = "en"
    ) -> str:
        return rebuilding.strike(text, ledger, struck, language)

    def follow(self, ledger: Ledger, text: str, language: str = "en") -> Ledger:
        return rebuilding.follow(ledger, text, language)

    def _wait(self, cancel: CancelToken) -> None:
        while not self.gate.wait(0.005):
            cancel.raise_if_cancelled()
        cancel.raise_if_cancelled()
