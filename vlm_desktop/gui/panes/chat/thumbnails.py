"""Small pictures of attachments, made once and kept."""

from collections.abc import Callable, Generator

from PySide6.QtCore import QObject

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.events import Event
from vlm_desktop.gui.desk import Desk


class AttachmentThumbnails(QObject):
    """Gives JPEGs; decoding runs on the lane "io". Main thread."""

    def __init__(self, desk: Desk, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._side = desk, side
        self._made: dict[Attachment, bytes] = {}
        self._waiting: dict[Attachment, list[Callable[[bytes], None]]] = {}

    def know(self, picture: Attachment, jpeg: bytes) -> None:
        """Its thumbnail is kept elsewhere and is this."""
        if jpeg:
            self._made[picture] = jpeg

    def ask(self, picture: Attachment, done: Callable[[bytes], None]) -> None:
        """Have `done` called with the JPEG, at once or later; never if it cannot be read."""
        if picture in self._made:
            done(self._made[picture])
            return
        waiting = self._waiting.setdefault(picture, [])
        waiting.append(done)
        if len(waiting) > 1:
            return

        def verb(cancel: CancelToken) -> Generator[Event, None, bytes]:
            return self._desk.services.peeking.thumbnail(
                picture.path, picture.page, picture.box, self._side, cancel
            )

        def made(jpeg: bytes) -> None:
            self._made[picture] = jpeg
            for one in self._waiting.pop(picture, ()):
                one(jpeg)

        def failed(sentence: str) -> None:
            self._waiting.pop(picture, None)
            self._desk.say(sentence)

        self._desk.ask(verb, made, failed=failed)
