"""Opening a link from an answer: only when it was clicked, and only after a question."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from vlm_desktop.gui.panes.chat.markdown import is_openable, shown_address
from vlm_desktop.gui.strings import chat as strings


def ask_to_open(
    parent: QWidget, href: str, open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
) -> QMessageBox | None:
    """Ask whether the browser is to open an address that a model wrote; the box, shown.

    None for an address that leads into this computer: nothing happens then.
    """
    if not is_openable(href):
        return None
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(strings.OPEN_LINK_TITLE)
    box.setText(strings.OPEN_LINK_TEXT)
    box.setInformativeText(shown_address(href))
    go = box.addButton(strings.OPEN_LINK, QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(strings.CANCEL, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    go.clicked.connect(lambda: open_url(QUrl(href)))
    box.open()
    return box
