"""A box on a picture: what is inside of it will be asked about. By mouse or by keys."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.types import Box
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.photo_geometry import MOST_ZOOM
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog


class RegionDialog(PlainDialog):
    """Shows a picture with a box on it, ready for arrows, Shift and the mouse; Enter takes it."""

    region_chosen = Signal(object)
    """A `Box` in the picture's own pixels (PDF: points)."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(strings.REGION_TITLE, strings.REGION_HINT, parent)
        space = measures().space
        self.canvas = OverlayCanvas(self)
        self.canvas.keeps_region = True
        self.canvas.geometry_of_photo.most_fit = MOST_ZOOM  # a part of a small picture is tiny
        self.canvas.setAccessibleName(name)
        self.canvas.setAccessibleDescription(strings.REGION_HINT)
        self.canvas.region_drawn.connect(self._take)
        self.canvas.region_changed.connect(lambda there: self.go.setEnabled(there))
        self.lay_out((self.canvas,), strings.REGION_ASK, self._pressed)
        self.go.setEnabled(False)
        room = parent.window().size()
        self.resize(min(room.width() - space[5], 900), min(room.height() - space[5], 700))

    def show_picture(self, image: QImage, full: QSize) -> None:
        """`full` is the size in which the box is to be told."""
        self.canvas.show_photo(image, full)
        self.canvas.begin_region()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_failure(self, sentence: str) -> None:
        self.hint.setText(sentence)

    def _pressed(self) -> None:
        self.canvas.finish_region()

    def _take(self, box: QRectF) -> None:
        self.region_chosen.emit(Box(box.left(), box.top(), box.right(), box.bottom()))
        self.accept()


def open_region(parent: QWidget, name: str, done: Callable[[Box], object]) -> RegionDialog:
    """A dialog to draw a box in, shown; its picture is still to be given to it."""
    dialog = RegionDialog(name, parent)
    dialog.region_chosen.connect(done)
    dialog.open()
    return dialog
