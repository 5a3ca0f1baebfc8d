"""How a page stands: quarter turns by the reader's vote, then a skew from the run of its lines."""

import math
from collections.abc import Sequence

from vlm_desktop.base.ocrtext import Quad, ReadPicture
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, Size

LEAST_SKEW = 0.3
"""Degrees below which a page is taken to be straight."""
MOST_SKEW = 44.0
_LEAST_LENGTH = 2.0
"""A line tells its slope when it is so many times longer than high."""


def view_of(picture: ReadPicture, size: Size) -> PageView:
    """The view of a picture of that size in which its lines stand upright and straight."""
    upright = PageView(size, picture.turns % 4)
    skew = _skew([line.quad for line in picture.lines], upright)
    return PageView(size, picture.turns % 4, skew) if abs(skew) >= LEAST_SKEW else upright


def _skew(quads: Sequence[Quad], upright: PageView) -> float:
    """The median slope of lines in degrees, weighted by their length, 0 when too few tell it.

    Half a degree either way is no more than the rounding of short lines, so they must agree:
    the weighted quartiles must not lie on both sides of zero.
    """
    slopes: list[tuple[float, float]] = []
    for quad in quads:
        a, b, c, d = (upright.to_view(*point) for point in quad)
        run = (b[0] - a[0] + c[0] - d[0]) / 2
        rise = (b[1] - a[1] + c[1] - d[1]) / 2
        height = math.hypot(d[0] - a[0], d[1] - a[1])
        length = math.hypot(run, rise)
        if run > 0 and length > _LEAST_LENGTH * height:
            slopes.append((math.degrees(math.atan2(rise, run)), length))
    slopes = [(angle, length) for angle, length in slopes if abs(angle) <= MOST_SKEW]
    if not slopes:
        return 0.0
    slopes.sort()
    low, middle, high = (_quantile(slopes, share) for share in (0.25, 0.5, 0.75))
    return middle if low * high > 0 else 0.0


def _quantile(weighted: Sequence[tuple[float, float]], share: float) -> float:
    """The value below which `share` of the weight lies; `weighted` is sorted."""
    left = share * sum(weight for _, weight in weighted)
    for value, weight in weighted:
        left -= weight
        if left <= 0:
            return value
    return weighted[-1][0]


def box_in_view(quad: Quad, view: PageView) -> Box:
    """The upright box of the view around a quad on the page."""
    points = [view.to_view(x, y) for x, y in quad]
    size = view.size
    across = [min(max(x, 0.0), float(size.width)) for x, _ in points]
    down = [min(max(y, 0.0), float(size.height)) for _, y in points]
    return Box(min(across), min(down), max(across), max(down))
