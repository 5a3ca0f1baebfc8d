"""Looking after the program and its library: settings, copies, privacy, sizes, devices."""

import dataclasses
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from vlm_desktop import __version__
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    BadInputFile,
    BadSetting,
    DestinationNotWritable,
    LibraryError,
    NotInLibrary,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import (
    RULES,
    Acts,
    Settings,
    Value,
    accepts,
    save_settings,
    usable,
    write_json,
)
from vlm_desktop.engine.about import AboutParts, SystemFacts, about_parts
from vlm_desktop.engine.doctor import DoctorReport
from vlm_desktop.engine.sizes import Sizes, measure_sizes
from vlm_desktop.engine.thumbnails import make_thumbnails
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.media.thumbnails import ThumbnailStore
from vlm_desktop.store.care import TakenIn
from vlm_desktop.store.db import translate_os_error
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import RebuildReport

Result = TypeVar("Result")

_PROGRAM = "vlm-desktop"
_LARGEST_SETTINGS_FILE = 1024**2


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """`restart` names the changed settings that act only after the next start."""

    before: Settings
    after: Settings
    restart: tuple[str, ...]

    @property
    def changed(self) -> dict[str, Value]:
        """The new values of what differs, by name."""
        return _differences(self.before, self.after)

    @property
    def reverted(self) -> dict[str, Value]:
        """The old values of what differs: handed to `Upkeep.change` they undo it."""
        return _differences(self.after, self.before)


@dataclass(frozen=True, slots=True)
class SettingsTakenIn:
    """What an imported file changed, and the names in it that were left out."""

    change: SettingsChange
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What went, and what a person may still want to know.

    `clean` is False when another program was reading the library, so that its log could not be
    emptied. `other_copies` are older copies of the library in the home folder, which still hold
    what was forgotten. `alt_texts_kept` are images that stay known, with their paths, for the alt
    text that a person wrote, `documents` those whose fields went, `objects` pictures whose marked
    objects went, `examples` those of data sets to train on.
    """

    files: int
    photos: int
    vectors: int
    kept_out: bool
    clean: bool
    other_copies: tuple[Path, ...]
    alt_texts_kept: int = 0
    documents: int = 0
    objects: int = 0
    examples: int = 0


class Upkeep:
    """Verbs over the home folder. Everything comes by constructor and is opened when needed."""

    def __init__(
        self,
        paths: HomePaths,
        thumbnails: ThumbnailStore,
        *,
        library: Callable[[], Library],
        open_pool: Callable[[], DecodePool],
        settings: Callable[[], Settings],
        use_settings: Callable[[Settings], None],
        examine: Callable[[], DoctorReport],
        rebuild: Callable[[], RebuildReport],
        cards: Callable[[], Sequence[ModelCard]],
        roots_changed: Callable[[], None],
    ) -> None:
        self._paths = paths
        self._thumbnails = thumbnails
        self._library = library
        self._open_pool = open_pool
        self._settings = settings
        self._use_settings = use_settings
        self._examine = examine
        self._rebuild = rebuild
        self._cards = cards
        self._roots_changed = roots_changed

    # --- settings ----------------------------------------------------------------------

    def settings(self) -> Settings:
        """The settings in use. Quick; any thread."""
        return self._settings()

    def change(self, values: Mapping[str, Value]) -> Generator[Event, None, SettingsChange]:
        """Save other values and go by them. Raises `BadSetting`, `HomeNotWritable`, `DiskFull`.

        What is saved comes first: a change that cannot be kept does not act either.
        """
        yield from ()
        for name, value in values.items():
            if not accepts(name, value):
                raise BadSetting(name=name, value=value)
        before = self._settings()
        after = dataclasses.replace(before, **usable(values))
        try:
            save_settings(self._paths.settings, after)
        except OSError as error:
            raise translate_os_error(error, self._paths.settings) from error
        self._use_settings(after)
        restart = [name for name in _differences(before, after) if RULES[name].acts is Acts.RESTART]
        return SettingsChange(before, after, tuple(restart))

    def export_settings(self, target: Path) -> Generator[Event, None, Path]:
        """Write all settings to a file that `import_settings` reads. `DestinationNotWritable`."""
        yield from ()
        document = {
            "program": _PROGRAM,
            "version": __version__,
            "settings": dataclasses.asdict(self._settings()),
        }
        try:
            write_json(target, document)
        except OSError as error:
            raise DestinationNotWritable(
                path=target, detail=error.strerror or str(error)
            ) from error
        return target

    def import_settings(self, source: Path) -> Generator[Event, None, SettingsTakenIn]:
        """Take over what may be used of an exported file; the rest stays as it is.

        Raises `BadInputFile` for what is no such file, and as `change` does.
        """
        stored = _read_exported(source)
        good = usable(stored)
        change = yield from self.change(good)
        return SettingsTakenIn(change, tuple(name for name in stored if name not in good))

    # --- the library as a file ---------------------------------------------------------

    def export_library(self, target: Path, cancel: CancelToken) -> Generator[Event, None, Path]:
        """Write the library to one file, while it may be used. See `CarePart.copy_to`."""
        yield from _told(self._library().copy_to(target, cancel))
        return target

    def import_library(self, source: Path, cancel: CancelToken) -> Generator[Event, None, TakenIn]:
        """Put an exported library in the place of this one, which is kept beside it.

        To be run where no indexing runs at the same time. See `CarePart.replace_with`.
        """
        taken = yield from _told(self._library().replace_with(source, cancel))
        self._roots_changed()
        return taken

    def rebuild(self) -> Generator[Event, None, RebuildReport]:
        """Put a damaged library aside and start a new one with what can be read of it."""
        yield Progress(Phase.COPY, 0, None)
        report = self._rebuild()
        self._roots_changed()
        return report

    # --- privacy -----------------------------------------------------------------------

    def forget(
        self,
        paths: Sequence[Path],
        cancel: CancelToken,
        *,
        keep_out: bool,
        alt_texts: bool = False,
    ) -> Generator[Event, None, ForgetReport]:
        """Forget photos or folders for good: no byte of what was known of them stays.

        Fields of documents go, those a person corrected and what they taught included. Only alt
        texts that a person wrote stay, with their history and their paths, unless
        `alt_texts` says that they go, too. The photos themselves are not touched. With
        `keep_out`, what lies in an indexed folder is not indexed again. Once the first is
        forgotten this is not cancelled any more, and it may take as long as writing the library
        once; to be run where no indexing runs at the same time. Raises `NotInLibrary` when the
        first is unknown.
        """
        library = self._library()
        yield Progress(Phase.SCRUB, 0, None)
        cancel.raise_if_cancelled()
        # No event from here on: at an event the runner may end a verb, and half forgotten is not.
        files = photos = vectors = alt_texts_kept = documents = objects = examples = 0
        kept_out = False
        begun = False
        for path in paths:
            try:
                forgotten = library.forget(path, alt_texts=alt_texts)
            except NotInLibrary:
                if not begun:
                    raise
                continue  # it went with a folder before it, or is named twice
            begun = True
            if keep_out and library.is_watched(path):
                library.keep_out(path)
                kept_out = True
            self._thumbnails.delete(forgotten.hashes)
            files += forgotten.files
            photos += forgotten.contents
            vectors += forgotten.vectors
            alt_texts_kept += forgotten.alt_texts_kept
            documents += forgotten.documents
            objects += forgotten.objects
            examples += forgotten.examples
        self._roots_changed()
        clean = library.scrub()
        copies = self.other_copies()
        return ForgetReport(
            files, photos, vectors, kept_out, clean, copies, alt_texts_kept, documents, objects,
            examples,
        )  # fmt: skip

    def paths_of(self, content_ids: Sequence[int]) -> tuple[Path, ...]:
        """Every path of photos, copies included: what is to be forgotten with them."""
        return self._library().all_paths(content_ids)

    def kept_out_count(self) -> int:
        """How many files and folders are never indexed again."""
        return self._library().kept_out_count()

    def let_in(self) -> int:
        """Let all that was kept out be indexed again; returns how many entries that were."""
        return self._library().let_in()

    def other_copies(self) -> tuple[Path, ...]:
        """Older copies of the library that lie beside it, by name."""
        database = self._paths.database
        found = [
            path
            for kind in ("replaced", "corrupt")
            for path in database.parent.glob(f"{database.stem}.{kind}-*{database.suffix}")
        ]
        return tuple(sorted(found))

    def delete_copies(self) -> Generator[Event, None, int]:
        """Delete the older copies of the library; returns how many. Raises `HomeNotWritable`."""
        copies = self.other_copies()
        for done, path in enumerate(copies):
            yield Progress(Phase.SCRUB, done, len(copies))
            try:
                path.unlink(missing_ok=True)
                path.with_name(path.name + "-wal").unlink(missing_ok=True)
            except OSError as error:
                raise translate_os_error(error, path) from error
        return len(copies)

    # --- what lies on disk, what runs here ---------------------------------------------

    def sizes(self, cancel: CancelToken) -> Generator[Event, None, Sizes]:
        """Bytes of each part of the home folder."""
        return (yield from measure_sizes(self._paths, cancel))

    def delete_thumbnails(self, cancel: CancelToken) -> Generator[Event, None, int]:
        """Delete all thumbnails, which `make_thumbnails` brings back; returns how many."""
        deleted = 0
        for done, total, count in self._thumbnails.clear():
            deleted += count
            yield Progress(Phase.THUMBNAILS, done, total)
            cancel.raise_if_cancelled()
        return deleted

    def make_thumbnails(
        self, cancel: CancelToken, *, again: bool = False
    ) -> Generator[Event, None, int]:
        """Make missing thumbnails, or with `again` all of them, from the photos at hand."""
        side = self._settings().thumbnail_side
        return (
            yield from make_thumbnails(
                self._library(), self._thumbnails, self._open_pool, side, cancel, again=again
            )
        )

    def examine(self) -> Generator[Event, None, DoctorReport]:
        """What this machine can run, tried; takes seconds where there is a graphics card."""
        yield Progress(Phase.VERIFY, 0, None)
        return self._examine()

    def about(self) -> AboutParts:
        """The parts and models this program is made of. Reads small files; any thread."""
        return about_parts(self._paths, self._cards())

    def system_facts(self, cancel: CancelToken) -> Generator[Event, None, SystemFacts]:
        """Facts for a report of a problem; works with a library that does not open, too."""
        sizes = yield from measure_sizes(self._paths, cancel)
        doctor = yield from self.examine()
        try:
            counts = self._library().info().files
            files = (
                f"{counts.indexed} indexed, {counts.quarantined} quarantined, "
                f"{counts.pending} pending, {counts.missing} missing"
            )
        except LibraryError as error:
            files = f"not readable: {type(error).__name__}"
        return SystemFacts(doctor, self._settings(), sizes, files)


def _differences(before: Settings, after: Settings) -> dict[str, Value]:
    return {
        name: getattr(after, name)
        for name in RULES
        if getattr(before, name) != getattr(after, name)
    }


def _read_exported(source: Path) -> dict[str, object]:
    """The settings in an exported file, good or bad. Raises `BadInputFile`."""
    try:
        if source.stat().st_size > _LARGEST_SETTINGS_FILE:
            raise BadInputFile(path=source, line=None, detail="it is too large for settings")
        document = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        detail = error.strerror or str(error)
        raise BadInputFile(path=source, line=None, detail=detail) from error
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise BadInputFile(path=source, line=line, detail="it is not JSON") from error
    stored = document.get("settings") if isinstance(document, dict) else None
    if not isinstance(stored, dict) or document.get("program") != _PROGRAM:
        raise BadInputFile(path=source, line=None, detail="it holds no settings of this program")
    return stored


def _told(steps: Generator[tuple[int, int], None, Result]) -> Generator[Event, None, Result]:
    """Steps of the store as events."""
    try:
        while True:
            done, total = next(steps)
            yield Progress(Phase.COPY, done, total)
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        steps.close()
