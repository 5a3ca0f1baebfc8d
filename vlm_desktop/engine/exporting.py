"""Taking hits out of the program: copies of the photos, a list, a table, a contact sheet.

An export is all or nothing: cancelled or out of room, what it made so far is removed again.
Photos that cannot be read are left out and named in the report. Nothing is ever overwritten.
"""

import contextlib
import csv
import errno
import os
import shutil
import urllib.parse
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    AppError,
    Cancelled,
    MediaRefused,
    NotEnoughRoom,
    NotInLibrary,
    PhotoOffline,
    Refusal,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import ExportKind, ExportOptions, FileProblem
from vlm_desktop.engine.contactsheet import SheetPhoto, write_sheet
from vlm_desktop.engine.destinations import harmless, writing_to
from vlm_desktop.media.companions import sidecars_beside
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import Located, PhotoDetails

Made = TypeVar("Made", BinaryIO, TextIO)

_MOST_NAMES = 100_000
_BLOCK = 1024 * 1024
COLUMNS = (
    "path", "name", "folder", "taken", "width", "height", "bytes", "rating", "title", "caption",
    "alt_text", "keywords", "camera", "lens", "latitude", "longitude",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file an export made, as it was then."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class ExportReport:
    """`written` photos are in what was made; `problems` are those left out, and why."""

    target: Path
    written: int
    made: tuple[MadeFile, ...]
    folders: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


class Exporting:
    """Verbs that write photos and what is known of them elsewhere. Any thread."""

    def __init__(self, open_library: Callable[[], Library], thumbnails: ThumbnailStore) -> None:
        self._open_library = open_library
        self._thumbnails = thumbnails

    def export(
        self, content_ids: Sequence[int], options: ExportOptions, cancel: CancelToken
    ) -> Generator[Event, None, ExportReport]:
        """Write the photos, in the order given.

        Raises DestinationNotWritable, NotEnoughRoom (before anything is written), DiskFull,
        Cancelled.
        """
        run = _Run(self._open_library(), self._thumbnails, tuple(content_ids), options, cancel)
        write = {
            ExportKind.COPIES: run.copies,
            ExportKind.LIST: run.list_paths,
            ExportKind.TABLE: run.table,
            ExportKind.SHEET: run.sheet,
        }[options.kind]
        finished = False
        try:
            with writing_to(options.target):
                written = yield from write()
            finished = True
        finally:
            if not finished:
                run.remove_made()
        return ExportReport(
            options.target, written, tuple(run.made), tuple(run.folders), tuple(run.problems)
        )

    def undo(
        self, report: ExportReport, cancel: CancelToken
    ) -> Generator[Event, None, tuple[Path, ...]]:
        """Remove what an export made; returns the files that stay, since they were changed."""
        kept = []
        for done, made in enumerate(report.made):
            yield Progress(Phase.EXPORT, done, len(report.made))
            cancel.raise_if_cancelled()
            if not _remove(made):
                kept.append(made.path)
        _remove_folders(report.folders)
        return tuple(kept)

    def save_table(
        self, target: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> Path:
        """Write a small table as CSV that spreadsheets open, over what is there.

        Raises DestinationNotWritable, DiskFull.
        """
        with (
            writing_to(target),
            target.open("w", encoding="utf-8-sig", errors="replace", newline="") as file,
        ):
            writer = csv.writer(file)
            writer.writerow([harmless(name) for name in columns])
            writer.writerows([harmless(cell) for cell in row] for row in rows)
        return target


class _Run:
    """One export, and what it has made so far."""

    def __init__(
        self,
        library: Library,
        thumbnails: ThumbnailStore,
        content_ids: tuple[int, ...],
        options: ExportOptions,
        cancel: CancelToken,
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._ids = content_ids
        self._options = options
        self._cancel = cancel
        self._located = library.locate(content_ids)
        self.made: list[MadeFile] = []
        self.folders: list[Path] = []
        self.problems: list[FileProblem] = []

    def remove_made(self) -> None:
        for made in reversed(self.made):
            _remove(made)
        _remove_folders(self.folders)

    # --- copies --------------------------------------------------------------------------

    def copies(self) -> Generator[Event, None, int]:
        self._check_room()
        self._make_folder(self._options.target)
        digits = max(3, len(str(len(self._ids))))
        taken = {entry.casefold() for entry in os.listdir(self._options.target)}
        written = 0
        for done, content_id in enumerate(self._ids):
            yield Progress(Phase.EXPORT, done, len(self._ids))
            self._cancel.raise_if_cancelled()
            located = self._located.get(content_id)
            if located is None:
                continue
            start = f"{done + 1:0{digits}} " if self._options.numbered else ""
            try:
                self._copy_photo(located, start, taken)
            except Cancelled:
                raise
            except AppError as error:
                self.problems.append(FileProblem(located.path, error))
            else:
                written += 1
        return written

    def _copy_photo(self, located: Located, start: str, taken: set[str]) -> None:
        """Raises AppError for the photo itself; OSError for the target."""
        source = located.path
        if not located.online:
            raise PhotoOffline(path=source)
        sidecars = sidecars_beside(source) if self._options.sidecars else ()
        name = _free_name(start + source.name, taken, has_sidecar=bool(sidecars))
        self._copy(source, self._options.target / name)
        if sidecars:
            # Only the first one counts; beside the copy it gets the name that is the copy's own.
            self._copy(sidecars[0], self._options.target / f"{name}.xmp")

    def _copy(self, source: Path, target: Path) -> None:
        try:
            opened = source.open("rb")
        except OSError as error:
            gone = isinstance(error, FileNotFoundError)
            raise MediaRefused(
                path=source,
                reason=Refusal.VANISHED if gone else Refusal.UNREADABLE,
                detail="" if gone else error.strerror or "",
            ) from error
        with opened:
            try:
                with self._noted(target.open("xb"), target) as written:
                    for block in _blocks(opened, source):
                        self._cancel.raise_if_cancelled()
                        written.write(block)
            except MediaRefused:
                self.made.pop()
                target.unlink()
                raise
            with contextlib.suppress(OSError):  # times and rights are no reason to fail
                shutil.copystat(source, target)
        self._note(target)

    def _check_room(self) -> None:
        needed = 0
        for located in self._located.values():
            self._cancel.raise_if_cancelled()
            if not located.online:
                continue  # left out; a share that hangs would hold up the others
            with contextlib.suppress(OSError):
                needed += located.path.stat().st_size
        around = self._options.target
        while not around.is_dir() and around != around.parent:
            around = around.parent
        free = shutil.disk_usage(around).free
        if needed > free:
            raise NotEnoughRoom(path=self._options.target, needed=needed, free=free)

    # --- files about the photos ----------------------------------------------------------

    def list_paths(self) -> Generator[Event, None, int]:
        """One path a line, in UTF-8; names that are no UTF-8 keep their very bytes."""
        with self._open() as file:
            written = 0
            for done, content_id in enumerate(self._ids):
                if done % 100 == 0:
                    yield Progress(Phase.EXPORT, done, len(self._ids))
                    self._cancel.raise_if_cancelled()
                located = self._located.get(content_id)
                if located is not None:
                    file.write(f"{located.path}\n")
                    written += 1
        return written

    def table(self) -> Generator[Event, None, int]:
        """A CSV that spreadsheets open: UTF-8 with a mark, and no cell is taken for a formula."""
        with self._open("utf-8-sig", "replace", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            written = 0
            for details, located in self._each():
                if located is None or details is None:
                    yield Progress(Phase.EXPORT, written, len(self._ids))
                    continue
                rows.writerow(_row(details, located))
                written += 1
                yield Progress(Phase.EXPORT, written, len(self._ids))
        return written

    def sheet(self) -> Generator[Event, None, int]:
        """An HTML page with the thumbnails inside it, or beside it when they are many."""

        def photos() -> Iterator[SheetPhoto | None]:
            for details, located in self._each():
                if details is None or located is None:
                    yield None
                    continue
                jpeg = self._thumbnails.read(details.content_hash)
                yield SheetPhoto.of(details, located.path, jpeg)

        with self._open(errors="replace") as file:
            written = yield from write_sheet(
                photos(), len(self._ids), file, self._options.words, self._make_picture
            )
        return written

    def _each(self) -> Iterator[tuple[PhotoDetails | None, Located | None]]:
        for content_id in self._ids:
            self._cancel.raise_if_cancelled()
            located = self._located.get(content_id)
            try:
                yield (None if located is None else self._library.details(content_id)), located
            except NotInLibrary:
                yield None, None

    def _make_picture(self, name: str, jpeg: bytes) -> str:
        """Put a thumbnail beside the page; returns its address relative to the page."""
        folder = self._options.target.with_name(f"{self._options.target.stem} pictures")
        if folder not in self.folders:
            self._make_folder(folder)
        path = folder / name
        with self._noted(path.open("xb"), path) as file:
            file.write(jpeg)
        return urllib.parse.quote(os.fsencode(f"{folder.name}/{name}"))

    # --- what is made --------------------------------------------------------------------

    @contextlib.contextmanager
    def _open(
        self, encoding: str = "utf-8", errors: str = "surrogateescape", newline: str | None = None
    ) -> Iterator[TextIO]:
        """The target file, new."""
        target = self._options.target
        self._make_folder(target.parent)
        made = target.open("x", encoding=encoding, errors=errors, newline=newline)
        with self._noted(made, target) as file:
            yield file

    @contextlib.contextmanager
    def _noted(self, made: Made, path: Path) -> Iterator[Made]:
        """A file just made, noted as it is when the block ends, be it by an error.

        Otherwise what was half written would look like somebody else's and stay.
        """
        self._note(path)
        try:
            with made:
                yield made
        finally:
            self._note(path)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir()
            self.folders.append(one)

    def _note(self, path: Path) -> None:
        """Remember a file as it is now; written once more it is noted anew."""
        if self.made and self.made[-1].path == path:
            self.made.pop()
        elif path == self._options.target:
            self.made = [one for one in self.made if one.path != path]
        status = path.stat()
        self.made.append(MadeFile(path, status.st_size, status.st_mtime_ns))


def _blocks(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """A photo's bytes. What goes wrong with reading is the photo's fault, not the target's."""
    while True:
        try:
            block = file.read(_BLOCK)
        except OSError as error:
            detail = error.strerror or str(error)
            raise MediaRefused(path=path, reason=Refusal.UNREADABLE, detail=detail) from error
        if not block:
            return
        yield block


def _free_name(name: str, taken: set[str], *, has_sidecar: bool) -> str:
    """A name nobody has yet, whatever the case; "photo (2).jpg" when there is a "photo.jpg"."""
    stem, ending = os.path.splitext(name)
    for number in range(1, _MOST_NAMES):
        free = name if number == 1 else f"{stem} ({number}){ending}"
        names = {free.casefold()} | ({f"{free}.xmp".casefold()} if has_sidecar else set())
        if not names & taken:
            taken |= names
            return free
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _remove(made: MadeFile) -> bool:
    """Remove a file unless somebody changed it since; whether it is gone."""
    try:
        status = made.path.stat()
        if (status.st_size, status.st_mtime_ns) != (made.size, made.mtime_ns):
            return False
        made.path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _remove_folders(folders: Sequence[Path]) -> None:
    for folder in reversed(folders):
        with contextlib.suppress(OSError):  # not empty: others put something there
            folder.rmdir()


def _row(details: PhotoDetails, located: Located) -> list[object]:
    said = details.metadata
    camera = " ".join(part for part in (said.make, said.model) if part)
    words = {
        "path": str(located.path),
        "name": located.path.name,
        "folder": str(located.path.parent),
        "title": said.title,
        "caption": said.caption,
        "alt_text": said.alt_text,
        "keywords": "; ".join(said.keywords),
        "camera": camera,
        "lens": said.lens,
    }
    values: dict[str, object] = {name: harmless(text) for name, text in words.items()}
    values |= {
        "taken": said.taken_at,
        "width": details.size.width,
        "height": details.size.height,
        "bytes": details.size_bytes,
        "rating": said.rating,
        "latitude": said.latitude,
        "longitude": said.longitude,
    }
    return [values[name] for name in COLUMNS]
