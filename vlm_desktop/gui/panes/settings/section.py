"""A section of the settings: a heading over rows and whatever else belongs there."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.gui.panes.settings.row import SettingRow
from vlm_desktop.gui.strings import settings as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout


class Section(QWidget):
    """Rows of settings below a heading. Other sections derive from it and add their own."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.rows: list[SettingRow] = []
        self.heading = QLabel(strings.GROUPS[key], self)
        self.heading.setObjectName("heading")
        self._others: list[tuple[QWidget, str]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(measures().space[3])
        self._layout.addWidget(self.heading)

    def add_row(self, row: SettingRow) -> None:
        self.rows.append(row)
        self._layout.addWidget(row)

    def add(self, widget: QWidget, words: str = "") -> None:
        """Something that is no row; a label is found by what it says, others by these words."""
        self._others.append((widget, words))
        self._layout.addWidget(widget)

    def add_text(self, text: str) -> QLabel:
        """A paragraph."""
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setMinimumWidth(1)  # Qt asks for much more for long sentences
        label.setObjectName("hint")
        self.add(label)
        return label

    def add_buttons(self, *buttons: tuple[str, Callable[[], object]]) -> list[QPushButton]:
        """Buttons side by side, in lines as needed: their words and what each does."""
        line = QWidget(self)
        layout = FlowLayout(line, measures().space[1])
        made = []
        for text, slot in buttons:
            button = QPushButton(text, line)
            button.clicked.connect(lambda _checked=False, act=slot: act())
            layout.addWidget(button)
            made.append(button)
        self.add(line, " ".join(text.replace("&", "") for text, _ in buttons))
        return made

    def filter(self, words: list[str]) -> bool:
        """Show only what the words are in; False when nothing is left.

        A word of the heading keeps the whole section.
        """
        heading = self.heading.text().casefold()
        whole = all(word in heading for word in words)
        left = False
        for row in self.rows:
            row.setVisible(whole or row.matches(words))
            left = left or row.isVisibleTo(self)
        for widget, spoken in self._others:
            said = widget.text() if isinstance(widget, QLabel) else spoken
            text = said.casefold()
            widget.setVisible(bool(text) and (whole or all(word in text for word in words)))
            left = left or widget.isVisibleTo(self)
        self.setVisible(left)
        return left
