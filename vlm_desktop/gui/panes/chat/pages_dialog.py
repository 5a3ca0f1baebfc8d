"""Which pages of a PDF are asked about."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog

PAGE_SIDE = 220
"""Pixels of the shorter side at which pages are decoded for this list."""


class PagesDialog(PlainDialog):
    """Pages as pictures; several can be chosen. Main thread."""

    pages_chosen = Signal(object)
    """A tuple of page numbers, counting from 1."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(strings.PAGES_TITLE, fill(strings.PAGES_LOADING, name=name), parent)
        space = measures().space
        self._name = name
        self.list = QListWidget(self)
        self.list.setAccessibleName(strings.PAGES_NAME)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setIconSize(QSize(measures().tile * 2 // 3, measures().tile * 2 // 3))
        self.list.setSpacing(space[0])
        self.list.itemSelectionChanged.connect(self._show_count)
        self.list.itemActivated.connect(lambda _: self._take())
        self.lay_out((self.list,), strings.PAGES_ADD, self._take)
        self.go.setEnabled(False)
        self.resize(measures().tile * 4, measures().tile * 3)

    def show_pages(self, pages: Sequence[tuple[int, QImage]]) -> None:
        """The pages there are; the first is chosen."""
        self.hint.setText(fill(strings.PAGES_HINT, name=self._name))
        for number, image in pages:
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), str(number))
            item.setData(Qt.ItemDataRole.UserRole, number)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, fill(strings.PAGE, page=number))
            self.list.addItem(item)
        if pages:
            self.list.setCurrentRow(0)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_failure(self, sentence: str) -> None:
        self.hint.setText(sentence)

    def _show_count(self) -> None:
        count = len(self.list.selectedItems())
        self.go.setEnabled(count > 0)
        self.go.setText(
            strings.PAGES_ADD if count < 2 else fill(strings.PAGES_ADD_SEVERAL, count=count)
        )

    def _take(self) -> None:
        chosen = sorted(one.data(Qt.ItemDataRole.UserRole) for one in self.list.selectedItems())
        if chosen:
            self.pages_chosen.emit(tuple(chosen))
            self.accept()
