"""A page turned upright and straightened, and the way back. Importing it does not import numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vlm_desktop.base.types import Box, Size


@dataclass(frozen=True, slots=True)
class PageView:
    """How a page is shown and read: nothing in the file changes, and every place leads back.

    `page` is the size of the page as the file shows it (pixels after EXIF rotation, PDF points);
    all places outside the reading of documents are told in its coordinates, origin top left.
    `turns` are quarter turns counter-clockwise (`numpy.rot90`), then the page is turned by `skew`
    degrees counter-clockwise about its middle, on a canvas that just holds it.
    """

    page: Size
    turns: int = 0
    skew: float = 0.0

    @property
    def size(self) -> Size:
        """The canvas of the view."""
        width, height = self._turned
        if not self.skew:
            return Size(width, height)
        cos, sin = self._cos_sin
        return Size(
            math.ceil(width * cos + height * abs(sin) - 1e-6),
            math.ceil(width * abs(sin) + height * cos - 1e-6),
        )

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page lies in the view."""
        width, height = self.page.width, self.page.height
        x, y = [(x, y), (y, width - x), (width - x, height - y), (height - y, x)][self.turns % 4]
        if not self.skew:
            return x, y
        cos, sin = self._cos_sin
        width, height = self._turned
        canvas = self.size
        x, y = x - width / 2, y - height / 2
        return x * cos + y * sin + canvas.width / 2, -x * sin + y * cos + canvas.height / 2

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the view lies on the page: the inverse of `to_view`."""
        if self.skew:
            cos, sin = self._cos_sin
            width, height = self._turned
            canvas = self.size
            x, y = x - canvas.width / 2, y - canvas.height / 2
            x, y = x * cos - y * sin + width / 2, x * sin + y * cos + height / 2
        width, height = self.page.width, self.page.height
        return [(x, y), (width - y, x), (width - x, height - y), (y, height - x)][self.turns % 4]

    def box_to_page(self, box: Box) -> Box:
        """The upright box on the page around a box of the view, within the page."""
        corners = [self.to_page(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        return _around(corners, self.page)

    def box_to_view(self, box: Box) -> Box:
        """The upright box of the view around a box on the page, within the view."""
        corners = [self.to_view(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        return _around(corners, self.size)

    @property
    def _turned(self) -> tuple[int, int]:
        sideways = self.turns % 2 == 1
        width, height = self.page.width, self.page.height
        return (height, width) if sideways else (width, height)

    @property
    def _cos_sin(self) -> tuple[float, float]:
        angle = math.radians(self.skew)
        return math.cos(angle), math.sin(angle)


def _around(points: list[tuple[float, float]], size: Size) -> Box:
    across = [min(max(x, 0.0), float(size.width)) for x, _ in points]
    down = [min(max(y, 0.0), float(size.height)) for _, y in points]
    return Box(min(across), min(down), max(across), max(down))
