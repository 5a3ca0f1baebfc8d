"""A small reader of TIFF directories, the skeleton of EXIF and of most camera RAW files.

It never raises on bad data and never follows a pointer outside the bytes it was given:
what cannot be read is simply absent. Structure: TIFF 6.0, section 2; BigTIFF is not read.
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

ByteOrder: TypeAlias = Literal["little", "big"]
TiffData: TypeAlias = bytes | mmap.mmap

_MAX_ENTRIES = 1000
_MAX_DIRECTORIES = 64
_MAX_VALUE_BYTES = 64 * 1024 * 1024
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_FORMATS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its TIFF type, count and raw bytes."""

    kind: int
    count: int
    data: bytes
    order: ByteOrder

    def numbers(self, most: int = 64) -> tuple[float, ...]:
        """The values as numbers, rationals divided out; a zero divisor gives NaN."""
        mark = "<" if self.order == "little" else ">"
        count = min(self.count, most)
        if self.kind in (5, 10):
            pairs = struct.unpack_from(
                f"{mark}{2 * count}{'I' if self.kind == 5 else 'i'}", self.data
            )
            return tuple(
                pairs[at] / pairs[at + 1] if pairs[at + 1] else float("nan")
                for at in range(0, 2 * count, 2)
            )
        letter = _FORMATS.get(self.kind)
        if letter is None:
            return ()
        return struct.unpack_from(f"{mark}{count}{letter}", self.data)

    def integer(self) -> int | None:
        """The first value as an integer, or None."""
        values = self.numbers(1)
        return int(values[0]) if values and values[0] == values[0] else None


Directory: TypeAlias = dict[int, Entry]


class TiffReader:
    """Directories of a TIFF structure held, or mapped, in memory."""

    def __init__(self, data: TiffData) -> None:
        self._data = data
        self._order: ByteOrder = "big" if data[:2] == b"MM" else "little"
        self._valid = data[:2] in (b"II", b"MM") and len(data) >= 8

    def first_directory(self) -> Directory:
        """The first directory; empty when there is none."""
        if not self._valid:
            return {}
        return self.directory(self._integer(4, 4))

    def first_entry_offset(self, tag: int) -> int | None:
        """Where in the data the 12 bytes of `tag` in the first directory lie."""
        start = self._integer(4, 4) if self._valid else 0
        for index in range(min(self._integer(start, 2), _MAX_ENTRIES)):
            at = start + 2 + 12 * index
            if at + 12 <= len(self._data) and self._integer(at, 2) == tag:
                return at
        return None

    def directory(self, offset: int) -> Directory:
        """The directory at `offset`, without the entries that lie outside the data."""
        return self._read(offset)[0]

    def child(self, parent: Directory, tag: int) -> Directory:
        """The directory that `tag` of `parent` points to; empty when there is none."""
        entry = parent.get(tag)
        offset = entry.integer() if entry else None
        return self.directory(offset) if offset else {}

    def all_directories(self) -> Iterator[Directory]:
        """Every directory reachable by the chain and by SubIFDs (0x014A), each once."""
        if not self._valid:
            return
        waiting = [self._integer(4, 4)]
        seen: set[int] = set()
        while waiting and len(seen) < _MAX_DIRECTORIES:
            offset = waiting.pop(0)
            if offset in seen or not offset:
                continue
            seen.add(offset)
            directory, following = self._read(offset)
            yield directory
            waiting.append(following)
            if 0x014A in directory:
                waiting.extend(int(number) for number in directory[0x014A].numbers())

    def _integer(self, offset: int, size: int) -> int:
        return int.from_bytes(self._data[offset : offset + size], self._order)

    def _read(self, offset: int) -> tuple[Directory, int]:
        if not 8 <= offset <= len(self._data) - 2:
            return {}, 0
        count = self._integer(offset, 2)
        entries: Directory = {}
        for index in range(min(count, _MAX_ENTRIES)):
            at = offset + 2 + 12 * index
            if at + 12 > len(self._data):
                return entries, 0
            entry = self._entry(at)
            if entry is not None:
                entries.setdefault(self._integer(at, 2), entry)
        return entries, self._integer(offset + 2 + 12 * count, 4)

    def _entry(self, at: int) -> Entry | None:
        kind = self._integer(at + 2, 2)
        count = self._integer(at + 4, 4)
        size = _TYPE_SIZES.get(kind, 0) * count
        if not 0 < size <= _MAX_VALUE_BYTES:
            return None
        start = at + 8 if size <= 4 else self._integer(at + 8, 4)
        data = self._data[start : start + size]
        return Entry(kind, count, data, self._order) if len(data) == size else None
