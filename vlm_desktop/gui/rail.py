"""The rail at the left edge: one button per pane, icon over word.

Part of the window's first paint, so it leaves Qt's large enumerations alone until a key is pressed.
"""

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from vlm_desktop.gui.panes import PaneSpec


class Rail(QFrame):
    """Emits `chosen` with a pane's key. Tab reaches the current button, arrows the others."""

    chosen = Signal(str)

    def __init__(self, panes: "tuple[PaneSpec, ...]", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(strings.RAIL_NAME)
        # Its words are never shortened, however wide a pane wants to be.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.buttons: dict[str, QToolButton] = {}
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[0], space[1], space[0], space[1])
        layout.setSpacing(space[0])
        for spec in panes:
            if not spec.at_bottom:
                layout.addWidget(self._button(spec))
        layout.addStretch()
        for spec in panes:
            if spec.at_bottom:
                layout.addWidget(self._button(spec))

    def _button(self, spec: "PaneSpec") -> QToolButton:
        word = getattr(strings, spec.word)
        button = QToolButton(self)
        button.setObjectName("railButton")  # the stylesheet puts its word under its icon
        button.setText(word)
        button.setIcon(icon(spec.icon))
        button.setIconSize(QSize(measures().icon, measures().icon))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(measures().rail)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setAccessibleName(word)
        button.setToolTip(f"{word} ({spec.shortcut})")
        button.clicked.connect(lambda: self.chosen.emit(spec.key))
        self.buttons[spec.key] = button
        return button

    def listen_to_arrows(self) -> None:
        """From now on up and down walk along the rail."""
        for button in self.buttons.values():
            button.installEventFilter(self)

    def show_current(self, key: str) -> None:
        self.buttons[key].setChecked(True)

    def eventFilter(self, watched: QObject, event: "QEvent") -> bool:  # noqa: N802
        if event.type() == QtCore.QEvent.Type.KeyPress:
            keys = QtCore.Qt.Key
            step = {keys.Key_Down: 1, keys.Key_Up: -1}.get(event.key())  # type: ignore[attr-defined]
            buttons = list(self.buttons.values())
            if step is not None and watched in buttons:
                buttons[(buttons.index(watched) + step) % len(buttons)].setFocus(
                    QtCore.Qt.FocusReason.TabFocusReason
                )
                return True
        return super().eventFilter(watched, event)
