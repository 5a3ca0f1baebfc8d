"""One question for a name."""

from PySide6.QtWidgets import QInputDialog, QWidget


def ask_name(parent: QWidget, title: str, label: str, suggested: str = "") -> str:
    """The name a person gives, without spaces around it; "" when they think better of it.

    `title` says what will be done, and so does the button.
    """
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(suggested)
    dialog.setOkButtonText(title)
    agreed = dialog.exec()
    dialog.deleteLater()
    return dialog.textValue().strip() if agreed else ""
