"""All that lies over the picture as a list, and what may be done with what is chosen in it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.panes.ground.items import DRAFT, FOUND, OBJECT, OTHER, ItemKey
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.region_list import RegionList
from vlm_desktop.gui.widgets.typing_undo import TypingLine
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class ObjectsPanel(QWidget):
    """Main thread. Shows what it is told; the pane acts."""

    labelled = Signal(str)
    """The label of what is chosen was typed."""
    keep_wanted = Signal()
    change_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, canvas: OverlayCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self._canvas = canvas
        self._from: QWidget = canvas
        """Where the focus goes back to when a label was typed."""
        self._label_now = ""
        self.count = WrappedLabel("", self, name="hint")
        self.list = RegionList(canvas, self)
        self.none = WrappedLabel(strings.NOTHING_YET, self, name="muted")
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.layers = QStackedWidget(self)
        self.layers.addWidget(self.list)
        self.layers.addWidget(self.none)
        self.layers.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[1])
        layout.addWidget(self.count)
        layout.addWidget(self.layers, 1)
        layout.addWidget(self._build_label())
        layout.addWidget(self._build_buttons())
        self.show_chosen(None, "", can_label=False)

    def _build_label(self) -> QWidget:
        self.label_row = QWidget(self)
        self.line = TypingLine(self.label_row)
        self.line.setPlaceholderText(strings.LABEL_HINT)
        self.line.setAccessibleName(strings.LABEL.replace("&", ""))
        self.line.setMaxLength(200)
        self.line.editingFinished.connect(self._label)
        self.line.returnPressed.connect(self._go_back)
        label = QLabel(strings.LABEL, self.label_row)
        label.setBuddy(self.line)
        row = QHBoxLayout(self.label_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        row.addWidget(label)
        row.addWidget(self.line, 1)
        return self.label_row

    def _build_buttons(self) -> QWidget:
        self.buttons = QWidget(self)
        flow = FlowLayout(self.buttons, measures().space[0])
        self.keep = self._button(strings.KEEP_FOUND, "", self.keep_wanted)
        self.change = self._button(
            strings.CHANGE_POINTS, strings.CHANGE_POINTS_TIP, self.change_wanted
        )
        self.remove = self._button(strings.REMOVE, strings.REMOVE_TIP, self.remove_wanted)
        for button in (self.keep, self.change, self.remove):
            flow.addWidget(button)
        return self.buttons

    def _button(self, text: str, tip: str, signal: object) -> QPushButton:
        button = QPushButton(text, self.buttons)
        button.setObjectName("quiet")
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(signal)
        return button

    # --- what is shown -------------------------------------------------------------------

    def show_count(self, kept: int, *, any_items: bool) -> None:
        self.count.setText(strings.object_count(kept))
        self.layers.setCurrentWidget(self.list if any_items else self.none)

    def show_chosen(self, key: ItemKey | None, label: str, *, can_label: bool) -> None:
        """What is chosen, and its label."""
        kind = key[0] if key is not None else ""
        self._label_now = label
        show_gently(self.label_row, can_label)
        if self.line.text() != label and not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText(label)
        show_gently(self.keep, kind in (FOUND, OTHER))
        show_gently(self.change, kind == OBJECT)
        show_gently(self.remove, kind == OBJECT)
        self.buttons.setVisible(kind in (FOUND, OTHER, OBJECT))
        self.remove.setEnabled(kind != DRAFT)

    def rename(self) -> None:
        """Type a label for what is chosen."""
        if self.label_row.isVisible():
            focused = self.window().focusWidget()
            self._from = self.list if focused is self.list else self._canvas
            self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.line.selectAll()

    def give_up_label(self) -> bool:
        """Esc while a label is typed: it stays what it was. False where none is typed."""
        if not self.line.hasFocus():
            return False
        self.line.setText(self._label_now)
        self._go_back()
        return True

    def _go_back(self) -> None:
        """Work goes on where it was, and Ctrl+Z takes back the label rather than its letters."""
        self._from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _label(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            self.labelled.emit(self.line.text().strip())
