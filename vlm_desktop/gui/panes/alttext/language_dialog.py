"""Asks for a language that an image gets a further text in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from vlm_desktop.gui.panes.alttext.languages import LanguageBox
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog


class LanguageDialog(PlainDialog):
    """One of the offered languages, or any other by its tag."""

    chosen = Signal(str)
    """A BCP 47 tag."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(strings.ADD_LANGUAGE_TITLE, strings.ADD_LANGUAGE_HINT, parent)
        label = QLabel(strings.LANGUAGE, self)
        self.box = LanguageBox(self)
        self.box.setAccessibleName(strings.LANGUAGE)
        label.setBuddy(self.box)
        row = QHBoxLayout()
        row.setSpacing(measures().space[1])
        row.addWidget(label)
        row.addWidget(self.box, 1)
        self.lay_out((row,), strings.ADD_LANGUAGE_GO, self._take)
        self.box.currentTextChanged.connect(lambda _: self.go.setEnabled(bool(self.box.tag)))

    def _take(self) -> None:
        tag = self.box.tag
        self.accept()
        self.chosen.emit(tag)
