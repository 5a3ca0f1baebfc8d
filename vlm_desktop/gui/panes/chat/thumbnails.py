"""Small pictures of attachments, made once and kept."""

from collections.abc import Generator

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.events import Event
from vlm_desktop.gui.desk import Desk


class AttachmentThumbnails(QObject):
    """Makes JPEGs on the lane "io". Main thread."""

    made = Signal(object)
    """An `Attachment`, whose `jpeg` is there now."""

    def __init__(
        self, desk: Desk, side: int, parent: QObject | None = None, *, quiet: bool = False
    ) -> None:
        """`quiet`: a picture that cannot be read is told of by someone else."""
        super().__init__(parent)
        self._desk, self._side, self._quiet = desk, side, quiet
        self._made: dict[Attachment, bytes] = {}
        self._asked: set[Attachment] = set()

    def jpeg(self, picture: Attachment) -> bytes:
        """The thumbnail, or nothing while it is being made or cannot be."""
        if picture not in self._made and picture not in self._asked:
            self._asked.add(picture)
            self._ask(picture)
        return self._made.get(picture, b"")

    def _ask(self, picture: Attachment) -> None:
        services = self._desk.services

        def verb(cancel: CancelToken) -> Generator[Event, None, bytes]:
            return services.peeking.thumbnail(
                picture.path, picture.page, picture.box, self._side, cancel
            )

        def done(jpeg: bytes) -> None:
            self._asked.discard(picture)
            self._made[picture] = jpeg
            self.made.emit(picture)

        def failed(sentence: str) -> None:
            self._asked.discard(picture)
            self._made[picture] = b""  # not asked again each time it is painted
            if not self._quiet:
                self._desk.say(sentence)

        self._desk.ask(verb, done, failed=failed)
