"""Small hands for store tests: photos by letter, without pixels or files on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np

from vlm_desktop.base.arrays import VectorArray
from vlm_desktop.base.errors import Refusal
from vlm_desktop.base.types import (
    DecodedFile,
    DecodedPage,
    EncoderSpec,
    KnownFile,
    MediaKind,
    PhotoMetadata,
    RefusedFile,
    Size,
)
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import (
    AdoptedFile,
    IndexedFile,
    Outcome,
    PendingFile,
    QuarantinedFile,
    Root,
    ScannedEntry,
)

MODEL = "starter"
DIMENSION = 8
_PIXELS = np.zeros((1, 1, 3), np.uint8)


def spec(
    model_id: str = MODEL, dimension: int = DIMENSION, preprocessing: str = "1"
) -> EncoderSpec:
    return EncoderSpec(model_id, dimension, preprocessing, "fp32", 224)


def hash_of(letter: str) -> str:
    """The content hash of the bytes that a letter stands for."""
    return blake2b(letter.encode(), digest_size=20).hexdigest()


def vector_of(letter: str, dimension: int = DIMENSION) -> VectorArray:
    """An embedding of unit length, the same for the same letter."""
    seed = int.from_bytes(blake2b(letter.encode(), digest_size=4).digest(), "big")
    vector = np.random.default_rng(seed).standard_normal(dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def entry(relative: str, letter: str = "a", *, mtime: int = 1, sidecar: int = 0) -> ScannedEntry:
    return ScannedEntry(relative, 100 + len(letter), mtime, sidecar)


@dataclass
class Photo:
    """What decoding a file gives."""

    letter: str
    metadata: PhotoMetadata = field(default_factory=PhotoMetadata)
    size: Size = field(default_factory=lambda: Size(640, 480))
    kind: MediaKind = MediaKind.PHOTO
    page_texts: tuple[str, ...] | None = None
    pixel_hash: str = ""
    perceptual_hash: str = "0123456789abcdef"

    def decoded(self, file: PendingFile, mtime: int = 1) -> DecodedFile:
        numbered = [(0, "")] if self.page_texts is None else list(enumerate(self.page_texts, 1))
        return DecodedFile(
            path=file.path,
            content_hash=hash_of(self.letter),
            kind=self.kind,
            format="JPEG",
            metadata=self.metadata,
            pages=tuple(DecodedPage(page, _PIXELS, self.size, text) for page, text in numbered),
            thumbnail=b"",
            pixel_hash=self.pixel_hash or hash_of("pixels of " + self.letter),
            perceptual_hash=self.perceptual_hash,
            size_bytes=file.size,
            mtime_ns=mtime,
        )


def indexed(file: PendingFile, photo: Photo, *, mtime: int = 1) -> IndexedFile:
    decoded = photo.decoded(file, mtime)
    vectors = tuple((page.number, vector_of(f"{photo.letter}{page.number or ''}"))
                    for page in decoded.pages)  # fmt: skip
    return IndexedFile(file.file_id, decoded, vectors)


def adopted(file: PendingFile, letter: str, *, mtime: int = 1) -> AdoptedFile:
    return AdoptedFile(file.file_id, KnownFile(file.path, hash_of(letter), file.size, mtime))


def refused(
    file: PendingFile, reason: Refusal = Refusal.CORRUPT, *, mtime: int = 1
) -> QuarantinedFile:
    return QuarantinedFile(
        file.file_id, RefusedFile(file.path, reason, "as it is", "", file.size, mtime)
    )


def add(
    library: Library, root: Root, photos: Iterable[tuple[str, Photo]], *, model: str = MODEL
) -> dict[str, int]:
    """Take files through inventory and indexing; relative path -> content id."""
    wanted = dict(photos)
    library.begin_model(spec(model))
    library.record_inventory(
        root.id, [entry(relative, photo.letter) for relative, photo in wanted.items()], []
    )
    batch: list[Outcome] = [
        indexed(file, wanted[str(file.path.relative_to(root.path))])
        for file in library.pending_files([root.id], limit=100_000)
    ]
    library.save_outcomes(model, batch)
    return contents(library, root, list(wanted))


def contents(library: Library, root: Root, relatives: Sequence[str]) -> dict[str, int]:
    """The content ids of files that have one."""
    found = {relative: library.content_of(root.path / relative) for relative in relatives}
    return {relative: content_id for relative, content_id in found.items() if content_id}


def folder(path: Path) -> Path:
    """A root folder with something in it."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "present").touch()
    return path
