"""A dialog that asks a model as it opens, lists what is answered, and can stop and ask again."""

from collections.abc import Callable, Generator, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import alttext_checks as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import room_for
from vlm_desktop.gui.widgets.long_task import LongTask
from vlm_desktop.gui.widgets.word_list import WordList
from vlm_desktop.jobs import ANSWERS


class AskingDialog(QDialog):
    """A subclass says what is asked (`start`), what stands there without an answer (`show_none`)
    and how far it is (`show_running`), and hands its parts to `lay_out`. Main thread."""

    def __init__(self, desk: Desk, title: str, list_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.list = WordList(0, self)
        self.list.setAccessibleName(list_name)
        self.go = QPushButton(self)
        self.go.clicked.connect(self._pressed)
        self.shut = QPushButton(strings.CLOSE, self)
        self.shut.setObjectName("primary")
        self.shut.clicked.connect(self.close)
        self.task = LongTask(desk, self)
        self.task.changed.connect(self.show_running)

    def lay_out(self, above: Sequence[QWidget], tools: Sequence[QPushButton]) -> None:
        """Words above the list, buttons for its rows below it."""
        space = measures().space
        buttons = QHBoxLayout()
        for one in tools:
            buttons.addWidget(one)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        buttons.addWidget(self.shut)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[3], space[3], space[3], space[3])
        column.setSpacing(space[1])
        for one in above:
            column.addWidget(one)
        column.addWidget(room_for(self.list, self), 1)
        column.addLayout(buttons)
        walked = (self.list, *tools, self.go, self.shut)
        for one, following in pairwise(walked):
            QWidget.setTabOrder(one, following)

    # --- what a subclass says ------------------------------------------------------------

    def start(self) -> None:
        """Ask."""
        raise NotImplementedError

    def show_none(self, words: str) -> None:
        """No rows, and why."""
        raise NotImplementedError

    def show_running(self) -> None:
        """What `go` does now, and how far the answer is."""
        raise NotImplementedError

    # --- asking --------------------------------------------------------------------------

    def ask(
        self,
        work: str,
        verb: Callable[[CancelToken], Generator[Event, None, Any]],
        done: Callable[[Any], str],
    ) -> None:
        """`done` shows the answer; its words are for the status line."""
        self.task.run(
            work,
            verb,
            done,
            lane=ANSWERS,
            failed=self._ended,
            stopped=lambda: self._ended(strings.QUIZ_STOPPED),
        )
        self.go.setFocus()

    def _pressed(self) -> None:
        if not self.task.stop():
            self.start()

    def _ended(self, words: str) -> str:
        """It failed or was stopped; the status line need not say it again."""
        self.show_none(words)
        announce(self, words)
        return ""

    def go_to_rows(self) -> None:
        """The first of them, by keys at once."""
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        """Closed, by whatever way: nobody sees the rest, so it is not asked any more."""
        self.task.drop()
        super().done(result)
