"""The photo view: one photo as large as the window, over the grid."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Box, ImageTerm
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.search.photo_bar import PhotoBar
from vlm_desktop.gui.panes.search.photo_loader import Key, PhotoLoader, Picture
from vlm_desktop.gui.panes.search.photo_message import FloatingMessage
from vlm_desktop.gui.panes.search.photo_screen import FullScreen
from vlm_desktop.gui.panes.search.photo_watch import FileWatch
from vlm_desktop.gui.panes.search.photo_words import PhotoWords
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.overlay_canvas import OverlayCanvas
from vlm_desktop.gui.widgets.overlay_items import Look

if TYPE_CHECKING:
    from vlm_desktop.engine.photos import PhotoFacts

_PAPER = 96 / 300
_POINTS_PER_PIXEL = 72 / 300
"""A PDF's page is looked at with 300 dots per inch; boxes on it are told in points."""


class PhotoOrder(Protocol):
    """The photos that next and previous go through: the grid's model."""

    def row_of(self, content_id: int) -> int | None: ...
    def content_id(self, row: int) -> int | None:
        """None for a row that is not there."""
        ...

    def rowCount(self) -> int: ...  # noqa: N802


class PhotoView(QWidget):
    """Shows one of `order`'s photos. Main thread; pictures come through the lanes."""

    closed = Signal(object)
    """Back to the grid; the content id of the photo that was shown last."""
    shown = Signal(object)
    """The content id that is looked at now."""
    menu_wanted = Signal(QPoint)

    def __init__(self, desk: Desk, order: PhotoOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._order = order
        self._key: Key | None = None
        self._pages = 1
        self._facts: PhotoFacts | None = None
        self._full = False
        self.path = Path()
        self.loader = PhotoLoader(desk, self)
        self.words = PhotoWords(desk, self)
        self.screen_filler = FullScreen(self)
        self._watch = FileWatch(desk, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.bar = PhotoBar(self)
        self.canvas = OverlayCanvas(self)
        self.canvas.look = Look(names_all=False)
        self.canvas.walk_held = Qt.KeyboardModifier.ShiftModifier  # else to the next photo
        self.canvas.setAccessibleName(strings.VIEW_NAME)
        self.message = FloatingMessage(self.canvas)
        self.beside = QSplitter(Qt.Orientation.Horizontal, self)
        self.beside.setChildrenCollapsible(False)
        self.beside.setHandleWidth(measures().hairline)
        self.beside.addWidget(self.canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.beside, 1)

    def _connect(self) -> None:
        self.loader.loaded.connect(self._show)
        self.loader.failed.connect(self._show_failure)
        self.canvas.sharper_wanted.connect(self._sharpen)
        self.canvas.zoom_changed.connect(self._show_zoom)
        self.canvas.region_drawn.connect(self._search_region)
        self.canvas.region_changed.connect(self._region_changed)
        self.words.found.connect(self.canvas.show_items)
        self.words.said.connect(
            lambda text: self.message.say(text, brief=text != strings.READING_TEXT)
        )
        self._watch.gone.connect(self._file_gone)

    # --- which photo ---------------------------------------------------------------------

    @property
    def content_id(self) -> int | None:
        return self._key[0] if self._key else None

    def open(self, content_id: int, page: int = 0) -> None:
        """Show a photo, and take the focus."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go_to(content_id, page)

    def step(self, by: int) -> None:
        """The next or previous photo; says so at the ends."""
        other = self._beside(by)
        if other is not None:
            self._go_to(other, 0)
        elif self._key is not None:
            self._desk.say(strings.LAST_PHOTO if by > 0 else strings.FIRST_PHOTO)

    def _beside(self, by: int) -> int | None:
        """The next other photo in that direction; pages of one document are one photo."""
        here = self.content_id
        row = self._order.row_of(here) if here is not None else None
        if row is None:
            return self._order.content_id(0)
        other: int | None = here
        while other == here:
            row += by
            other = self._order.content_id(row)
        return other

    def leave_photo(self) -> None:
        """On from a photo that is gone: to the next, else the previous, else to the grid."""
        other = self._beside(1)
        if other is None:
            other = self._beside(-1)
        if other is None:
            self.close_view()
        else:
            self._go_to(other, 0)

    def turn_page(self, by: int) -> None:
        """Another page of a PDF."""
        if self._key is not None and 1 <= self._key[1] + by <= self._pages and self._pages > 1:
            self._show_page(self._key[1] + by)

    def close_view(self) -> None:
        """Back to the grid."""
        content_id = self.content_id
        self.screen_filler.leave()
        self._key, self._facts = None, None
        self._watch.watch(None)
        self.loader.forget()
        self.canvas.clear()
        self.closed.emit(content_id)

    def stop(self) -> None:
        """The window closes: the file is watched no more."""
        self.screen_filler.leave()
        self._watch.watch(None)

    def back(self) -> bool:
        """One step back: to the photo, out of the box, the full screen, the view."""
        if self._key is None:
            return False
        if self._is_beside():
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if self.canvas.cancel_region():
            return True
        if self.screen_filler.is_on:
            self.toggle_full_screen()
            return True
        self.close_view()
        return True

    def _is_beside(self) -> bool:
        """Whether the focus is in the details, where keys are for them."""
        focused = QApplication.focusWidget()
        return (
            focused is not None and focused is not self.canvas and self.beside.isAncestorOf(focused)
        )

    def _go_to(self, content_id: int, page: int) -> None:
        self._key, self._pages, self._facts = (content_id, page), 1, None
        self.canvas.clear()
        self.words.clear()
        self.message.show_text("")
        self._show_position("")
        self.bar.show_page(1, 1)
        self._ask_facts(content_id)
        self.shown.emit(content_id)
        self._wish()

    def _show_page(self, page: int) -> None:
        assert self._key is not None
        self._key = (self._key[0], page)
        self.bar.show_page(page, self._pages)
        self.words.show_page(page)
        self.canvas.clear()
        self._wish()

    def _wish(self) -> None:
        self._full = False
        if self._key is not None:
            self.loader.wish(self._key, self._side(), self._neighbours())

    def _side(self) -> int:
        """Pixels along the longer side of the canvas."""
        size = self.canvas.size() * self.canvas.devicePixelRatioF()
        return max(size.width(), size.height(), 480)

    def _neighbours(self) -> list[Key]:
        assert self._key is not None
        if self._key[1] > 0:
            return [(self._key[0], self._key[1] + 1)] if self._key[1] < self._pages else []
        near = (self._beside(1), self._beside(-1))
        return [(one, 0) for one in near if one is not None]

    # --- what comes back -----------------------------------------------------------------

    def _ask_facts(self, content_id: int) -> None:
        services = self._desk.services

        def done(facts: "PhotoFacts") -> None:
            if self.content_id == content_id:
                self._show_facts(facts)

        self._desk.fetch(
            lambda: services.photos.details(content_id),
            done,
            failed=self.message.show_text,
            latest="photo-facts",
        )

    def _show_facts(self, facts: "PhotoFacts") -> None:
        self._facts = facts
        self.path = facts.path
        self._pages = max(1, facts.details.page_count)
        assert self._key is not None
        if facts.details.kind == "pdf" and self._key[1] == 0:
            self._key = (self._key[0], 1)
            self._wish()
        self.bar.show_page(max(1, self._key[1]), self._pages)
        self._show_position(facts.path.name)
        self._watch.watch(facts.path if facts.is_there else None)
        self.describe(facts)
        announce(self.canvas, self.canvas.accessibleName())

    def describe(self, facts: "PhotoFacts") -> None:
        """Give screen readers what the photo says of itself."""
        said = facts.details.metadata
        position, total = self._position()
        name = said.title or facts.path.name
        if position:
            name = fill(strings.SHOWN, name=name, position=position, total=total)
        self.canvas.setAccessibleName(name)
        written = " ".join(text for _, text in facts.details.ocr).strip()
        parts = [said.alt_text, said.caption]
        if written:
            parts.append(fill(strings.DESCRIBED_TEXT, text=written[:500]))
        parts.append(strings.VIEW_DESCRIPTION)
        self.canvas.setAccessibleDescription("\n".join(part for part in parts if part))

    def _position(self) -> tuple[int, int]:
        row = self._order.row_of(self.content_id) if self.content_id is not None else None
        return (0 if row is None else row + 1, self._order.rowCount())

    def _show_position(self, name: str) -> None:
        self.bar.show_photo(name, *self._position())

    def _show(self, picture: Picture) -> None:
        if picture.key != self._key:
            return
        if self.canvas.image.isNull():
            self.canvas.show_photo(picture.image, picture.full)
        elif not picture.is_thumbnail:
            self.canvas.refine(picture.image, picture.full)
        if picture.is_thumbnail:
            return
        self.path = picture.path
        if picture.is_changed:
            self.message.show_text(strings.CHANGED_SINCE)
        elif picture.is_reduced and self._full:
            self._say_reduced(picture)

    def _say_reduced(self, picture: Picture) -> None:
        width, height = picture.full.width(), picture.full.height()
        percent = round(100 * picture.image.width() / max(1, width))
        self.message.show_text(fill(strings.REDUCED, width=width, height=height, percent=percent))

    def _show_failure(self, key: Key, sentence: str) -> None:
        if key == self._key:
            has_thumbnail = not self.canvas.image.isNull()
            form = strings.GONE_KEPT if has_thumbnail else "{sentence}"
            self.message.show_text(fill(form, sentence=sentence))

    def _sharpen(self) -> None:
        """Fetch all pixels, once they would show."""
        if self._key is None:
            return
        wanted = self.canvas.geometry_of_photo.wanted_side()
        if wanted <= self._side():
            self.loader.wish(self._key, self._side(), self._neighbours())
        elif not self._full:
            self._full = True
            self.loader.wish(self._key, None)

    @property
    def _one(self) -> float:
        """The zoom that is called 100 %: a photo's pixels, or a page as large as on paper."""
        return _PAPER if self._key is not None and self._key[1] else 1.0

    def zoom_full(self) -> None:
        """To 100 %."""
        self.canvas.zoom_to(self._one)

    def _show_zoom(self) -> None:
        self.message.place()
        self.bar.show_zoom(self.canvas.geometry_of_photo.zoom / self._one)

    def _file_gone(self, path: Path) -> None:
        if path == self.path:
            self.message.show_text(fill(strings.GONE_WHILE_OPEN, name=path.name))

    # --- the box -------------------------------------------------------------------------

    def toggle_region(self) -> None:
        """Put a box on the photo for searching that part, or take it away."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.canvas.cancel_region():
            self.canvas.begin_region()

    def _region_changed(self, is_there: bool) -> None:
        if is_there:
            self.message.say(strings.PART_HINT)
        else:
            self.message.take_back(strings.PART_HINT)

    def _search_region(self, box: QRectF) -> None:
        if self._key is None or self.path == Path():
            return
        page = self._key[1]
        scale = _POINTS_PER_PIXEL if page else 1.0
        corners = (box.left(), box.top(), box.right(), box.bottom())
        term = ImageTerm(self.path, box=Box(*(scale * at for at in corners)), page=page)
        self.close_view()
        self._desk.navigator.picture_wanted.emit(term)

    # --- words ---------------------------------------------------------------------------

    def toggle_texts(self) -> bool:
        """Mark the lines of text, or unmark them; whether they are to be seen now."""
        if self._key is None:
            return False
        return self.words.toggle(self._key)

    # --- Qt's own ------------------------------------------------------------------------

    def toggle_full_screen(self) -> None:
        if self.screen_filler.is_on:
            self.screen_filler.leave()
        else:
            self.screen_filler.enter()
        self.bar.setVisible(not self.screen_filler.is_on)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """What the canvas left: arrows go to the next photo, page keys turn pages."""
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Space: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Backspace: -1,
        }
        pages = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        key = Qt.Key(event.key())
        if self._is_beside() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in steps:
            self.step(steps[key])
        elif key in pages:
            if self._pages > 1:
                self.turn_page(pages[key])
            else:
                self.step(pages[key])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu_wanted.emit(event.globalPos())
