"""Pictures on their way into the query: picked, dropped, pasted; and their thumbnails."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.gui.panes.search.picture_chip import PICTURE_SIDE, PictureChip
from vlm_desktop.gui.panes.search.query_line import holds_picture, picture_paths
from vlm_desktop.gui.strings import query as strings

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.query_bar import QueryBar

_LARGEST_PASTED = 2_048
_ENDINGS = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.gif *.bmp *.dng *.pdf"


class QueryPictures(QObject):
    """Takes pictures for the bar. Main thread; files are written and read on lanes."""

    def __init__(self, desk: "Desk", bar: "QueryBar") -> None:
        super().__init__(bar)
        self._desk = desk
        self._bar = bar
        self._thumbnails: dict[ImageTerm, bytes] = {}
        bar.mime_received.connect(self.take)
        bar.pictures_wanted.connect(self.pick)
        bar.picture_shown.connect(self._load)

    def pick(self) -> None:
        """Let a person choose files."""
        kinds = f"{strings.PICTURE_FILES} ({_ENDINGS} {_ENDINGS.upper()});;{strings.ALL_FILES} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._bar, strings.PICK_PICTURES, "", kinds)
        for path in chosen:
            self._bar.add_picture(ImageTerm(Path(path)))

    def paste(self) -> None:
        """Take what lies in the clipboard, if it is a picture."""
        mime = QGuiApplication.clipboard().mimeData()
        if holds_picture(mime):
            self.take(mime)
        else:
            self._desk.say(strings.NOTHING_TO_PASTE)

    def take(self, mime: QMimeData) -> None:
        """Take files, else the picture itself."""
        paths = picture_paths(mime)
        for path in paths:
            self._bar.add_picture(ImageTerm(path))
        if paths or not mime.hasImage():
            return
        image = QImage(mime.imageData())
        if image.isNull():
            self._desk.say(strings.NOTHING_TO_PASTE)
            return
        self._desk.fetch(
            lambda: write_pasted(image, self._desk.services.keeping.pasted),
            lambda path: self._bar.add_picture(ImageTerm(path)),
        )

    def _load(self, chip: PictureChip) -> None:
        # What it weighs changes nothing about how it looks.
        term = ImageTerm(chip.term.path, 1.0, chip.term.box, chip.term.page)
        if term in self._thumbnails:
            chip.show_picture(self._thumbnails[term])
            return

        def verb(cancel: CancelToken) -> "Generator[Event, None, bytes]":
            return self._desk.services.keeping.picture(term, PICTURE_SIDE, cancel)

        def made(jpeg: bytes) -> None:
            self._thumbnails[term] = jpeg
            for shown in self._bar.chips.chips:
                if isinstance(shown, PictureChip) and _looks_like(shown.term, term):
                    shown.show_picture(jpeg)

        def failed(_: str) -> None:
            self._desk.say(fill(strings.PICTURE_UNREADABLE, path=term.path))

        self._desk.ask(verb, made, failed=failed)


def write_pasted(image: QImage, folder: Path) -> Path:
    """Keep a pasted picture as a PNG named by what it shows; not on the main thread.

    Raises DestinationNotWritable.
    """
    if max(image.width(), image.height()) > _LARGEST_PASTED:
        image = image.scaled(
            QSize(_LARGEST_PASTED, _LARGEST_PASTED),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = QByteArray(bytes(image.constBits()))
    digest = hashlib.blake2b(bytes(pixels.data()), digest_size=10)
    digest.update(f"{image.width()}x{image.height()}".encode())
    path = folder / f"{digest.hexdigest()}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DestinationNotWritable(path=folder, detail=error.strerror or str(error)) from error
    if not path.exists() and not image.save(str(path), "PNG"):
        path.unlink(missing_ok=True)
        raise DestinationNotWritable(path=path, detail="PNG")
    return path


def _looks_like(term: ImageTerm, other: ImageTerm) -> bool:
    return (term.path, term.box, term.page) == (other.path, other.box, other.page)
