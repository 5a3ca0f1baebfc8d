"""The line above the grid: how many, in which order and groups, how large."""

import math

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from vlm_desktop.engine.listing import Arrangement, Grouping, Order
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.grid_view import LARGEST, SMALLEST
from vlm_desktop.gui.strings import grid as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel

_STEPS = 100
_SLIDER_WIDTH = 112
_LEAST_WIDTH = 240
_LEAST_COUNT = 96


class GridBar(QWidget):
    """Shows an arrangement and lets it be changed. `bare_order` names `Order.RELEVANCE`."""

    arranged = Signal(object)
    """An `Arrangement` without opened stacks."""
    zoom_wanted = Signal(int)
    timeline_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signs: dict[QLabel, str] = {}
        self._labels: list[QLabel] = []
        self.setAccessibleName(strings.BAR_NAME)
        self.count = ElidedLabel(self)
        self.count.setObjectName("verdict")
        self.all_photos = QPushButton(strings.SHOW_LIBRARY, self)
        self.all_photos.setObjectName("quiet")
        self.all_photos.hide()
        self.sort = QComboBox(self)
        self.sort.setAccessibleName(strings.SORT_NAME)
        for order, words in (
            (Order.RELEVANCE, strings.SORT_RELEVANCE),
            (Order.NEWEST, strings.SORT_NEWEST),
            (Order.OLDEST, strings.SORT_OLDEST),
            (Order.NAME, strings.SORT_NAME_OF_FILE),
            (Order.LARGEST, strings.SORT_LARGEST),
        ):
            self.sort.addItem(words, order)
        self.group = QComboBox(self)
        self.group.setAccessibleName(strings.GROUP_NAME)
        for grouping, words in (
            (Grouping.NONE, strings.GROUP_NONE),
            (Grouping.DAY, strings.GROUP_DAY),
            (Grouping.MONTH, strings.GROUP_MONTH),
            (Grouping.FOLDER, strings.GROUP_FOLDER),
        ):
            self.group.addItem(words, grouping)
        self.stacks = self._switch(strings.STACKS, strings.STACKS_TIP, "grid-stack")
        self.timeline = self._switch(strings.TIMELINE, strings.TIMELINE_TIP, "timeline")
        self.zoom = QSlider(Qt.Orientation.Horizontal, self)
        self.zoom.setAccessibleName(strings.ZOOM_NAME)
        self.zoom.setToolTip(strings.ZOOM_NAME)
        self.zoom.setRange(0, _STEPS)
        self.zoom.setSingleStep(5)
        self.zoom.setPageStep(15)
        self.zoom.setFixedWidth(_SLIDER_WIDTH)
        self._lay_out()
        self._connect()

    def _switch(self, words: str, tip: str, sign: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setAccessibleName(words.replace("&", ""))
        button.setToolTip(tip)
        button.setIcon(icon(sign))
        button.setIconSize(QSize(measures().space[3], measures().space[3]))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        space = measures().space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(space[3], 0, space[2], space[1])
        layout.setSpacing(space[1])
        layout.addWidget(self.count, 1)
        layout.addWidget(self.all_photos)
        for words, box in ((strings.SORT, self.sort), (strings.GROUP, self.group)):
            label = QLabel(words, self)
            label.setObjectName("verdict")
            label.setBuddy(box)
            self._labels.append(label)
            layout.addWidget(label)
            layout.addWidget(box)
            layout.addSpacing(space[0])
        layout.addWidget(self.stacks)
        layout.addWidget(self.timeline)
        layout.addSpacing(space[0])
        self._signs = {QLabel(self): "grid-small", QLabel(self): "grid-large"}
        smaller, larger = self._signs
        layout.addWidget(smaller)
        layout.addWidget(self.zoom)
        layout.addWidget(larger)
        self._draw_signs()
        # What does not fit is hidden, see `_fit`; the layout must not ask for room for it.
        self.setMinimumWidth(_LEAST_WIDTH)

    def _fit(self) -> None:
        """Leave out what can be done without, until the rest has room: labels, then the zoom."""
        layout = self.layout()
        margins, spare = layout.contentsMargins(), 4 * measures().space[0]
        room = self.width() - margins.left() - margins.right() - spare
        always = [self.sort, self.group, self.stacks, self.timeline]
        always += [] if self.all_photos.isHidden() else [self.all_photos]
        droppable: tuple[list[QWidget], ...] = ([*self._signs, self.zoom], [*self._labels])
        need = _LEAST_COUNT + sum(one.sizeHint().width() + layout.spacing() for one in always)
        fits = True
        for some in droppable:
            more = sum(
                max(one.sizeHint().width(), one.minimumWidth()) + layout.spacing() for one in some
            )
            fits = fits and need + more <= room
            need += more
            for one in some:
                one.setVisible(fits)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _draw_signs(self) -> None:
        side = measures().space[3]
        for label, sign in self._signs.items():
            label.setPixmap(icon(sign).pixmap(QSize(side, side), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Labels do not draw their signs anew by themselves when the theme changes."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange):
            self._draw_signs()
        super().changeEvent(event)

    def _connect(self) -> None:
        self.sort.activated.connect(lambda _: self.arranged.emit(self.arrangement()))
        self.group.activated.connect(lambda _: self.arranged.emit(self.arrangement()))
        self.stacks.toggled.connect(lambda _: self.arranged.emit(self.arrangement()))
        self.timeline.toggled.connect(self.timeline_toggled)
        self.zoom.valueChanged.connect(lambda value: self.zoom_wanted.emit(height_of(value)))

    def arrangement(self) -> Arrangement:
        """What is chosen."""
        return Arrangement(
            order=Order(self.sort.currentData()),
            grouping=Grouping(self.group.currentData()),
            stacked=self.stacks.isChecked(),
        )

    def show_arrangement(self, arrangement: Arrangement, bare_order: str) -> None:
        """Show what is chosen; tells nobody."""
        with QSignalBlocker(self.stacks):
            self.sort.setItemText(0, bare_order)
            self.sort.setCurrentIndex(self.sort.findData(arrangement.order))
            self.group.setCurrentIndex(self.group.findData(arrangement.grouping))
            self.stacks.setChecked(arrangement.stacked)
        self._fit()

    def show_zoom(self, row_height: int) -> None:
        with QSignalBlocker(self.zoom):
            self.zoom.setValue(step_of(row_height))


def height_of(step: int) -> int:
    """The row height of a place on the slider; each step is the same ratio."""
    return round(SMALLEST * (LARGEST / SMALLEST) ** (step / _STEPS))


def step_of(row_height: int) -> int:
    return round(_STEPS * math.log(row_height / SMALLEST) / math.log(LARGEST / SMALLEST))
