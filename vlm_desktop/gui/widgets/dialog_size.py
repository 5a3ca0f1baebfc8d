"""Dialogs as large as they like to be, and never larger than the window they stand over."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from vlm_desktop.gui.theme import measures

_LAID_OUT = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show)


def room_for(inner: QWidget, parent: QWidget) -> QWidget:
    """A place that keeps its room while what is in it is hidden."""
    room = QWidget(parent)
    column = QVBoxLayout(room)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inner)
    return room


def fit_to(dialog: QDialog, parent: QWidget, wide: int, high: int) -> None:
    """Give a dialog a size in points, held within the parent's window."""
    room, edge = parent.window().size(), measures().space[5]
    dialog.resize(min(room.width() - edge, wide), min(room.height() - edge, high))


class TallEnough(QObject):
    """Keeps a dialog as high as its wrapping words need at its width, which is `wide` or more.

    Qt takes the words for shorter than they are and squeezes what stands below.
    """

    def __init__(self, dialog: QDialog, wide: int) -> None:
        super().__init__(dialog)
        dialog.resize(max(dialog.sizeHint().width(), wide), dialog.sizeHint().height())
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(watched, QDialog) and event.type() in _LAID_OUT:
            layout = watched.layout()
            if layout is not None and layout.hasHeightForWidth():
                wanted = layout.totalHeightForWidth(watched.width())
                if wanted != watched.minimumHeight():
                    watched.setMinimumHeight(wanted)
        return super().eventFilter(watched, event)
