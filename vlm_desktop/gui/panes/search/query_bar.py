"""The query line with its verdict beneath."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.search.searching import SearchState
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel

_LONGEST_QUERY = 10_000


class QueryBar(QWidget):
    """Labelled query line, verdict, and the switch for weaker matches."""

    typed = Signal(str)
    submitted = Signal()
    show_all_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setObjectName("query")
        self.line.setPlaceholderText(strings.QUERY_HINT)
        self.line.setAccessibleName(strings.QUERY_NAME)
        self.line.setAccessibleDescription(strings.QUERY_DESCRIPTION)
        self.line.setToolTip(strings.QUERY_DESCRIPTION)
        self.line.setClearButtonEnabled(True)
        self.line.setMaxLength(_LONGEST_QUERY)
        self.line.textChanged.connect(self.typed)
        self.line.returnPressed.connect(self.submitted)
        label = QLabel(strings.QUERY_LABEL, self)
        label.setBuddy(self.line)
        self.verdict = ElidedLabel(self)
        self.verdict.setObjectName("verdict")
        self.show_all = QCheckBox(strings.SHOW_ALL, self)
        self.show_all.setToolTip(strings.SHOW_ALL_TIP)
        self.show_all.hide()
        self.show_all.toggled.connect(self.show_all_changed)
        self._lay_out(label)

    def _lay_out(self, label: QLabel) -> None:
        space = measures().space
        # The line keeps its height when the switch comes and goes: nothing jumps.
        kept = self.show_all.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.show_all.setSizePolicy(kept)
        top, beneath = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(space[2])
        top.addWidget(label)
        top.addWidget(self.line, 1)
        beneath.setSpacing(space[2])
        beneath.addWidget(self.verdict, 1)
        beneath.addWidget(self.show_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[2], space[3], space[1])
        layout.setSpacing(space[1])
        layout.addLayout(top)
        layout.addLayout(beneath)

    def show_searching(self) -> None:
        self.verdict.setText(strings.SEARCHING)

    def show_search(self, state: SearchState) -> None:
        """The verdict; a screen reader hears it too."""
        self.verdict.setText(state.verdict)
        self.show_all.setVisible(state.asked and not (state.failed or state.empty_library))
        if state.verdict or state.failed:
            announce(self.verdict, state.verdict or state.failed)
