"""A document as a file: what it is, its pages as pixels, its own text with boxes.

Importing it does not import numpy.

All boxes are in the page's own coordinates: pixels of the upright picture, or points of a PDF's
page as a person sees it (rotation and crop box applied), origin top left.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.types import Box, MediaKind, Size

MOST_LAYER_WORDS = 50_000
"""Words of one page's text layer that are taken; `TextLayer.is_cut` says that there are more."""


@dataclass(frozen=True, slots=True)
class LayerWord:
    """A word of the text layer.

    `is_invisible`: it is drawn without ink, as the text that scanners lay over their picture.
    `has_ink`: something is seen at its place. A word without is text that the page does not
    show (white on white, covered, or laid beside what was scanned): nobody should read it.
    """

    text: str
    box: Box
    is_invisible: bool = False
    has_ink: bool = True


class LayerVerdict(StrEnum):
    """Whether the page's own text can be trusted, by what can be told without OCR."""

    NONE = ""
    """The page has no text of its own."""
    SANE = "sane"
    """Drawn text, and hardly any picture beside it."""
    MIXED = "mixed"
    """Drawn text and pictures that cover much of the page and may hold more: read both."""
    SCAN = "scan"
    """Unseen text over a picture: somebody else's OCR, to be compared with what is seen."""
    INSANE = "insane"
    """Not to be used; `TextLayer.doubts` say why."""


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A page's own text, in the order of the file.

    `doubts` are codes: "unmapped" (characters without a meaning, private use, replacement),
    "flat" (boxes without area), "outside" (words beyond the page), "unseen" (words where nothing
    is seen), "pictures" (pictures cover much of the page). With `LayerVerdict.INSANE` they are
    its reasons, else remarks.
    """

    words: tuple[LayerWord, ...] = ()
    verdict: LayerVerdict = LayerVerdict.NONE
    doubts: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a file is, told without drawing a page.

    `sizes` are those of the first pages, at most `MOST_SIZES` (points of a PDF's pages, pixels of
    upright pictures). `hazards` name by code what it holds beside pages: "javascript",
    "attachments", "launch", "forms". None of that is ever run or opened.
    """

    page_count: int
    sizes: tuple[Size, ...]
    hazards: tuple[str, ...] = ()


MOST_SIZES = 2_000


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document that was opened. `format` is its usual name ("PDF", "TIFF").

    `content_hash` is the library's name of its bytes, hex blake2b-160.
    """

    path: Path
    content_hash: str
    kind: MediaKind
    format: str
    page_count: int
    sizes: tuple[Size, ...]
    hazards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page, or a region of it, as pixels.

    `number` counts from 1. `size` is the whole page's, rounded; `region` is what `pixels` show,
    exactly, in the page's coordinates, so a point (x, y) of the pixels lies on the page at
    `region.x0 + x / scale_x`, `region.y0 + y / scale_y`. Pixels may be fewer than asked for,
    where the page is huge. `layer` is there when it was asked for, of a PDF's page.
    """

    path: Path
    content_hash: str
    kind: MediaKind
    number: int
    pixels: PixelArray
    size: Size
    region: Box
    layer: TextLayer | None = None

    @property
    def scale_x(self) -> float:
        """Pixels per unit of the page, across."""
        return float(self.pixels.shape[1]) / (self.region.x1 - self.region.x0)

    @property
    def scale_y(self) -> float:
        """Pixels per unit of the page, down."""
        return float(self.pixels.shape[0]) / (self.region.y1 - self.region.y0)

    def to_page(self, box: Box) -> Box:
        """A box of the pixels, on the page."""
        x, y = self.scale_x, self.scale_y
        left, top = self.region.x0, self.region.y0
        return type(box)(left + box.x0 / x, top + box.y0 / y, left + box.x1 / x, top + box.y1 / y)
