"""Beside the picture: what it is called, and the way to the others that were opened with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.gentle import show_gently
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel


class PictureHead(QWidget):
    """Main thread. Shows what it is told."""

    page_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self.name = ElidedLabel(self)
        self.place = QLabel(self)
        self.place.setObjectName("hint")
        self.ways = QWidget(self)
        self._ways = QHBoxLayout(self.ways)
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(space[0])
        self._ways.addWidget(self.place)
        self._ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[0])
        column.addWidget(self.name)
        column.addWidget(self.ways)
        column.addWidget(self._build_pages())
        self.ways.hide()
        self.pages.hide()
        self.hide()

    def _build_pages(self) -> QWidget:
        """Which page of a PDF is shown."""
        self.pages = QWidget(self)
        self.page = QSpinBox(self.pages)
        self.page.setKeyboardTracking(False)
        self.page.setAccessibleName(strings.PAGE.replace("&", ""))
        self.page.valueChanged.connect(self.page_wanted)
        label = QLabel(strings.PAGE, self.pages)
        label.setBuddy(self.page)
        self.count = QLabel(self.pages)
        row = QHBoxLayout(self.pages)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(measures().space[1])
        for part in (label, self.page, self.count):
            row.addWidget(part)
        row.addStretch(1)
        return self.pages

    def show_page(self, page: int, count: int) -> None:
        """The page of a PDF, of so many; of anything else there are none."""
        self.page.blockSignals(True)
        self.page.setRange(1, max(1, count))
        self.page.setValue(page)
        self.page.blockSignals(False)
        self.count.setText(fill(strings.PAGES, count=count))
        show_gently(self.pages, count > 1)

    def set_actions(self, *actions: QAction) -> None:
        """Ways to another picture."""
        for action in actions:
            button = QToolButton(self.ways)
            button.setObjectName("headTool")
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text().replace("&", ""))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._ways.addWidget(button)

    def show_picture(self, name: str, number: int, count: int) -> None:
        """The picture's name, "" for none, and that it is this one of so many."""
        self.name.setText(name)
        self.place.setText(fill(strings.PLACE_OF_PICTURE, number=number, count=count))
        show_gently(self.ways, count > 1)
        show_gently(self, bool(name))
