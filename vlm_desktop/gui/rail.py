"""The rail at the left edge: one button per pane, icon over word."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes import PaneSpec
from vlm_desktop.gui.strings import shell as strings
from vlm_desktop.gui.theme import measures

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class Rail(QWidget):
    """Emits `chosen` with a pane's key. Tab reaches the current button, arrows the others."""

    chosen = Signal(str)

    def __init__(self, panes: tuple[PaneSpec, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(strings.RAIL_NAME)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
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

    def _button(self, spec: PaneSpec) -> QToolButton:
        word = getattr(strings, spec.word)
        button = QToolButton(self)
        button.setObjectName("railButton")
        button.setText(word)
        button.setIcon(icon(spec.icon))
        button.setIconSize(QSize(measures().icon, measures().icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(measures().rail)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(word)
        button.setToolTip(f"{word} ({spec.shortcut})")
        button.clicked.connect(lambda: self.chosen.emit(spec.key))
        button.installEventFilter(self)
        self._group.addButton(button)
        self.buttons[spec.key] = button
        return button

    def show_current(self, key: str) -> None:
        self.buttons[key].setChecked(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Up and down walk along the rail."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            buttons = list(self.buttons.values())
            if step is not None and watched in buttons:
                buttons[(buttons.index(watched) + step) % len(buttons)].setFocus(
                    Qt.FocusReason.TabFocusReason
                )
                return True
        return super().eventFilter(watched, event)
