"""Reads examples from wherever they come, as one piece of long work, and puts them in at once."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example
from vlm_desktop.base.trainingdata import ExamplesAdded, ExamplesRead, SkippedRow
from vlm_desktop.gui.panes.train.data_changes import DataChanges
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from vlm_desktop.engine.train.sources import Sources

Read = Generator[Event, None, ExamplesRead]
Reader = Callable[["Sources", CancelToken], Read]
"""On a lane: reads some examples."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: a sentence, and what was left out."""

    words: str
    skipped: tuple[SkippedRow, ...] = ()


class Reading(QObject):
    """One at a time. Main thread."""

    told = Signal(object)
    """A `Brought`."""
    failed = Signal(str, object, object)
    """A sentence, a function that tries again, and the folder it is about, or None."""

    def __init__(self, session: TrainSession, changes: DataChanges, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._changes = session, changes
        self.task = LongTask(session.desk, parent)
        self._is_putting = False

    @property
    def is_busy(self) -> bool:
        """Whether examples are read, or put in right now."""
        return self.task.is_running or self._is_putting

    def run(
        self, name: str, words: str, readers: Sequence[Reader], *, folder: Path | None = None
    ) -> None:
        """Read examples; `name` is what they are called, and a new data set where there is none.
        `folder` is where all pictures may be given one text if it cannot be read otherwise."""
        services, skipped = self._session.desk.services, list[SkippedRow]()
        found: list[Example] = []

        def verb(cancel: CancelToken) -> Generator[Event, None, tuple[Example, ...]]:
            training = services.training
            for one in readers:
                read = yield from one(training.sources, cancel)
                found.extend(read.examples)
                skipped.extend(read.skipped)
            return (yield from training.datasets.prepare(found, cancel))

        def done(prepared: tuple[Example, ...]) -> str:
            self._put(name, prepared, tuple(skipped))
            return ""

        def failed(sentence: str) -> str:
            again = lambda: self.run(name, words, readers, folder=folder)  # noqa: E731
            self.failed.emit(sentence, again, folder)
            return sentence

        if not self.task.run(words, verb, done, failed=failed, stopped=lambda: strings.STOPPED):
            self._session.desk.say(strings.BUSY)

    def _put(
        self, name: str, prepared: tuple[Example, ...], skipped: tuple[SkippedRow, ...]
    ) -> None:
        def failed(sentence: str) -> None:
            self._is_putting = False
            self.failed.emit(sentence, lambda: self._put(name, prepared, skipped), None)

        def done(added: ExamplesAdded) -> None:
            self._is_putting = False
            self._tell(added.added, added.known, skipped)

        if prepared:
            self._is_putting = True
            self._changes.add(name, prepared, done, failed)
        else:
            self._tell(0, 0, skipped)

    def _tell(self, added: int, known: int, skipped: tuple[SkippedRow, ...]) -> None:
        said = [
            strings.counted(strings.ADDED_ONE, strings.ADDED, added)
            if added
            else strings.ADDED_NONE
        ]
        if known:
            said.append(strings.counted(strings.KNOWN_ONE, strings.KNOWN, known))
        if skipped:
            said.append(strings.counted(strings.SKIPPED_ONE, strings.SKIPPED, len(skipped)))
        words = " ".join(said)
        self._session.desk.say(words)
        self.told.emit(Brought(words, skipped))


def kept_reader(read: "Callable[[Sources], ExamplesRead]") -> Reader:
    """What the library keeps is read in one step."""

    def verb(sources: "Sources", _: CancelToken) -> Read:
        yield from ()
        return read(sources)

    return verb


def path_reader(path: Path) -> Reader:
    """A file or folder in whatever format it is."""
    return lambda sources, cancel: sources.read(path, cancel)


def pictures_reader(paths: Sequence[Path], text: str, label: str) -> Reader:
    """Pictures with one text or label for all that have none beside them."""
    return lambda sources, cancel: sources.pictures(paths, cancel, text=text, label=label)


def words_for(paths: Sequence[Path]) -> str:
    """What is said while these are read."""
    return fill(strings.READING, name=paths[0].name or str(paths[0]))
