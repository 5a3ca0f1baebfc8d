"""Sets of images that owe a text: what is in them, in which order, and a look at their files.

Plain methods are quick reads and writes of the database, from any thread. Generators look at
files; they are for an io lane.
"""

import os
from collections.abc import Callable, Collection, Generator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vlm_desktop.base.alterrors import AltImageUnknown, AltNameMissing, AltSetUnknown
from vlm_desktop.base.altkeeping import AltAdded, AltOrder, AltRefreshed, AltRemoved
from vlm_desktop.base.altpages import Page
from vlm_desktop.base.alttext import (
    AltImage,
    AltSet,
    AltState,
    Brief,
    Decision,
    PageContext,
    SetSource,
    Suggestion,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import FolderUnreadable, MediaRefused, Refusal
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.filework import FileProblem
from vlm_desktop.engine.alttext.looking import FileLooker
from vlm_desktop.engine.alttext.stamping import new_batch
from vlm_desktop.media.scan import ScanProblem, is_image_name, scan_folder
from vlm_desktop.store.altrecords import NewAltImage
from vlm_desktop.store.library import Library

_KEPT_REMOVED = timedelta(days=1)
_AT_ONCE = 500
_STATES = {state: place for place, state in enumerate((
    AltState.STALE, AltState.EMPTY, AltState.NEEDS_FACTS, AltState.DRAFT, AltState.IN_REVIEW,
    AltState.APPROVED,
))}  # fmt: skip
"""What a person should take up first."""


class SetKeeping:
    """Sets and their images. `looker` reads files."""

    def __init__(self, library: Callable[[], Library], looker: FileLooker) -> None:
        self._library = library
        self._looker = looker

    # --- sets ----------------------------------------------------------------------------

    def sets(self) -> tuple[AltSet, ...]:
        """The newest first, with how far they have come. Quick, however large they are."""
        return tuple(self._library().alt_sets())

    def one_set(self, set_id: int) -> AltSet:
        """Raises AltSetUnknown."""
        for one in self.sets():
            if one.id == set_id:
                return one
        raise AltSetUnknown

    def new_set(
        self,
        name: str,
        source: SetSource = SetSource.FILES,
        *,
        origin: Path | None = None,
        brief: Brief | None = None,
    ) -> AltSet:
        """An empty set. Undo: `remove_set`. Raises AltNameMissing."""
        key = self._library().new_alt_set(_named(name), source, origin, brief or Brief())
        return self.one_set(key)

    def rename_set(self, set_id: int, name: str) -> None:
        """Undo: rename it back. Raises AltSetUnknown, AltNameMissing."""
        self._library().set_alt_set(set_id, name=_named(name))

    def set_brief(self, set_id: int, brief: Brief) -> None:
        """What whoever writes is told from now on. Undo: set the one before."""
        self._library().set_alt_set(set_id, brief=brief)

    def remove_set(self, set_id: int) -> None:
        """Its images keep their texts. `restore_set` brings it back for a day."""
        self._library().delete_alt_set(set_id)

    def restore_set(self, set_id: int) -> None:
        self._library().restore_alt_set(set_id)

    def sweep(self) -> int:
        """Let go of sets removed over a day ago; how many. Tell history what an earlier run of
        the program had no time to tell. For once after the start."""
        self._library().settle_alt(new_batch())
        before = datetime.now(UTC) - _KEPT_REMOVED
        return self._library().purge_alt_sets(before.isoformat(timespec="milliseconds"))

    # --- adding --------------------------------------------------------------------------

    def add_files(
        self, set_id: int, paths: Sequence[Path], cancel: CancelToken
    ) -> Generator[Event, None, AltAdded]:
        """Put files at the end of a set. Files that are no pictures or not there are problems.

        They are listed at once and not read yet: that is what `refresh` does. Undo:
        `remove_images(set_id, added.images)`.
        """
        problems, images = [], []
        for done, path in enumerate(paths):
            if done % _AT_ONCE == 0:
                yield Progress(Phase.INVENTORY, done, len(paths))
                cancel.raise_if_cancelled()
            whole = Path(path).absolute()
            refusal = _refusal(whole)
            if refusal is not None:
                problems.append(FileProblem(whole, refusal))
            else:
                images.append(NewAltImage(whole, whole.name))
        return self._added(set_id, images, problems)

    def add_folder(
        self, set_id: int, folder: Path, cancel: CancelToken
    ) -> Generator[Event, None, AltAdded]:
        """Put all pictures of a folder and those inside it into a set, by their paths.

        Raises FolderNotFound, FolderUnreadable. Otherwise as `add_files`.
        """
        found: list[Path] = []
        problems: list[FileProblem] = []
        for one in scan_folder(Path(folder).absolute(), cancel):
            if isinstance(one, ScanProblem):
                error = FolderUnreadable(path=one.path, detail=one.detail)
                problems.append(FileProblem(one.path, error))
                continue
            if not _is_picture(one.path):
                continue
            found.append(one.path)
            if len(found) % _AT_ONCE == 0:
                yield Progress(Phase.INVENTORY, len(found), None)
        cancel.raise_if_cancelled()
        found.sort(key=os.fspath)
        return self._added(set_id, [NewAltImage(one, one.name) for one in found], problems)

    def add_hits(self, set_id: int, content_ids: Sequence[int]) -> AltAdded:
        """Put photos of the library into a set, in this order; those without a file are left
        out. Quick; files are not read."""
        located = self._library().locate(content_ids)
        paths = [located[one].path for one in content_ids if one in located]
        return self._added(set_id, [NewAltImage(one, one.name) for one in paths], [])

    def _added(
        self, set_id: int, images: Sequence[NewAltImage], problems: Sequence[FileProblem]
    ) -> AltAdded:
        library = self._library()
        ids = library.add_alt_images(images)
        new = library.add_alt_members(set_id, ids)
        return AltAdded(set_id, new, len(set(ids)) - len(new), tuple(problems))

    def _add_page_images(self, set_id: int, page: Page) -> tuple[tuple[int, ...], AltAdded]:
        """The ids of a page's images, in the page's order, and what is new of them."""
        document = page.path.absolute()
        images = [
            NewAltImage(one.path, one.name, document, one.place, one.context) for one in page.images
        ]
        library = self._library()
        ids = library.add_alt_images(images)
        new = library.add_alt_members(set_id, ids)
        return ids, AltAdded(set_id, new, len(ids) - len(new))

    def remove_images(self, set_id: int, image_ids: Sequence[int]) -> AltRemoved:
        """Take images out of a set; they keep their texts. Undo: `put_back`."""
        return AltRemoved(set_id, self._library().remove_alt_members(set_id, image_ids))

    def put_back(self, removed: AltRemoved) -> None:
        self._library().put_alt_members(removed.set_id, removed.members)

    # --- images --------------------------------------------------------------------------

    def images(
        self,
        set_id: int,
        *,
        order: AltOrder = AltOrder.QUEUE,
        states: Collection[AltState] = (),
        decisions: Collection[Decision] = (),
        words: str = "",
        language: str | None = None,
    ) -> tuple[AltImage, ...]:
        """The images of a set: those in one of `states` (in `language`, else the brief's) and
        with one of `decisions`, where given, whose name or texts hold all `words` in any case.

        One query and one pass, for ten thousand images, too. Raises AltSetUnknown.
        """
        spoken = language or self.one_set(set_id).brief.language
        found = self._library().alt_images_of(set_id)
        if states:
            found = [one for one in found if one.text(spoken).state in states]
        if decisions:
            found = [one for one in found if one.decision in decisions]
        if words.strip():
            wanted = words.casefold().split()
            found = [one for one in found if _says(one, wanted)]
        return tuple(arranged(found, order, spoken))

    def image(self, image_id: int) -> AltImage:
        """With all its languages. Raises AltImageUnknown."""
        found = self._library().alt_images([image_id])
        if not found:
            raise AltImageUnknown
        return found[0]

    def set_context(self, image_id: int, context: PageContext) -> PageContext:
        """What stands around it, as a person says; what it was before, to undo by."""
        before = self.image(image_id).context
        self._library().set_alt_image(image_id, context=context)
        return before

    def set_notes(self, image_id: int, notes: str) -> str:
        """What it was before, to undo by."""
        before = self.image(image_id).notes
        self._library().set_alt_image(image_id, notes=notes)
        return before

    def set_suggestion(self, image_id: int, suggestion: Suggestion) -> None:
        """What the program would decide; a person's decision stays what it is."""
        self._library().set_alt_image(image_id, suggestion=suggestion)

    def set_risk(self, image_id: int, score: float, reasons: Sequence[str]) -> None:
        """What a person should look at first; see `risk`."""
        self._library().set_alt_image(image_id, risk=(score, tuple(reasons)))

    def refresh(self, set_id: int, cancel: CancelToken) -> Generator[Event, None, AltRefreshed]:
        """Look at the files of a set: what is gone, what changed, which approved texts are stale.

        Files whose size and time are as they were are not read. Cancelled, what was looked at
        so far is kept. Raises DecoderUnavailable, Cancelled.
        """
        ids = [one.id for one in self._library().alt_images_of(set_id)]
        return (yield from self._looker.look(ids, cancel))


def arranged(images: Sequence[AltImage], order: AltOrder, language: str) -> list[AltImage]:
    """Images that came in the order of the queue, in another one."""
    match order:
        case AltOrder.RISK:
            return sorted(images, key=lambda one: (one.risk is None, -(one.risk or 0.0)))
        case AltOrder.NAME:
            return sorted(images, key=lambda one: (one.name.casefold(), one.id))
        case AltOrder.STATE:
            return sorted(images, key=lambda one: _STATES[one.text(language).state])
    return list(images)


def _named(name: str) -> str:
    shown = " ".join(name.split())
    if not shown:
        raise AltNameMissing
    return shown


def _is_picture(path: Path) -> bool:
    """Whether its name says so. A PDF is a document, whose pages owe no alt text."""
    return is_image_name(path.name) and path.suffix.lower() != ".pdf"


def _refusal(path: Path) -> MediaRefused | None:
    """Why a file cannot be in a set, as far as its name and the folder tell."""
    if not _is_picture(path):
        return MediaRefused(path=path, reason=Refusal.NOT_AN_IMAGE)
    try:
        if path.is_file():
            return None
    except (OSError, ValueError) as error:
        return MediaRefused(path=path, reason=Refusal.UNREADABLE, detail=str(error))
    return MediaRefused(path=path, reason=Refusal.VANISHED)


def _says(image: AltImage, words: Sequence[str]) -> bool:
    said = "\n".join(
        (
            image.name,
            image.notes,
            *(part for one in image.texts for part in (one.alt, one.extended)),
        )
    ).casefold()
    return all(word in said for word in words)
