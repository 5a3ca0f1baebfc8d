"""Frozen values that cross layers. Importing them does not import numpy: the window starts here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.documentfiles import DocumentFacts, TextLayer
    from vlm_desktop.base.errors import Refusal
    from vlm_desktop.base.pdfwork import PdfWork, WorkDone


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels (or PDF points) of a picture as a person sees it."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box in pixels of the upright picture, or in points of a PDF page."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PlaceBox:
    """Degrees; `west` may exceed `east` for a box across the date line."""

    south: float
    west: float
    north: float
    east: float


# --- files -----------------------------------------------------------------------------


class MediaKind(StrEnum):
    PHOTO = "photo"
    RAW = "raw"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What a file and its sidecar say about a picture. Empty string and None mean unsaid.

    `taken_at` is ISO 8601, with the offset when the file gives one
    ("2012-08-05T11:39:59+02:00"), otherwise local time as written.
    Latitude and longitude are decimal degrees, altitude metres.
    `orientation` is the EXIF value 1..8 that was applied.
    """

    taken_at: str = ""
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    make: str = ""
    model: str = ""
    lens: str = ""
    orientation: int = 1
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    title: str = ""
    caption: str = ""
    alt_text: str = ""
    extended_description: str = ""


@dataclass(frozen=True, slots=True)
class PhotoChanges:
    """What a person changes of a photo's metadata. None and empty leave a field as it is.

    An empty title or caption takes it away; `rating` is 0 (none) to 5 stars, -1 for rejected.
    """

    rating: int | None = None
    title: str | None = None
    caption: str | None = None
    add_keywords: tuple[str, ...] = ()
    remove_keywords: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == PhotoChanges()


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Bounds on one file: pixels of the full picture, bytes of worker memory, seconds."""

    max_pixels: int = 400_000_000
    max_memory: int = 3 * 1024**3
    seconds: float = 20.0
    max_pages: int = 32


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """Decode `path` so that the shorter side keeps at least `min_side` pixels (if it has them).

    `thumbnail_side` is the longest side of the JPEG thumbnail in pixels; 0 asks for none.
    A file whose content hash is in `skip_hashes` is not decoded: the answer is a `KnownFile`.
    `page` asks for that page of a PDF or a TIFF alone (0: all of a PDF, the first of a TIFF);
    `listing` for every tag of the file. `region` asks for that part of a page alone, in its
    coordinates (`min_side` still means the whole page), `layer` for a PDF page's own words with
    boxes. `facts` asks for nothing but what the file is, `work` for something to be made of it:
    then no page is drawn.
    """

    path: Path
    min_side: int = 256
    thumbnail_side: int = 480
    skip_hashes: frozenset[str] = frozenset()
    page: int = 0
    listing: bool = False
    region: Box | None = None
    layer: bool = False
    facts: bool = False
    work: PdfWork | None = None


@dataclass(frozen=True, slots=True)
class DecodedPage:
    """One picture of a file. `number` is 0 for a photo and counts from 1 in a PDF.

    `pixels` may be smaller than `size`, which is the full upright size in pixels (PDF: points).
    `text` is a PDF page's own text layer; `layer` has it with boxes when it was asked for.
    `region` is what the pixels show when a region or a layer was asked for, in fractions of a
    unit where `size` is rounded.
    """

    number: int
    pixels: PixelArray
    size: Size
    text: str = ""
    layer: TextLayer | None = None
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a picture was taken; None means unsaid. Lengths are in mm, `seconds` is the shutter."""

    seconds: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    focal_length_35: float | None = None
    bias: float | None = None
    flash: bool | None = None


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag as the file says it, for reading: ("EXIF", "FNumber", "2.8")."""

    group: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TagListing:
    """Every tag of a file, in its order, and the exposure among them."""

    rows: tuple[TagRow, ...] = ()
    exposure: Exposure = field(default_factory=Exposure)


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """All that one pass over a file gives.

    `content_hash` is the hex blake2b-160 of the bytes; `pixel_hash` of the upright decoded
    pixels, so that a re-tagged copy is recognised; `perceptual_hash` is a 64-bit difference
    hash (dHash) as 16 hex digits. `thumbnail` is a JPEG, empty when none was asked for, and
    `listing` is there only when it was asked for, as are `facts` and what was `done`, which come
    without pages.
    """

    path: Path
    content_hash: str
    kind: MediaKind
    format: str
    metadata: PhotoMetadata
    pages: tuple[DecodedPage, ...]
    thumbnail: bytes
    pixel_hash: str
    perceptual_hash: str
    size_bytes: int
    mtime_ns: int
    listing: TagListing | None = None
    facts: DocumentFacts | None = None
    done: WorkDone | None = None


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not decoded. `content_hash` is empty when it could not be read."""

    path: Path
    reason: Refusal
    detail: str
    content_hash: str = ""
    size_bytes: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file whose bytes the caller already knows; only hash and stamp were taken."""

    path: Path
    content_hash: str
    size_bytes: int
    mtime_ns: int


DecodeOutcome: TypeAlias = DecodedFile | KnownFile | RefusedFile


# --- embeddings ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What must agree before two embeddings may be compared."""

    model_id: str
    dimension: int
    preprocessing_version: str
    precision: str
    image_side: int
    """The shorter side, in pixels, that the encoder wants at least from the decoder."""
    logit_scale: float = 100.0
    """What a cosine is multiplied by before a softmax (1 / temperature)."""


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One line of text read in a picture, its box and the reader's confidence 0..1."""

    text: str
    box: Box
    confidence: float


# --- search ----------------------------------------------------------------------------


class Verdict(StrEnum):
    LIKELY = "likely"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Filters:
    """What SQL narrows before any vector is scored. None and empty mean no restriction.

    Dates are ISO 8601 prefixes, inclusive on both ends ("2012", "2012-08", "2012-08-05").
    `folder` is a path prefix, `camera` a case-insensitive part of make, model or lens.
    Sizes are the pixels of the shorter side.
    """

    date_from: str = ""
    date_to: str = ""
    place: PlaceBox | None = None
    camera: str = ""
    folder: str = ""
    min_rating: int | None = None
    kinds: tuple[str, ...] = ()
    min_side: int | None = None
    max_side: int | None = None
    tag: str = ""
    album: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Filters()


@dataclass(frozen=True, slots=True)
class ImageTerm:
    """A picture in a query: a file or a stored photo, its weight, and what of it counts.

    `box` is a region of `page` (0: the photo, or a PDF's first page); None takes all of it.
    """

    path: Path
    weight: float = 1.0
    box: Box | None = None
    page: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """Everything a search asks for. Any part may be missing, but not all."""

    text: str = ""
    text_weight: float = 1.0
    phrases: tuple[str, ...] = ()
    """Exact text that a hit must carry (OCR, caption, alt text, title, keyword or path)."""
    images: tuple[ImageTerm, ...] = ()
    exclude: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    limit: int = 50
    show_all: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a hit: "vector", "ocr", "caption", "alt", "path", "keyword"..."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One photo found. `probability` is calibrated 0..1; `score` is the fused ranking score.

    `vote` is what a person said of this photo as an answer to this query: +1, -1, or 0.
    """

    content_id: int
    path: Path
    page: int
    score: float
    probability: float
    signals: tuple[Signal, ...]
    vote: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits best first. `likely` and `possible` count all photos above each cut."""

    query: Query
    model_id: str
    verdict: Verdict
    hits: tuple[Hit, ...]
    likely: int
    possible: int
