"""The pictures that come with the next question: in order, each with its letter."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.conversations import Attachment, Conversation
from vlm_desktop.gui.panes.chat.letters import letters


class AttachedPictures(QObject):
    """Holds attachments; a picture the conversation knows keeps its letter. Main thread."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Attachment] = []
        self._known: dict[Attachment, str] = {}

    @property
    def items(self) -> tuple[Attachment, ...]:
        return tuple(self._items)

    @property
    def lettered(self) -> tuple[tuple[str, Attachment], ...]:
        """(letter, picture) in order."""
        free = letters(self._known.values())
        return tuple((self._known.get(one) or next(free), one) for one in self._items)

    def know(self, conversation: Conversation | None) -> None:
        """Letters that are given already."""
        pictures = conversation.pictures if conversation else ()
        self._known = {one.attachment: one.letter for one in pictures}
        self.changed.emit()

    def add(self, pictures: Sequence[Attachment]) -> None:
        """Each once, at the end."""
        new = [one for one in dict.fromkeys(pictures) if one not in self._items]
        if new:
            self._items += new
            self.changed.emit()

    def remove(self, place: int) -> None:
        del self._items[place]
        self.changed.emit()

    def move(self, place: int, by: int) -> int:
        """Put one further to the front or the end; its new place."""
        target = min(max(0, place + by), len(self._items) - 1)
        if target != place:
            self._items.insert(target, self._items.pop(place))
            self.changed.emit()
        return target

    def replace(self, place: int, picture: Attachment) -> None:
        self._items[place] = picture
        self.changed.emit()

    def put(self, pictures: Sequence[Attachment]) -> None:
        """These instead."""
        self._items = list(dict.fromkeys(pictures))
        self.changed.emit()
