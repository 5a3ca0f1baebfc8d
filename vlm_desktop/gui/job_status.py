"""The status bar's content: what runs, how far it is, a way to stop it, files set aside."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from vlm_desktop.gui import strings
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.elided_label import ElidedLabel
from vlm_desktop.gui.indexing import JobState
from vlm_desktop.gui.theme import measures

_BAR_WIDTH = 160


class JobStatus(QWidget):
    """Shows a `JobState`. Only its ending is announced: a screen reader is not to be flooded."""

    stop_asked = Signal()
    set_aside_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ElidedLabel(self)
        self.text.setAccessibleName(strings.STATUS_NAME)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(strings.PROGRESS_NAME)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.stop = QPushButton(strings.STOP, self)
        self.stop.setObjectName("quiet")
        self.stop.setAccessibleName(strings.STOP_NAME)
        self.stop.clicked.connect(self.stop_asked)
        self.set_aside = QPushButton(self)
        self.set_aside.setObjectName("quiet")
        self.set_aside.setToolTip(strings.SET_ASIDE_TIP)
        self.set_aside.clicked.connect(self.set_aside_asked)
        space = measures().space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(space[2], space[0], space[1], space[0])
        layout.setSpacing(space[1])
        layout.addWidget(self.text, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.stop)
        layout.addWidget(self.set_aside)
        self.show_job(JobState(""))
        self.show_set_aside(0)

    def show_job(self, state: JobState) -> None:
        self.text.setText(state.text)
        self.bar.setVisible(state.running)
        self.bar.setRange(0, state.total)
        self.bar.setValue(state.done)
        self.stop.setVisible(state.running)
        self.stop.setEnabled(not state.stopping)
        if state.text and not state.running:
            announce(self.text, state.text)

    def show_set_aside(self, count: int) -> None:
        self.set_aside.setText(strings.set_aside(count))
        self.set_aside.setVisible(count > 0)
