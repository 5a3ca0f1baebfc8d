"""The small button that empties a line: Qt gives it a picture and no name."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from vlm_desktop.gui.strings import shell as strings

_QTS_NAME = "_q_qlineeditclearaction"


def add_clear_button(line: QLineEdit) -> None:
    """Show it while there is something to clear, named for screen readers and on hover."""
    line.setClearButtonEnabled(True)
    action = line.findChild(QAction, _QTS_NAME)
    if action is not None:
        action.setText(strings.CLEAR)
        action.setToolTip(strings.CLEAR)
