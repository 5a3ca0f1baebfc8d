"""The page with its words and the boxes of values: pointed at, taken by mouse and by keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from vlm_desktop.gui.panes.documents.page_marks import Mark, Overlay, items_of
from vlm_desktop.gui.panes.documents.page_shapes import NONE, PageShapes
from vlm_desktop.gui.theme import LIGHT, measures
from vlm_desktop.gui.tokens import Colours, colours
from vlm_desktop.gui.widgets.overlay_items import Key, Line, Look
from vlm_desktop.gui.widgets.photo_canvas import PhotoCanvas
from vlm_desktop.gui.widgets.spoken import speaks_as

_WASH, _FAINT = 0.22, 0.35
_MOST_OUTLINES = 1_500
"""Where more words are in sight, their outlines would be a grey page."""
_MOST_FIT = 16.0
_LEAST_DRAG = 6.0
_LEAST_HEIGHT = 14.0
_ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_LINES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@speaks_as(QAccessible.Role.Graphic)
class PageCanvas(PhotoCanvas):
    """One page. Main thread; paints what it was given and asks nobody.

    A click or a drag takes words; with Ctrl or Shift they are added to those of the field. Alt and
    a click goes to the field of a box. The middle button, or Space held, moves the page. Arrows
    walk from word to word, with Shift they take more, Enter takes them; Ctrl and arrows move.
    """

    moved = Signal()
    """Another part of the page is in sight, or at another size."""
    words_taken = Signal(object, bool)
    """Indices of words, and whether they are added to those the field has."""
    mark_pointed = Signal(object)
    """The key of the mark under the pointer, None for none."""
    mark_chosen = Signal(object)
    cursor_moved = Signal(int)
    """The word that keys are at; -1 for none."""
    area_drawn = Signal(QRectF)
    """A box drawn while `is_drawing`, in the page's coordinates."""
    page_wanted = Signal(int)
    """By how many pages to go on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.geometry_of_photo.most_fit = _MOST_FIT
        # Paper is light in every theme, and so must be read what lies over it.
        self.over_colours = colours(LIGHT)
        self.look = Look(width=measures().hairline, has_edge=False, names_all=False)
        self.shapes: PageShapes | None = None
        self.is_drawing = False
        self._detail, self._detail_region = QImage(), QRectF()
        self._marks: tuple[Mark, ...] = ()
        self._looked: tuple[QRectF, ...] = ()
        self._lit: Key | None = None
        self._cursor = self._anchor = NONE
        self._chosen: tuple[int, ...] = ()
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self._space_held = False
        self._overlay: Overlay | None = None
        self._held = False
        """The left button is down over an overlay."""
        self.setMouseTracking(True)

    # --- what is shown -------------------------------------------------------------------

    def show_page(self, image: QImage, full: QSize, quarters: int) -> None:
        """Another page, `quarters` turned clockwise; its words and marks are still to come."""
        self.shapes, self._marks, self._lit, self._looked = None, (), None, ()
        self._detail = QImage()
        self._cursor = self._anchor = NONE
        self._chosen = ()
        self.show_photo(image, full)
        self.geometry_of_photo.turned = quarters % 4
        self._view_changed()

    def show_base(self, image: QImage) -> None:
        """The whole page, more finely than before."""
        self._image = image
        self.update()

    def show_detail(self, image: QImage, region: QRectF) -> None:
        """A part of the page, finely drawn; the rest stays as it is."""
        self._detail, self._detail_region = image, region
        self.update()

    def show_words(self, shapes: PageShapes | None) -> None:
        self.shapes = shapes
        self._lay_marks()
        self._cursor = self._anchor = NONE
        self._chosen = ()
        self.update()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        self._marks = tuple(marks)
        self._lay_marks()

    @property
    def marks(self) -> tuple[Mark, ...]:
        return self._marks

    def light(self, key: Key | None, looked: Sequence[QRectF] = ()) -> None:
        """Have the marks of one field stand out; `looked` are places where it was looked for."""
        others = tuple(looked) != self._looked or bool(looked)
        self._lit, self._looked = key, tuple(looked)
        if others:
            self._lay_marks()
        super().light(key)

    @property
    def lit(self) -> Key | None:
        """The field whose marks stand out, also while it has none."""
        return self._lit

    def _lay_marks(self) -> None:
        self.show_items(items_of(self._marks, self._looked, self._lit, self.shapes))
        super().light(self._lit)

    def choose_words(self, words: Sequence[int]) -> None:
        """Have words stand out as those that Enter would take."""
        self._chosen = tuple(words)
        self._cursor = self._anchor = words[0] if words else NONE
        self.update()

    @property
    def chosen_words(self) -> tuple[int, ...]:
        return self._chosen

    def drop_choice(self) -> None:
        """The words were taken: choose none, but walk on from there."""
        self._chosen = ()
        self._anchor = NONE
        self.update()

    def clear_choice(self) -> bool:
        """Choose no word any more; False when none was."""
        there = bool(self._chosen) or self._from is not None
        self._chosen, self._from, self._to = (), None, None
        self._cursor = self._anchor = NONE
        self.update()
        return there

    def lay_over(self, overlay: Overlay | None) -> None:
        """Give mouse and keys to an overlay, or take them back."""
        self._overlay, self._held = overlay, False
        self._from = self._to = None
        self._show_cursor()
        self.update()

    def set_drawing(self, drawing: bool) -> None:
        """Whether a drag draws a box instead of taking words."""
        self.is_drawing = drawing
        self._from = self._to = None
        self._show_cursor()
        self.update()

    def _moved(self) -> None:
        super()._moved()
        self.moved.emit()

    def _view_changed(self) -> None:
        super()._view_changed()
        self.moved.emit()

    # --- painting ------------------------------------------------------------------------

    def _paint_over(self, painter: QPainter, chosen: Colours) -> None:
        transform = self.geometry_of_photo.transform()
        if not self._detail.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(transform)
            painter.drawImage(self._detail_region, self._detail)
            painter.resetTransform()
        self._paint_words(painter, transform, chosen)
        super()._paint_over(painter, chosen)
        self._paint_choice(painter, transform, chosen)
        if self._overlay is not None:
            self._overlay.paint(painter, transform, chosen)

    def _paint_words(self, painter: QPainter, transform: QTransform, chosen: Colours) -> None:
        """Thin outlines, so that one sees what can be taken."""
        if self.shapes is None:
            return
        high = self.shapes.letter_height * transform.map(QLineF(0, 0, 0, 1)).length()
        if high < _LEAST_HEIGHT:
            return  # lines would lie on the letters
        words = self.shapes.touching(self.region_in_sight)
        if len(words) > _MOST_OUTLINES:
            return
        faint = QColor(chosen.accent)
        faint.setAlphaF(_FAINT)
        painter.setPen(QPen(faint, measures().hairline))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.shapes.page.view.skew:
            for one in words:
                painter.drawPolygon(transform.map(self.shapes.polygon(one)))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRects([transform.mapRect(self.shapes.boxes[one]) for one in words])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_choice(self, painter: QPainter, transform: QTransform, chosen: Colours) -> None:
        ring = measures().focus_ring
        wash = QColor(chosen.accent)
        wash.setAlphaF(_WASH)
        painter.setBrush(wash)
        painter.setPen(QPen(QColor(chosen.accent), ring))
        if self.shapes is not None:
            for one in self._swept or self._chosen:
                painter.drawPolygon(transform.map(self.shapes.polygon(one)))
        if self._from is not None and self._to is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(chosen.accent), ring, Qt.PenStyle.DashLine))
            painter.drawRect(transform.mapRect(QRectF(self._from, self._to).normalized()))

    # --- mouse ---------------------------------------------------------------------------

    @property
    def _swept(self) -> tuple[int, ...]:
        """Words under a drag that goes on."""
        if self._from is None or self._to is None or self.shapes is None or self.is_drawing:
            return ()
        return self.shapes.swept(QRectF(self._from, self._to).normalized())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.image.isNull():
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        moves = event.button() == Qt.MouseButton.MiddleButton or self._space_held
        if moves:
            self._pressed = event.position()
        elif event.button() != Qt.MouseButton.LeftButton:
            return
        elif self._overlay is not None:
            self._held = True
            self._overlay.press(self.geometry_of_photo.to_photo(event.position()), self._reach)
            self.update()
        else:
            self._from = self._to = self.geometry_of_photo.to_photo(event.position())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = self.geometry_of_photo.to_photo(event.position())
        if self._pressed is not None:
            self._pull(event.position())
        elif self._overlay is not None:
            if self._held:
                self._overlay.drag(at)
                self.update()
            else:
                self.setCursor(self._overlay.cursor(at, self._reach))
        elif self._from is not None:
            self._to = at
            self.update()
        else:
            self.mark_pointed.emit(self._key_at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is not None:
            super().mouseReleaseEvent(event)
            return
        if self._overlay is not None:
            self._held = False
            self._overlay.release()
            self.update()
            return
        start, end = self._from, self._to
        if start is None or end is None or event.button() != Qt.MouseButton.LeftButton:
            return
        swept = self._swept
        self._from = self._to = None
        self.update()
        area = QRectF(start, end).normalized()
        size = max(area.width(), area.height()) * self.geometry_of_photo.zoom
        dragged = size >= _LEAST_DRAG * self.geometry_of_photo.ratio
        if self.is_drawing:
            if dragged:
                self.area_drawn.emit(area)
            return
        if not dragged:
            self._clicked(end, event.modifiers())
        elif swept:
            self.words_taken.emit(swept, bool(event.modifiers() & _ADDS))

    @property
    def _reach(self) -> float:
        """How near, in the page's units, a hand is expected to point."""
        geometry = self.geometry_of_photo
        return measures().space[1] * geometry.ratio / geometry.zoom

    def _clicked(self, at: QPointF, held: Qt.KeyboardModifier) -> None:
        key = self._key_at(at)
        if held & Qt.KeyboardModifier.AltModifier:
            if key is not None:
                self.mark_chosen.emit(key)
            return
        word = self.shapes.at(at) if self.shapes is not None else NONE
        if word != NONE:
            self.words_taken.emit((word,), bool(held & _ADDS))
        elif key is not None:
            self.mark_chosen.emit(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The second click of two is a click."""
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.mark_pointed.emit(None)

    def _key_at(self, at: QPointF) -> Key | None:
        under = (self.overlay.item(key) for key in self.overlay.hits(at, 0.0))
        marks = (one for one in under if one is not None and one.line is not Line.DOTTED)
        return next((one.group for one in marks), None)

    def _show_cursor(self) -> None:
        if self._panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.is_drawing:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    # --- keys ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if self._overlay is not None and self._overlay.key(event):
            self.update()
        elif key == Qt.Key.Key_Space and not held:
            self._space_held = True
            self._show_cursor()
        elif control and self._pan_by_key(key):
            return
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and not held:
            self.page_wanted.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif not control and self._walk(key, extend=shifted):
            return
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control and self._chosen:
            self.words_taken.emit(self._chosen, shifted)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self._show_cursor()
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        if self._overlay is not None and self._overlay.tab(1 if next else -1):
            self.update()
            return True
        return super().focusNextPrevChild(next)

    def _walk(self, key: Qt.Key, *, extend: bool) -> bool:
        shapes = self.shapes
        if shapes is None or not shapes.order:
            return False
        if key in _STEPS:
            word = shapes.step(self._cursor, _STEPS[key])
        elif key in _LINES:
            there = self._cursor in shapes.rank
            word = shapes.line_step(self._cursor, _LINES[key]) if there else shapes.order[0]
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            word = shapes.order[0 if key == Qt.Key.Key_Home else -1]
        else:
            return False
        self._go_to(word, extend=extend)
        return True

    def _go_to(self, word: int, *, extend: bool) -> None:
        assert self.shapes is not None
        self._cursor = word
        if not extend or self._anchor == NONE:
            self._anchor = word
        self._chosen = self.shapes.between(self._anchor, word)
        self.show_area(self.shapes.boxes[word])
        self.update()
        self.cursor_moved.emit(word)
