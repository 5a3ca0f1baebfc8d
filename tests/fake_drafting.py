"""A model that drafts alt texts as a test wants: no network, no pixels."""

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
from vlm_desktop.base.chat import Token
from vlm_desktop.base.events import Event, Notice, Phase, Progress

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError

Say = Callable[[Path], Sequence[str]]
_MANY = 9


def always(words: str) -> Say:
    """Says this of every file, and a numbered one for each further draft."""
    return lambda _: (words, *(f"{words} ({number})" for number in range(1, _MANY)))


class Asked(NamedTuple):
    """What a draft was asked for."""

    path: Path
    brief: Brief
    context: PageContext
    decision: Decision
    seed: int
    model_id: str


class FakeDrafting:
    """Drafts `say(path)` from the seed's place on, as many as the brief wants and there are.

    Each word waits at `gate`. `error` is raised of every file, `fail` names files that raise.
    """

    def __init__(self, say: Say | None = None) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.say: Say = say or (lambda path: (f"The {path.stem}.", f"A thing: {path.stem}."))
        self.error: AppError | None = None
        self.fail: dict[str, AppError] = {}
        self.suggestion = Suggestion(Decision.INFORMATIVE, (("photo", ""),), 0.85)
        self.suggested: dict[str, Suggestion] = {}
        """For files of these names, in the place of `suggestion`."""
        self.asked: list[Asked] = []
        self.looked: list[tuple[str, tuple[int, ...]]] = []
        self.translated: list[tuple[str, str, str]] = []

    def suggest(
        self,
        path: Path,
        context: PageContext,
        cancel: CancelToken,
        *,
        alike: Sequence[int] = (),
    ) -> Generator[Event, None, Suggestion]:
        del context
        yield Progress(Phase.DECODE, 0, 1)
        cancel.raise_if_cancelled()
        self.looked.append((path.name, tuple(alike)))
        if path.name in self.suggested:
            return self.suggested[path.name]
        if len(alike) > 1:
            reason = ("near-duplicate", str(len(alike)))
            return Suggestion(Decision.GROUP, (reason,), 0.6, group=tuple(alike))
        return self.suggestion

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
        del structured
        self.asked.append(Asked(path, brief, context, decision, seed, model_id))
        yield Progress(Phase.DECODE, 0, 1)
        error = self.fail.get(path.name, self.error)
        if error is not None:
            raise error
        found = []
        for words in self.say(path)[seed : seed + brief.candidates]:
            yield from self._say(words, cancel)
            one = Candidate(words, written_by=_by("Describe.", seed), notes=("starter",))
            found.append(one)
            yield Drafted(one)
            cancel.raise_if_cancelled()
        return tuple(found)

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
        del extended, model_id
        yield Notice("translating")
        self.translated.append((text, source, brief.language))
        words = f"[{brief.language}] {text}"
        yield from self._say(words, cancel)
        return Candidate(words, written_by=_by("Translate.", 0), notes=("translated",))

    def _say(self, words: str, cancel: CancelToken) -> Generator[Event, None, None]:
        for word in words.split():
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
            yield Token(f"{word} ")


def _by(prompt: str, seed: int) -> WrittenBy:
    return WrittenBy(Author.MODEL, "fake-model", "r1", prompt, seed)
