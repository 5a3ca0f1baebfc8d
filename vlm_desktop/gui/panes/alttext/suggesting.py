"""What the program would decide about the image that is looked at, found out by itself."""

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vlm_desktop.base.alttext import Decision, Suggestion
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.alttext.session import AltSession
from vlm_desktop.jobs import ANSWERS

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job

_LOOK_MS = 500


class Suggesting(QObject):
    """Asks what the image that is looked at is for, where that is not known yet."""

    def __init__(self, session: AltSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._tried: set[int] = set()
        self._job: Job | None = None
        self._soon = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._soon.timeout.connect(self._ask)
        session.chosen.connect(self._soon.start)

    def stop(self) -> None:
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()

    def _ask(self) -> None:
        session, image = self._session, self._session.current
        if (
            image is None or image.path is None or image.missing or image.suggestion is not None
            or image.decision is not Decision.UNDECIDED or image.id in self._tried
        ):  # fmt: skip
            return
        path, context, number = image.path, image.context, image.id

        def verb(cancel: CancelToken) -> Generator[Event, None, Suggestion]:
            alttext = session.desk.services.alttext
            found = yield from alttext.drafting.suggest(path, context, cancel)
            alttext.sets.set_suggestion(number, found)
            return found

        def done(found: Suggestion) -> None:
            known = session.images.get(number)
            if known is not None:
                session.put_image(replace(known, suggestion=found))

        # Nobody asked for it: what goes wrong is told by the picture itself.
        self._job = session.desk.ask(
            verb, done, failed=lambda _: self._tried.add(number), lane=ANSWERS,
            latest="alttext-suggest",
        )  # fmt: skip
