"""HEIC and HEIF through libheif (the decode-only build)."""

import pi_heif

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import DecodeLimits, MediaKind
from vlm_desktop.media.containers import exif_body
from vlm_desktop.media.exif import exif_orientation
from vlm_desktop.media.guard import check_pixels
from vlm_desktop.media.pictures import finish
from vlm_desktop.media.reading import EmbeddedTags, Reading, Wish
from vlm_desktop.media.source import Source

_WHOLE_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"idat"})

pi_heif.options.DECODE_THREADS = 1  # one worker process per core is enough
pi_heif.options.AUX_IMAGES = False
pi_heif.options.DEPTH_IMAGES = False
pi_heif.options.THUMBNAILS = False


def read_heif(source: Source, name: str, wish: Wish, limits: DecodeLimits) -> Reading:
    """Read the primary picture.

    libheif applies the container's rotation and mirroring itself, so the EXIF orientation,
    which by the standard is informative only, is not applied again.
    """
    data = source.in_memory()
    if _is_cut_off(data):
        raise MediaRefused(path=source.path, reason=Refusal.CORRUPT, detail="the file ends early")
    container = pi_heif.open_heif(data)
    main = container[container.primary_index]
    width, height = main.size
    check_pixels(source.path, width, height, limits)
    info = main.info
    exif = exif_body(info.get("exif") or b"")
    image = main.to_pillow()
    image.info = {"icc_profile": info.get("icc_profile")}
    page = finish(image, wish, 1, image.size)
    tags = EmbeddedTags(exif=exif, xmp=info.get("xmp") or b"")
    return Reading(MediaKind.PHOTO, name, (page,), tags, orientation=max(1, exif_orientation(exif)))


def _is_cut_off(data: bytes) -> bool:
    """Whether a box reaches beyond the file. libheif fills what is missing with black."""
    at = 0
    while at + 16 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if kind in _WHOLE_BOXES and at + size > len(data):
            return True
        if size < 8:  # the last box, or whatever a phone appends
            return False
        at += size
    return False
