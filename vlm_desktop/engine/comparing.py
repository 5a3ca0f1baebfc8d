"""Duplicates as a person goes through them: groups by tier, which copy to keep, what differs."""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, Cancelled, NotInLibrary
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import KeepReason, Tier
from vlm_desktop.base.types import MediaKind, PhotoMetadata, Size
from vlm_desktop.engine.duplicates import near_groups
from vlm_desktop.engine.viewing import ViewPicture
from vlm_desktop.media.companions import own_sidecars
from vlm_desktop.store.browsing import KINDS, Catalogue
from vlm_desktop.store.library import Library

_SHARPNESS_SIDE = 768
_COPY_NAME = re.compile(
    r"(\b(copy|kopie|copie|copia|kópia)\b|\(\d{1,3}\)$|~\d{1,3}$|[-_ ](edited|bearbeitet)$)", re.I
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of a group. `changed_ns` is the file's time of change when it was indexed."""

    path: Path
    content_id: int
    size: Size
    size_bytes: int
    rating: int | None
    kind: MediaKind
    changed_ns: int
    has_sidecar: bool


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more copies; `keep` is the place of the one to keep, and `reason` why."""

    tier: Tier
    copies: tuple[Copy, ...]
    keep: int
    reason: KeepReason


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What is shown of one copy. `is_there` is False when the file went away meanwhile.

    `sharpness` compares within one group only; None when the picture could not be read.
    """

    copy: Copy
    is_there: bool
    format: str
    changed: datetime | None
    metadata: PhotoMetadata
    sidecars: int
    sharpness: float | None


Picture: TypeAlias = Callable[
    [int, int, int | None, CancelToken], Generator[Event, None, ViewPicture]
]
"""`Photos.picture`: (content id, page, longest side, cancel) -> pixels."""


class Comparing:
    """Groups of duplicates over one library. Any thread; reads only."""

    def __init__(self, open_library: Callable[[], Library], picture: Picture) -> None:
        self._open_library = open_library
        self._picture = picture

    def groups(self, cancel: CancelToken) -> Generator[Event, None, tuple[DuplicateGroup, ...]]:
        """Every group: identical ones first, in the order of their paths within a tier.

        Only files that are there and online take part. A RAW and the JPEG beside it are one
        photo in two forms, not duplicates.
        """
        library = self._open_library()
        yield Progress(Phase.VERIFY, 0, None)
        catalogue = library.catalogue()
        found: list[DuplicateGroup] = []
        beside: dict[int, int] = dict(catalogue.pairs.tolist())
        pixel_groups = [_without_pairs(beside, twins) for twins in _twins(catalogue)]
        cancel.raise_if_cancelled()
        yield Progress(Phase.VERIFY, 1, None)
        near = [_without_pairs(beside, ids) for ids in near_groups(library, cancel)]
        same = {one: number for number, ids in enumerate(pixel_groups) for one in ids}
        near = [ids for ids in near if len({same.get(one, -one) for one in ids}) > 1]
        repeated = catalogue.content_ids[catalogue.copies > 1].tolist()
        wanted = {*repeated, *(one for ids in (*pixel_groups, *near) for one in ids)}
        yield Progress(Phase.VERIFY, 2, None)
        copies = _copies(library, catalogue, sorted(wanted))
        for tier, groups in (
            (Tier.IDENTICAL, [[one] for one in repeated]),
            (Tier.PIXELS, pixel_groups),
            (Tier.NEAR, near),
        ):
            cancel.raise_if_cancelled()
            made = (_group(tier, [copies.get(one, []) for one in ids]) for ids in groups)
            found += sorted(
                (group for group in made if group is not None),
                key=lambda group: group.copies[0].path,
            )
        return tuple(found)

    def compare(
        self, group: DuplicateGroup, cancel: CancelToken
    ) -> Generator[Event, None, tuple[CopyFacts, ...]]:
        """What is known of each copy, and how sharp it is. Yields a `Progress` for each."""
        library = self._open_library()
        sharpness: dict[int, float | None] = {}
        found = []
        for done, copy in enumerate(group.copies):
            yield Progress(Phase.DECODE, done, len(group.copies))
            cancel.raise_if_cancelled()
            if copy.content_id not in sharpness:
                sharpness[copy.content_id] = yield from self._sharpness(copy, cancel)
            found.append(_facts(library, copy, sharpness[copy.content_id]))
        return tuple(found)

    def _sharpness(self, copy: Copy, cancel: CancelToken) -> Generator[Event, None, float | None]:
        page = 1 if copy.kind is MediaKind.PDF else 0
        try:
            shown = yield from self._picture(copy.content_id, page, _SHARPNESS_SIDE, cancel)
            return sharpness_of(shown.pixels)
        except Cancelled:
            raise
        except AppError:
            return None


def sharpness_of(pixels: PixelArray) -> float:
    """The variance of the Laplacian of the luma (Pech-Pacheco et al. 2000). pixels [h, w, 3].

    Pictures of one group come at about the same size, which makes the numbers comparable.
    """
    step = max(1, round(max(pixels.shape[:2]) / _SHARPNESS_SIDE))
    luma = pixels[::step, ::step].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    if min(luma.shape) < 3:
        return 0.0
    inner = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    return float(np.var(around - 4 * inner))


def suggest(tier: Tier, copies: Sequence[Copy]) -> tuple[int, KeepReason]:
    """Which copy to keep, and the first thing that sets it apart from the next best."""
    order = sorted(range(len(copies)), key=lambda place: _merits(tier, copies[place]))
    best, next_best = (_merits(tier, copies[place]) for place in order[:2])
    for reason, left, right in zip(_REASONS, best, next_best, strict=True):
        if left != right:
            return order[0], reason
    return order[0], KeepReason.FIRST


_REASONS = (
    KeepReason.RAW,
    KeepReason.PIXELS,
    KeepReason.SIDECAR,
    KeepReason.RATING,
    KeepReason.BYTES,
    KeepReason.NAME,
    KeepReason.OLDER,
    KeepReason.PLACE,
    KeepReason.FIRST,
)


def _merits(tier: Tier, copy: Copy) -> tuple[object, ...]:
    """The smaller the better, in the order of `_REASONS`."""
    changed_second = copy.changed_ns // 1_000_000_000
    return (
        copy.kind is not MediaKind.RAW,
        -copy.size.width * copy.size.height,
        not copy.has_sidecar,
        -(copy.rating or 0),
        # Between the same pixels more bytes are only another way to pack them.
        -copy.size_bytes if tier is Tier.NEAR else 0,
        _COPY_NAME.search(copy.path.stem) is not None,
        changed_second,
        len(copy.path.parts),
        str(copy.path),
    )


def _group(tier: Tier, contents: Sequence[Sequence[Copy]]) -> DuplicateGroup | None:
    """A group of every file, or, between contents, of each content's best file."""
    if tier is Tier.IDENTICAL:
        copies = [copy for files in contents for copy in files]
    else:
        copies = [_best(tier, files) for files in contents if files]
    if len(copies) < 2:
        return None
    keep, reason = suggest(tier, copies)
    return DuplicateGroup(tier, tuple(copies), keep, reason)


def _best(tier: Tier, files: Sequence[Copy]) -> Copy:
    return files[suggest(tier, files)[0]] if len(files) > 1 else files[0]


def _twins(catalogue: Catalogue) -> Iterable[list[int]]:
    """Content ids that have the same pixels."""
    groups: dict[int, list[int]] = {}
    rows = np.flatnonzero(catalogue.twins)
    for content_id, first in zip(
        catalogue.content_ids[rows].tolist(), catalogue.twins[rows].tolist(), strict=True
    ):
        groups.setdefault(first, []).append(content_id)
    return groups.values()


def _without_pairs(beside: Mapping[int, int], ids: Sequence[int]) -> list[int]:
    """The ids without those whose RAW is among them, too; `beside` leads from RAW to the other."""
    of_raw = {beside[one] for one in ids if one in beside}
    return [one for one in ids if one not in of_raw]


def _copies(
    library: Library, catalogue: Catalogue, content_ids: Sequence[int]
) -> dict[int, list[Copy]]:
    """The files of contents that are there and online, by path."""
    rows = catalogue.rows_of(np.array(content_ids, dtype=np.int64))
    found: dict[int, list[Copy]] = {}
    places = dict(zip(content_ids, rows.tolist(), strict=True))
    for file in library.present_files(content_ids):
        row = places[file.content_id]
        if row < 0:
            continue
        rating = int(catalogue.ratings[row])
        copy = Copy(
            path=file.path,
            content_id=file.content_id,
            size=Size(int(catalogue.widths[row]), int(catalogue.heights[row])),
            size_bytes=int(catalogue.sizes[row]),
            rating=None if rating < 0 else rating,
            kind=KINDS[int(catalogue.kinds[row])],
            changed_ns=file.mtime_ns,
            has_sidecar=file.sidecar_mtime_ns != 0,
        )
        found.setdefault(file.content_id, []).append(copy)
    return {key: sorted(copies, key=lambda copy: copy.path) for key, copies in found.items()}


def _facts(library: Library, copy: Copy, sharpness: float | None) -> CopyFacts:
    try:
        status = copy.path.stat()
    except OSError:
        status = None
    try:
        details = library.details(copy.content_id)
        known, file_format = details.metadata, details.format
    except NotInLibrary:
        known, file_format = PhotoMetadata(), ""
    if status is not None:
        copy = replace(copy, size_bytes=status.st_size, changed_ns=status.st_mtime_ns)
    return CopyFacts(
        copy=copy,
        is_there=status is not None,
        format=file_format,
        changed=None if status is None else datetime.fromtimestamp(status.st_mtime, UTC),
        metadata=known,
        sidecars=len(own_sidecars(copy.path)),
        sharpness=sharpness,
    )
