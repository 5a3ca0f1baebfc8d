"""From a path to pixels, fingerprints, thumbnail and metadata: what a worker process runs."""

import functools
import importlib
import io
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodedPage,
    DecodeLimits,
    DecodeOutcome,
    DecodeRequest,
    KnownFile,
    PhotoMetadata,
    RefusedFile,
)
from vlm_desktop.media.fingerprints import perceptual_hash, pixel_hash
from vlm_desktop.media.guard import bounded
from vlm_desktop.media.metadata import read_metadata, read_sidecar
from vlm_desktop.media.reading import Reading, Wish
from vlm_desktop.media.sniff import Decoder, FileType, sniff
from vlm_desktop.media.source import Source, read_source, refuse_if_changed, take_stamp

_THUMBNAIL_QUALITY = 82

# Resolved on first use, so that a worker that meets only JPEGs never loads the rest.
_READERS = {
    Decoder.PILLOW: "vlm_desktop.media.pictures:read_picture",
    Decoder.HEIF: "vlm_desktop.media.heif:read_heif",
    Decoder.RAW: "vlm_desktop.media.raw:read_raw",
    Decoder.PDF: "vlm_desktop.media.pdf:read_pdf",
}
_LISTING = "vlm_desktop.media.listing:list_tags"
_FACTS = "vlm_desktop.media.facts:facts_of"
_WORK = "vlm_desktop.media.pdfwork:do_work"

_last_read: list[Source] = []
"""The document this process read last, at most `WHOLE_FILE_BYTES` of it in memory."""


class _Reader(Protocol):
    def __call__(
        self, source: Source, name: str, wish: Wish, limits: DecodeLimits, /
    ) -> Reading: ...


def decode_file(request: DecodeRequest, limits: DecodeLimits) -> DecodeOutcome:
    """Decode one file in this process. Never raises for what is wrong with the file.

    `limits.seconds` is kept by `DecodePool`, which can end a process; here only pixels and
    pages are bounded. A file that changes between start and end is refused as changing.
    """
    source: Source | None = None
    try:
        source = _source_of(request)
        if source.content_hash in request.skip_hashes:
            return KnownFile(
                request.path, source.content_hash, source.stamp.size, source.stamp.mtime_ns
            )
        decoded = _decoded(source, request, limits)
        refuse_if_changed(source)
    except MediaRefused as refused:
        return _refused_file(request.path, refused, source)
    return decoded


def _source_of(request: DecodeRequest) -> Source:
    """The file's bytes. Who asks for one page after the other does not wait for them each time."""
    if not request.page and not request.facts:
        return read_source(request.path)
    last = _last_read[0] if _last_read else None
    if last is None or last.path != request.path or take_stamp(last.path) != last.stamp:
        _last_read.clear()
        last = read_source(request.path)
        _last_read.append(last)
    return last


def load_pixels(path: Path, *, min_side: int, limits: DecodeLimits, page: int = 0) -> DecodedPage:
    """One picture of `path` (of a PDF page `page`, 0 and 1 being the first), in this process.

    Raises `MediaRefused`.
    """
    reading = read_pages(read_source(path), Wish(min_side, page=max(page, 1)), limits)
    return reading.pages[0]


def thumbnail_of(pixels: PixelArray, side: int) -> bytes:
    """`make_thumbnail` of upright sRGB pixels uint8 [h, w, 3]."""
    return make_thumbnail(Image.fromarray(pixels), side)


def make_thumbnail(image: Image.Image, side: int) -> bytes:
    """A JPEG whose longest side is at most `side`; never larger than `image`."""
    if max(image.size) > side:
        scale = side / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_THUMBNAIL_QUALITY)
    return buffer.getvalue()


def _decoded(source: Source, request: DecodeRequest, limits: DecodeLimits) -> DecodedFile:
    if request.facts or request.work:
        return _without_pages(source, request, limits)
    wish = Wish(
        request.min_side, request.thumbnail_side, request.page, request.region, request.layer
    )
    reading = read_pages(source, wish, limits)
    first = Image.fromarray(reading.pages[0].pixels)
    thumbnail = make_thumbnail(first, request.thumbnail_side) if request.thumbnail_side else b""
    return DecodedFile(
        path=request.path,
        content_hash=source.content_hash,
        kind=reading.kind,
        format=reading.format,
        metadata=read_metadata(
            reading.tags, read_sidecar(source.path), orientation=reading.orientation
        ),
        pages=reading.pages,
        thumbnail=thumbnail,
        pixel_hash=pixel_hash(reading.pages),
        perceptual_hash=perceptual_hash(first),
        size_bytes=source.stamp.size,
        mtime_ns=source.stamp.mtime_ns,
        listing=_late(_LISTING)(reading.tags) if request.listing else None,
    )


def _without_pages(source: Source, request: DecodeRequest, limits: DecodeLimits) -> DecodedFile:
    found = _sniffed(source)
    with bounded(source.path, limits):
        kind, format_name, facts = _late(_FACTS)(source, found, limits)
        done = _late(_WORK)(source, found, facts, request.work, limits) if request.work else None
    return DecodedFile(
        path=request.path,
        content_hash=source.content_hash,
        kind=kind,
        format=format_name,
        metadata=PhotoMetadata(),
        pages=(),
        thumbnail=b"",
        pixel_hash="",
        perceptual_hash="",
        size_bytes=source.stamp.size,
        mtime_ns=source.stamp.mtime_ns,
        facts=facts,
        done=done,
    )


def read_pages(source: Source, wish: Wish, limits: DecodeLimits) -> Reading:
    """Pixels and raw tags of a file that was read. Raises `MediaRefused`."""
    found = _sniffed(source)
    with bounded(source.path, limits):
        return reader_of(found.decoder)(source, found.name, wish, limits)


def _sniffed(source: Source) -> FileType:
    found = sniff(source.mapped(), source.extension)
    if found.decoder is Decoder.NONE:
        reason = Refusal.UNSUPPORTED if found.name else Refusal.NOT_AN_IMAGE
        raise MediaRefused(path=source.path, reason=reason, detail=found.name)
    return found


def reader_of(decoder: Decoder) -> _Reader:
    """The function that reads files of a kind."""
    reader: _Reader = _late(_READERS[decoder])
    return reader


@functools.cache
def _late(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _refused_file(path: Path, refused: MediaRefused, source: Source | None) -> RefusedFile:
    """With the stamp the file had when it was read, so that a later change is noticed."""
    if source is None:
        try:
            stamp = take_stamp(path)
        except MediaRefused:
            return RefusedFile(path, refused.reason, refused.detail)
        return RefusedFile(
            path, refused.reason, refused.detail, size_bytes=stamp.size, mtime_ns=stamp.mtime_ns
        )
    reason, detail = refused.reason, refused.detail
    try:
        refuse_if_changed(source)
    except MediaRefused as changed:
        reason, detail = changed.reason, changed.detail
    return RefusedFile(
        path, reason, detail, source.content_hash, source.stamp.size, source.stamp.mtime_ns
    )
