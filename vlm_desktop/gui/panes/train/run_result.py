"""What came of a run: its card, the way to the shelf, and how to do it again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.training import RunState
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from vlm_desktop.base.training import RunInfo

SHELVE, TEACH, COPY, SAVE, COMMAND = "shelve", "teach", "copy", "save", "command"
_SCRIPT = "reproduce.py"


def command_of(folder: Path) -> str:
    """What trains a run again, to be typed into a terminal."""
    python = "python" if getattr(sys, "frozen", False) else sys.executable
    return f'"{python}" "{folder / _SCRIPT}"'


class RunResult(QWidget):
    """Main thread; the card is read on the lane "io"."""

    asked = Signal(str)
    """SHELVE, TEACH, COPY, SAVE or COMMAND."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._read = ""
        self._failed = False
        self.text = ""
        """The card as Markdown, "" while there is none."""
        space = measures().space
        self.none = WrappedLabel(strings.RESULT_NOT_YET, self, name="muted")
        self.buttons = {
            SHELVE: self._button(SHELVE, strings.SHELF, strings.SHELF_TIP, "primary"),
            TEACH: self._button(TEACH, strings.TEACH_AGAIN, strings.TEACH_AGAIN_TIP),
            COPY: self._button(COPY, strings.COPY_CARD),
            SAVE: self._button(SAVE, strings.SAVE_CARD),
        }
        row = QWidget(self)
        flow = FlowLayout(row, space[1])
        for button in self.buttons.values():
            flow.addWidget(button)
        self.card = QTextBrowser(self)
        self.card.setOpenLinks(False)
        self.card.setAccessibleName(strings.CARD_NAME)
        self.card.setTabChangesFocus(True)
        self.card.setMinimumHeight(4 * space[5])
        self.script_label = QLabel(strings.SCRIPT_LABEL, self)
        self.script_label.setObjectName("muted")
        self.script_label.setWordWrap(True)
        self.command = QLineEdit(self)
        self.command.setReadOnly(True)
        self.command.setAccessibleName(strings.SCRIPT_NAME)
        copy = self._button(COMMAND, strings.COPY_COMMAND)
        script = QHBoxLayout()
        script.setSpacing(space[1])
        script.addWidget(self.command, 1)
        script.addWidget(copy)
        self.buttons[COMMAND] = copy
        self._row = row
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[2], space[3], space[2])
        layout.setSpacing(space[1])
        layout.addWidget(self.none)
        layout.addWidget(row)
        layout.addWidget(self.card, 1)
        layout.addWidget(self.script_label)
        layout.addLayout(script)
        layout.addStretch(0)

    def _button(self, what: str, words: str, tip: str = "", name: str = "") -> QPushButton:
        button = QPushButton(words, self)
        if name:
            button.setObjectName(name)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.asked.emit(what))
        return button

    def show_run(self, info: "RunInfo") -> None:
        has_ended = info.state in (RunState.DONE, RunState.STOPPED)
        told = f"{info.id} {info.state} {info.step}" if has_ended else ""
        if told != self._read:
            self._read = told
            self.text = ""
            self._failed = False
            if told:
                self._ask(info, told)
        self.command.setText(command_of(info.folder))
        self.command.setCursorPosition(0)
        self._show(has_ended=has_ended)

    def _show(self, *, has_ended: bool) -> None:
        has_card = bool(self.text)
        self.none.setVisible(not has_card)
        self.none.setText(strings.RESULT_FAILED if self._failed else strings.RESULT_NOT_YET)
        for what, button in self.buttons.items():
            button.setVisible(has_card or what == TEACH)
        self.buttons[SHELVE].setVisible(has_ended and has_card)
        for one in (self.card, self.script_label, self.command):
            one.setVisible(has_card)

    def _ask(self, info: "RunInfo", told: str) -> None:
        services, run_id = self._desk.services, info.id

        def done(text: str) -> None:
            if self._read == told:
                self.text = text
                self.card.setMarkdown(f"##{text}" if text.startswith("# ") else text)
                self._show(has_ended=True)

        def failed(sentence: str) -> None:
            if self._read == told:
                self._failed = True
                self._desk.say(sentence)
                self._show(has_ended=True)

        self._desk.fetch(lambda: services.training.runs.card_text(run_id), done, failed=failed)

    def keyboard_begins(self) -> None:
        """Put the focus where work begins here."""
        wanted = self.buttons[SHELVE] if self.buttons[SHELVE].isVisible() else self.buttons[TEACH]
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)
