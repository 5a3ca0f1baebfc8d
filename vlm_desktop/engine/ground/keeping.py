"""`services.ground.keeping`: what was marked in pictures, as it is kept.

Objects hang on the bytes of a picture, so they survive moving and renaming it; where it was seen
last is kept beside them. Every method that is no generator is a quick read or write of the
database, from any thread; the lane "io" fits.

How undo goes: `save` gives back what was there before, and saving that undoes it.
"""

from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounding import (
    GroundObject,
    GroundPicture,
    ObjectState,
    PictureObjects,
    file_hash,
)
from vlm_desktop.base.groundkeeping import KeptPicture, ObjectsForgotten
from vlm_desktop.store.groundobjects import Rule
from vlm_desktop.store.library import Library


class KeptObjects:
    """See the module. `other_copies` names older copies of the library."""

    def __init__(
        self, library: Callable[[], Library], other_copies: Callable[[], tuple[Path, ...]]
    ) -> None:
        self._library = library
        self._other_copies = other_copies

    # --- one picture ---------------------------------------------------------------------

    def objects(self, picture: GroundPicture) -> PictureObjects:
        """What is kept of a picture that was loaded, none where nothing is. Notes where it lies."""
        kept = self._library().picture_objects(picture.content_hash)
        path = picture.path.absolute()
        if kept is None:
            return PictureObjects(path, picture.content_hash, picture.size, ())
        if kept.path != path and not kept.path.exists():
            self._library().seen_at(picture.content_hash, path)
        return replace(kept, path=path)

    def of_hash(self, content_hash: str) -> PictureObjects | None:
        """What is kept of the picture of these bytes, None where nothing is."""
        return self._library().picture_objects(content_hash)

    def at(self, path: Path) -> PictureObjects | None:
        """What is kept of the picture that was last seen at a path."""
        return self._library().objects_at(path)

    def save(
        self,
        picture: PictureObjects,
        *,
        since: PictureObjects | None = None,
        finish: Rule = tuple,
    ) -> PictureObjects:
        """Keep these objects instead of those the picture had, which are given back. One short
        transaction: all or nothing. Numbers must differ, and masks be of the picture's size.

        With `since`, which is what they were made from, objects stay that came to the picture in
        the meantime from elsewhere: labelling goes on while a person works. `finish` puts the
        objects right within the transaction, so that nothing it knows by then is missed.
        """
        wanted = picture.objects
        if since is None:
            return self.revise(picture, lambda _: finish(wanted))[0]
        seen = since.objects
        return self.revise(picture, lambda now: _with_newer(tuple(finish(wanted)), seen, now))[0]

    def revise(self, picture: PictureObjects, rule: Rule) -> tuple[PictureObjects, PictureObjects]:
        """Change what a picture has by a rule that is given its objects as they are now, so that
        nobody else's work is lost; (before, after). The rule must be quick."""
        return self._library().revise_objects(
            picture.path, picture.content_hash, picture.size, rule
        )

    def judge(
        self, content_hash: str, numbers: Collection[int], state: ObjectState
    ) -> PictureObjects | None:
        """Accept or reject objects of a picture; what was there before, to be saved to undo it.

        None where nothing is kept of the picture. Numbers that it does not have are passed over.
        """
        kept = self.of_hash(content_hash)
        if kept is None:
            return None
        wanted = frozenset(numbers)

        def judged(objects: tuple[GroundObject, ...]) -> list[GroundObject]:
            return [replace(one, state=state) if one.number in wanted else one for one in objects]

        return self.revise(kept, judged)[0]

    # --- all -----------------------------------------------------------------------------

    def pictures(
        self, *states: ObjectState, hashes: Sequence[str] | None = None
    ) -> tuple[KeptPicture, ...]:
        """Pictures that have objects in one of these states, or in any; the latest changed
        first. With `hashes` only those, in no order. Their masks are not read."""
        return tuple(self._library().ground_pictures(states, hashes))

    def labels(self) -> tuple[str, ...]:
        """All labels of objects that nobody rejected, in the order of the alphabet."""
        found = {label for one in self.pictures() for label in one.labels if label}
        return tuple(sorted(found, key=str.casefold))

    def lies_at(self, picture: KeptPicture | PictureObjects) -> Path:
        """Where a picture lies now: where it was seen last, else where the library knows its bytes.

        The path where it was seen last where it is nowhere. Asks the disk.
        """
        if picture.path.exists():
            return picture.path
        for path in self._library().paths_of_hash(file_hash(picture.content_hash)):
            if path.exists():
                return path
        return picture.path

    def known_at(self, content_hash: str) -> Path | None:
        """Where a picture with objects, or one of the library, lies by its bytes; None where it is
        not known, or nowhere. Asks the disk."""
        library = self._library()
        kept = library.ground_pictures(hashes=[content_hash])
        paths = [*(one.path for one in kept), *library.paths_of_hash(file_hash(content_hash))]
        return next((path for path in paths if path.exists()), None)

    # --- forgetting ----------------------------------------------------------------------

    def forget(
        self, hashes: Sequence[str] | None, cancel: CancelToken
    ) -> Generator[Event, None, ObjectsForgotten]:
        """Forget what was marked in pictures for good, or with None in all of them and their
        batches: no byte of it stays. The files are not touched.

        Takes as long as writing the library once, and is not cancelled once it began. To be run
        where no indexing runs at the same time.
        """
        yield Progress(Phase.SCRUB, 0, None)
        cancel.raise_if_cancelled()
        pictures, objects = self._library().forget_objects(hashes)
        clean = self._library().scrub()
        return ObjectsForgotten(pictures, objects, clean, self._other_copies())


def _with_newer(
    wanted: Sequence[GroundObject], seen: Sequence[GroundObject], now: Sequence[GroundObject]
) -> list[GroundObject]:
    """What is wanted, and what is there now but was not among what was seen."""
    known = {one.number for one in seen}
    found = list(wanted)
    for one in now:
        if one.number in known:
            continue
        if any(_told_alike(one, other) for other in wanted):
            continue  # it came back under another number
        taken = any(other.number == one.number for other in found)
        found.append(replace(one, number=free_number([*found, *now])) if taken else one)
    return found


def _told_alike(one: GroundObject, other: GroundObject) -> bool:
    return (one.label, one.box, one.source, one.points, one.polygon) == (
        other.label,
        other.box,
        other.source,
        other.points,
        other.polygon,
    )


def free_number(objects: Sequence[GroundObject]) -> int:
    """A number that none of these objects has."""
    return max((one.number for one in objects), default=0) + 1
