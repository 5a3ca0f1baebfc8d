"""Alt text into the pictures' own files, or beside them, and back.

The library follows: a file that the program wrote is the same photo under another hash, so
vectors, tags, albums and approved alt texts stay with it.
"""

import contextlib
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from vlm_desktop.base.altfileerrors import FileChangedSince, LanguageRefused, ReadBackDiffers
from vlm_desktop.base.altfiles import (
    AltFilesReport,
    AltReading,
    AltSource,
    AltWords,
    AltWritten,
    FileChange,
    FileWritten,
    Where,
    WriteOptions,
    WriteRequest,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, MediaRefused, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.media.altwriting import Aside, embed, read_aside, take_back, write_aside
from vlm_desktop.media.replacing import has_other_names, own_path
from vlm_desktop.media.sidecar import sidecar_stamp
from vlm_desktop.media.source import Source, read_source, take_stamp
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.media.xmpalt import AltTexts, canonical, changed, changed_properties, shown
from vlm_desktop.media.xmpembed import Embedded, read_embedded
from vlm_desktop.store.following import WrittenPhoto
from vlm_desktop.store.library import Library

_PLAIN = WriteOptions()


def no_library() -> None:
    """For files that belong to no library."""


class AltFiles:
    """Reads and writes from any thread; one writing of a file at a time is the caller's matter.

    `library` gives the library that follows, or None where there is none.
    """

    def __init__(
        self,
        library: Callable[[], Library | None] = no_library,
        thumbnails: ThumbnailStore | None = None,
    ) -> None:
        self._library = library
        self._thumbnails = thumbnails

    def read(self, path: Path) -> AltReading:
        """What the picture and its sidecar say. Raises MediaRefused."""
        source = read_source(own_path(path))
        found, aside = read_embedded(source), read_aside(path)
        sources = []
        if aside.texts.speaks:
            sources.append(AltSource(aside.path, False, aside.texts.said()))
        if found.texts.speaks:
            sources.append(AltSource(path, True, found.texts.said()))
        return AltReading(
            path=path,
            format=found.format,
            content_hash=source.content_hash,
            texts=aside.texts.over(found.texts).said(),
            sources=tuple(sources),
            embeds=found.holds,
            signed=found.signed,
            unreadable=tuple([aside.path] * aside.broken + [path] * bool(found.broken)),
        )

    def write(
        self,
        path: Path,
        words: Mapping[str, AltWords],
        options: WriteOptions = _PLAIN,
        *,
        expected_hash: str = "",
    ) -> AltWritten:
        """Write `words` by language and read them back from the disk.

        What is shown to who looks for no language follows the language whose text it repeats;
        where it repeats none, the first new language takes it over. Raises WritingRefused in all
        its kinds, LanguageRefused, MediaRefused, SidecarDamaged, DestinationNotWritable, DiskFull,
        LibraryError; then everything is as it was.
        """
        for language in words:
            if canonical(language) is None:
                raise LanguageRefused(language=language)
        library = self._library()
        source = read_source(own_path(path))
        if expected_hash and source.content_hash != expected_hash:
            raise FileChangedSince(path=path)
        writing = _Writing(path, source, words, options)
        try:
            writing.write()
            written = writing.result()
            self._follow(library, path, written.changes)
        except BaseException:
            writing.take_back()
            raise
        return written

    def write_many(
        self, requests: Sequence[WriteRequest], options: WriteOptions, cancel: CancelToken
    ) -> Generator[Event, None, AltFilesReport]:
        """Write many; one that cannot be written costs only itself.

        Each is told by `FileWritten` once it is on the disk. Cancelled keeps those.
        """
        written: list[AltWritten] = []
        failures: list[FileProblem] = []
        for done, one in enumerate(requests):
            yield Progress(Phase.EDIT, done, len(requests))
            cancel.raise_if_cancelled()
            try:
                result = self.write(one.path, one.words, options, expected_hash=one.expected_hash)
            except AppError as error:
                failures.append(FileProblem(one.path, error))
                continue
            written.append(result)
            yield FileWritten(result)
        return AltFilesReport(tuple(written), tuple(failures))

    def undo(
        self, written: Sequence[AltWritten], cancel: CancelToken
    ) -> Generator[Event, None, AltFilesReport]:
        """Take writings back, the last first: the bytes as they were.

        Where others wrote a file since, only the words go back. A backup that was made goes, once
        the file is the same again. What is returned undoes the undoing.
        """
        back: list[AltWritten] = []
        failures: list[FileProblem] = []
        for done, one in enumerate(reversed(written)):
            yield Progress(Phase.EDIT, done, len(written))
            cancel.raise_if_cancelled()
            try:
                result = self._undo_one(one)
            except AppError as error:
                failures.append(FileProblem(one.path, error))
                continue
            back.append(result)
            yield FileWritten(result)
        return AltFilesReport(tuple(back), tuple(failures))

    # --- parts ---------------------------------------------------------------------------

    def _undo_one(self, one: AltWritten) -> AltWritten:
        library = self._library()
        changes: list[FileChange] = []
        try:
            for change in reversed(one.changes):
                done = take_back(one.path, change)
                changes += [done] if done is not None else []
        finally:
            self._follow(library, one.path, changes)
        if one.backup is not None and any(
            change.embedded and change.after == one.hash_before for change in changes
        ):
            with contextlib.suppress(OSError):
                one.backup.unlink()
        notes = () if changes else ("unchanged",)
        return AltWritten(one.path, self.read(one.path).texts, tuple(changes), notes=notes)

    def _follow(self, library: Library | None, path: Path, changes: Sequence[FileChange]) -> None:
        """Tell the library of a photo whose file or sidecar is another one now."""
        if library is None or not changes:
            return
        source = read_source(own_path(path))
        texts = read_aside(path).texts.over(read_embedded(source).texts)
        after = source.content_hash
        before = next((one.before for one in changes if one.embedded), after)
        for name in dict.fromkeys((path.absolute(), own_path(path).absolute())):
            stamp = take_stamp(name)
            library.follow_written(
                WrittenPhoto(
                    path=name,
                    before=before,
                    after=after,
                    size_bytes=stamp.size,
                    mtime_ns=stamp.mtime_ns,
                    sidecar_mtime_ns=sidecar_stamp(name),
                    alt_text=shown(texts.alt),
                    extended_description=shown(texts.extended),
                )
            )
            if before != after:
                library.note_alt_written(0, name, before, after)
        if self._thumbnails is not None and before != after:
            thumbnail = self._thumbnails.read(before)
            if thumbnail is not None and library.holds(after):
                self._thumbnails.write_batch([(after, thumbnail)])
            if not library.holds(before):  # who forgets the photo must leave nothing of it behind
                self._thumbnails.delete([before])


class _Writing:
    """One writing of one picture, which can be taken back whole."""

    def __init__(
        self, path: Path, source: Source, words: Mapping[str, AltWords], options: WriteOptions
    ) -> None:
        self._path, self._source, self._words, self._options = path, source, words, options
        self._found, self._aside = read_embedded(source), read_aside(path)
        if not self._found.format:
            raise MediaRefused(path=path, reason=Refusal.NOT_AN_IMAGE)
        self._expected = self._aside.texts.over(self._found.texts)
        self._changes: list[FileChange] = []
        self._notes: list[str] = []
        self._backup: Path | None = None

    def write(self) -> None:
        where, note = _place(self._found, self._options)
        if note:
            self._notes.append(note)
        if where is Where.SIDECAR:
            self._beside(self._found.texts)
            return
        self._inside()
        embedded = changed(self._found.texts, self._words)
        self._expected = self._aside.texts.over(embedded)
        if self._options.where is Where.AUTO and _speaks_of(self._aside, self._words):
            if self._beside(embedded):
                self._notes.append("sidecar-too")
        elif self._expected != embedded:
            self._notes.append("sidecar-goes-first")

    def _inside(self) -> None:
        linked = has_other_names(self._source.path)
        change, self._backup = embed(self._source, self._words, self._options)
        if change is not None:
            self._changes.append(change)
            self._notes += ["hard-links"] * linked + ["signature-broken"] * self._found.signed

    def _beside(self, embedded: AltTexts) -> bool:
        self._expected = changed(self._aside.texts.over(embedded), self._words)
        change = write_aside(self._path, self._words, embedded, self._options.naming)
        if change is None:
            return False
        self._changes.append(change)
        if change.target == self._path.with_suffix(change.target.suffix):
            self._notes.append("shared-sidecar")
        return True

    def result(self) -> AltWritten:
        """What lies on the disk now. Raises ReadBackDiffers where that is not what was meant."""
        source = read_source(self._source.path)
        texts = read_aside(self._path).texts.over(read_embedded(source).texts)
        if texts != self._expected:
            raise ReadBackDiffers(path=self._path, detail="the text is another one")
        if not self._changes:
            self._notes.append("unchanged")
        return AltWritten(
            self._path, texts.said(), tuple(self._changes), self._backup, tuple(self._notes)
        )

    def take_back(self) -> None:
        """As it was before, as far as the system lets us."""
        for change in reversed(self._changes):
            with contextlib.suppress(AppError, OSError):
                take_back(self._path, change)
        if self._backup is not None:
            with contextlib.suppress(OSError):
                self._backup.unlink()


def _place(found: Embedded, options: WriteOptions) -> tuple[Where, str]:
    """Where to write, and the code of why not into the file."""
    if options.where is not Where.AUTO:
        return options.where, ""
    if not found.holds:
        return Where.SIDECAR, "format"
    if found.signed and not options.break_signature:
        return Where.SIDECAR, "signed"
    return Where.FILE, ""


def _speaks_of(aside: Aside, words: Mapping[str, AltWords]) -> bool:
    """Whether the sidecar says anything of the properties that are written."""
    texts = aside.texts
    return any(texts.of(name) or name in texts.emptied for name in changed_properties(words))
