"""Camera RAW by the preview that the camera embedded; the sensor data is never developed."""

import io
from dataclasses import dataclass

import exifread
import numpy as np
import rawpy
from PIL import Image, JpegImagePlugin

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import DecodeLimits, MediaKind, PhotoMetadata
from vlm_desktop.media.containers import exif_body
from vlm_desktop.media.dates import iso_date
from vlm_desktop.media.exif import exif_orientation
from vlm_desktop.media.guard import DECODE_ERRORS, check_pixels
from vlm_desktop.media.pictures import finish, scale_while_decoding
from vlm_desktop.media.reading import EmbeddedTags, Reading, Wish
from vlm_desktop.media.source import Source
from vlm_desktop.media.text import clean_line
from vlm_desktop.media.tiff import Directory, TiffReader

_TIFF_LIKE = (b"II", b"MM")
_FLIPS = {3: 3, 5: 8, 6: 6}
"""LibRaw's flip codes as EXIF orientations."""
_RAW_ERRORS: tuple[type[Exception], ...] = (
    rawpy.LibRawError,
    rawpy.NotSupportedError,
    *DECODE_ERRORS,
)


@dataclass(frozen=True, slots=True)
class _Preview:
    image: Image.Image
    size: tuple[int, int]
    """Of the full picture, before it is turned upright."""
    orientation: int
    exif: bytes = b""


def read_raw(source: Source, name: str, wish: Wish, limits: DecodeLimits) -> Reading:
    """Read the largest embedded preview, by LibRaw, else straight from the TIFF structure."""
    data = source.in_memory()
    preview = _by_libraw(data) or _by_directories(data)
    if preview is None:
        raise MediaRefused(path=source.path, reason=Refusal.NO_PREVIEW, detail=name)
    check_pixels(source.path, *preview.image.size, limits)
    image = preview.image
    scale_while_decoding(image, wish)
    image.load()
    page = finish(image, wish, preview.orientation, preview.size)
    structure = data if data[:2] in _TIFF_LIKE else b""
    exif = structure if len(TiffReader(structure).first_directory()) > 2 else preview.exif
    xmp = TiffReader(structure).first_directory().get(700)
    tags = EmbeddedTags(
        exif=exif, xmp=xmp.data if xmp else b"", said=PhotoMetadata() if exif else _foreign(data)
    )
    return Reading(MediaKind.RAW, name, (page,), tags, orientation=preview.orientation)


def _by_libraw(data: bytes) -> _Preview | None:
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(io.BytesIO(data))
            sizes = raw.sizes
            thumb = raw.extract_thumb()
            orientation = _FLIPS.get(sizes.flip, 1)
            full = (sizes.width, sizes.height)
            if thumb.format == rawpy.ThumbFormat.JPEG:
                return _of_jpeg(bytes(thumb.data), orientation, full)
            return _Preview(Image.fromarray(np.asarray(thumb.data)), full, orientation)
    except _RAW_ERRORS:
        return None


def _of_jpeg(data: bytes, orientation: int, full: tuple[int, int]) -> _Preview:
    """Most cameras store previews as the sensor lies, some turn them first: the shape tells.

    LibRaw gives a preview without EXIF one that repeats the file's orientation.
    """
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    exif = exif_body(image.info.get("exif"))
    own = exif_orientation(exif)
    orientation = own if own != 1 else orientation
    if min(full) <= 0:
        full = image.size
    is_wide, sensor_is_wide = image.width > image.height, full[0] > full[1]
    if orientation in (5, 6, 7, 8) and is_wide != sensor_is_wide:
        full, orientation = (full[1], full[0]), 1
    return _Preview(image, full, orientation, exif)


def _by_directories(data: bytes) -> _Preview | None:
    """The largest JPEG that any directory of a TIFF-like file points to."""
    reader = TiffReader(data)
    best: _Preview | None = None
    for directory in reader.all_directories():
        jpeg = _jpeg_of(directory, data)
        if not jpeg:
            continue
        try:
            image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg))
        except DECODE_ERRORS:
            continue
        if best is None or image.width * image.height > best.size[0] * best.size[1]:
            best = _Preview(image, image.size, exif_orientation(data))
    return best


def _jpeg_of(directory: Directory, data: bytes) -> bytes:
    for offset_tag, length_tag in ((0x0201, 0x0202), (0x0111, 0x0117)):
        offset, length = directory.get(offset_tag), directory.get(length_tag)
        if offset is None or length is None or offset.count != 1:
            continue
        start, size = offset.integer() or 0, length.integer() or 0
        if data[start : start + 3] == b"\xff\xd8\xff":
            return data[start : start + size]
    return b""


def _foreign(data: bytes) -> PhotoMetadata:
    """Containers other than TIFF (RAF, CR3): their EXIF through exifread."""
    try:
        tags = exifread.process_file(io.BytesIO(data), details=False)
    except _RAW_ERRORS:
        return PhotoMetadata()

    def line(name: str) -> str:
        tag = tags.get(name)
        return clean_line(str(tag)) if tag is not None else ""

    return PhotoMetadata(
        taken_at=iso_date(
            line("EXIF DateTimeOriginal"),
            subsecond=line("EXIF SubSecTimeOriginal"),
            offset=line("EXIF OffsetTimeOriginal"),
        ),
        make=line("Image Make"),
        model=line("Image Model"),
        lens=line("EXIF LensModel"),
    )
