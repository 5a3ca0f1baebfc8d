"""XMP in JPEG: an APP1 segment, and more of them for what does not fit into one.

Source: XMP specification part 3, 1.1.3; CIPA DC-007 for what multi-picture files point to.
Everything else keeps its bytes: other segments, the coded data, and whatever a phone appends
behind the picture (films, gain maps), whose places are counted from the end.
"""

import hashlib
import itertools
import re
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
    PointersLost,
    in_place,
)
from vlm_desktop.media.xmpembed_mpf import moved_pictures, without_places

STANDARD = b"http://ns.adobe.com/xap/1.0/\x00"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\x00"
MOST_MAIN = 65_502
"""The longest main packet, by the specification."""

_MOST_PART = 65_400
_MOST_EXTENDED = 512 * 1024 * 1024
_EXIF = b"Exif\x00\x00"
_MPF = b"MPF\x00"
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SOS, _EOI, _APP0, _APP1, _APP2, _APP11 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEB
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_PICTURE = re.compile(rb"\xff\xd8\xff")
_MOST_PREVIEWS = 16
_HEAD = 200


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment before the coded data; `body` is where what follows its length begins."""

    marker: int
    start: int
    body: int
    end: int


def packets(data: Data) -> Packets:
    segments = _segments(data)
    main = _standard(data, segments)
    if main is None:
        return Packets()
    packet = data[main.body + len(STANDARD) : main.end]
    parts = _extension(data, segments, packet)
    if not parts:
        return Packets(packet)
    joined = b"".join(data[part.body + len(EXTENSION) + 40 : part.end] for part in parts)
    head = parts[0].body + len(EXTENSION)
    guid = data[head : head + 32]
    return Packets(packet, joined, guid_of(joined) == guid.upper())


def splices(data: Data, packets: Packets) -> list[Splice]:
    segments = _segments(data)
    standard = _standard(data, segments)
    old = data[standard.body + len(STANDARD) : standard.end] if standard else b""
    parts = _extension(data, segments, old)
    before = b"".join(data[part.body + len(EXTENSION) + 40 : part.end] for part in parts)
    main = in_place(packets.main, old, MOST_MAIN)
    new = _segment(STANDARD + main)
    gone = []
    if packets.extended != before:
        if len(packets.extended) > _MOST_EXTENDED:
            raise NoRoom(f"{_MOST_EXTENDED:,} bytes at most")
        new += b"".join(_extension_segments(packets.extended))
        gone = [Splice(part.start, part.end, b"") for part in parts]
    at = standard.start if standard else _place(data, segments)
    stop = standard.end if standard else at
    found = [Splice(at, stop, new), *gone]
    delta = sum(len(one.new) - (one.end - one.start) for one in found)
    if delta:
        _refuse_lost_previews(data, segments, at)
    for segment in segments:
        if _is(data, segment, _APP2, _MPF):
            found += moved_pictures(data, segment.body + len(_MPF), segment.end, found)
    return sorted(found, key=lambda one: one.start)


def rest(data: Data) -> Iterator[Piece]:
    segments = _segments(data)
    standard = _standard(data, segments)
    packet = data[standard.body + len(STANDARD) : standard.end] if standard else b""
    xmp = {standard, *_extension(data, segments, packet)}
    for segment in segments:
        if segment in xmp:
            continue
        if _is(data, segment, _APP2, _MPF):
            start = segment.body + len(_MPF)
            yield from without_places(data, start, segment.end)
        else:
            yield segment.start, segment.end
    yield segments[-1].end, len(data)


def is_signed(data: Data) -> bool:
    manifests = (one for one in _segments(data) if one.marker == _APP11)
    return any(b"c2pa" in data[one.body : min(one.end, one.body + _HEAD)] for one in manifests)


def guid_of(extended: bytes) -> bytes:
    """The name of an extended packet: 32 hex digits, its MD5."""
    return hashlib.md5(extended, usedforsecurity=False).hexdigest().upper().encode("ascii")


# --- segments --------------------------------------------------------------------------


def _segments(data: Data) -> list[Segment]:
    """All segments up to the one that begins the coded data, which is the last."""
    if data[:2] != b"\xff\xd8":
        raise ContainerBroken("it does not begin as a JPEG")
    found, at = [], 2
    while True:
        start = at
        if data[at : at + 1] != b"\xff":
            raise ContainerBroken(f"no segment at byte {at}")
        while data[at : at + 1] == b"\xff":  # any number of them may stand before a marker
            at += 1
        if at >= len(data):
            raise ContainerBroken("it ends before its image")
        marker = data[at]
        at += 1
        if marker in _ALONE:
            found.append(Segment(marker, start, at, at))
            continue
        if marker in (0x00, 0xD8, _EOI):
            raise ContainerBroken(f"no segment at byte {start}")
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or at + length > len(data):
            raise ContainerBroken(f"the segment at byte {start} is longer than the file")
        found.append(Segment(marker, start, at + 2, at + length))
        at += length
        if marker == _SOS:
            return found


def _is(data: Data, segment: Segment, marker: int, head: bytes) -> bool:
    body = data[segment.body : min(segment.end, segment.body + len(head))]
    return segment.marker == marker and body == head


def _standard(data: Data, segments: list[Segment]) -> Segment | None:
    found = [one for one in segments if _is(data, one, _APP1, STANDARD)]
    if len(found) > 1:
        raise ContainerBroken("it holds two XMP packets")
    return found[0] if found else None


def _extension(data: Data, segments: list[Segment], main: bytes) -> list[Segment]:
    """The segments of the extended packet that the main one names, in the packet's order."""
    found = {}
    for segment in segments:
        head = segment.body + len(EXTENSION)
        if _is(data, segment, _APP1, EXTENSION) and segment.end >= head + 40:
            guid = data[head : head + 32]
            if guid.isalnum() and guid in main:
                found[int.from_bytes(data[head + 36 : head + 40], "big")] = segment
    return [found[offset] for offset in sorted(found)]


def _place(data: Data, segments: list[Segment]) -> int:
    """Where new XMP goes: behind EXIF, which must come first, else behind JFIF."""
    for segment in segments:
        if _is(data, segment, _APP1, _EXIF):
            return segment.end
    at = 2
    for segment in segments:
        if segment.marker != _APP0:
            break
        at = segment.end
    return at


def _segment(body: bytes) -> bytes:
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _extension_segments(extended: bytes) -> Iterator[bytes]:
    head = EXTENSION + guid_of(extended) + len(extended).to_bytes(4, "big")
    for offset in range(0, len(extended), _MOST_PART):
        part = extended[offset : offset + _MOST_PART]
        yield _segment(head + offset.to_bytes(4, "big") + part)


# --- what lies behind the picture ------------------------------------------------------


def _refuse_lost_previews(data: Data, segments: list[Segment], at: int) -> None:
    """Some cameras put a preview behind the picture, and its distance from EXIF into EXIF."""
    exif = next((one for one in segments if _is(data, one, _APP1, _EXIF)), None)
    if exif is None or exif.start >= at:
        return
    tiff = exif.body + len(_EXIF)
    tags = data[tiff : exif.end]
    order: Literal["little", "big"] = "big" if tags[:2] == b"MM" else "little"
    behind = _PICTURE.finditer(data, _end_of_picture(data, segments[-1].end))
    for found in itertools.islice(behind, _MOST_PREVIEWS):
        if tags.find((found.start() - tiff).to_bytes(4, order)) >= 0:
            raise PointersLost("its camera's notes point to a preview that would move")


def _end_of_picture(data: Data, start: int) -> int:
    """Where the end marker of the picture ends whose coded data begin at `start`."""
    at = start
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            return len(data)
        marker = found.group()[-1]
        if marker == _EOI:
            return found.end()
        at = found.end()
        if marker not in _ALONE:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
