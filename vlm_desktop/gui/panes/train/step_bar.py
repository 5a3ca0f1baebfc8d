"""The path of the Train pane: four steps in order, and the shelf beside them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from vlm_desktop.gui.panes.train.session import ADAPTERS, STEPS
from vlm_desktop.gui.strings import train as strings
from vlm_desktop.gui.theme import measures


class StepBar(QFrame):
    """One step is chosen. Main thread."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainSteps")
        self.setAccessibleName(strings.STEPS_NAME)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        space = measures().space
        row.setContentsMargins(space[2], space[0], space[2], space[0])
        row.setSpacing(space[1])
        for step in STEPS:
            if step == ADAPTERS:
                row.addStretch(1)
            button = QToolButton(self)
            button.setObjectName("sideTab")
            button.setText(strings.STEP_WORDS[step])
            button.setToolTip(strings.STEP_TIPS[step])
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _=False, name=step: self.chosen.emit(name))
            self.buttons[step] = button
            row.addWidget(button)

    def show_chosen(self, step: str) -> None:
        self.buttons[step].setChecked(True)
