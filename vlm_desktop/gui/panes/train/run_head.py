"""Above a run: what it is, how it stands in a sentence, and what can be asked of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.training import RunInfo, RunState
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.run_words import tone_of
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

PAUSE, RESUME, STOP, CHECKPOINT = "pause", "resume", "stop", "checkpoint"
_SIGNS = {RunState.DONE: "right", RunState.STOPPED: "right", RunState.FAILED: "wrong"}


class RunHead(QFrame):
    """Main thread. Shows what it is told; what is asked is emitted."""

    asked = Signal(str)
    """PAUSE, RESUME, STOP or CHECKPOINT."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainRunHead")
        space = measures().space
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.state = WrappedLabel(parent=self)
        self.left = QLabel(self)
        self.left.setObjectName("muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(strings.TAB_PROGRESS)
        self.buttons = {
            RESUME: self._button(RESUME, strings.RESUME, strings.RESUME_TIP),
            PAUSE: self._button(PAUSE, strings.PAUSE, strings.PAUSE_TIP),
            STOP: self._button(STOP, strings.STOP, strings.STOP_TIP),
            CHECKPOINT: self._button(CHECKPOINT, strings.SAVE, strings.SAVE_TIP),
        }
        self.menu = QMenu(self)
        self.folder = self.menu.addAction(strings.OPEN_FOLDER)
        self.again = self.menu.addAction(strings.START_AGAIN)
        self.menu.addSeparator()
        self.remove = self.menu.addAction(strings.REMOVE)
        self.more = QToolButton(self)
        self.more.setObjectName("headTool")
        self.more.setIcon(icon("chat-more"))
        self.more.setAccessibleName(strings.MORE)
        self.more.setToolTip(strings.MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setMenu(self.menu)
        upper = QHBoxLayout()
        upper.addWidget(self.title, 1)
        upper.addWidget(self.more)
        row = QWidget(self)
        self._row = FlowLayout(row, space[1])
        for button in self.buttons.values():
            self._row.addWidget(button)
        progress = QHBoxLayout()
        progress.setSpacing(space[2])
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[1], space[2], space[1])
        layout.setSpacing(space[0])
        layout.addLayout(upper)
        layout.addWidget(self.state)
        layout.addLayout(progress)
        layout.addWidget(row)
        self._buttons = row

    def _button(self, verb: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.asked.emit(verb))
        return button

    def show_run(
        self, title: str, info: RunInfo, sentence: str, left: str, pending: str,
        progress: tuple[int, int],
    ) -> None:  # fmt: skip
        """`pending` is what was asked of it and not done yet, "" for nothing; `progress` is what is
        done of how much."""
        done, total = progress
        self.title.setText(title)
        self.state.setText(strings.ASKED.get(pending, sentence))
        tone = tone_of(info.state)
        if self.state.objectName() != tone:
            self.state.setObjectName(tone)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)
        self.left.setText(left)
        self.left.setVisible(bool(left))
        self.bar.setVisible(info.is_live)
        self.bar.setRange(0, max(total, 0))
        self.bar.setValue(min(done, total))
        is_running = info.state is RunState.RUNNING
        had_focus = any(one.hasFocus() for one in self.buttons.values())
        shown = {
            RESUME: info.can_go_on,
            PAUSE: info.is_live,
            STOP: info.is_live,
            CHECKPOINT: is_running,
        }
        for verb, button in self.buttons.items():
            button.setVisible(shown[verb])
            button.setEnabled(not pending)
        self._buttons.setVisible(any(shown.values()))
        if had_focus and not any(one.hasFocus() for one in self.buttons.values()):
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.remove.setEnabled(not info.is_live and not pending)
