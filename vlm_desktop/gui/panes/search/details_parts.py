"""Parts of the details panel: a section that folds, rows of facts, similar photos, all tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QIcon,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from vlm_desktop.base.types import TagRow

_THUMBNAIL = 76
_TABLE_HEIGHT = 320
_NAME_WIDTH = 140
_BREAKABLE = re.compile(r"[/\\_.-]|[0-9a-f]{10}(?=[0-9a-f])")


class Section(QWidget):
    """A heading that folds what is below it."""

    folded = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None, *, is_open: bool = True) -> None:
        super().__init__(parent)
        space = measures().space
        self.heading = QToolButton(self)
        self.heading.setObjectName("section")
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body = QWidget(self)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(space[1], 0, space[1], space[1])
        self.column.setSpacing(space[1])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space[0])
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        self.heading.toggled.connect(self._fold)
        self.heading.setChecked(is_open)
        self._fold(is_open)

    @property
    def is_open(self) -> bool:
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        self.heading.setChecked(is_open)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the others; buttons keep their width."""
        if isinstance(widget, QAbstractButton):
            # Absolute, since a button may have its icon behind its text, against the direction.
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
            self.column.addWidget(widget, 0, left)
        else:
            self.column.addWidget(widget)

    def _fold(self, is_open: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self.heading.setArrowType(arrow)
        self.body.setVisible(is_open)
        self.folded.emit(is_open)


class FactRows(QWidget):
    """Labels and values below each other; a value's context menu copies it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(measures().space[2])
        self._grid.setVerticalSpacing(measures().space[0])
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, str]] = []

    def show_rows(self, rows: Sequence[tuple[str, str]], otherwise: str = "") -> None:
        """`otherwise` is said where there are no rows."""
        wanted = list(rows) or ([("", otherwise)] if otherwise else [])
        if wanted == self._shown:
            return
        self._shown = wanted
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, (label, value) in enumerate(wanted):
            shown = note(value, self) if not label else _Value(value, self)
            if label:
                name = QLabel(label, self)
                name.setObjectName("fact")
                name.setAlignment(Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(name, at, 0)
                self._grid.addWidget(shown, at, 1)
            else:
                self._grid.addWidget(shown, at, 0, 1, 2)

    @property
    def rows(self) -> list[tuple[str, str]]:
        return self._shown


class _Value(QLabel):
    """A value that breaks anywhere, since paths and hashes have no spaces; its menu copies it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(_BREAKABLE.sub("\\g<0>\u200b", text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(text)
        copy = QAction(strings.COPY_VALUE, self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """QLabel's own is made for its narrowest width, which makes rows far too high."""
        return QSize(1, self.fontMetrics().lineSpacing())


def note(text: str, parent: QWidget | None = None) -> QLabel:
    """A quiet sentence."""
    label = QLabel(text, parent)
    label.setObjectName("fact")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


@dataclass(frozen=True, slots=True)
class SimilarPhoto:
    content_id: int
    path: Path
    image: QImage


class SimilarPhotos(QWidget):
    """Thumbnails to press."""

    chosen = Signal(object)
    """A content id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, measures().space[0])

    def show_photos(self, photos: Sequence[SimilarPhoto]) -> None:
        self._flow.clear()
        for photo in photos:
            button = QToolButton(self)
            button.setObjectName("picture")
            button.setIcon(QIcon(QPixmap.fromImage(photo.image)))
            button.setIconSize(QSize(_THUMBNAIL, _THUMBNAIL))
            name = fill(strings.SIMILAR_PHOTO, name=photo.path.name)
            button.setAccessibleName(name)
            button.setToolTip(photo.path.name)
            button.clicked.connect(
                lambda _=False, number=photo.content_id: self.chosen.emit(number)
            )
            self._flow.addWidget(button)
        self.updateGeometry()

    @property
    def buttons(self) -> list[QToolButton]:
        return self.findChildren(QToolButton)


class TagTable(QTreeWidget):
    """Every tag of the file by group; Ctrl+C copies the chosen rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.ALL_NAME)
        self.setColumnCount(2)
        self.setHeaderLabels([strings.COLUMN_NAME, strings.COLUMN_VALUE])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setMaximumSectionSize(_NAME_WIDTH)
        self.setIndentation(measures().space[1])
        self.setFixedHeight(_TABLE_HEIGHT)

    def show_tags(self, rows: "Sequence[TagRow]") -> None:
        self.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for row in rows:
            if row.group not in groups:
                groups[row.group] = QTreeWidgetItem([row.group, ""])
                self.addTopLevelItem(groups[row.group])
                groups[row.group].setFirstColumnSpanned(True)
            item = QTreeWidgetItem([row.name, row.value])
            item.setToolTip(1, row.value)
            groups[row.group].addChild(item)
        self.expandAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Copy):
            lines = [f"{item.text(0)}: {item.text(1)}" for item in self.selectedItems()]
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)


def similar_image(data: bytes | None) -> QImage:
    """On a lane: the middle square of a thumbnail."""
    image = QImage.fromData(data) if data else QImage()
    if image.isNull():
        return image
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return square.scaled(
        2 * _THUMBNAIL,
        2 * _THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
