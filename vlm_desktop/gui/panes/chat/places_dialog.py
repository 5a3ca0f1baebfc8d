"""The places that an answer names: over their picture, and in a list beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QImage, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Box
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.navigator import Sending
from vlm_desktop.gui.panes.chat.places import PicturePlaces, size_of
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import fit_to
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Key
from vlm_desktop.gui.widgets.photo_geometry import MOST_ZOOM
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.region_list import RegionList
from vlm_desktop.gui.widgets.spoken import speaks_as

_WIDE, _HIGH = 1_000, 700
_NEAR = 0.6
"""Of the view, what a place takes when it is looked at from near."""


@speaks_as(QAccessible.Role.Graphic)
class PlacesCanvas(OverlayCanvas):
    """Enter goes near the region in hand and back; a click only takes it in hand."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.go_near(self.current)
        else:
            super().keyPressEvent(event)

    def go_near(self, key: Key) -> None:
        """Look at a region from near; at all of the picture where one is near it already."""
        item, geometry = self.item(key), self.geometry_of_photo
        if item is None or self.image.isNull():
            return
        if not geometry.is_fitted and key == self.current:
            self.fit()
            return
        self.set_current(key)
        box = item.bounds
        near = min(self.width() / box.width(), self.height() / box.height()) * _NEAR
        zoom = min(MOST_ZOOM, near * geometry.ratio)
        if zoom > geometry.zoom:
            self.zoom_to(zoom, geometry.to_view(box).center())
            self.show_area(box)


class PlacesDialog(PlainDialog):
    """Shows one picture at a time; its pixels are asked for with `picture_wanted`. Main thread.

    The list is there before the picture is, and stays when the picture is gone.
    """

    picture_wanted = Signal(object)
    """The `PicturePlaces` that is to be shown now."""
    ground_wanted = Signal(object)
    """A `Sending`: the picture, and the place in hand."""

    def __init__(self, shown: Sequence[PicturePlaces], parent: QWidget) -> None:
        super().__init__(answers.PLACES_TITLE, answers.PLACES_HINT, parent)
        self._shown = tuple(shown)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.pictures = QComboBox(self)
        self.pictures.setAccessibleName(answers.PLACES_PICTURE)
        self.pictures.addItems([_line(one) for one in self._shown])
        self.pictures.setVisible(len(self._shown) > 1)
        self.canvas = PlacesCanvas(self)
        self.canvas.geometry_of_photo.most_fit = MOST_ZOOM
        self.canvas.setAccessibleDescription(answers.PLACES_HINT)
        self.list = RegionList(self.canvas, self)
        self.list.setAccessibleName(answers.PLACES_LIST)
        self.list.setAccessibleDescription(answers.PLACES_LIST_DESCRIPTION)
        self.list.chosen.connect(self.canvas.go_near)
        self.lay_out((self._laid_out(),), answers.PLACES_GROUND, self._send, strings.CLOSE)
        self.pictures.currentIndexChanged.connect(lambda _: self.begin())
        fit_to(self, parent, _WIDE, _HIGH)

    def _laid_out(self) -> QWidget:
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(measures().space[1])
        column.addWidget(self.pictures)
        row = QHBoxLayout()
        row.setSpacing(measures().space[2])
        row.addWidget(self.canvas, 3)
        row.addWidget(self.list, 1)
        column.addLayout(row, 1)
        return middle

    @property
    def shown(self) -> PicturePlaces:
        return self._shown[max(0, self.pictures.currentIndex())]

    # --- what is shown -------------------------------------------------------------------

    def begin(self) -> None:
        """Show the places of the chosen picture, and ask for its pixels."""
        one = self.shown
        self.hint.setText(answers.PLACES_HINT)
        self.go.setEnabled(False)
        self.canvas.setAccessibleName(one.name)
        self._show(QImage(), one.whole, 0)
        if not self.pictures.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.list, answers.places_in(len(one.places), one.name))
        self.picture_wanted.emit(one)

    def show_picture(self, image: QImage, full: QSize) -> None:
        """The picture as it is in its file; `full` is the size there."""
        size = self.shown.picture.size
        if full != QSize(size.width, size.height):
            self.show_failure(answers.PLACES_CHANGED)
            return
        self.canvas.refine(image, full)
        self.go.setEnabled(True)

    def show_failure(self, sentence: str) -> None:
        """Why there is no picture; what the conversation keeps of it takes its place."""
        picture = self.shown.picture
        small = QImage.fromData(picture.thumbnail)
        if not small.isNull():
            sentence = fill(answers.PLACES_KEPT, why=sentence)
            frame = picture.attachment.box or self.shown.whole
            self._show(small, frame, self.canvas.current)
        self.hint.setText(sentence)
        announce(self.list, sentence)

    def _show(self, image: QImage, frame: Box, current: Key | None) -> None:
        """A picture, or what of it lies in `frame`, with its places, one of them in hand."""
        size = size_of(frame)
        self.canvas.show_photo(image, QSize(size.width, size.height))
        self.canvas.show_items(self.shown.items(frame))
        self.canvas.set_current(current)

    # --- what is done --------------------------------------------------------------------

    def _send(self) -> None:
        """The picture, with the place in hand, to Ground."""
        there, number = self.shown.picture.attachment, self.canvas.current
        box = self.shown.places[number][1] if isinstance(number, int) else None
        self.accept()
        self.ground_wanted.emit(Sending("ground", there.path, there.page, box))


def _line(one: PicturePlaces) -> str:
    return fill(answers.PLACES_OF, name=one.name, places=answers.place_count(len(one.places)))
