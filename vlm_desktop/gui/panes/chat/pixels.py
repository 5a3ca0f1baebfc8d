"""Pixels of the engine as pictures of Qt's."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from vlm_desktop.base.arrays import PixelArray


def image_of(pixels: "PixelArray") -> QImage:
    """A copy of uint8 [height, width, 3]; on any thread."""
    height, width = pixels.shape[:2]
    whole = pixels.tobytes()
    return QImage(whole, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
