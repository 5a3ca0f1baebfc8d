"""Alt text inside a picture's own file: what it says, and the few bytes that make it say more.

Which container keeps its XMP where is the matter of one module each; here they are chosen,
edits are planned, and what was planned is checked against the file it made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.altfileerrors import (
    FormatHoldsNoText,
    PictureDamaged,
    PictureHasPointers,
    PictureTooLarge,
    ReadBackDiffers,
    XmpDamaged,
)
from vlm_desktop.base.altfiles import AltWords, Splice
from vlm_desktop.media import xmpembed_jpeg, xmpembed_png, xmpembed_tiff, xmpembed_webp
from vlm_desktop.media.containers import gif_xmp
from vlm_desktop.media.isobmff import boxed_xmp
from vlm_desktop.media.sniff import Decoder, FileType, sniff
from vlm_desktop.media.source import Source
from vlm_desktop.media.xmp import xmp_rows
from vlm_desktop.media.xmpalt import (
    ALT,
    EXTENDED,
    PREFIX,
    AltTexts,
    changed,
    edited_alt,
    is_damaged,
    read_alt,
)
from vlm_desktop.media.xmpembed_common import (
    Container,
    ContainerBroken,
    Data,
    NoRoom,
    Packets,
    PointersLost,
    fingerprint,
)
from vlm_desktop.media.xmpextended import edited_packets
from vlm_desktop.media.xmptree import XmpUnreadable

_CONTAINERS: Mapping[str, Container] = {
    "JPEG": xmpembed_jpeg,
    "PNG": xmpembed_png,
    "WEBP": xmpembed_webp,
    "TIFF": xmpembed_tiff,
}
_BOXED = frozenset({"HEIF", "AVIF", "CR3", "JPEG XL"})
_MOST = 8 * 1024 * 1024
"""Longer packets are read in part only, so they must not be made."""
_OURS = (f"{PREFIX}:{ALT}", f"{PREFIX}:{EXTENDED}", "note:HasExtendedXMP")


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a file says in its own XMP. `broken` says why that could not be read, else ""."""

    format: str
    texts: AltTexts
    holds: bool
    """Whether this program writes into files of this format."""
    signed: bool
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The splices that make a file say `texts`, and what may not change by them."""

    container: Container
    splices: list[Splice]
    texts: AltTexts
    rest: str
    others: tuple[tuple[str, str], ...]


def read_embedded(source: Source) -> Embedded:
    """What the file itself says. Never raises on bad data."""
    data = source.mapped()
    kind = sniff(data, source.extension)
    container = _CONTAINERS.get(kind.name)
    try:
        packets = _packets(data, kind, source)
        signed = container is not None and _is_signed(data, container, packets)
    except ContainerBroken as error:
        return Embedded(kind.name, AltTexts({}, {}), container is not None, False, str(error))
    texts = read_alt(packets.joined)
    broken = "its XMP cannot be read" if is_damaged(packets.main) else ""
    return Embedded(kind.name, texts, container is not None, signed, broken)


def planned(source: Source, words: Mapping[str, AltWords]) -> Plan:
    """How to make the file say `words`; no splices where it says them already.

    Raises FormatHoldsNoText, PictureDamaged, XmpDamaged, PictureTooLarge, PictureHasPointers.
    """
    data, path = source.mapped(), source.path
    kind = sniff(data, source.extension)
    container = _CONTAINERS.get(kind.name)
    if container is None:
        raise FormatHoldsNoText(path=path, detail=kind.name or path.suffix.lower())
    try:
        before = container.packets(data)
        said = read_alt(before.joined)
        texts = changed(said, words)
        splices: list[Splice] = []
        if texts != AltTexts(said.alt, said.extended):
            after = _edited(before, words, container)
            if len(after.main) + len(after.extended) > max(_MOST, len(before.joined)):
                raise NoRoom(f"{_MOST:,} bytes at most")
            splices = container.splices(data, after)
        rest = fingerprint(data, container.rest(data)) if splices else ""
    except ContainerBroken as error:
        raise PictureDamaged(path=path, detail=str(error)) from error
    except XmpUnreadable as error:
        raise XmpDamaged(path=path, detail=str(error)) from error
    except NoRoom as error:
        raise PictureTooLarge(path=path, detail=str(error)) from error
    except PointersLost as error:
        raise PictureHasPointers(path=path, detail=str(error)) from error
    return Plan(container, splices, texts, rest, _others(before))


def check(plan: Plan, written: Source, path: Path) -> None:
    """Hold the file that was made against its plan, by reading it. Raises ReadBackDiffers.

    `path` is the picture's name, which the file that was made does not have yet.
    """
    data = written.mapped()
    try:
        packets = plan.container.packets(data)
        rest = fingerprint(data, plan.container.rest(data))
    except ContainerBroken as error:
        raise ReadBackDiffers(path=path, detail=str(error)) from error
    said = read_alt(packets.joined)
    if (said.alt, said.extended) != (plan.texts.alt, plan.texts.extended):
        raise ReadBackDiffers(path=path, detail="the text is another one")
    if rest != plan.rest:
        raise ReadBackDiffers(path=path, detail="the image or other metadata changed")
    if _others(packets) != plan.others:
        raise ReadBackDiffers(path=path, detail="other words in the metadata changed")


def _packets(data: Data, kind: FileType, source: Source) -> Packets:
    container = _CONTAINERS.get(kind.name)
    if container is not None:
        return container.packets(data)
    if kind.name in _BOXED:
        return Packets(boxed_xmp(data))
    if kind.name == "GIF":
        return Packets(gif_xmp(source))
    if kind.decoder is Decoder.RAW and data[:2] in (b"II", b"MM"):
        return _raw_packets(data)
    return Packets()


def _raw_packets(data: Data) -> Packets:
    """Most cameras' own formats are TIFF inside; some only nearly."""
    try:
        return xmpembed_tiff.packets(data)
    except ContainerBroken:
        return Packets()


def _is_signed(data: Data, container: Container, packets: Packets) -> bool:
    remote = b"purl.org/dc/terms" in packets.main and b"provenance" in packets.main
    return remote or container.is_signed(data)


def _edited(before: Packets, words: Mapping[str, AltWords], container: Container) -> Packets:
    if container is xmpembed_jpeg:
        return edited_packets(before, words)
    return Packets(edited_alt(before.main, words))


def _others(packets: Packets) -> tuple[tuple[str, str], ...]:
    """Every other property, in any order: what is moved between packets is still there."""
    rows = xmp_rows(packets.joined)
    return tuple(sorted(row for row in rows if row[0] not in _OURS))
