"""The slim bar above an open photo: back, its name and place in the list, the tools."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.gui.actions import plain
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel


class PhotoBar(QWidget):
    """Shows; the actions are the view's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(space[1], space[0], space[1], space[0])
        self._row.setSpacing(space[0])
        self.name = ElidedLabel(self)
        self.position = self._quiet()
        self.page = self._quiet()
        self.zoom = self._quiet()

    def _quiet(self) -> QLabel:
        label = QLabel(self)
        label.setObjectName("verdict")
        return label

    def build(self, back: QAction, pages: tuple[QAction, QAction], tools: list[QAction]) -> None:
        """Put the actions' buttons beside the words, in reading order."""
        self._row.addWidget(self._button(back))
        self._row.addSpacing(measures().space[1])
        self._row.addWidget(self.name, 1)
        for label in (self.position, self.page):
            self._row.addWidget(label)
        self.page_buttons = [self._button(action) for action in pages]
        for button in self.page_buttons:
            self._row.addWidget(button)
        self._row.addSpacing(measures().space[1])
        self._row.addWidget(self.zoom)
        for action in tools:
            self.add_tool(action)

    def add_tool(self, action: QAction) -> None:
        """A button at the end."""
        self._row.addWidget(self._button(action))

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        side = measures().icon
        button.setIconSize(QSize(side, side))
        button.setAccessibleName(plain(action.text()))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if keys:
            text = plain(action.toolTip())
            # On the action: a button takes its action's tip again at every change of it.
            action.setToolTip(fill(strings.TIP_WITH_KEY, text=text, keys=keys))
        return button

    def show_photo(self, name: str, position: int, total: int) -> None:
        self.name.setText(name)
        known = position > 0
        text = fill(strings.POSITION, position=position, total=total) if known else ""
        self.position.setText(text)

    def show_page(self, page: int, pages: int) -> None:
        several = pages > 1
        self.page.setVisible(several)
        for button in self.page_buttons:
            button.setVisible(several)
        self.page.setText(fill(strings.PAGE_OF, page=page, pages=pages) if several else "")

    def show_zoom(self, zoom: float) -> None:
        self.zoom.setText(fill(strings.ZOOM, percent=round(100 * zoom)))
