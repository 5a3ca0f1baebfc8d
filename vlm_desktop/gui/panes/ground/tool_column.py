"""The slim column of tools at the left of the picture."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.gui.actions import plain
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures


class ToolColumn(QFrame):
    """Buttons of actions, in groups. Tab reaches one of them, arrows the others. Main thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groundTools")
        self.setAccessibleName(strings.TOOLS)
        space = measures().space
        self.buttons: list[QToolButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(space[0], space[1], space[0], space[1])
        self._column.setSpacing(space[0])

    def set_actions(self, groups: Sequence[Sequence[QAction]]) -> None:
        for number, group in enumerate(groups):
            if number:
                self._column.addSpacing(measures().space[1])
            for action in group:
                self._column.addWidget(self._button(action))
        self._column.addStretch(1)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        side = measures().icon
        button.setIconSize(QSize(side, side))
        button.setAccessibleName(plain(action.text()))
        button.setFocusPolicy(
            Qt.FocusPolicy.ClickFocus if self.buttons else Qt.FocusPolicy.StrongFocus
        )
        button.installEventFilter(self)
        self.buttons.append(button)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Up and down walk along the tools."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            there = [one for one in self.buttons if one.isEnabled()]
            if step is not None and watched in there:
                at = there.index(watched)  # type: ignore[arg-type]
                there[(at + step) % len(there)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
