"""Chips: what a query holds beside its words, each with a button to change and one to remove."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

_LONGEST_WORDS = 40


class Chip(QFrame):
    """A rounded field with words; Enter or a click wants it changed, Delete or its cross away."""

    edit_wanted = Signal()
    removed = Signal()
    left = Signal(int)
    """An arrow key leads out of it: -1 or +1."""

    def __init__(self, words: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.body = QToolButton(self)
        self.body.setObjectName("chipBody")
        self.body.setText(short(words).replace("&", "&&"))
        self.body.setToolTip(words)
        self.body.setAccessibleName(name)
        self.body.setAccessibleDescription(strings.CHIP_DESCRIPTION)
        self.body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body.clicked.connect(self.edit_wanted)
        self.body.installEventFilter(self)
        # Del on the chip does the same, so Tab need not stop here as well.
        self.cross = QToolButton(self)
        self.cross.setObjectName("chipCross")
        self.cross.setIcon(icon("close"))
        self.cross.setIconSize(QSize(measures().type_small, measures().type_small))
        self.cross.setAccessibleName(strings.CHIP_REMOVE.replace("{text}", words))
        self.cross.setToolTip(strings.CHIP_REMOVE.replace("{text}", words))
        self.cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cross.clicked.connect(self.removed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(0)
        self.row.addWidget(self.body)
        self.row.addWidget(self.cross)

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab stops in it."""
        return [self.body]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                    self.removed.emit()
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self.edit_wanted.emit()
                    return True
                case Qt.Key.Key_Left | Qt.Key.Key_Right:
                    back = event.key() == Qt.Key.Key_Left
                    mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
                    self.left.emit(-1 if back != mirrored else 1)
                    return True
        return super().eventFilter(watched, event)


class ChipRow(QWidget):
    """The chips of a query in lines; the arrow keys walk along them."""

    ended = Signal()
    """An arrow key led beyond the first or the last chip, or the last chip is gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.CHIPS_NAME)
        self._flow = FlowLayout(self, measures().space[0])
        self._chips: list[Chip] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        return tuple(self._chips)

    def show_chips(self, chips: list[Chip]) -> None:
        """Show these instead of the ones before; the focus stays at its place in the row."""
        # Not hasFocus: while a dialog is in front, the window still knows where its focus was.
        holder = self.window().focusWidget()
        focused = next((i for i, one in enumerate(self._chips) if one.body is holder), None)
        self._flow.clear()
        self._chips = chips
        for chip in chips:
            chip.setParent(self)
            chip.left.connect(lambda step, chip=chip: self._walk(chip, step))
            self._flow.addWidget(chip)
            chip.show()
        self.setVisible(bool(chips))
        self.updateGeometry()
        if focused is not None:
            self.focus_chip(min(focused, len(chips) - 1))

    def focus_chip(self, position: int) -> None:
        """Put the focus on a chip, -1 being the last; without any the row is left."""
        if self._chips and position >= -1:
            self._chips[position].body.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.ended.emit()

    def _walk(self, chip: Chip, step: int) -> None:
        position = self._chips.index(chip) + step
        if 0 <= position < len(self._chips):
            self.focus_chip(position)
        else:
            self.ended.emit()


def short(words: str, longest: int = _LONGEST_WORDS) -> str:
    """Words that are too long for a chip, cut off; its tip has them whole."""
    return words if len(words) <= longest else words[: longest - 1] + "…"
