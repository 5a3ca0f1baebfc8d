"""The column at the left: data sets by name, and what can be done with the one in hand."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import DataSet
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.data_model import Index
from vlm_desktop.gui.panes.train.data_words import set_details
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.row_painting import paint_ground, write_line

_ID = int(Qt.ItemDataRole.UserRole)
_DETAILS = _ID + 1


class _SetRow(QStyledItemDelegate):
    """A name, and how many examples there are."""

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:  # noqa: N802
        return QSize(0, 2 * QFontMetrics(option.font).lineSpacing() + 2 * measures().space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        size, chosen = measures(), colours_of(QGuiApplication.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(size.space[0] // 2, 1, -size.space[0] // 2, -1)
        paint_ground(painter, box, option)
        line = QFontMetrics(option.font).lineSpacing()
        words = box.adjusted(size.space[1], size.space[1] - 1, -size.space[1], 0)
        words.setHeight(line)
        painter.setPen(QColor(chosen.text))
        write_line(painter, words, str(index.data()), option.font, Qt.TextElideMode.ElideMiddle)
        small = QFont(option.font)
        small.setPixelSize(size.type_small)
        painter.setPen(QColor(chosen.text_muted))
        write_line(painter, words.translated(0, line), str(index.data(_DETAILS)), small)
        painter.restore()


class SetsList(QListWidget):
    """F2 renames, Delete removes; both are asked of whoever listens."""

    rename_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainSets")
        self.setItemDelegate(_SetRow(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(strings.SETS_NAME)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)


class SetsPanel(QFrame):
    """Main thread. Shows what it is told."""

    chosen = Signal(int)
    new_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainColumn")
        space = measures().space
        self.list = SetsList(self)
        self.heading = QLabel(strings.SETS, self)
        self.heading.setObjectName("section")
        self.heading.setBuddy(self.list)
        self.new = QPushButton(strings.NEW_SET, self)
        self.new.setAutoDefault(False)
        self.new.clicked.connect(lambda _: self.new_wanted.emit())
        self.more = QToolButton(self)
        self.more.setObjectName("headTool")
        self.more.setIcon(icon("chat-more"))
        self.more.setAccessibleName(strings.SET_MORE)
        self.more.setToolTip(strings.SET_MORE)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        foot = QHBoxLayout()
        foot.setSpacing(space[0])
        foot.addWidget(self.new, 1)
        foot.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.heading)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self.list.currentItemChanged.connect(self._current_changed)

    def set_menu(self, menu: QMenu) -> None:
        """What can be done with the data set in hand."""
        self.more.setMenu(menu)
        self.list.customContextMenuRequested.connect(
            lambda at: self.list.itemAt(at) and menu.popup(self.list.viewport().mapToGlobal(at))
        )

    def show_sets(self, sets: Sequence[DataSet], chosen: int) -> None:
        """Rows keep their places while only their words change."""
        with QSignalBlocker(self.list):
            if [self.list.item(row).data(_ID) for row in range(self.list.count())] != [
                one.id for one in sets
            ]:
                self.list.clear()
                for one in sets:
                    item = QListWidgetItem(self.list)
                    item.setData(_ID, one.id)
            for row, one in enumerate(sets):
                item, details = self.list.item(row), set_details(one)
                item.setText(one.name)
                item.setData(_DETAILS, details)
                item.setToolTip(one.name)
                said = fill(strings.SET_SAID, name=one.name, details=details)
                item.setData(int(Qt.ItemDataRole.AccessibleTextRole), said)
            at = next((row for row, one in enumerate(sets) if one.id == chosen), -1)
            self.list.setCurrentRow(at)
        self.more.setEnabled(at >= 0)

    def _current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(int(item.data(_ID)))
