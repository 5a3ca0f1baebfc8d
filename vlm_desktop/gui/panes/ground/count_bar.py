"""While things are counted: how many, and what to do with them."""

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.counting import Counting
from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.strings import ground_phrases as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class CountBar(QFrame):
    """Main thread."""

    def __init__(self, counting: Counting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groundStrip")
        self._counting = counting
        space = measures().space
        self.total = WrappedLabel("", self, name="cardTitle")
        self.hint = WrappedLabel(strings.COUNT_HINT, self, name="hint")
        buttons = QWidget(self)
        flow = FlowLayout(buttons, space[0])
        self.keep = QPushButton(strings.COUNT_KEEP, buttons)
        self.keep.setToolTip(strings.COUNT_KEEP_TIP)
        self.keep.clicked.connect(counting.keep)
        self.done = QPushButton(strings.COUNT_DONE, buttons)
        self.done.clicked.connect(counting.end)
        for button in (self.keep, self.done):
            button.setAutoDefault(False)
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[1], space[0], space[1], space[1])
        layout.setSpacing(space[0])
        for part in (self.total, self.hint, buttons):
            layout.addWidget(part)
        counting.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        counting = self._counting
        show_gently(self, counting.is_active)
        working = fill(strings.COUNT_WORKING, phrase=counting.phrase)
        self.total.setText(working if counting.is_running else counting.total)
        self.hint.setText(" ".join(filter(None, (counting.doubt, strings.COUNT_HINT))))
        self.hint.setVisible(not counting.is_running)
        self.keep.setEnabled(bool(counting.dots))
