"""The open set, its images, the one that is worked on; what is asked of the engine about them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.alttext import AltImage, AltSet, AltText, Brief
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.strings import alttext_checks as check_strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.verbs import quick

if TYPE_CHECKING:
    from vlm_desktop.base.altkeeping import AltDone
    from vlm_desktop.engine.alttext.keeping import AltSets

_MOST_CHANGES = 200
_FEW = 30
"""Up to so many images are read one by one; more by reading the whole set."""


class AltSession(QObject):
    """What the parts of the pane share. Main thread; the engine is asked on lanes.

    Panels show `current`, `language` and `text`, listen to `chosen` and `put`, and change things
    with `act`, so that Ctrl+Z takes them back.
    """

    listed = Signal()
    """Sets came, went, or were renamed."""
    opened = Signal()
    """Another set, or none; its images are still to be read."""
    images_read = Signal()
    """Which images there are, and in which order, is another."""
    put = Signal(object)
    """An `AltImage` of the set is another than it was."""
    put_many = Signal(object)
    """A list of such images at once; `put` is sent for the current one only then."""
    chosen = Signal()
    """Another image or another language is worked on."""
    leaving = Signal()
    """The image that is worked on is about to be another."""
    failed = Signal(str)
    """A sentence about what went wrong."""
    unread = Signal(str)
    """A sentence: sets or images could not be read."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.sets: tuple[AltSet, ...] = ()
        self.is_known = False
        self.open_id = 0
        self._last_open = 0
        self.images: dict[int, AltImage] = {}
        self.are_read = False
        self.current_id = 0
        self.language = ""
        self._left: dict[Change, list[int]] = {}
        """Images that undoing a change left alone, since they were changed again meanwhile."""
        for signal in (desk.changes.undone, desk.changes.redone):
            signal.connect(self._taken_back)

    # --- what there is -------------------------------------------------------------------

    @property
    def kept(self) -> "AltSets":
        """For functions that run on lanes, never here."""
        return self.desk.services.alttext.sets

    @property
    def open_set(self) -> AltSet | None:
        return next((one for one in self.sets if one.id == self.open_id), None)

    @property
    def brief(self) -> Brief:
        """Of the open set."""
        found = self.open_set
        return found.brief if found is not None else Brief()

    @property
    def current(self) -> AltImage | None:
        return self.images.get(self.current_id)

    @property
    def text(self) -> AltText:
        """What is kept of the current image's text; what is being typed may be newer."""
        image = self.current
        return image.text(self.language) if image is not None else AltText(self.language)

    # --- sets ----------------------------------------------------------------------------

    def refresh_sets(self, done: Callable[[], object] | None = None) -> None:
        """Read the list of sets anew."""

        def read(sets: tuple[AltSet, ...]) -> None:
            before = self.brief
            self.sets, self.is_known = sets, True
            if self.open_id and self.open_set is None:
                self.open(0)
            self.listed.emit()
            if self.brief.language != before.language and self.language == before.language:
                self.choose_language(self.brief.language)
            if done is not None:
                done()

        self.desk.fetch(
            lambda: self.kept.sets(), read, failed=self.unread.emit, latest="alttext-sets"
        )

    def open(self, set_id: int, image_id: int = 0) -> None:
        """Show a set, 0 for none; `image_id` is to be the current one."""
        self.leaving.emit()
        self._last_open = self.open_id or self._last_open
        self.open_id, self.current_id = set_id, image_id
        self.images, self.are_read = {}, False
        self.language = self.brief.language
        self.opened.emit()
        self.chosen.emit()
        if set_id:
            self._read_all()

    def reread(
        self, ids: Iterable[int] | None = None, then: Callable[[], object] | None = None
    ) -> None:
        """Read images of the set anew: those of `ids`, or all; then call `then`. Nothing jumps."""
        wanted = None if ids is None else [one for one in ids if one in self.images]
        if not self.open_id or wanted == []:
            if then is not None:
                then()
            return
        if wanted is None or len(wanted) > _FEW or not self.are_read:
            self._read_all(then)
            return

        def read() -> list[AltImage]:
            return [self.kept.image(one) for one in wanted]

        def done(images: list[AltImage]) -> None:
            for image in images:
                self.put_image(image)
            if then is not None:
                then()

        self.desk.fetch(read, done, failed=self.failed.emit)

    def _read_all(self, then: Callable[[], object] | None = None) -> None:
        set_id = self.open_id

        def done(images: tuple[AltImage, ...]) -> None:
            if set_id == self.open_id:
                self._take_images(images)
            if then is not None:
                then()

        def failed(sentence: str) -> None:
            if set_id == self.open_id:
                (self.failed if self.are_read else self.unread).emit(sentence)

        self.desk.fetch(
            lambda: self.kept.images(set_id), done, failed=failed, latest="alttext-images"
        )

    def _take_images(self, images: Sequence[AltImage]) -> None:
        known = self.are_read and list(self.images) == [one.id for one in images]
        if known:
            self._put_changed([one for one in images if one != self.images[one.id]])
            return
        self.images = {one.id: one for one in images}
        self.are_read = True
        if self.current_id not in self.images:
            self.current_id = 0
        self.images_read.emit()
        self.chosen.emit()

    def _put_changed(self, changed: list[AltImage]) -> None:
        self.images.update({one.id: one for one in changed})
        if changed:
            self.put_many.emit(changed)
        if self.current_id in [one.id for one in changed]:
            self.put.emit(self.images[self.current_id])

    # --- images --------------------------------------------------------------------------

    def choose(self, image_id: int) -> None:
        """Work on another image, 0 for none."""
        if image_id != self.current_id:
            self.leaving.emit()
            self.current_id = image_id
            self.chosen.emit()

    def show_again(self) -> None:
        """Show what is kept of the current image in the place of what stands there."""
        self.chosen.emit()

    def choose_language(self, tag: str) -> None:
        """Work on texts in another language, of all images."""
        if tag and tag != self.language:
            self.leaving.emit()
            self.language = tag
            if self.are_read:
                self.images_read.emit()  # states are those of this language now
            self.chosen.emit()

    def put_image(self, image: AltImage) -> None:
        """An image as it is kept now."""
        if image.id in self.images:
            self.images[image.id] = image
            self.put.emit(image)

    def put_text(self, image_id: int, text: AltText) -> None:
        """A text as it is kept now."""
        image = self.images.get(image_id)
        if image is not None:
            self.put_image(with_text(image, text))

    # --- changes -------------------------------------------------------------------------

    def act(
        self,
        text: str,
        do: Callable[["AltSets"], "AltDone"],
        done: Callable[["AltDone"], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Change images so that Ctrl+Z takes it back; `text` is what the Edit menu calls it.

        `done` is called once the images are here as they are now.
        """
        self.act_verb(text, quick(lambda: do(self.kept)), lambda result: result, done, failed)

    def act_verb(
        self,
        text: str,
        verb: Verb,
        what: Callable[[Any], "AltDone"],
        done: Callable[[Any], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """The same with a verb of the lane "io"; `what` finds the `AltDone` in its result."""

        left: list[int] = []

        def undo(result: Any) -> Verb:
            def take_back() -> None:
                left[:] = self.kept.undo(what(result)).kept

            return quick(take_back)

        def worked(result: Any) -> None:
            self.reread(what(result).images, None if done is None else lambda: done(result))

        change = Change(text, verb, undo)
        self._left[change] = left
        for old in list(self._left)[:-_MOST_CHANGES]:
            del self._left[old]
        self.desk.changes.perform(change, worked, failed or self.failed.emit)

    def keep_notes(self, image_id: int, name: str, change: Callable[[str], str]) -> None:
        """Change an image's notes, from what they are when it is done."""

        def do() -> str:
            return self.kept.set_notes(image_id, change(self.kept.image(image_id).notes))

        self.desk.changes.perform(
            Change(
                fill(check_strings.CHANGE_NOTES, name=name),
                quick(do),
                lambda before: quick(lambda: self.kept.set_notes(image_id, before)),
            ),
            lambda _: self.reread([image_id]),
            self.failed.emit,
        )

    def act_on_sets(
        self,
        text: str,
        verb: Verb,
        undo: Callable[[Any], Verb],
        done: Callable[[Any], object] | None = None,
        failed: Callable[[], object] | None = None,
    ) -> None:
        """Change the sets themselves, or what is in them."""

        def worked(result: Any) -> None:
            self.refresh_sets(None if done is None else lambda: done(result))

        def went_wrong(sentence: str) -> None:
            if failed is not None:
                failed()
            self.failed.emit(sentence)

        self.desk.changes.perform(Change(text, verb, undo), worked, went_wrong)

    def _taken_back(self, change: Change) -> None:
        """Something was undone or done again, perhaps here; a set that is back is shown."""
        left = self._left.get(change)
        if left:
            self.failed.emit(strings.undo_left(len(left)))
            left.clear()

        def listed() -> None:
            if not self.open_id and self._last_open in [one.id for one in self.sets]:
                self.open(self._last_open)

        if self.is_known:
            self.refresh_sets(listed)
            self.reread()


def with_text(image: AltImage, text: AltText) -> AltImage:
    """The image with this text in its language."""
    others = tuple(one for one in image.texts if one.language != text.language)
    return replace(image, texts=(*others, text))
