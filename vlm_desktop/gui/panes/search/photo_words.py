"""The lines of text in the open photo, fetched when they are first to be seen."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.widgets.overlay_items import OverlayItem, Tone

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.engine.readtext import PageLines
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.photo_loader import Key

_PIXELS_PER_POINT = 300 / 72


class PhotoWords(QObject):
    """Asks the text reader on the model lane and gives boxes in photo pixels. Main thread."""

    found = Signal(object)
    """The `OverlayItem`s to show, none to show nothing."""
    said = Signal(str)

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._key: Key | None = None
        self._pages: tuple[PageLines, ...] = ()
        self.is_on = False

    def clear(self) -> None:
        """Another photo: nothing is marked."""
        self.is_on, self._key, self._pages = False, None, ()
        self.found.emit(())

    def toggle(self, key: "Key") -> bool:
        """Mark or unmark; whether marks are wanted now."""
        self.is_on = not self.is_on
        if not self.is_on:
            self.found.emit(())
            self.said.emit("")
            return False
        if self._pages and self._key is not None and self._key[0] == key[0]:
            self._key = key
            self._show()
        else:
            self._ask(key)
        return True

    def show_page(self, page: int) -> None:
        """Another page of the same document."""
        if self._key is not None:
            self._key = (self._key[0], page)
            if self.is_on and self._pages:
                self._show()

    def _ask(self, key: "Key") -> None:
        self._key = key
        services = self._desk.services

        def verb(cancel: CancelToken) -> "Generator[Event, None, tuple[PageLines, ...]]":
            return (yield from services.photos.lines(key[0], cancel))

        def done(pages: "tuple[PageLines, ...]") -> None:
            if self._key is not None and self._key[0] == key[0] and self.is_on:
                self._pages = pages
                self._show()

        self.said.emit(strings.READING_TEXT)
        self._desk.ask(verb, done, failed=self.said.emit, lane="model", latest="photo-text")

    def _show(self) -> None:
        assert self._key is not None
        page = self._key[1]
        lines = [line for one in self._pages if one.page == page for line in one.lines]
        scale = _PIXELS_PER_POINT if page else 1.0
        boxes = tuple(
            OverlayItem(
                number,
                line.text,
                box=QRectF(
                    scale * line.box.x0,
                    scale * line.box.y0,
                    scale * (line.box.x1 - line.box.x0),
                    scale * (line.box.y1 - line.box.y0),
                ),
                tone=Tone.ACCENT,
            )
            for number, line in enumerate(lines)
        )
        self.found.emit(boxes)
        self.said.emit(strings.lines_found(len(boxes)) if boxes else strings.NO_TEXT)
