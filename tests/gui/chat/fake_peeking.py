"""Pictures of one colour, in the place of decoded files."""

import io
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Box, DecodedPage, Size


def jpeg(number: int, size: tuple[int, int] = (120, 80)) -> bytes:
    """A small JPEG, another colour for each number."""
    image = Image.new("RGB", size, ((number * 53) % 256, (number * 97) % 256, 120))
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


@dataclass
class FakePeeking:
    """PDFs have three pages of 600 x 800 points, everything else is 400 x 300 pixels."""

    error: AppError | None = None
    asked: list[tuple[Path, int]] = field(default_factory=list)

    def pages(
        self, path: Path, page: int, side: int, cancel: CancelToken
    ) -> Generator[Event, None, tuple[DecodedPage, ...]]:
        del side, cancel
        yield from ()
        if self.error is not None:
            raise self.error
        self.asked.append((path, page))
        if path.suffix != ".pdf":
            return (DecodedPage(0, np.full((150, 200, 3), 90, np.uint8), Size(400, 300)),)
        pixels = np.full((400, 300, 3), 230, np.uint8)
        numbers = (page,) if page else (1, 2, 3)
        return tuple(DecodedPage(number, pixels, Size(600, 800)) for number in numbers)

    def thumbnail(
        self, path: Path, page: int, box: Box | None, side: int, cancel: CancelToken
    ) -> Generator[Event, None, bytes]:
        del box, side, cancel
        yield from ()
        if self.error is not None:
            raise self.error
        return jpeg(len(path.name) + page)

    def close(self) -> None:
        """Nothing is held."""
