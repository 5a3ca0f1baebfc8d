"""Where pictures of a question come from: files, the clipboard, the screen, Search, PDF pages."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Box
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.attached import AttachedPictures
from vlm_desktop.gui.panes.chat.pages_dialog import PAGE_SIDE, PagesDialog
from vlm_desktop.gui.panes.chat.picture_chips import picture_name
from vlm_desktop.gui.panes.chat.region_dialog import open_region
from vlm_desktop.gui.panes.chat.screen_part import ScreenGrab
from vlm_desktop.gui.panes.search.query_line import holds_picture, picture_paths
from vlm_desktop.gui.panes.search.query_pictures import write_pasted
from vlm_desktop.gui.pixels import image_of, whole_page
from vlm_desktop.gui.strings import chat as strings

_ENDINGS = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.gif *.bmp *.dng *.pdf"
_MOST = 50
"""Photos taken over from Search at once: more are for a table."""


class PictureSources(QObject):
    """Adds pictures to the question. Files are read and written on lanes."""

    part_chosen = Signal()

    def __init__(self, desk: Desk, pictures: AttachedPictures, over: QWidget) -> None:
        super().__init__(over)
        self._desk, self.pictures, self._over = desk, pictures, over
        self._folder = ""

    # --- files, clipboard, screen --------------------------------------------------------

    def pick(self) -> None:
        """Let a person choose files."""
        kinds = f"{strings.PICTURE_FILES} ({_ENDINGS} {_ENDINGS.upper()});;{strings.ALL_FILES} (*)"
        begin = self._folder or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.PicturesLocation
        )
        chosen, _ = QFileDialog.getOpenFileNames(self._over, strings.PICK_PICTURES, begin, kinds)
        if chosen:
            self._folder = str(Path(chosen[0]).parent)
        self.take_paths([Path(one) for one in chosen])

    def paste(self) -> None:
        """Take what lies in the clipboard, if it is a picture."""
        mime = QGuiApplication.clipboard().mimeData()
        if holds_picture(mime):
            self.take(mime)
        else:
            self._desk.say(strings.NOTHING_TO_PASTE)

    def take(self, mime: QMimeData) -> None:
        """Take files that were dropped or pasted, else the picture itself."""
        paths = picture_paths(mime)
        self.take_paths(paths)
        if paths or not mime.hasImage():
            return
        image = QImage(mime.imageData())
        if image.isNull():
            self._desk.say(strings.NOTHING_TO_PASTE)
        else:
            self._keep(image)

    def grab_screen(self) -> None:
        """Take a part of the screen."""
        grab = ScreenGrab(self._over.window())
        grab.grabbed.connect(self._keep)
        grab.failed.connect(self._desk.say)
        grab.begin()

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Pictures as they are; of a PDF with several pages it is asked which."""
        self.pictures.add([Attachment(one) for one in paths if not _is_pdf(one)])
        for path in paths:
            if _is_pdf(path):
                self.choose_pages(path)

    def _keep(self, image: QImage) -> None:
        services = self._desk.services
        self._desk.fetch(
            lambda: write_pasted(image, services.chat.pasted),
            lambda path: self.pictures.add([Attachment(path)]),
        )

    # --- photos of the library -----------------------------------------------------------

    def take_photos(self, content_ids: Sequence[int]) -> None:
        """Photos of the library, such as those selected in Search."""
        services, ids = self._desk.services, tuple(content_ids)[:_MOST]
        if len(content_ids) > _MOST:
            self._desk.say(strings.TOO_MANY_TAKEN)

        def done(found: tuple[Attachment, ...]) -> None:
            self.take_attachments(found)
            if not found:
                self._desk.say(strings.PHOTOS_GONE)

        self._desk.fetch(lambda: services.chat.photos(ids), done)

    def take_attachments(self, found: Sequence[Attachment]) -> None:
        """As they are; whole PDFs by their pages."""
        self.pictures.add([one for one in found if one.page or not _is_pdf(one.path)])
        for one in found:
            if _is_pdf(one.path) and not one.page:
                self.choose_pages(one.path)

    # --- pages and parts -----------------------------------------------------------------

    def choose_pages(self, path: Path) -> PagesDialog:
        """Ask which pages of a PDF count."""
        dialog = PagesDialog(path.name, self._over)
        dialog.pages_chosen.connect(
            lambda numbers: self.pictures.add([Attachment(path, one) for one in numbers])
        )
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, list[tuple[int, QImage]]]:
            pages = yield from services.peeking.pages(path, 0, PAGE_SIDE, cancel)
            return [(one.number, image_of(one.pixels)) for one in pages]

        def done(pages: list[tuple[int, QImage]]) -> None:
            if len(pages) == 1:
                self.pictures.add([Attachment(path, pages[0][0])])
                dialog.close()
            else:
                dialog.show_pages(pages)

        job = self._desk.ask(verb, done, failed=dialog.show_failure)
        dialog.finished.connect(lambda _: (job.silence(), job.cancel()))
        dialog.open()
        return dialog

    def choose_region(self, picture: Attachment, place: int | None = None) -> None:
        """Ask which part of a picture counts; at `place` it takes the whole one's place."""
        whole = replace(picture, box=None)

        def chosen(box: Box) -> None:
            part = replace(picture, box=box)
            if place is None:
                self.pictures.add([part])
            else:
                self.pictures.replace(place, part)
            self.part_chosen.emit()

        dialog = open_region(self._over, picture_name(whole), chosen)
        job = self._desk.ask(
            whole_page(self._desk.services, whole),
            lambda found: dialog.show_picture(*found),
            failed=dialog.show_failure,
        )
        dialog.finished.connect(lambda _: (job.silence(), job.cancel()))


def _is_pdf(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"
