"""The places that an answer names, picture by picture, as regions to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from vlm_desktop.base.conversations import Conversation, Picture, Turn
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Box, Size
from vlm_desktop.gui.panes.chat.picture_chips import picture_name
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.widgets.overlay_items import OverlayItem


@dataclass(frozen=True, slots=True)
class PicturePlaces:
    """What an answer names in one picture: (what, where in pixels of the whole page)."""

    picture: Picture
    places: tuple[tuple[str, Box], ...]

    @property
    def name(self) -> str:
        """The picture as it is called; one that was forgotten has no name any more."""
        letter = self.picture.letter
        if self.picture.is_forgotten:
            return fill(answers.PLACES_NAMELESS, letter=letter)
        name = picture_name(self.picture.attachment)
        return fill(strings.PICTURE_CHIP, letter=letter, name=name)

    @property
    def whole(self) -> Box:
        """All of the page."""
        return Box(0.0, 0.0, float(self.picture.size.width), float(self.picture.size.height))

    def items(self, frame: Box) -> tuple[OverlayItem, ...]:
        """Regions over a part of the page, in its own pixels; the same thing in one colour."""
        things = list(dict.fromkeys(what for what, _ in self.places))
        return tuple(
            OverlayItem(number, what, things.index(what), box=_moved(box, frame))
            for number, (what, box) in enumerate(self.places)
        )


def places_of(conversation: Conversation, turn: Turn) -> tuple[PicturePlaces, ...]:
    """The pictures in which an answer names places, as they are first named."""
    pictures = {one.id: one for one in conversation.pictures}
    found: dict[int, list[tuple[str, Box]]] = {}
    for what, number, box in turn.boxes:
        if number in pictures:
            found.setdefault(number, []).append((what, box))
    return tuple(PicturePlaces(pictures[number], tuple(places)) for number, places in found.items())


def count_of(shown: Sequence[PicturePlaces]) -> int:
    """How many places there are in all."""
    return sum(len(one.places) for one in shown)


def size_of(frame: Box) -> Size:
    """In whole pixels, at least one each way."""
    return Size(max(1, round(frame.x1 - frame.x0)), max(1, round(frame.y1 - frame.y0)))


def _moved(box: Box, frame: Box) -> QRectF:
    return QRectF(box.x0 - frame.x0, box.y0 - frame.y0, box.x1 - box.x0, box.y1 - box.y0)
