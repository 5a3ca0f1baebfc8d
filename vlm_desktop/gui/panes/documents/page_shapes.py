"""Where the words of a page lie, found quickly on pages with tens of thousands of them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from vlm_desktop.base.types import Box
from vlm_desktop.gui.widgets.overlay_grid import BoxGrid

if TYPE_CHECKING:
    from vlm_desktop.base.pagereading import PageReading

_OVERLAP = 0.3
_HAIR = 0.5
NONE = -1


class PageShapes:
    """The words of a `PageReading` on the page as the file shows it, numbered as there.

    Made once, on any thread; read on the main thread.
    """

    def __init__(self, page: "PageReading") -> None:
        self.page = page
        self.boxes = [rect_of(page.view.box_to_page(word.box)) for word in page.words]
        self._grid = BoxGrid(self.boxes, max(page.view.page.width, page.view.page.height))
        lined = [word for line in page.lines for word in line.words]
        known = set(lined)
        self.order = tuple(lined) + tuple(n for n in range(len(self.boxes)) if n not in known)
        """The words in reading order."""
        heights = sorted(box.height() for box in self.boxes)
        self.letter_height = heights[len(heights) // 2] if heights else 0.0
        """Of the middle one of the words, in the page's units."""
        self.rank = {word: at for at, word in enumerate(self.order)}
        self._line_of = {
            word: number for number, line in enumerate(page.lines) for word in line.words
        }

    def polygon(self, word: int) -> QPolygonF:
        """A word's own outline, which leans where the page does."""
        box, view = self.page.words[word].box, self.page.view
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        return QPolygonF([QPointF(*view.to_page(x, y)) for x, y in corners])

    def at(self, point: QPointF) -> int:
        """The smallest word under a point of the page; -1 for none."""
        return next(iter(self._grid.at(point)), NONE)

    def touching(self, area: QRectF) -> list[int]:
        """Words that lie in an area or across its edge, in no order."""
        return self._grid.touching(area)

    def swept(self, area: QRectF) -> tuple[int, ...]:
        """Words that a drag over an area means, in reading order: a stroke along a line is enough,
        a line that is only brushed does not count."""
        area = area.adjusted(-_HAIR, -_HAIR, _HAIR, _HAIR)  # nothing meets an area of no height
        found = []
        for one in self.touching(area):
            box = self.boxes[one]
            shared = box.intersected(area).height()
            if shared >= _OVERLAP * min(box.height(), max(area.height(), 1.0)):
                found.append(one)
        return self.ordered(found)

    def ordered(self, words: Iterable[int]) -> tuple[int, ...]:
        """Words in reading order, each once; those that are not on the page are left out."""
        return tuple(sorted({one for one in words if one in self.rank}, key=self.rank.__getitem__))

    def between(self, first: int, last: int) -> tuple[int, ...]:
        """All words from one to another in reading order, both included."""
        start, end = sorted((self.rank[first], self.rank[last]))
        return self.order[start : end + 1]

    def step(self, word: int, by: int) -> int:
        """The word so many further in reading order, the first or last at the ends."""
        if not self.order:
            return NONE
        if word not in self.rank:
            return self.order[0]
        return self.order[min(max(self.rank[word] + by, 0), len(self.order) - 1)]

    def line_step(self, word: int, down: int) -> int:
        """The nearest word of the line above (-1) or below (1); the word itself at the ends."""
        at = self._line_of.get(word)
        if at is None:
            return self.step(word, down)
        middle = _middle(self.page.words[word].box)
        here = self.page.lines[at].box
        lines = self.page.lines
        best: tuple[float, int] | None = None
        for line in lines:
            ahead = (line.box.y0 + line.box.y1 - here.y0 - here.y1) / 2 * down
            if ahead <= (here.y1 - here.y0) / 2 or not line.words:
                continue
            near = min(line.words, key=lambda one: abs(_middle(self.page.words[one].box) - middle))
            aside = abs(_middle(self.page.words[near].box) - middle)
            cost = ahead * 3 + aside
            if best is None or cost < best[0]:
                best = (cost, near)
        return best[1] if best is not None else word

    def around(self, words: Sequence[int]) -> QRectF:
        """The box on the page around words."""
        area = QRectF()
        for one in words:
            if 0 <= one < len(self.boxes):
                area = area.united(self.boxes[one])
        return area

    def text(self, words: Sequence[int]) -> str:
        return self.page.text(tuple(words))


def rect_of(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)


def box_of(rect: QRectF) -> Box:
    return Box(rect.left(), rect.top(), rect.right(), rect.bottom())


def _middle(box: Box) -> float:
    return (box.x0 + box.x1) / 2
