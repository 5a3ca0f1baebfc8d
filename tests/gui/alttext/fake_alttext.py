"""Alt texts in the window's tests: kept by the real library, drafted by a model of a few words."""

import csv
import threading
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes import SharedPool
from tests.gui.alttext.fake_checking import FakeChecking
from vlm_desktop.base.alttext import (
    AltStyle,
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
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.alttext.batch import AltBatch
from vlm_desktop.engine.alttext.coverage import CoverageReports
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.pages import AltPages
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError


class FakeDrafting:
    """Writes `answer(path)` word by word; waits at `gate` before each."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.words = "A cat on a mat."
        self.extended = ""
        self.error: AppError | None = None
        self.suggestion = Suggestion(Decision.INFORMATIVE, (("photo", ""), ("text-area", "3")), 0.9)
        self.asked: list[tuple[Path, Brief, PageContext, Decision, int]] = []
        self.models: list[str] = []
        self.suggested: list[Path] = []
        self.translated: list[tuple[str, str, str]] = []

    def suggest(
        self, path: Path, context: PageContext, cancel: CancelToken, *, alike: object = ()
    ) -> Generator[Event, None, Suggestion]:
        del context, alike
        yield Progress(Phase.DECODE, 0, 1)
        cancel.raise_if_cancelled()
        self.suggested.append(path)
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
        self.models.append(model_id)
        self.asked.append((path, brief, context, decision, seed))
        yield Progress(Phase.DECODE, 0, 1)
        if self.error is not None:
            raise self.error
        found = []
        for number in range(max(1, brief.candidates)):
            words = self.words if not (seed + number) else f"{self.words} ({seed + number})"
            yield from self._say(words, cancel)
            extended = ""
            if brief.style is AltStyle.DETAILED:
                extended = self.extended
                yield Notice("alt-extended")
                yield from self._say(extended, cancel)
            by = WrittenBy(Author.MODEL, "fake-model", "r1", "Describe.", seed)
            one = Candidate(words, extended, written_by=by, notes=("starter",))
            found.append(one)
            yield Drafted(one)
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
        self.translated.append((text, source, brief.language))
        words = f"[{brief.language}] {text}"
        yield from self._say(words, cancel)
        by = WrittenBy(Author.MODEL, "fake-model", "r1", "Translate.", 0)
        return Candidate(words, written_by=by, notes=("translated",))

    def _say(self, words: str, cancel: CancelToken) -> Generator[Event, None, None]:
        for word in words.split():
            while not self.gate.wait(0.005):
                cancel.raise_if_cancelled()
            yield Token(f"{word} ")


def _save_table(target: Path, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return target


class FakeAltTexts:
    """`sets` are real: SQLite in `home`; the model is not."""

    def __init__(self, home: Path, pool: DecodePool) -> None:
        self._paths = HomePaths(home)
        self._pool = pool
        self._lock = threading.Lock()
        self._library: Library | None = None
        self.sets = AltSets(self.library, lambda: SharedPool(pool))  # type: ignore[arg-type, return-value]
        self.drafting = FakeDrafting()
        self.checking = FakeChecking()
        self.files = AltFiles(self.library)
        self.pages = AltPages(home / "pages")
        self.coverage = CoverageReports(self.sets, _save_table)
        self.batch = AltBatch(self.library, self.sets, self.drafting, None)  # type: ignore[arg-type]

    def library(self) -> Library:
        with self._lock:
            if self._library is None:
                self._library = Library.open(self._paths)
            return self._library

    def close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None
