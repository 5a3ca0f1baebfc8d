"""Where pictures come from: files, the clipboard, what is dropped, what other areas send.

What comes together is opened one after the other: the first at once, the others by a command.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.ground.picture_head import PictureHead
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.panes.search.query_line import holds_picture, picture_paths
from vlm_desktop.gui.panes.search.query_pictures import write_pasted
from vlm_desktop.gui.strings import ground as strings

MOST_PHOTOS = 500
"""So many photos of the library are opened together at most."""
_ENDINGS = "*.jpg *.jpeg *.png *.webp *.heic *.heif *.avif *.tif *.tiff *.gif *.bmp *.dng"


class Opening(QObject):
    """Main thread. One picture is open at a time; `together` are those it came with."""

    def __init__(self, session: GroundSession, over: QWidget) -> None:
        super().__init__(over)
        self._session, self._over, self._desk = session, over, session.desk
        self.together: tuple[Path, ...] = ()
        self.file = self._add("open", strings.OPEN_COMMAND, self.pick, "Ctrl+N")
        self.file.setToolTip(strings.OPEN_TIP)
        self.selection = self._add(
            "selection", strings.OPEN_SELECTION,
            lambda: self.take_photos(self._desk.navigator.selection), "",
        )  # fmt: skip
        self.pasted = self._add("paste", strings.OPEN_PASTED, self.paste, "Ctrl+V")
        self.menu = QMenu(over)
        for action in (self.file, self.selection, self.pasted):
            self.menu.addAction(action)
        self.before = self._add("before", strings.PICTURE_BEFORE, lambda: self.step(-1), "Alt+Left")
        self.after = self._add("after", strings.PICTURE_AFTER, lambda: self.step(1), "Alt+Right")
        for action, sign in ((self.before, "previous"), (self.after, "next")):
            action.setIcon(icon(sign))
        self.head = PictureHead(over)
        self.head.set_actions(self.before, self.after)
        self.page_before = self._add("page-before", strings.PAGE_BEFORE, lambda: self.turn(-1),
                                     "Ctrl+PgUp")  # fmt: skip
        self.page_after = self._add("page-after", strings.PAGE_AFTER, lambda: self.turn(1),
                                    "Ctrl+PgDown")  # fmt: skip
        self.head.page_wanted.connect(self._turn_to)
        session.opened.connect(self._show_place)
        session.loaded.connect(self._show_page)
        self._desk.navigator.selection_changed.connect(lambda _: self._refresh())
        self._refresh()
        self._show_place()
        self._show_page()

    def _add(self, name: str, text: str, slot: object, key: str) -> QAction:
        def do() -> None:
            self._desk.navigator.pane_wanted.emit("ground")
            slot()  # type: ignore[operator]

        return self._desk.actions.add(
            f"ground.{name}", text, do, shortcut=key or None, where=self._over, while_shown=True
        )

    def _refresh(self) -> None:
        self.selection.setEnabled(bool(self._desk.navigator.selection))

    def pick(self) -> None:
        """Let a person choose files."""
        kinds = f"{strings.PICTURE_FILES} ({_ENDINGS} {_ENDINGS.upper()});;{strings.ALL_FILES} (*)"
        begin = str(self._session.path.parent) if self._session.path is not None else ""
        chosen, _ = QFileDialog.getOpenFileNames(self._over, strings.CHOOSE_PICTURE, begin, kinds)
        self.take_paths([Path(one) for one in chosen])

    def paste(self) -> None:
        """Take what lies in the clipboard, if it is a picture."""
        mime = QGuiApplication.clipboard().mimeData()
        if holds_picture(mime):
            self.take(mime)
        else:
            self._desk.say(strings.NOTHING_TO_PASTE)

    def take(self, mime: QMimeData) -> None:
        """A file that was dropped or pasted, else the picture itself."""
        paths = picture_paths(mime)
        if paths:
            self.take_paths(paths)
        elif mime.hasImage():
            image, services = QImage(mime.imageData()), self._desk.services
            if image.isNull():
                self._desk.say(strings.NOTHING_TO_PASTE)
                return
            self._desk.fetch(lambda: write_pasted(image, services.chat.pasted), self._session.open)

    def take_paths(self, paths: Sequence[Path]) -> None:
        """The first of these; the others wait beside it."""
        if paths:
            self.together = tuple(dict.fromkeys(paths))
            self._session.open(paths[0])

    def step(self, by: int) -> None:
        """Open the one so many further among those that came together."""
        at = self._at + by
        if self._at >= 0 and 0 <= at < len(self.together):
            self._session.open(self.together[at])

    def turn(self, by: int) -> None:
        """To another page of a PDF."""
        picture = self._session.picture
        if picture is not None and 1 <= picture.page + by <= picture.pages:
            self._turn_to(picture.page + by)

    def _turn_to(self, page: int) -> None:
        if self._session.path is not None:
            self._session.open(self._session.path, page)

    def _show_page(self) -> None:
        """A picture, or a page, is open."""
        picture = self._session.picture
        page, pages = (picture.page, picture.pages) if picture is not None else (0, 0)
        self.head.show_page(page, pages)
        self.page_before.setEnabled(page > 1)
        self.page_after.setEnabled(page < pages)

    @property
    def _at(self) -> int:
        path = self._session.path
        return self.together.index(path) if path in self.together else -1

    def _show_place(self) -> None:
        """Another picture is open, perhaps one that did not come with the others."""
        path, at = self._session.path, self._at
        if self._session.page == 0:  # not a turn of pages
            self.head.show_page(0, 0)
        if at < 0:
            self.together = ()
        self.before.setEnabled(at > 0)
        self.after.setEnabled(0 <= at < len(self.together) - 1)
        self.head.show_picture(path.name if path is not None else "", at + 1, len(self.together))

    def take_photos(self, content_ids: Sequence[int]) -> None:
        """The first of these photos of the library that have a file."""
        ids, services = tuple(content_ids)[:MOST_PHOTOS], self._desk.services

        def done(paths: list[Path]) -> None:
            if paths:
                self.take_paths(paths)
            else:
                self._desk.say(strings.PHOTO_GONE)

        if ids:
            self._desk.fetch(
                lambda: [path for one in ids for path in services.upkeep.paths_of([one])[:1]], done
            )
