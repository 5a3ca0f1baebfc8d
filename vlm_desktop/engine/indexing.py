"""Indexing: inventory, then decode and encode side by side, then the text in pictures.

The inventory compares folders with the library; `engine.filling` decodes and encodes what is
new; `engine.reading` reads the text in pictures. Each part commits as it goes.
"""

import os
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.protocols import ImageTextEncoder, TextReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderNotFound, PartMissing, Refusal
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.engine.filling import Filler
from vlm_desktop.engine.reading import TextPhase
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.scan import ScanProblem, scan_folder
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import MISSING, FileStamp, Root, ScannedEntry

_PROGRESS_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What one indexing run does, beside the folders and the encoder.

    With `only_known`, folders that lie in no root are passed over instead of being added: one may
    have been removed since the run was asked for.
    """

    ocr: bool = True
    thumbnail_side: int = 480
    only_known: bool = False


@dataclass(frozen=True, slots=True)
class QuarantinedPath:
    path: Path
    reason: Refusal
    detail: str


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """scanned = indexed + unchanged + len(quarantined).

    `indexed` counts files new to the library or changed, copies of known photos included;
    `removed` those that are gone; `images_per_second` the pictures decoded and encoded.
    """

    scanned: int
    indexed: int
    unchanged: int
    removed: int
    quarantined: tuple[QuarantinedPath, ...]
    seconds: float
    images_per_second: float


class Indexer:
    """Fills the library. One run at a time; everything comes by constructor.

    `open_pool` and `open_reader` make the worker processes and the text reader when a run first
    needs them; `open_reader` raises PartMissing where text cannot be read on this machine.
    """

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailStore,
        open_pool: Callable[[], DecodePool],
        open_reader: Callable[[], TextReader],
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._open_pool = open_pool
        self._open_reader = open_reader

    def index(
        self,
        folders: Sequence[Path],
        encoder: ImageTextEncoder,
        options: IndexOptions,
        cancel: CancelToken,
    ) -> Generator[Event, None, IndexSummary]:
        """Bring the library up to date with `folders`; absent ones are left as they are.

        Raises FolderNotFound when none is there or one vanishes meanwhile, LibraryError,
        ModelError; Cancelled keeps what is committed.
        """
        started = time.perf_counter()
        asked = [folder.expanduser().absolute() for folder in folders]
        folders = [folder for folder in asked if folder.is_dir()]
        absent = [folder for folder in asked if folder not in folders]
        if absent and not folders:
            raise FolderNotFound(path=absent[0])
        for folder in absent:
            yield Notice("folder-offline", str(folder))
        model_id = encoder.spec.model_id
        active = self._library.active_model()
        self._library.begin_model(encoder.spec, shadow=active not in (None, model_id))
        scanned = removed = 0
        root_ids = []
        for folder in folders:
            root = self._root(folder, only_known=options.only_known)
            if root is not None:
                found, gone = yield from self._inventory(root, folder, cancel)
                root_ids.append(root.id)
                scanned, removed = scanned + found, removed + gone
        filler = Filler(self._library, self._thumbnails, encoder, root_ids, options.thumbnail_side)
        if filler.count():
            with self._open_pool() as pool:
                yield from filler.fill(pool, cancel)
        if options.ocr:
            yield from self._read_texts(cancel)
        refused = tuple(
            QuarantinedPath(entry.path, entry.reason, entry.detail)
            for entry in self._library.quarantine()
            if any(entry.path.is_relative_to(folder) for folder in folders)
        )
        return IndexSummary(
            scanned=scanned,
            indexed=filler.files,
            unchanged=scanned - filler.files - len(refused),
            removed=removed,
            quarantined=refused,
            seconds=time.perf_counter() - started,
            images_per_second=filler.pictures_per_second,
        )

    def _root(self, folder: Path, *, only_known: bool) -> Root | None:
        return self._library.root_of(folder) if only_known else self._library.add_root(folder)

    def _inventory(
        self, root: Root, folder: Path, cancel: CancelToken
    ) -> Generator[Event, None, tuple[int, int]]:
        """Record what is new, changed and missing in a folder; returns files found and gone.

        A folder inside a known root is looked at alone: the rest of that root is left as it is.
        A root that is removed meanwhile is given up.
        """
        skip = len(str(root.path).rstrip(os.sep)) + 1
        inside = str(folder)[skip:]
        known = self._library.file_stamps(root.id)
        if inside:
            start = inside + os.sep
            known = {name: stamp for name, stamp in known.items() if name.startswith(start)}
        changed: list[ScannedEntry] = []
        kept_out = self._library.kept_out()
        unread: list[str] = []
        scanned = 0
        due = time.monotonic() + _PROGRESS_SECONDS
        for found in scan_folder(folder, cancel):
            if isinstance(found, ScanProblem):
                unread.append(str(found.path)[skip:] + os.sep)
                yield Notice("folder-unreadable", f"{found.path} ({found.detail})")
                continue
            if kept_out.holds(found.path):
                continue
            scanned += 1
            relative = str(found.path)[skip:]
            seen = (found.size, found.mtime_ns, found.sidecar_mtime_ns)
            stamp = known.pop(relative, None)
            if stamp is None or stamp.state == MISSING or not _same(stamp, seen):
                changed.append(ScannedEntry(relative, *seen))
            if time.monotonic() >= due:
                cancel.raise_if_cancelled()
                yield Progress(Phase.INVENTORY, scanned, None)
                due = time.monotonic() + _PROGRESS_SECONDS
        # A walk that was cut short, or lost its drive, tells nothing of what it did not see.
        cancel.raise_if_cancelled()
        if not self._library.has_root(root.id):
            return 0, 0
        if not self._library.is_root_online(root.id) or not folder.is_dir():
            raise FolderNotFound(path=folder)
        missing = [
            stamp.file_id
            for name, stamp in known.items()
            if stamp.state != MISSING and not (name + os.sep).startswith(tuple(unread))
        ]
        self._library.record_inventory(root.id, changed, missing)
        yield Progress(Phase.INVENTORY, scanned, scanned)
        return scanned, len(missing)

    def _read_texts(self, cancel: CancelToken) -> Generator[Event, None, None]:
        phase = TextPhase(self._library, self._open_reader)
        if not phase.count():
            return
        try:
            phase.open()
        except PartMissing as error:
            yield Notice("ocr-unavailable", str(error.fields["package"]))
            return
        with phase, self._open_pool() as pool:
            yield from phase.read(pool, cancel)


def _same(stamp: FileStamp, seen: tuple[int, int, int]) -> bool:
    return (stamp.size, stamp.mtime_ns, stamp.sidecar_mtime_ns) == seen
