"""Files as they are dropped, pasted or chosen."""

from pathlib import Path

from PySide6.QtCore import QMimeData

PICTURES = (
    "jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "tif", "tiff", "gif", "bmp", "dng",
)  # fmt: skip
"""Endings of their names."""


def paths_in(mime: QMimeData) -> list[Path]:
    """Local files and folders."""
    return [Path(one.toLocalFile()) for one in mime.urls() if one.isLocalFile()]


def is_picture(path: Path) -> bool:
    """By its name."""
    return path.suffix.lower().lstrip(".") in PICTURES
