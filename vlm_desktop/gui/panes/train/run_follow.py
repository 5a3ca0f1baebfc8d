"""Following one run: what it says is read on a lane, piece by piece, and shown as it comes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.run_story import RunLook, RunStory

if TYPE_CHECKING:
    from vlm_desktop.base.training import Example, RunInfo

_PIECE = 4_000_000
_LIVE_MS = 600


@dataclass(frozen=True, slots=True)
class _Read:
    """`has_more`: another piece is there already."""

    info: "RunInfo"
    look: RunLook
    offset: int
    has_more: bool


class RunFollower(QObject):
    """Main thread; files are read on the lane "io", and the story is only touched there."""

    changed = Signal()
    """`info` or `look` is another."""
    examples_read = Signal()
    failed = Signal(str)
    """A sentence: the run cannot be read."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.run_id = ""
        self.info: RunInfo | None = None
        self.look = RunLook()
        self.examples: dict[str, Example] = {}
        """Those that are answered at checkpoints, by key."""
        self._story = RunStory()
        self._offset = 0
        self._asked: set[str] = set()
        self._is_reading = self._is_shown = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._read)

    def follow(self, run_id: str) -> None:
        """Take another run, "" for none; also the same again from its beginning."""
        self.run_id, self.info, self.look = run_id, None, RunLook()
        self.examples = {}
        # A read that is under way may still use the old story: it is dropped with it.
        self._story, self._offset, self._asked = RunStory(), 0, set()
        self._is_reading = False
        self._timer.stop()
        self.changed.emit()
        self._read()

    def show(self, shown: bool) -> None:
        """Whether anybody looks; nothing is read while nobody does."""
        self._is_shown = shown
        if shown:
            self._read()
        else:
            self._timer.stop()

    def read_on(self) -> None:
        """Something may have changed."""
        self._read()

    def _read(self) -> None:
        if not self.run_id or self._is_reading or not self._is_shown:
            return
        self._timer.stop()
        self._is_reading = True
        services, story = self._desk.services, self._story
        run_id, offset = self.run_id, self._offset

        def read() -> _Read:
            runs = services.training.runs
            info = runs.get(run_id)  # before reading, so that the last words of its state are heard
            said, end = runs.events(run_id, offset, _PIECE)
            story.take(said)
            return _Read(info, story.look(), end, end - offset >= _PIECE // 2)

        self._desk.fetch(
            read, lambda found: self._take(story, found),
            failed=lambda sentence: self._fail(story, sentence),
        )  # fmt: skip

    def _take(self, story: RunStory, found: _Read) -> None:
        if story is not self._story:
            return
        self._is_reading = False
        is_other = found.look.version != self.look.version or found.info != self.info
        self.info, self.look, self._offset = found.info, found.look, found.offset
        if is_other:
            self.changed.emit()
        unknown = found.look.probes.keys() - self._asked
        if unknown and not found.has_more:
            self._asked |= unknown
            self._read_examples(story)
        if found.has_more:
            self._read()
        elif found.info.is_live and self._is_shown:
            self._timer.start(_LIVE_MS)

    def _fail(self, story: RunStory, sentence: str) -> None:
        if story is self._story:
            self._is_reading = False
            self.failed.emit(sentence)

    def _read_examples(self, story: RunStory) -> None:
        services, run_id, wanted = self._desk.services, self.run_id, set(self._asked)

        def read() -> "dict[str, Example]":
            return {
                one.key: one for one in services.training.runs.examples(run_id) if one.key in wanted
            }

        def done(found: "dict[str, Example]") -> None:
            if story is self._story:
                self.examples = found
                self.examples_read.emit()

        self._desk.fetch(read, done, failed=lambda sentence: self._fail(story, sentence))
