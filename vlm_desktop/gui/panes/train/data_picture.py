"""A picture of an example in a dialog: loaded on a lane, its box over it."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example
from vlm_desktop.base.types import Box
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.data_words import row_words
from vlm_desktop.gui.pixels import image_of
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import OverlayItem
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_SIDE = 1400
"""Pixels at the shorter side; more than a dialog shows."""
_BOX = "box"
_WIDE, _HIGH = 1100, 800


class ExamplePicture(QStackedWidget):
    """Main thread. Shows why where there is no picture."""

    box_changed = Signal(object)
    """A `Box` that a person moved."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._item: OverlayItem | None = None
        self.canvas = OverlayCanvas(self)
        self.message = WrappedLabel("", self, name="muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self.canvas)
        self.addWidget(self.message)
        self.canvas.box_changed.connect(self._moved)

    def show_example(self, one: Example, path: Path, *, can_edit: bool = False) -> None:
        """Its picture, and the box where there is one, which may be moved with `can_edit`."""
        name = fill(strings.EDIT_PICTURE_NAME, name=path.name)
        self.canvas.setAccessibleName(name)
        if one.box is not None:
            box = QRectF(QPointF(one.box.x0, one.box.y0), QPointF(one.box.x1, one.box.y1))
            self._item = OverlayItem(_BOX, row_words(one).text, box=box, can_edit=can_edit)
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, tuple[QImage, QSize]]:
            pages = yield from services.peeking.pages(path, 1, _SIDE, cancel)
            size = pages[0].size
            return image_of(pages[0].pixels), QSize(size.width, size.height)

        def done(found: tuple[QImage, QSize]) -> None:
            self.canvas.show_photo(*found)
            if self._item is not None:
                self.canvas.show_items([self._item])
                self.canvas.set_current(_BOX)

        def failed(sentence: str) -> None:
            self.message.setText(fill(strings.EDIT_NO_PICTURE, sentence=sentence))
            self.setCurrentWidget(self.message)

        self._job = self._desk.ask(verb, done, failed=failed, latest="train-example-picture")

    def drop(self) -> None:
        """Hear nothing more of what is being read: the dialog is gone."""
        self._job.silence()
        self._job.cancel()

    def _moved(self, _: object, box: QRectF) -> None:
        self.box_changed.emit(Box(box.left(), box.top(), box.right(), box.bottom()))


class PictureDialog(QDialog):
    """The picture as large as the window allows; Esc closes."""

    def __init__(self, desk: Desk, one: Example, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(path.name)
        self.picture = ExamplePicture(desk, self)
        words = row_words(one)
        self.words = WrappedLabel(words.text, self)
        space = measures().space
        column = QVBoxLayout(self)
        column.setContentsMargins(space[1], space[1], space[1], space[1])
        column.setSpacing(space[1])
        column.addWidget(self.picture, 1)
        column.addWidget(self.words)
        fit_to(self, parent, _WIDE, _HIGH)
        self.picture.show_example(one, path)
        self.finished.connect(lambda _: self.picture.drop())
        self.picture.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
