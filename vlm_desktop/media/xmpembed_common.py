"""What the containers share: packets, splices, and the padding that keeps edits in place."""

import mmap
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol, TypeAlias

from vlm_desktop.base.altfiles import Splice

Data: TypeAlias = bytes | mmap.mmap
Piece: TypeAlias = bytes | tuple[int, int]
"""Bytes, or a stretch of the data from one place to another."""

_CHUNK = 4 * 1024 * 1024
_TRAILER = re.compile(rb"\s*(<\?xpacket\s+end\s*=\s*[\"'][wr][\"']\s*\?>)\s*\Z")
_PADDING = 2048
_MOST_BLANK = 8192
_LINE = 100


class ContainerBroken(ValueError):
    """The file is not built as its format asks; the text says where."""


class PointersLost(ValueError):
    """Something would move that something else points to."""


class NoRoom(ValueError):
    """The format cannot hold that much."""


@dataclass(frozen=True, slots=True)
class Packets:
    """The XMP of a file. `extended` is the second packet of a JPEG, b"" where there is none.

    `extended_whole` is False where a part of that one is missing or altered.
    """

    main: bytes = b""
    extended: bytes = b""
    extended_whole: bool = True

    @property
    def joined(self) -> bytes:
        """Both in one, as `xmp.read_xmp` takes them."""
        return self.main + b"\x00" + self.extended if self.extended else self.main


class Container(Protocol):
    """What a module of a container offers. All raise `ContainerBroken`."""

    def packets(self, data: Data) -> Packets: ...

    def splices(self, data: Data, packets: Packets) -> list[Splice]:
        """What makes the file say `packets`; in order, not overlapping, none where it does.

        Raises `NoRoom` and `PointersLost`.
        """

    def rest(self, data: Data) -> Iterator[Piece]:
        """Everything in the file that writing XMP may not change, in order."""

    def is_signed(self, data: Data) -> bool:
        """Whether it carries a C2PA manifest."""


def spliced(data: Data, splices: Sequence[Splice]) -> Iterator[bytes]:
    """The bytes of the file with the splices done, a few megabytes at a time."""
    at = 0
    for splice in splices:
        yield from chunked(data, at, splice.start)
        if splice.new:
            yield splice.new
        at = splice.end
    yield from chunked(data, at, len(data))


def reversed_splices(data: Data, splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """What makes the old file of the new one."""
    shift, found = 0, []
    for splice in splices:
        start = splice.start + shift
        found.append(Splice(start, start + len(splice.new), data[splice.start : splice.end]))
        shift += len(splice.new) - (splice.end - splice.start)
    return tuple(found)


def chunked(data: Data, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _CHUNK):
        yield data[at : min(end, at + _CHUNK)]


def fingerprint(data: Data, pieces: Iterable[Piece]) -> str:
    """One digest of pieces of the data; where one ends and the next begins counts."""
    digest = blake2b(digest_size=20)
    for piece in pieces:
        if isinstance(piece, bytes):
            digest.update(b"%d:" % len(piece))
            digest.update(piece)
        else:
            digest.update(b"%d:" % (piece[1] - piece[0]))
            for part in chunked(data, *piece):
                digest.update(part)
    return digest.hexdigest()


# --- padding ---------------------------------------------------------------------------


def resized(packet: bytes, size: int) -> bytes | None:
    """The packet with as much white space before its end as makes it `size` bytes long.

    None where it does not fit, or has no trailer that says where it ends.
    """
    trailer = _TRAILER.search(packet)
    if trailer is None:
        return None
    body = packet[: trailer.start()]
    room = size - len(body) - len(trailer.group(1))
    return body + _blank(room) + trailer.group(1) if room >= 1 else None


def trimmed(packet: bytes) -> bytes:
    """The packet without padding."""
    trailer = _TRAILER.search(packet)
    return packet if trailer is None else packet[: trailer.start()] + b"\n" + trailer.group(1)


def roomy(packet: bytes, most: int) -> bytes:
    """The packet with room for the next edit, at most `most` bytes long."""
    short = trimmed(packet)
    return resized(short, min(most, len(short) + _PADDING)) or short


def in_place(packet: bytes, old: bytes, most: int, *, room: bool = True) -> bytes:
    """As long as the old one, if it fits without much blank space; else as long as need be.

    With `room` for the next edit where it is made anew. At most `most` bytes, else raises
    `NoRoom`.
    """
    fitting = resized(packet, len(old)) if old else None
    if fitting is not None and not is_wasteful(packet, len(old)):
        return fitting
    made = roomy(packet, most) if room else trimmed(packet)
    if len(made) > most:
        raise NoRoom(f"{most:,} bytes at most")
    return made


def is_wasteful(packet: bytes, size: int) -> bool:
    """Whether a packet of that size would be mostly blank."""
    return size - len(trimmed(packet)) > _MOST_BLANK


def _blank(count: int) -> bytes:
    lines, left = divmod(count, _LINE)
    return (b" " * (_LINE - 1) + b"\n") * lines + b" " * max(0, left - 1) + b"\n" * min(1, left)
