"""Shows where an answer says things are: the dialog, and the pictures it asks for."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vlm_desktop.base.conversations import Turn
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.places import PicturePlaces, places_of
from vlm_desktop.gui.panes.chat.places_dialog import PlacesDialog
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.pixels import whole_page
from vlm_desktop.gui.strings import chat_answers as answers

if TYPE_CHECKING:
    from vlm_desktop.jobs import Job


class PlacesCorner(QObject):
    """Main thread; pictures are read on the lane "io"."""

    def __init__(self, desk: Desk, session: ChatSession, over: QWidget) -> None:
        super().__init__(over)
        self._desk, self._session, self._over = desk, session, over
        self._job: Job | None = None

    def open(self, turn: Turn) -> PlacesDialog | None:
        """Show the places of an answer of the open conversation; None where it names none."""
        conversation = self._session.conversation
        shown = places_of(conversation, turn) if conversation is not None else ()
        if not shown:
            return None
        dialog = PlacesDialog(shown, self._over)
        dialog.picture_wanted.connect(lambda one: self._load(one, dialog))
        dialog.ground_wanted.connect(self._desk.navigator.sent)
        dialog.finished.connect(lambda _: self._drop())
        dialog.open()
        dialog.begin()
        return dialog

    def _load(self, one: PicturePlaces, dialog: PlacesDialog) -> None:
        self._drop()
        if one.picture.is_forgotten:
            dialog.show_failure(answers.PLACES_FORGOTTEN)
            return
        self._job = self._desk.ask(
            whole_page(self._desk.services, one.picture.attachment),
            lambda found: dialog.show_picture(*found),
            failed=dialog.show_failure,
        )

    def _drop(self) -> None:
        """What was asked for before is of no use any more."""
        if self._job is not None:
            self._job.silence()
            self._job.cancel()
            self._job = None
