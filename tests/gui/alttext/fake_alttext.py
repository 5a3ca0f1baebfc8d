"""Alt texts in the window's tests: kept by the real library, drafted by a model of a few words."""

import csv
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.fake_drafting import FakeDrafting, always
from tests.fakes import SharedPool
from tests.gui.alttext.fake_checking import FakeChecking
from vlm_desktop.base.alttext import Decision, Suggestion
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.alttext.batch import AltBatch
from vlm_desktop.engine.alttext.coverage import CoverageReports
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.engine.alttext.pages import AltPages
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


def drafting_of(words: str) -> FakeDrafting:
    """A model that says this of every picture, and that all are photos with some words in them."""
    made = FakeDrafting(always(words))
    made.suggestion = Suggestion(Decision.INFORMATIVE, (("photo", ""), ("text-area", "3")), 0.9)
    return made


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
        self.drafting = drafting_of("A cat on a mat.")
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
