"""The open picture: its pixels, the objects kept of it, what was found in it."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import GroundObject, GroundPicture, PictureObjects, page_of
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.pixels import image_of
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.overlay_pixels import make_ready

if TYPE_CHECKING:
    from vlm_desktop.engine.ground.facade import Ground
    from vlm_desktop.jobs import Job

COLOURS = 8
"""How many colours objects take turns with."""


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    picture: GroundPicture
    image: QImage
    objects: tuple[GroundObject, ...]


@dataclass(frozen=True, slots=True)
class PictureChange(Change):
    """A change of the objects of one picture, which lies at `path`."""

    path: Path
    content_hash: str

    @staticmethod
    def of(
        kept: PictureObjects, text: str, do: Verb, undo: Callable[[PictureObjects], Verb]
    ) -> "PictureChange":
        return PictureChange(text, do, undo, kept.path, kept.content_hash)


class GroundSession(QObject):
    """What the parts of the pane share. Main thread; the engine is asked on lanes."""

    opened = Signal()
    """Another picture, or none; its pixels are still to come."""
    loaded = Signal()
    """Its pixels and objects are here."""
    refused = Signal(str)
    """A sentence: the picture cannot be opened."""
    objects_changed = Signal()
    chosen_changed = Signal()
    """Another object is chosen, or none."""
    vanished = Signal(bool)
    """Whether the picture's file is gone while it is open."""
    listed = Signal()
    """What is kept of pictures may be another than it was."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.path: Path | None = None
        self.page = 0
        """Of a PDF, as it was asked for; `picture.page` is the one that is open."""
        self.picture: GroundPicture | None = None
        self.image = QImage()
        self.objects: tuple[GroundObject, ...] = ()
        self.chosen = 0
        """The number of the object that is worked on, 0 for none."""
        self.trouble = ""
        """Why the picture cannot be opened."""
        self.finest: Callable[[Sequence[GroundObject]], tuple[GroundObject, ...]] = tuple
        """Objects with the best outlines that are known of them; called on lanes."""
        self._gone = False
        self._job: Job | None = None
        for signal in (desk.changes.undone, desk.changes.redone):
            signal.connect(self._show_change)

    @property
    def services(self) -> "Ground":
        """For functions that run on lanes, never here."""
        return self.desk.services.ground

    @property
    def kept(self) -> PictureObjects | None:
        """The picture with its objects, as it is kept."""
        one = self.picture
        if one is None:
            return None
        return PictureObjects(one.path, one.content_hash, one.size, self.objects)

    def say(self, words: str) -> None:
        self.desk.say(words)

    # --- opening -------------------------------------------------------------------------

    def open(self, path: Path | None, page: int = 0) -> None:
        """Show a picture, of a PDF the page of that number; None for none."""
        self.cancel()
        self.page = page
        self.path, self.picture, self.image = path, None, QImage()
        self.objects, self.chosen, self.trouble = (), 0, ""
        self._gone = False
        self.opened.emit()
        if path is not None:
            self._load(path, page)

    def _load(self, path: Path, page: int) -> None:
        services = self.desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, _Loaded]:
            yield from ()
            picture = services.ground.pictures.load(path, cancel, page)
            image = image_of(picture.pixels)
            kept = services.ground.keeping.objects(picture)
            make_ready(*(one.mask for one in kept.objects))
            return _Loaded(picture, image, kept.objects)

        def done(found: _Loaded) -> None:
            self._job = None
            if (path, page) == (self.path, self.page):
                self.picture, self.image, self.objects = found.picture, found.image, found.objects
                self.loaded.emit()
                self.objects_changed.emit()

        def failed(sentence: str) -> None:
            self._job = None
            if (path, page) == (self.path, self.page):
                self.trouble = sentence
                self.refused.emit(sentence)

        self._job = self.desk.ask(verb, done, failed=failed, latest="ground-picture")

    def cancel(self) -> bool:
        """Stop loading; False where nothing is loaded."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        return job is not None

    def look_again(self) -> None:
        """The file may be gone by now: said once, and once more when it is back."""
        path = self.path
        if path is None or self.picture is None:
            return

        def done(there: bool) -> None:
            if path == self.path and there == self._gone:
                self._gone = not there
                self.vanished.emit(self._gone)

        self.desk.fetch(path.is_file, done, latest="ground-there")

    # --- objects -------------------------------------------------------------------------

    def object(self, number: int) -> GroundObject | None:
        return next((one for one in self.objects if one.number == number), None)

    @property
    def chosen_object(self) -> GroundObject | None:
        return self.object(self.chosen)

    def choose(self, number: int) -> None:
        """Work on another object, 0 for none."""
        if number != self.chosen:
            self.chosen = number if self.object(number) is not None else 0
            self.chosen_changed.emit()

    def new_number(self) -> int:
        return 1 + max((one.number for one in self.objects), default=0)

    def name_of(self, one: GroundObject) -> str:
        """Its label, else what it is called until it has one."""
        return one.label or fill(strings.OBJECT_NAME, number=one.number)

    def put(self, text: str, *objects: GroundObject) -> None:
        """Add objects, or put them in the place of those with their numbers; Ctrl+Z takes it back.

        `text` is what the Edit menu calls it.
        """
        new = {one.number: one for one in objects}
        known = tuple(new.pop(one.number, one) for one in self.objects)
        self.replace(text, (*known, *new.values()))

    def remove(self, *numbers: int) -> None:
        """Take objects away."""
        gone = [one for one in self.objects if one.number in numbers]
        if not gone:
            return
        if len(gone) == 1:
            text = fill(strings.CHANGE_REMOVED, name=self.name_of(gone[0]))
        else:
            text = fill(strings.CHANGE_REMOVED_MANY, count=len(gone))
        self.replace(text, tuple(one for one in self.objects if one.number not in numbers))

    def replace(self, text: str, objects: tuple[GroundObject, ...]) -> None:
        """These are the objects from now on: shown at once, kept on a lane."""
        kept = self.kept
        if kept is None:
            return
        wanted = replace(kept, objects=objects)
        services = self.desk.services

        def failed(sentence: str) -> None:
            self.say(sentence)
            self.reread()

        self._take(objects)
        change = PictureChange.of(
            wanted,
            text,
            quick(lambda: services.ground.keeping.save(wanted, since=kept, finish=self.finest)),
            lambda before: quick(lambda: services.ground.keeping.save(before, since=wanted)),
        )
        self.desk.changes.perform(change, lambda _: self.listed.emit(), failed)

    def _show_change(self, change: Change) -> None:
        """What was taken back, or done again, is seen: its picture opens where another one is."""
        picture = self.picture
        is_other = picture is None or (
            isinstance(change, PictureChange) and change.content_hash != picture.content_hash
        )
        if isinstance(change, PictureChange) and is_other:
            self.open(change.path, page_of(change.content_hash))
        self.reread()

    def reread(self) -> None:
        """What is kept may be another than what is shown, as after undoing."""
        picture, services = self.picture, self.desk.services
        self.listed.emit()
        if picture is None:
            return
        content_hash = picture.content_hash

        def done(found: PictureObjects | None) -> None:
            if self.picture is picture:
                self._take(found.objects if found is not None else ())

        def read() -> PictureObjects | None:
            found = services.ground.keeping.of_hash(content_hash)
            make_ready(*(one.mask for one in found.objects) if found is not None else ())
            return found

        self.desk.fetch(read, done, latest="ground-objects")

    def correct(self, picture: GroundPicture, rule: Callable[[GroundObject], GroundObject]) -> None:
        """Put every object of a picture right by a rule, here and where it is kept: no change of
        a person's, so nothing to take back."""
        services = self.desk.services
        kept = PictureObjects(picture.path, picture.content_hash, picture.size, ())
        self.desk.fetch(
            lambda: services.ground.keeping.revise(kept, lambda now: [rule(one) for one in now]),
            lambda _: None,
        )
        if self.picture is picture:
            self._take(tuple(rule(one) for one in self.objects))

    def _take(self, objects: tuple[GroundObject, ...]) -> None:
        self.objects = objects
        if self.chosen and self.object(self.chosen) is None:
            self.chosen = 0
            self.chosen_changed.emit()
        self.objects_changed.emit()
