"""Outlines that were rough when a person kept them: their better edge is kept in their place."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.grounding import GroundObject, GroundPicture, ObjectPrompt
from vlm_desktop.base.masks import Mask, overlap
from vlm_desktop.gui.panes.ground.session import GroundSession
from vlm_desktop.gui.widgets.overlay_pixels import make_ready
from vlm_desktop.jobs import GROUND, POINTING


@dataclass(frozen=True, slots=True, eq=False)
class _Finer:
    """What is to take the place of an object's rough outline."""

    number: int
    rough: Mask
    fine: Mask

    def of(self, one: GroundObject) -> GroundObject:
        """The object with its better edge; itself where it has another outline by now."""
        is_other = one.number != self.number or one.mask is self.fine
        if is_other or not _same(one.mask, self.rough):
            return one
        return replace(one, mask=self.fine, box=self.fine.box)


class Refining(QObject):
    """Main thread; lanes refine. No step of its own: undo takes back the keeping, and an undo that
    brings a rough outline to light again has its better edge put there again."""

    def __init__(self, session: GroundSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, session.desk
        self._known: tuple[_Finer, ...] = ()
        """Of the open picture."""
        session.finest = self._finest
        session.opened.connect(self._forget)
        session.objects_changed.connect(self._look)

    def owe(self, number: int, prompt: ObjectPrompt, rough: Mask, model: str | None) -> None:
        """This object was kept with a rough outline. `model` is one that has not answered yet,
        None where none was asked."""
        picture, services = self._session.picture, self._desk.services
        if picture is None:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, Mask]:
            yield from ()
            masks = services.ground.masks
            if model is None:
                fine = masks.refine(picture, prompt, rough, cancel)
            else:
                choices = masks.segment(picture, prompt, cancel, model_id=model).choices
                found = [one.mask for one in choices]
                fine = max(found, key=lambda one: overlap(one, rough), default=rough)
            make_ready(fine)
            return fine

        def done(fine: Mask) -> None:
            if fine.area:
                self._take(picture, _Finer(number, rough, fine))

        # Where it fails, the outline that a person saw stays.
        self._desk.ask(
            verb, done, failed=lambda _: None, lane=POINTING if model is None else GROUND
        )

    def _take(self, picture: GroundPicture, found: _Finer) -> None:
        if self._session.picture is picture:
            self._known = (*self._known, found)
            self._look()
        else:
            self._session.correct(picture, found.of)

    def _look(self) -> None:
        """A kept object has a rough outline whose better one is known."""
        picture = self._session.picture
        for found in self._known:
            one = self._session.object(found.number)
            if picture is not None and one is not None and found.of(one) is not one:
                self._session.correct(picture, found.of)

    def _forget(self) -> None:
        self._known = ()

    def _finest(self, objects: Sequence[GroundObject]) -> tuple[GroundObject, ...]:
        """On any thread: these with the best outlines that are known."""
        known, best = self._known, list(objects)
        for found in known:
            best = [found.of(one) for one in best]
        return tuple(best)


def _same(one: Mask | None, other: Mask) -> bool:
    if one is None or one is other:
        return one is other
    alike = (one.size, one.left, one.top) == (other.size, other.left, other.top)
    return alike and np.array_equal(one.bits, other.bits)
