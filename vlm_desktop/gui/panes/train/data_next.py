"""What is worth labelling next: examples of which two that should agree do not."""

from collections.abc import Generator, Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop import trainstrings
from vlm_desktop.base.adapters import AdapterInfo, AdapterState, Wearer
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example
from vlm_desktop.base.trainingdata import NextItems, WorthLabelling
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_box import ElidedBox
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.word_list import WordList
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.engine.train.facade import Training


MODEL = "model"
"""The lane of what loads networks to compare them."""
_MOST_ANSWERED = 200


class NextPanel(QWidget):
    """Main thread. Nothing is looked for before a person asks."""

    wanted = Signal(str)
    """The key of an example to edit."""

    def __init__(self, session: TrainSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.task = LongTask(session.desk, self)
        self.items: tuple[WorthLabelling, ...] = ()
        self._done: set[str] = set()
        self.sentence = WrappedLabel(strings.NEXT_TEXT, self, name="muted")
        self.by = ElidedBox(self)
        self.by.setAccessibleName(strings.NEXT_BY_NAME)
        self.by_label = QLabel(strings.NEXT_BY, self)
        self.by_label.setBuddy(self.by)
        self.go = QPushButton(strings.NEXT_GO, self)
        self.go.setAutoDefault(False)
        self.go.clicked.connect(lambda _: self.task.stop() or self.find())
        self.list = WordList(0, self)
        self.list.setAccessibleName(strings.NEXT_LIST)
        self.list.taken.connect(lambda row: self.wanted.emit(self.items[row].key))
        space = measures().space
        by = QHBoxLayout()
        by.setSpacing(space[1])
        by.addWidget(self.by_label)
        by.addWidget(self.by, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addWidget(self.sentence)
        column.addLayout(by)
        column.addWidget(self.go)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        self.list.hide()
        self._show_adapters(())
        self.task.changed.connect(self._show_task)
        session.adapters_changed.connect(self.refresh)
        session.opened.connect(self.forget)

    # --- by what -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Which adapters there are to hold against their base."""
        services = self._session.desk.services
        self._session.desk.fetch(
            lambda: services.training.adapters.all(), self._show_adapters,
            failed=lambda _: None,  # the search model is there all the same
            latest="train-next-adapters",
        )  # fmt: skip

    def _show_adapters(self, found: Sequence[AdapterInfo]) -> None:
        chosen = self.by.currentData()
        with QSignalBlocker(self.by):
            self.by.clear()
            self.by.addItem(strings.NEXT_BY_SEARCH, "")
            for one in found:
                if one.wearer is Wearer.ANSWERS and one.state is AdapterState.SOUND:
                    self.by.addItem(fill(strings.NEXT_BY_ADAPTER, name=one.name), one.id)
            self.by.setCurrentIndex(max(0, self.by.findData(chosen)))
        several = self.by.count() > 1
        self.by.setVisible(several)
        self.by_label.setVisible(several)

    # --- finding -------------------------------------------------------------------------

    def find(self) -> None:
        """Look through all examples of the data set in hand."""
        session, adapter = self._session, str(self.by.currentData() or "")
        services, set_id = session.desk.services, session.set_id
        if not set_id:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, NextItems]:
            items = services.training.datasets.examples(set_id)
            return (yield from worth(services.training, items, adapter, cancel))

        def done(found: NextItems) -> str:
            if set_id == session.set_id:
                self.show_items(found)
            return ""

        def failed(sentence: str) -> str:
            self.sentence.setText(fill(strings.NEXT_FAILED, sentence=sentence))
            return sentence

        def stopped() -> str:
            self.sentence.setText(strings.NEXT_STOPPED)
            return strings.NEXT_STOPPED

        self.task.run(
            strings.NEXT_WORK, verb, done, failed=failed, stopped=stopped,
            lane=MODEL if adapter else ANSWERS,
        )  # fmt: skip

    def _show_task(self) -> None:
        running = self.task.is_running
        if running:
            self.sentence.setText(self.task.words)
        self.go.setText(
            strings.STOP if running else strings.NEXT_AGAIN if self.items else strings.NEXT_GO
        )
        self.by.setEnabled(not running)

    def show_items(self, found: NextItems) -> None:
        self.items, self._done = found.items, set()
        if found.items:
            words = fill(strings.NEXT_FOUND, looked=found.looked, count=len(found.items))
        else:
            words = strings.counted(strings.NEXT_NONE_ONE, strings.NEXT_NONE, found.looked)
        self._show_task()
        self.sentence.setText(words)
        self._show_rows()
        announce(self, words)
        if found.items:
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _show_rows(self) -> None:
        rows = []
        for one in self.items:
            reason = trainstrings.ask_reason(one)
            words = fill(strings.NEXT_ROW, name=Path(one.image).name, reason=reason)
            rows.append(fill(strings.NEXT_DONE, row=words) if one.key in self._done else words)
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))

    def mark_done(self, key: str) -> None:
        """A person has seen to it; the next one that nobody has seen to is current."""
        keys = [one.key for one in self.items]
        if key not in keys:
            return
        self._done.add(key)
        self._show_rows()
        at = keys.index(key)
        open_rows = [row for row, one in enumerate(keys) if one not in self._done]
        if open_rows:
            self.list.setCurrentRow(next((row for row in open_rows if row > at), open_rows[0]))
        self.list.setFocus()

    def forget(self) -> None:
        """Another data set is in hand: what was found is not about it."""
        self.items, self._done = (), set()
        self.task.stop()
        self._show_rows()
        self.sentence.setText(strings.NEXT_TEXT)
        self._show_task()


def worth(
    training: "Training", items: Sequence[Example], adapter: str, cancel: CancelToken
) -> Generator[Event, None, NextItems]:
    """On a lane: by the search model, or by an adapter against its base, which takes longer and
    looks at some here and there of many."""
    if not adapter:
        return (yield from training.active.by_search(items, cancel))
    items = items[:: ceil(len(items) / _MOST_ANSWERED) or 1]
    base, tuned = yield from training.adapters.answers(adapter, items, cancel)
    said = {one.key: pair for one, pair in zip(items, zip(base, tuned, strict=True), strict=True)}
    return (
        yield from training.active.between(
            items, lambda one: said[one.key][0], lambda one: said[one.key][1], cancel
        )
    )
