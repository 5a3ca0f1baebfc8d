"""The list of files that could not be read, and why."""

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop import strings as sentences
from vlm_desktop.gui.services import SetAside
from vlm_desktop.gui.strings import library as strings
from vlm_desktop.gui.theme import measures

_SIZE = (760, 420)
_FILE_WIDTH = 420


class SetAsideDialog(QDialog):
    """Shows path and reason of each file."""

    def __init__(self, files: Sequence[SetAside], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.SET_ASIDE_TITLE)
        self.resize(*_SIZE)
        text = QLabel(strings.SET_ASIDE_TEXT, self)
        text.setWordWrap(True)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(strings.SET_ASIDE_LIST)
        self.list.setHeaderLabels([strings.SET_ASIDE_FILE, strings.SET_ASIDE_REASON])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.setColumnWidth(0, _FILE_WIDTH)
        rows = [_row(file) for file in files]
        self.list.addTopLevelItems(rows)
        text.setBuddy(self.list)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(strings.CLOSE)
        buttons.rejected.connect(self.reject)
        space = measures().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[3], space[3], space[3])
        layout.setSpacing(space[2])
        layout.addWidget(text)
        layout.addWidget(self.list)
        layout.addWidget(buttons)
        if rows:
            self.list.setCurrentItem(rows[0])
        self.list.setFocus()


def _row(file: SetAside) -> QTreeWidgetItem:
    reason = sentences.refusal(file.reason, file.detail)
    row = QTreeWidgetItem([str(file.path), reason])
    row.setToolTip(0, str(file.path))
    row.setToolTip(1, reason)
    return row
