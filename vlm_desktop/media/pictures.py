"""Pictures that Pillow and libheif read. Only the readers named here are ever called.

Left out on purpose: EPS (runs Ghostscript), WMF (calls the operating system), stubs and
rarely used formats whose parsers see little testing.
"""

import dataclasses
import io
import math
from collections.abc import Callable, Iterator
from typing import IO, TypeAlias

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    QoiImagePlugin,
    TgaImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.types import DecodedPage, DecodeLimits, MediaKind, Size
from vlm_desktop.media.colour import to_resizable, to_srgb
from vlm_desktop.media.containers import embedded_tags
from vlm_desktop.media.exif import exif_orientation
from vlm_desktop.media.guard import check_pixels
from vlm_desktop.media.jpeg import is_cut_off
from vlm_desktop.media.reading import (
    Reading,
    Wish,
    part,
    pixels_of,
    reduced,
    upright,
    upright_size,
)
from vlm_desktop.media.source import Source
from vlm_desktop.media.strips import area_in_file, area_upright, is_large, read_by_strips
from vlm_desktop.media.tiff import TiffReader

_Opener: TypeAlias = Callable[[IO[bytes]], Image.Image]

_OPENERS: dict[str, _Opener] = {
    "JPEG": JpegImagePlugin.JpegImageFile,  # of an MPO this is the first, main picture
    "PNG": PngImagePlugin.PngImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "JPEG2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "ICO": IcoImagePlugin.IcoImageFile,
    "PPM": PpmImagePlugin.PpmImageFile,
    "QOI": QoiImagePlugin.QoiImageFile,
    "TGA": TgaImagePlugin.TgaImageFile,
}

_SUBFILE, _TIFF_WIDTH, _TIFF_HEIGHT, _ORIENTATION = 254, 256, 257, 274
_WORTH_IT = 2.0
"""Reading in strips saves memory only where the picture is made smaller than this part of it."""
_MOST_AT_ONCE = 100_000_000
_MOST_FRAMES = 2_000

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # one worker process per core is enough


def read_picture(source: Source, name: str, wish: Wish, limits: DecodeLimits) -> Reading:
    """Read the first picture of a file whose format is `name`, of a TIFF page `wish.page`."""
    with source.stream() as stream:
        image = _open(source, stream, name)
        if wish.page > 1 and isinstance(image, TiffImagePlugin.TiffImageFile):
            _turn_to(image, wish.page, source)
        full = image.size
        check_pixels(source.path, *full, limits)
        page = _by_strips(image, source, name, wish) if is_large(image) else None
        if page is None:
            _refuse_huge_progressive(image, source, limits)
            wish = _within_memory(image, wish)
            scale_while_decoding(image, wish)
            _load(image, source, limits)
        tags = embedded_tags(image, name, source)
        orientation = exif_orientation(tags.exif)
        if page is None:
            # Pillow turns a TIFF, and the size it tells, by itself.
            page = finish(image, wish, 1 if name == "TIFF" else orientation, full)
    is_multi = name == "JPEG" and b"MPF\x00" in source.head
    return Reading(
        MediaKind.PHOTO, "MPO" if is_multi else name, (page,), tags, orientation=orientation
    )


def _by_strips(image: Image.Image, source: Source, name: str, wish: Wish) -> DecodedPage | None:
    """A huge picture without ever having it whole; None where that is not needed, or cannot be."""
    if wish.region is None and wish.shrink(*image.size) < _WORTH_IT:
        return None
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        orientation = int(image.tag_v2.get(_ORIENTATION, 1))
        size = int(image.tag_v2[_TIFF_WIDTH]), int(image.tag_v2[_TIFF_HEIGHT])
    else:
        orientation, size = exif_orientation(embedded_tags(image, name, source).exif), image.size
    area = area_in_file(wish.region, size, orientation)
    with source.stream() as again:
        made = read_by_strips(source, again, image, wish, area)
    if made is None:
        return None
    page = finish(made, dataclasses.replace(wish, region=None), orientation, size)
    region = area_upright(area, page.size, orientation) if wish.region else None
    return dataclasses.replace(page, region=region)


def _refuse_huge_progressive(image: Image.Image, source: Source, limits: DecodeLimits) -> None:
    """libjpeg keeps every coefficient of such, and speaks of bad data where it finds no room."""
    if image.info.get("progressive") and image.width * image.height * 2 > limits.max_memory // 2:
        raise MediaRefused(
            path=source.path, reason=Refusal.OUT_OF_MEMORY, detail="a huge progressive JPEG"
        )


def _within_memory(image: Image.Image, wish: Wish) -> Wish:
    """A wish for fewer pixels, where a huge JPEG would not fit into memory as wished for."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or not is_large(image):
        return wish
    halvings = math.ceil(math.log2(math.sqrt(image.width * image.height / _MOST_AT_ONCE)))
    least = max(1, min(image.size) >> max(0, min(halvings, 3)))
    return dataclasses.replace(wish, min_side=min(wish.min_side, least))


def finish(image: Image.Image, wish: Wish, orientation: int, full: tuple[int, int]) -> DecodedPage:
    """From loaded pixels of any mode to an upright sRGB page."""
    profile = image.info.get("icc_profile")
    image = reduced(to_resizable(image), wish)
    image = to_srgb(image, profile if isinstance(profile, bytes) else b"")
    size = upright_size(*full, orientation)
    image, region = part(upright(image, orientation), size, wish.region)
    return DecodedPage(number=0, pixels=pixels_of(image), size=size, region=region)


def frame_sizes(source: Source, name: str, most: int) -> tuple[int, tuple[Size, ...]]:
    """How many pages a picture has (many only of a TIFF) and their upright sizes, undecoded."""
    with source.stream() as stream:
        image = _open(source, stream, name)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            sizes = tuple(Size(*image.size) for _ in _pages_of(image, most))
            return len(sizes), sizes or (Size(*image.size),)
        orientation = exif_orientation(embedded_tags(image, name, source).exif)
        return 1, (upright_size(*image.size, orientation),)


def picture_dpi(source: Source, name: str) -> float:
    """Dots per inch as the file says; 0 where it does not."""
    if name not in _OPENERS:
        return 0.0
    with source.stream() as stream:
        said = _open(source, stream, name).info.get("dpi")
    if isinstance(said, tuple) and said and isinstance(said[0], int | float):
        return float(said[0])
    return 0.0


def _pages_of(image: TiffImagePlugin.TiffImageFile, most: int) -> Iterator[int]:
    """Go through the frames that are pages: smaller copies of another are none."""
    for frame in range(most):
        try:
            image.seek(frame)
        except EOFError:
            return
        if frame == 0 or not int(image.tag_v2.get(_SUBFILE, 0)) & 1:
            yield frame


def _turn_to(image: TiffImagePlugin.TiffImageFile, page: int, source: Source) -> None:
    for number, _ in enumerate(_pages_of(image, _MOST_FRAMES), 1):
        if number == page:
            return
    raise MediaRefused(path=source.path, reason=Refusal.CORRUPT, detail=f"no page {page}")


def _open(source: Source, stream: IO[bytes], name: str) -> Image.Image:
    if name == "TIFF":
        lab = _lab16_as_rgb(source)
        if lab is not None:
            return lab
        return _open_tiff(source, stream)
    return _OPENERS[name](stream)


def _open_tiff(source: Source, stream: IO[bytes]) -> Image.Image:
    try:
        return TiffImagePlugin.TiffImageFile(stream)
    except SyntaxError as error:
        # Pillow says so both of layouts it does not know and of broken ones.
        known = TiffReader(source.mapped()).first_directory()
        reason = Refusal.UNSUPPORTED if 0x0106 in known else Refusal.CORRUPT
        raise MediaRefused(
            path=source.path, reason=reason, detail=f"TIFF layout: {error}"
        ) from error


def scale_while_decoding(image: Image.Image, wish: Wish) -> None:
    """Let libjpeg and OpenJPEG skip the detail that the wish does not need."""
    factor = wish.shrink(*image.size)
    steps = next((step for step in (3, 2, 1) if factor >= 1 << step), 0)
    if not steps:
        return
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (image.width >> steps, image.height >> steps))
    elif isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        levels = _jpeg2000_levels(image)
        image.reduce = min(steps, levels)


def _jpeg2000_levels(image: Jpeg2KImagePlugin.Jpeg2KImageFile) -> int:
    """How often the file lets itself be halved: the decomposition levels of its COD marker."""
    if image.fp is None:
        return 0
    at = image.fp.tell()
    image.fp.seek(0)
    head = image.fp.read(65536)
    image.fp.seek(at)
    marker = head.find(b"\xff\x52\x00")
    return head[marker + 9] if 0 <= marker < len(head) - 9 else 0


def _load(image: Image.Image, source: Source, limits: DecodeLimits) -> None:
    """Decode. A file that ends too early is refused: half a picture is worse than none."""
    image.load()
    if isinstance(image, IcoImagePlugin.IcoImageFile):
        check_pixels(source.path, *image.size, limits)
    if isinstance(image, JpegImagePlugin.JpegImageFile) and is_cut_off(source.data, image):
        raise MediaRefused(
            path=source.path, reason=Refusal.CORRUPT, detail="the picture ends early"
        )


def _lab16_as_rgb(source: Source) -> Image.Image | None:
    """A 16-bit CIELAB TIFF, which Pillow does not take, read as if it were RGB, then relabelled.

    None when the file is anything else.
    """
    if source.data is None:
        return None
    reader = TiffReader(source.data)
    directory = reader.first_directory()
    bits, photometric = directory.get(0x0102), directory.get(0x0106)
    if bits is None or photometric is None or photometric.integer() != 8:
        return None
    at = reader.first_entry_offset(0x0106)
    if bits.numbers(4) != (16, 16, 16) or at is None:
        return None
    patched = bytearray(source.data)
    patched[at + 8 : at + 10] = (2).to_bytes(2, photometric.order)
    image: Image.Image = TiffImagePlugin.TiffImageFile(io.BytesIO(patched))
    image.load()
    lab = Image.frombytes("LAB", image.size, np.asarray(image).tobytes())
    lab.info = {key: image.info[key] for key in ("xmp",) if key in image.info}
    return lab
