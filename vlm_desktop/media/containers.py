"""Where each picture format keeps its EXIF, XMP and IPTC."""

import binascii
import re
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image, JpegImagePlugin, TiffImagePlugin

from vlm_desktop.base.types import PhotoMetadata
from vlm_desktop.media.reading import EmbeddedTags
from vlm_desktop.media.source import Source
from vlm_desktop.media.text import clean_text
from vlm_desktop.media.tiff import TiffData, TiffReader

_EXTENSION_HEADER = b"http://ns.adobe.com/xmp/extension/\x00"
_MAX_EXTENDED_XMP = 8 * 1024 * 1024
_PHOTOSHOP_IPTC = 0x0404
_GIF_XMP = b"XMP DataXMP"


def embedded_tags(image: Image.Image, name: str, source: Source) -> EmbeddedTags:
    """The tags of a loaded picture of format `name`. What cannot be found is empty."""
    info = image.info
    exif: TiffData = exif_body(info.get("exif"))
    xmp, iptc = _as_bytes(info.get("xmp")), b""
    said = PhotoMetadata()
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        xmp = _with_extended(xmp, image.applist)
        photoshop = info.get("photoshop")
        if isinstance(photoshop, dict):
            iptc = _as_bytes(photoshop.get(_PHOTOSHOP_IPTC))
    elif name == "TIFF":
        exif, xmp, iptc = _tiff_tags(source, xmp)
    elif name == "PNG":
        exif = exif or exif_body(_raw_profile(info, "exif"))
        xmp = xmp or _as_bytes(info.get("XML:com.adobe.xmp")) or _raw_profile(info, "xmp")
        iptc = photoshop_iptc(_raw_profile(info, "iptc"))
        said = PhotoMetadata(
            title=clean_text(info.get("Title")), caption=clean_text(info.get("Description"))
        )
    elif name == "GIF":
        xmp = gif_xmp(source)
    return EmbeddedTags(exif=exif, xmp=xmp, iptc=iptc, said=said)


def exif_body(raw: object) -> bytes:
    """The TIFF structure inside an EXIF block, with or without its "Exif" header."""
    data = _as_bytes(raw)
    while data.startswith(b"Exif\x00\x00"):
        data = data[6:]
    if data[:2] in (b"II", b"MM"):
        return data
    at = data[:16].find(b"Exif\x00\x00")
    return data[at + 6 :] if at >= 0 else b""


def photoshop_iptc(data: bytes) -> bytes:
    """The IIM record inside Photoshop image resources; `data` itself when it is one already."""
    if data[:1] == b"\x1c":
        return data
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 12 <= len(data):
        code = int.from_bytes(data[at + 4 : at + 6], "big")
        name_length = data[at + 6] + 1
        start = at + 6 + name_length + name_length % 2
        size = int.from_bytes(data[start : start + 4], "big")
        if code == _PHOTOSHOP_IPTC:
            return data[start + 4 : start + 4 + size]
        at = start + 4 + size + size % 2
    return b""


def _as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return b""


def _with_extended(main: bytes, segments: list[tuple[str, bytes]]) -> bytes:
    """Main and extended XMP packets, the second as it was cut over several APP1 segments.

    Source: XMP specification part 3, 1.1.3.1. The two packets are returned one after the other.
    """
    parts: dict[bytes, dict[int, bytes]] = {}
    for marker, data in segments:
        if marker != "APP1" or not data.startswith(_EXTENSION_HEADER):
            continue
        body = data[len(_EXTENSION_HEADER) :]
        if len(body) > 40:
            parts.setdefault(body[:32], {})[int.from_bytes(body[36:40], "big")] = body[40:]
    for guid, pieces in parts.items():
        if guid not in main:
            continue
        whole = b"".join(pieces[offset] for offset in sorted(pieces))
        return main + b"\x00" + whole[:_MAX_EXTENDED_XMP]
    return main


def _tiff_tags(source: Source, xmp: bytes) -> tuple[TiffData, bytes, bytes]:
    data = source.mapped()
    directory = TiffReader(data).first_directory()
    packet = directory.get(TiffImagePlugin.XMP)
    iptc = directory.get(TiffImagePlugin.IPTC_NAA_CHUNK)
    photoshop = directory.get(TiffImagePlugin.PHOTOSHOP_CHUNK)
    record = iptc.data if iptc and iptc.data[:1] == b"\x1c" else b""
    if not record and photoshop:
        record = photoshop_iptc(photoshop.data)
    return data, xmp or (packet.data if packet else b""), record


def _raw_profile(info: Mapping[Any, Any], kind: str) -> bytes:
    """ImageMagick's way to keep binary profiles in PNG text: a name, a length, then hex."""
    text = info.get(f"Raw profile type {kind}")
    if not isinstance(text, str):
        return b""
    match = re.match(r"\s*\w+\s+\d+\s+([0-9a-fA-F\s]*)", text)
    if match is None:
        return b""
    try:
        return binascii.unhexlify("".join(match.group(1).split()))
    except (binascii.Error, ValueError, zlib.error):
        return b""


def gif_xmp(source: Source) -> bytes:
    """The XMP packet of a GIF, b"" where there is none."""
    data = source.in_memory()
    start = data.find(_GIF_XMP)
    if start < 0:
        return b""
    start += len(_GIF_XMP)
    # The packet lies bare in the block; a 258-byte trailer leads readers past it.
    end = data.find(b"\x01\xff\xfe", start)
    return data[start:end] if end > 0 else b""
