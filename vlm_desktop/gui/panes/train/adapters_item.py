"""One compared example: its picture, what was to be said, what base and adapter said of it."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from vlm_desktop.base.adapters import ItemCompared
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.adapters_marks import marked
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.steady_scroll import keep_bar
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_HIGHEST = 200
"""Of the picture, in points."""


class ItemView(QScrollArea):
    """Main thread; the picture is read on a lane."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setObjectName("plain")
        self.setWidgetResizable(True)
        self.setAccessibleName(strings.ITEM_NAME)
        keep_bar(self)
        self._body = QWidget(self)
        self._column = QVBoxLayout(self._body)
        space = measures().space
        self._column.setContentsMargins(space[2], space[2], space[2], space[2])
        self._column.setSpacing(space[0])
        self.picture = QLabel(self._body)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.picture.setFixedHeight(_HIGHEST)  # what stands below it stays when it arrives
        self._column.addWidget(self.picture)
        self.parts: list[tuple[QLabel, WrappedLabel]] = []
        self.marks = WrappedLabel(strings.MARKS, self._body, name="hint")
        self._column.addWidget(self.marks)
        self._column.addStretch(1)
        self.setWidget(self._body)
        self._shown = ""
        self.show_item(None, ())

    def show_item(self, item: ItemCompared | None, names: tuple[str, ...]) -> None:
        """`names` are those of the columns; the first is the base."""
        self._clear()
        self.marks.setVisible(item is not None)
        self._ask_picture(item.image if item is not None else "")
        if item is None:
            return
        if item.asked:
            self._add(strings.ASKED, item.asked)
        self._add(strings.EXPECTED, item.expected)
        first, second = (one.answer for one in item.said[:2])
        left, right = marked(first, second)
        for at, (name, one) in enumerate(zip(names, item.said, strict=True)):
            head = fill(strings.ANSWER, name=name, score=one.score)
            rich = (left, right)[at] if at < 2 else ""
            self._add(head, one.answer or strings.NO_ANSWER, rich if one.answer else "")
        self.verticalScrollBar().setValue(0)

    def _clear(self) -> None:
        for pair in self.parts:
            for label in pair:
                label.hide()
                label.deleteLater()
        self.parts.clear()

    def _add(self, head: str, text: str, rich: str = "") -> None:
        title = QLabel(head, self._body)
        title.setObjectName("section")
        words = WrappedLabel(text, self._body)
        words.setAccessibleName(text)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if rich:
            words.setTextFormat(Qt.TextFormat.RichText)
            words.setText(rich)
        place = self._column.indexOf(self.marks)
        self._column.insertWidget(place, title)
        self._column.insertWidget(place + 1, words)
        self.parts.append((title, words))

    # --- the picture -------------------------------------------------------------------------

    def _ask_picture(self, image: str) -> None:
        self._shown = image
        self.picture.clear()
        self.picture.setVisible(bool(image))
        self.picture.setAccessibleName(Path(image).name)
        if not image:
            return
        services, ratio = self._desk.services, self.devicePixelRatioF()
        side = round(_HIGHEST * ratio)

        def verb(cancel: CancelToken) -> Generator[Event, None, QImage]:
            data = yield from services.peeking.thumbnail(Path(image), 0, None, 2 * side, cancel)
            size = QSize(2 * side, side)
            return QImage.fromData(data).scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip

        def done(found: QImage) -> None:
            if self._shown == image:
                pixmap = QPixmap.fromImage(found)
                pixmap.setDevicePixelRatio(ratio)
                self.picture.setPixmap(pixmap)

        def failed(_: str) -> None:
            if self._shown == image:
                self.picture.setText(strings.PICTURE_GONE)

        self._desk.ask(verb, done, failed=failed, latest="adapters-picture")
