"""Frozen values that the store takes and gives. No row, cursor or SQL leaves the store."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    KnownFile,
    MediaKind,
    PhotoMetadata,
    RefusedFile,
    Size,
)

# States of a file. They are stored as they stand.
PENDING = "pending"
INDEXED = "indexed"
QUARANTINED = "quarantined"
MISSING = "missing"

# States of a model.
ACTIVE = "active"
SHADOW = "shadow"

TRANSIENT_REFUSALS = frozenset({Refusal.VANISHED, Refusal.CHANGING, Refusal.UNREADABLE})
"""Refusals that say nothing about the bytes, so the next inventory tries the file again."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that is watched. `online` is False while its drive or folder is absent."""

    id: int
    path: Path
    online: bool


# --- inventory -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What was seen of a file when it was last looked at; equal stamps mean unchanged."""

    file_id: int
    size: int
    mtime_ns: int
    sidecar_mtime_ns: int
    state: str


@dataclass(frozen=True, slots=True)
class ScannedEntry:
    """A file found under a root. `relative` uses the platform's own separator."""

    relative: str
    size: int
    mtime_ns: int
    sidecar_mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class InventoryCounts:
    """`retried` files were in quarantine for a transient reason and are pending again."""

    new: int
    changed: int
    revived: int
    missing: int
    retried: int


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file that waits to be decoded.

    `reread` says that its metadata may differ from what is stored for the same bytes (its
    sidecar came, went or changed): decode it even when the bytes are known.
    """

    file_id: int
    path: Path
    size: int
    reread: bool


# --- outcomes --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A decoded file and its vectors: (page number, float32 [dimension]) each."""

    file_id: int
    decoded: DecodedFile
    vectors: tuple[tuple[int, VectorArray], ...]


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """A file whose bytes the library already holds."""

    file_id: int
    known: KnownFile


@dataclass(frozen=True, slots=True)
class QuarantinedFile:
    """A file that was refused."""

    file_id: int
    refused: RefusedFile


Outcome: TypeAlias = IndexedFile | AdoptedFile | QuarantinedFile


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A content and one online file that holds it.

    `pages` are the pages still to be done (0 for a photo, from 1 in a PDF).
    """

    content_id: int
    content_hash: str
    path: Path
    kind: MediaKind
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    path: Path
    reason: Refusal
    detail: str


# --- search ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text that holds all words. A higher `rank` is a better match (negated bm25)."""

    content_id: int
    kind: str
    page: int
    rank: float


@dataclass(frozen=True, slots=True)
class Located:
    """The best path of a content: online before offline, indexed before missing."""

    path: Path
    online: bool
    state: str
    content_hash: str
    kind: MediaKind


@dataclass(frozen=True, slots=True)
class Tag:
    """`source` is "file" (keywords), "user", or the model that gave it a `probability`."""

    name: str
    source: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    """All that is known of one content. `size` is that of its first page."""

    content_id: int
    content_hash: str
    kind: MediaKind
    format: str
    size: Size
    size_bytes: int
    page_count: int
    metadata: PhotoMetadata
    files: tuple[Located, ...]
    tags: tuple[Tag, ...]
    albums: tuple[str, ...]
    ocr: tuple[tuple[int, str], ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhotoWords:
    """What a person said of a content, and (file, modification time in ns of its sidecar)."""

    content_id: int
    rating: int | None
    title: str
    caption: str
    keywords: tuple[str, ...]
    sidecars: tuple[tuple[Path, int], ...]


# --- tools -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileCounts:
    pending: int = 0
    indexed: int = 0
    quarantined: int = 0
    missing: int = 0

    @property
    def scanned(self) -> int:
        """Files that are there: all but the missing ones."""
        return self.pending + self.indexed + self.quarantined


@dataclass(frozen=True, slots=True)
class ModelCoverage:
    """`contents` of the `total` contents that are still in the library have vectors."""

    model_id: str
    state: str
    dimension: int
    preprocessing_version: str
    precision: str
    vectors: int
    contents: int
    total: int


@dataclass(frozen=True, slots=True)
class RootInfo:
    root: Root
    files: FileCounts


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """`database_bytes` and `vectors_bytes` are on disk; `photo_bytes` the users' own files."""

    files: FileCounts
    contents: int
    contents_without_ocr: int
    models: tuple[ModelCoverage, ...]
    roots: tuple[RootInfo, ...]
    database_bytes: int
    vectors_bytes: int
    photo_bytes: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something `verify` found, by code, with how often and a few samples.

    Codes: "integrity", "foreign-key", "pending", "no-content", "no-vectors", "bad-vector",
    "counter", "orphan-content", "orphan-folder", "no-reason", "duplicate-active".
    """

    code: str
    count: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`scanned` files are there; each must be indexed or quarantined."""

    scanned: int
    indexed: int
    quarantined: int
    pending: int
    missing: int
    problems: tuple[Problem, ...]

    @property
    def is_complete(self) -> bool:
        """Whether indexed + quarantined = scanned and nothing else is wrong."""
        return self.indexed + self.quarantined == self.scanned and not self.problems


@dataclass(frozen=True, slots=True)
class RemovedRoot:
    """A root that was taken out and can be put back; `number` tells it from others taken out."""

    number: int
    path: Path
    files: int


@dataclass(frozen=True, slots=True)
class ForgottenCounts:
    """`hashes` are the contents that lost their last file: their thumbnails can go.

    `alt_texts_kept` are images that stay known for the alt text a person wrote, `documents` those
    whose fields went, `objects` pictures whose marked objects went, `examples` those to train on.
    """

    files: int
    contents: int
    vectors: int
    hashes: tuple[str, ...]
    alt_texts_kept: int = 0
    documents: int = 0
    objects: int = 0
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Album:
    name: str
    contents: int


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is text the engine wrote and reads back (JSON)."""

    name: str
    query: str
    seen: int


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of a content: kind ("ocr", "caption", "path" ...), page, and all of it."""

    kind: str
    page: int
    text: str


@dataclass(frozen=True, slots=True)
class StoredConcept:
    """A personal concept and its (content id, +1 or -1)."""

    name: str
    examples: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class StoredProbe:
    """What a model was taught: of which examples, its calibration (JSON), float32 [dimension]."""

    examples: str
    payload: str
    vector: VectorArray


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """`kept` is the damaged database, moved aside; the counts are what was taken over."""

    kept: Path | None
    files: int
    contents: int
    vectors: int
