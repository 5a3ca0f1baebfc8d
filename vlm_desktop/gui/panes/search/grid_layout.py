"""Where each photo of the grid stands: rows of one width, each photo whole, groups with a header.

Rows are justified: photos keep their shape and a row is scaled until it fills the width. Only
rows are stored, so 100,000 photos are laid out in some 20 ms and found by bisection after that.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vlm_desktop.engine.listing import Listing

NARROWEST, WIDEST = 0.56, 2.4
"""Photos beyond these shapes (width by height) are shown cropped."""

_TALLEST = 1.35
"""How much taller than wanted a row may become to fill the width; a shorter row stays ragged."""
_KEPT_ROWS = 400


class Spot(NamedTuple):
    """One cell in content coordinates, device-independent pixels. Made by the hundred a frame."""

    item: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Header:
    """A group's line; `group` counts from 0."""

    group: int
    y: int
    height: int


class GridLayout:
    """Geometry of one listing at one width and row height. Immutable but for its memory of rows.

    Rows begin at `left` and are `width` wide. `spans` are (first item, count) of the groups, at
    least one where there are items. The first group has no header: it is said above the grid.
    """

    def __init__(
        self,
        aspects: Sequence[float],
        breaks: "Breaks",
        spans: Sequence[tuple[int, int]],
        width: int,
        gap: int,
        header: int,
        left: int = 0,
    ) -> None:
        self.width, self.gap, self.left = width, gap, left
        self._aspects = aspects
        self._headers: list[Header] = []
        self._firsts: list[int] = []
        self._tops: list[int] = []
        self._heights: list[int] = []
        self._spots: OrderedDict[int, tuple[Spot, ...]] = OrderedDict()
        top = gap
        for number, (first, count) in enumerate(spans):
            if number:
                self._headers.append(Header(number, top, header))
                top += header
            top = self._place(breaks, first, first + count, top)
        self.height = top
        self._header_tops = [one.y for one in self._headers]
        self._items = len(aspects)

    def _place(self, breaks: "Breaks", start: int, end: int, top: int) -> int:
        """Put one group's rows below each other; returns where the next thing stands."""
        stops, high, gap = breaks.stops, breaks.heights, self.gap
        firsts, tops, heights = self._firsts, self._tops, self._heights
        while start < end:
            height = high[start]
            firsts.append(start)
            tops.append(top)
            heights.append(height)
            top += height + gap
            start = stops[start]
        return top

    # --- looking up ----------------------------------------------------------------------

    @property
    def rows(self) -> int:
        return len(self._firsts)

    def row_of(self, item: int) -> int:
        return bisect_right(self._firsts, item) - 1

    def spots(self, row: int) -> tuple[Spot, ...]:
        """The cells of a row, from left to right."""
        kept = self._spots.get(row)
        if kept is not None:
            return kept
        first = self._firsts[row]
        end = self._firsts[row + 1] if row + 1 < len(self._firsts) else self._items
        top, height = self._tops[row], self._heights[row]
        natural = sum(self._aspects[item] for item in range(first, end)) * height
        room = self.width - (end - first - 1) * self.gap
        # Heights are rounded down; what is left goes to the widths, unless the row is ragged.
        stretch = room / natural if abs(room - natural) < 0.05 * room else 1.0
        spots, left = [], float(self.left)
        for item in range(first, end):
            wide = self._aspects[item] * height * stretch
            x = round(left)
            right = min(self.left + self.width, round(left + wide))
            spots.append(Spot(item, x, top, max(1, right - x), height))
            left += wide + self.gap
        self._spots[row] = tuple(spots)
        if len(self._spots) > _KEPT_ROWS:
            self._spots.popitem(last=False)
        return self._spots[row]

    def spot(self, item: int) -> Spot | None:
        if not 0 <= item < self._items:
            return None
        row = self.row_of(item)
        return self.spots(row)[item - self._firsts[row]]

    def rows_between(self, top: int, bottom: int) -> range:
        """Rows that touch a stretch of the content."""
        first = max(0, bisect_right(self._tops, top) - 1)
        if first < self.rows and self._tops[first] + self._heights[first] < top:
            first += 1
        return range(first, bisect_left(self._tops, bottom))

    def headers_between(self, top: int, bottom: int) -> list[Header]:
        first = max(0, bisect_right(self._header_tops, top) - 1)
        return [
            one
            for one in self._headers[first : bisect_left(self._header_tops, bottom)]
            if one.y + one.height > top
        ]

    def item_at(self, x: int, y: int) -> int | None:
        """The item at a point; None between the photos."""
        for row in self.rows_between(y, y + 1):
            for spot in self.spots(row):
                if spot.x <= x < spot.x + spot.width and spot.y <= y < spot.y + spot.height:
                    return spot.item
        return None

    def items_in(self, left: int, top: int, right: int, bottom: int) -> list[tuple[int, int]]:
        """Runs (first item, last item) of what a rectangle touches."""
        runs: list[tuple[int, int]] = []
        for row in self.rows_between(top, bottom + 1):
            touched = [
                spot.item
                for spot in self.spots(row)
                if spot.x <= right and spot.x + spot.width > left
            ]
            if not touched:
                continue
            if runs and runs[-1][1] + 1 == touched[0]:
                runs[-1] = (runs[-1][0], touched[-1])
            else:
                runs.append((touched[0], touched[-1]))
        return runs

    def beside(self, item: int, rows: int) -> int:
        """The item `rows` rows further down (up if negative) whose middle is nearest."""
        here = self.row_of(item)
        row = min(max(0, here + rows), self.rows - 1)
        if row == here:
            return item
        spot = self.spots(here)[item - self._firsts[here]]
        middle = spot.x + spot.width / 2
        return min(self.spots(row), key=lambda one: abs(one.x + one.width / 2 - middle)).item

    def group_at(self, y: int) -> int:
        """The group that stands at a height, counted from 0."""
        return bisect_right(self._header_tops, y)


class Breaks(NamedTuple):
    """For a row that began at any item: where it would stop (the next row's first), how high."""

    stops: list[int]
    heights: list[int]


def find_breaks(
    aspects: "NDArray[np.float64]",
    spans: Sequence[tuple[int, int]],
    width: int,
    wanted: int,
    gap: int,
) -> Breaks:
    """Rows that fill `width` at a height near `wanted`, for every item a row could begin with.

    All at once, by the arrays' own methods (the window starts without numpy): walking from row
    to row is then a matter of looking up. Of two lengths a row takes that whose height comes
    nearer to the wanted one; a group's last row is not blown up.
    """
    extents = aspects * wanted + gap
    ends = extents.cumsum()
    before = ends - extents
    last = _ends_of_groups(before, spans)
    starts = (before * 0 + 1).cumsum().astype(int) - 1
    stops = ends.searchsorted(before + width + gap, side="right").clip(starts + 1, last)
    longer = (stops + 1).clip(None, last)

    def height_of(row_ends: "NDArray[np.int64]") -> "NDArray[np.float64]":
        counts = row_ends - starts
        natural = (ends[row_ends - 1] - before - counts * gap).clip(1.0)
        heights: NDArray[np.float64] = wanted * (width - (counts - 1) * gap).clip(1) / natural
        return heights

    heights, lower = height_of(stops), height_of(longer)
    tall = heights > wanted * _TALLEST
    is_last = stops >= last
    take_more = ~is_last & (tall | (wanted - lower < heights - wanted))
    stops[take_more] = longer[take_more]
    heights[take_more] = lower[take_more]
    heights[is_last & tall] = wanted
    return Breaks(stops.tolist(), heights.clip(1).astype(int).tolist())


def _ends_of_groups(
    like: "NDArray[np.float64]", spans: Sequence[tuple[int, int]]
) -> "NDArray[np.int64]":
    """For every item, where its group ends."""
    ends = like.astype(int)
    for first, count in spans:
        ends[first : first + count] = first + count
    return ends


def lay_out(
    listing: "Listing", width: int, row_height: int, gap: int, header: int, left: int = 0
) -> GridLayout:
    """The layout of a listing in rows of `width`."""
    width = max(1, width)
    heights = listing.heights.clip(1)
    aspects = (listing.widths / heights).clip(NARROWEST, WIDEST)
    aspects[listing.widths < 1] = 1.0
    spans = [(group.first, group.count) for group in listing.groups]
    if not spans and len(listing):
        spans = [(0, len(listing))]
    breaks = find_breaks(aspects, spans, width, row_height, gap)
    return GridLayout(aspects.tolist(), breaks, spans, width, gap, header, left)
