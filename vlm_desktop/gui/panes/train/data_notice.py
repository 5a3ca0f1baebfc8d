"""A line over the examples: what is being read, what came of it, what went wrong."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

Deed = tuple[str, Callable[[], object]]
_MOST_DEEDS = 2


class Notice(QFrame):
    """One sentence, at most two buttons, and a cross unless it goes by itself. Main thread."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainNotice")
        space = measures().space
        self.words = WrappedLabel("", self)
        self.buttons = tuple(QPushButton(self) for _ in range(_MOST_DEEDS))
        self._deeds: tuple[Deed, ...] = ()
        self.cross = QToolButton(self)
        self.cross.setIcon(icon("close"))
        self.cross.setAccessibleName(strings.DISMISS)
        self.cross.setToolTip(strings.DISMISS)
        self.cross.clicked.connect(lambda _: self.dismiss())
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(space[0])
        self._beside.addWidget(self.words, 1)
        self._room = QWidget(self)
        deeds = FlowLayout(self._room, gap=space[1])
        self._beside.addWidget(self._room)
        row = QHBoxLayout(self)
        row.setContentsMargins(space[2], space[0], space[0], space[0])
        row.setSpacing(space[1])
        row.addLayout(self._beside, 1)
        for number, button in enumerate(self.buttons):
            button.setObjectName("quiet")
            button.setParent(self._room)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, at=number: self._deeds[at][1]())
            deeds.addWidget(button)
        row.addWidget(self.cross)
        self.hide()

    def tell(self, words: str, deeds: Sequence[Deed] = (), *, stays: bool = True) -> None:
        """Say something. What does not stay is taken away by whoever said it."""
        is_new = self.isHidden() or [one for one, _ in deeds] != [one for one, _ in self._deeds]
        self._deeds = tuple(deeds)
        self.words.setText(words)
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(deeds))
            button.setText(deeds[number][0] if number < len(deeds) else "")
        self._room.setVisible(bool(deeds))
        below = len(deeds) > 1  # beside two buttons there is no room for a sentence
        self._beside.setDirection(
            QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        )
        self.cross.setVisible(stays)
        self.show()
        if is_new:
            announce(self, words)

    def dismiss(self) -> bool:
        """Take it away; False where nothing is said, or what is said goes by itself."""
        if self.isHidden() or self.cross.isHidden():
            return False
        self.hide()
        self.dismissed.emit()
        return True
