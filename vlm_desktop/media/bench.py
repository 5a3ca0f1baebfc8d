"""How fast a large JPEG becomes encoder input, against libjpeg's own scaled decode."""

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, JpegImagePlugin

from vlm_desktop.base.types import DecodeLimits, DecodeRequest
from vlm_desktop.media.decode import decode_file, read_pages
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.source import Source, Stamp, read_source

_QUALITY = 88


@dataclass(frozen=True, slots=True)
class DecodeFigures:
    """Least seconds per picture of several turns within one run, which load disturbs least.

    `libjpeg` decodes bytes in memory at the scale chosen here and does nothing else.
    `pixels` goes from the same bytes to the encoder's input; `pixels_from_disk` also reads
    and hashes the file; `whole` adds fingerprints, thumbnail and metadata.
    """

    width: int
    height: int
    file_bytes: int
    decoded_width: int
    decoded_height: int
    libjpeg: float
    pixels: float
    pixels_from_disk: float
    whole: float

    @property
    def ratio(self) -> float:
        """Bytes to encoder input over libjpeg alone: the figure that must stay within 1.15."""
        return self.pixels / self.libjpeg

    @property
    def ratio_from_disk(self) -> float:
        """As `ratio`, with reading and hashing the file."""
        return self.pixels_from_disk / self.libjpeg

    @property
    def ratio_whole(self) -> float:
        """As `ratio`, with all that indexing wants."""
        return self.whole / self.libjpeg


def measure_decode(
    *, width: int = 4000, height: int = 3000, min_side: int = 256, repeats: int = 15
) -> DecodeFigures:
    """Measure on a photo-like JPEG, written to a temporary folder for the purpose."""
    limits, request_side = DecodeLimits(), 480
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo_like_jpeg(width, height))
        source = read_source(path)
        request = DecodeRequest(path, min_side=min_side, thumbnail_side=request_side)
        wish = Wish(min_side, request_side)
        first = read_pages(source, wish, limits).pages[0]
        rows, columns = first.pixels.shape[:2]
        scale = max(1, round(width / columns))
        data = path.read_bytes()
        libjpeg, pixels, from_disk, whole = _least(
            [
                lambda: _libjpeg_alone(data, scale),
                lambda: read_pages(_in_memory(path, data), wish, limits),
                lambda: read_pages(read_source(path), wish, limits),
                lambda: decode_file(request, limits),
            ],
            repeats,
        )
        return DecodeFigures(
            width, height, len(data), columns, rows, libjpeg, pixels, from_disk, whole
        )


def photo_like_jpeg(width: int, height: int, *, seed: int = 7) -> bytes:
    """A JPEG with the bit rate of a camera's: soft shapes, edges, texture and sensor noise."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    soft = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    middle = random.integers(0, 256, (height // 16, width // 16, 3), dtype=np.uint8)
    shapes = Image.fromarray(middle).resize((width, height), Image.Resampling.BILINEAR)
    picture = np.asarray(Image.blend(soft, shapes, 0.25), dtype=np.int16)
    noise = random.normal(0.0, 6.0, (height, width, 1)).astype(np.int16)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8)).save(
        buffer, "JPEG", quality=_QUALITY
    )
    return buffer.getvalue()


def _libjpeg_alone(data: bytes, scale: int) -> None:
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    image.draft(None, (image.width // scale, image.height // scale))
    image.load()


def _in_memory(path: Path, data: bytes) -> Source:
    return Source(path, Stamp(len(data), 0), "", data[:4096], data)


def _least(tasks: list[Callable[[], object]], repeats: int) -> list[float]:
    """Least seconds of each task; they take turns, so that a busy machine hits all alike."""
    seconds = [float("inf")] * len(tasks)
    for _ in range(max(1, repeats)):
        for index, task in enumerate(tasks):
            start = time.perf_counter()
            task()
            seconds[index] = min(seconds[index], time.perf_counter() - start)
    return seconds
