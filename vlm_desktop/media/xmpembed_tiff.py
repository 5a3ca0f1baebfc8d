"""XMP in TIFF: tag 700 of the first directory. Source: TIFF 6.0, BigTIFF, XMP part 3.

Nothing that is there moves. A packet that outgrows its place, or a tag that is new, goes to the
end of the file, and one pointer is turned to it; so strips, tiles and everything that maker's
notes count in bytes from the start stay where they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vlm_desktop.base.altfiles import Splice
from vlm_desktop.media.xmpembed_common import (
    ContainerBroken,
    Data,
    NoRoom,
    Packets,
    Piece,
    in_place,
    is_wasteful,
    resized,
)

_XMP, _C2PA, _SUB_DIRECTORIES = 700, 52545, 330
_BYTES, _UNDEFINED = 1, 7
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip
_DATA = ((273, 279), (324, 325), (513, 514))
"""Tags of places and lengths: strips, tiles, a JPEG."""
_MOST_ENTRIES, _MOST_DIRECTORIES = 65_535, 4_096
_MOST_PACKET = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are written: byte order, and the widths that BigTIFF widens."""

    order: Literal["little", "big"]
    offset: int
    """Bytes of an offset, of a count of values, and of the value in an entry."""
    count: int
    """Bytes of the number of entries."""

    @property
    def entry(self) -> int:
        return 4 + 2 * self.offset

    def put(self, value: int, size: int) -> bytes:
        return value.to_bytes(size, self.order)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry: where it lies, its tag and type, and the stretch of its value."""

    at: int
    tag: int
    kind: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Directory:
    at: int
    entries: tuple[_Entry, ...]
    following: int
    end: int


def packets(data: Data) -> Packets:
    layout = _layout(data)
    entry = _find(data, _directory(data, layout, _first(data, layout)), _XMP)
    return Packets(data[entry.start : entry.end].rstrip(b"\x00")) if entry else Packets()


def splices(data: Data, packets: Packets) -> list[Splice]:
    layout = _layout(data)
    first = _directory(data, layout, _first(data, layout))
    old = _find(data, first, _XMP)
    # A packet that was put at the end before goes; else it would stay there for ever.
    at_end = old is not None and old.end == len(data) and old.end - old.start > layout.offset
    if old is not None:
        size = old.end - old.start
        fitting = resized(packets.main, size)
        if fitting is not None and not (at_end and is_wasteful(packets.main, size)):
            return [Splice(old.start, old.end, fitting)]
    packet = in_place(packets.main, b"", _MOST_PACKET)
    end = old.start if old is not None and at_end else len(data)
    start = end + end % 2
    gap = b"\x00" * (start - end)
    if old is not None:
        value = layout.put(len(packet), layout.offset) + layout.put(start, layout.offset)
        tail = gap + packet
        found = [
            Splice(old.at + 2, old.at + 4, layout.put(_BYTES, 2)),
            Splice(old.at + 4, old.at + layout.entry, value),
            Splice(end, len(data), tail),
        ]
    else:
        made = _with_entry(data, layout, first, len(packet), start)
        header = 8 if layout.offset == 8 else 4
        tail = gap + made + packet
        pointer = layout.put(start, layout.offset)
        found = [Splice(header, header + layout.offset, pointer), Splice(end, end, tail)]
    if layout.offset == 4 and end + len(tail) >= 2**32:
        raise NoRoom("4 GB at most")
    return found


def rest(data: Data) -> Iterator[Piece]:
    """Every directory's entries with their values, and the image data they point to."""
    layout = _layout(data)
    yield data[:4]
    first = _first(data, layout)
    waiting, seen = [first], set()
    while waiting:
        at = waiting.pop(0)
        if at in seen or not at:
            continue
        seen.add(at)
        if len(seen) > _MOST_DIRECTORIES:
            raise ContainerBroken("it has too many directories")
        directory = _directory(data, layout, at)
        for entry in directory.entries:
            if at == first and entry.tag == _XMP:
                continue
            yield entry.at, entry.at + layout.entry
            yield _inside(data, entry.start, entry.end)
            if entry.tag == _SUB_DIRECTORIES:
                waiting += _numbers(data, layout, entry)
        for places, lengths in _DATA:
            yield from _stretches(data, layout, directory, places, lengths)
        yield b"%d" % directory.following
        waiting.append(directory.following)


def is_signed(data: Data) -> bool:
    layout = _layout(data)
    first = _directory(data, layout, _first(data, layout))
    return any(entry.tag == _C2PA for entry in first.entries)


# --- reading ---------------------------------------------------------------------------


def _layout(data: Data) -> _Layout:
    order: Literal["little", "big"] = "big" if data[:2] == b"MM" else "little"
    version = int.from_bytes(data[2:4], order)
    if data[:2] not in (b"II", b"MM") or len(data) < 16:
        raise ContainerBroken("it does not begin as a TIFF")
    if version == 42:
        return _Layout(order, 4, 2)
    if version == 43 and int.from_bytes(data[4:6], order) == 8:
        return _Layout(order, 8, 8)
    raise ContainerBroken("it does not begin as a TIFF")


def _first(data: Data, layout: _Layout) -> int:
    at = 8 if layout.offset == 8 else 4
    return int.from_bytes(data[at : at + layout.offset], layout.order)


def _directory(data: Data, layout: _Layout, at: int) -> _Directory:
    count = int.from_bytes(data[at : at + layout.count], layout.order)
    start = at + layout.count
    end = start + count * layout.entry
    if not 8 <= at < len(data) or not 0 < count <= _MOST_ENTRIES or end > len(data):
        raise ContainerBroken(f"no directory at byte {at}")
    entries = tuple(_entry(data, layout, start + n * layout.entry) for n in range(count))
    # A file may lack the last pointer, where nothing follows.
    following = int.from_bytes(data[end : end + layout.offset], layout.order)
    return _Directory(at, entries, following, end)


def _entry(data: Data, layout: _Layout, at: int) -> _Entry:
    tag = int.from_bytes(data[at : at + 2], layout.order)
    kind = int.from_bytes(data[at + 2 : at + 4], layout.order)
    count = int.from_bytes(data[at + 4 : at + 4 + layout.offset], layout.order)
    value = at + 4 + layout.offset
    size = _SIZES.get(kind, 0) * count
    if size > layout.offset:
        value = int.from_bytes(data[value : value + layout.offset], layout.order)
    return _Entry(at, tag, kind, value, value + size)


def _find(data: Data, directory: _Directory, tag: int) -> _Entry | None:
    found = [entry for entry in directory.entries if entry.tag == tag]
    if len(found) > 1:
        raise ContainerBroken("it holds two XMP packets")
    if found and tag == _XMP and found[0].kind not in (_BYTES, _UNDEFINED):
        raise ContainerBroken("its XMP is no bytes")
    if found and found[0].end > len(data):
        raise ContainerBroken(f"tag {tag} lies beyond the end of the file")
    return found[0] if found else None


def _numbers(data: Data, layout: _Layout, entry: _Entry) -> list[int]:
    size = _SIZES.get(entry.kind, 0)
    if size not in (2, 4, 8):
        return []
    raw = data[entry.start : entry.end]
    return [int.from_bytes(raw[n : n + size], layout.order) for n in range(0, len(raw), size)]


def _stretches(
    data: Data, layout: _Layout, directory: _Directory, places: int, lengths: int
) -> Iterator[Piece]:
    by_tag = {entry.tag: entry for entry in directory.entries}
    if places in by_tag and lengths in by_tag:
        starts = _numbers(data, layout, by_tag[places])
        sizes = _numbers(data, layout, by_tag[lengths])
        for start, size in zip(starts, sizes, strict=False):
            yield _inside(data, start, start + size)


def _inside(data: Data, start: int, end: int) -> tuple[int, int]:
    if end > len(data):  # once something is put at the end, this would point into it
        raise ContainerBroken("a part of it lies beyond the end of the file")
    return start, end


# --- writing ---------------------------------------------------------------------------


def _with_entry(data: Data, layout: _Layout, directory: _Directory, size: int, start: int) -> bytes:
    """A copy of the directory with the tag, to lie at `start`, its packet right behind it."""
    count = len(directory.entries) + 1
    length = layout.count + count * layout.entry + layout.offset
    value = start + length
    new = b"".join(
        (
            layout.put(_XMP, 2),
            layout.put(_BYTES, 2),
            layout.put(size, layout.offset),
            layout.put(value, layout.offset),
        )
    )
    raws = [data[one.at : one.at + layout.entry] for one in directory.entries]
    at = sum(one.tag < _XMP for one in directory.entries)
    following = layout.put(directory.following, layout.offset)
    raws = [*raws[:at], new, *raws[at:]]
    return layout.put(count, layout.count) + b"".join(raws) + following
