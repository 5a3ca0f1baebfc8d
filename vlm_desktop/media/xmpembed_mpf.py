"""The list of pictures in a multi-picture JPEG, kept right when bytes are put before them.

Places are counted from the list's own header. Source: CIPA DC-007, 5.2.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from vlm_desktop.base.altfiles import Splice
from vlm_desktop.media.xmpembed_common import Data, Piece, PointersLost

_ENTRIES = 0xB002
_ENTRY_BYTES = 16
_BEGINNING = 64
_DAMAGED = "its list of pictures is damaged"


def moved_pictures(data: Data, header: int, end: int, splices: Sequence[Splice]) -> list[Splice]:
    """What the list must say once `splices` are done. Raises `PointersLost`.

    The header is at `header`, the list's segment ends at `end`; the splices leave it alone. The
    first picture's size counts from the start of the file.
    """
    total = _shift(splices, len(data))
    if not total:
        return []
    found = []
    order, places = _entries(data, header, end)
    for number, at in enumerate(places):
        size = int.from_bytes(data[at + 4 : at + 8], order)
        place = int.from_bytes(data[at + 8 : at + 12], order)
        if number == 0 and place == 0:
            if size:
                found.append(_changed(at + 4, size + total, order))
        elif place:
            moved = place + _shift(splices, header + place) - _shift(splices, header)
            if moved != place:
                found.append(_changed(at + 8, moved, order))
    return found


def without_places(data: Data, header: int, end: int) -> Iterator[Piece]:
    """The list's bytes but the numbers that may change; instead, how each picture begins."""
    try:
        order, places = _entries(data, header, end)
    except PointersLost:
        yield header, end
        return
    at = header
    for number, entry in enumerate(places):
        yield at, entry + (4 if number == 0 else 8)
        at = entry + (8 if number == 0 else 12)
    yield at, end
    for entry in places[1:]:
        place = int.from_bytes(data[entry + 8 : entry + 12], order)
        start = header + place
        begins = data[start : start + _BEGINNING] if place and start < len(data) else b""
        yield begins if begins.startswith(b"\xff\xd8") else b""  # other programs lose pictures


def _entries(data: Data, header: int, end: int) -> tuple[Literal["little", "big"], list[int]]:
    mark = data[header : header + 4]
    if mark not in (b"II*\x00", b"MM\x00*"):
        raise PointersLost(_DAMAGED)
    order: Literal["little", "big"] = "little" if mark[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        if not header <= at <= end - size:
            raise PointersLost(_DAMAGED)
        return int.from_bytes(data[at : at + size], order)

    directory = header + number(header + 4, 4)
    for index in range(number(directory, 2)):
        at = directory + 2 + 12 * index
        if number(at, 2) == _ENTRIES:
            size, start = number(at + 4, 4), header + number(at + 8, 4)
            if start + size > end or size % _ENTRY_BYTES:
                raise PointersLost(_DAMAGED)
            return order, list(range(start, start + size, _ENTRY_BYTES))
    return order, []


def _shift(splices: Sequence[Splice], at: int) -> int:
    """How far a byte at `at` moves."""
    return sum(len(one.new) - (one.end - one.start) for one in splices if one.end <= at)


def _changed(at: int, value: int, order: Literal["little", "big"]) -> Splice:
    if not 0 <= value < 2**32:
        raise PointersLost(_DAMAGED)
    return Splice(at, at + 4, value.to_bytes(4, order))
