"""Pixels of the engine as pictures of Qt's."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.conversations import Attachment
    from vlm_desktop.gui.services import Services

_PAGE_SIDE = 1_600
"""Pixels of the shorter side at which a page is decoded to be looked at in a dialog."""


def image_of(pixels: "PixelArray") -> QImage:
    """A copy of uint8 [height, width, 3]; on any thread."""
    height, width = pixels.shape[:2]
    whole = pixels.tobytes()
    return QImage(whole, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def whole_page(
    services: "Services", picture: "Attachment"
) -> Callable[[CancelToken], Generator[Event, None, tuple[QImage, QSize]]]:
    """A verb that reads the page a picture lies on: its pixels, and its full size (PDF: points)."""

    def verb(cancel: CancelToken) -> Generator[Event, None, tuple[QImage, QSize]]:
        pages = yield from services.peeking.pages(
            picture.path, picture.page or 1, _PAGE_SIDE, cancel
        )
        size = pages[0].size
        return image_of(pages[0].pixels), QSize(size.width, size.height)

    return verb
