"""The strip of pictures: its menu, and what the model saw of one of them."""

from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import SeenPicture
from vlm_desktop.base.conversations import Attachment, Picture
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.model_choice import ModelChoice
from vlm_desktop.gui.panes.chat.picture_strip import PictureStrip, SeenView
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.panes.chat.sources import PictureSources
from vlm_desktop.gui.pixels import image_of
from vlm_desktop.gui.strings import chat as strings
from vlm_desktop.gui.widgets.send_menu import send_menu, sending_of


class SeenCorner(QObject):
    """Main thread; looking runs on the lane "answers"."""

    def __init__(
        self,
        session: ChatSession,
        choice: ModelChoice,
        strip: PictureStrip,
        seen: SeenView,
        sources: PictureSources,
        options: Callable[[], GenerationOptions],
        over: QWidget,
    ) -> None:
        super().__init__(over)
        self._session, self._choice, self._strip, self._seen = session, choice, strip, seen
        self._sources, self._options, self._over = sources, options, over
        self._looked: Attachment | None = None
        session.opened.connect(self._seen.close_view)
        for signal in (session.opened, session.changed):
            signal.connect(self._show)
        sources.pictures.changed.connect(self._close_stale)
        strip.menu_wanted.connect(self._popup)

    def _show(self) -> None:
        conversation = self._session.conversation
        self._strip.show_pictures(conversation.pictures if conversation else ())

    def _close_stale(self) -> None:
        """What is seen of a picture goes with the picture."""
        conversation = self._session.conversation
        known = [one.attachment for one in conversation.pictures] if conversation else []
        if self._looked not in (*known, *self._sources.pictures.items):
            self._seen.close_view()

    def look(self, picture: Attachment, letter: str) -> None:
        """Show the exact pixels, tiles and tokens."""
        self._looked = picture
        self._seen.show_words(fill(strings.SEEN_LOOKING, letter=letter))
        options, model_id = self._options(), self._choice.current

        def verb(
            cancel: CancelToken,
        ) -> Generator[Event, None, tuple[SeenPicture, list[QImage]]]:
            found = yield from self._session.chat.look(
                picture, options, cancel, model_id=model_id, letter=letter
            )
            return found, [image_of(one) for one in found.seen.tiles]

        self._session.beside(
            verb,
            lambda found: self._seen.show_seen(*found),
            self._seen.show_words,
            latest="chat-look",
        )

    def menu(self, picture: Picture) -> QMenu:
        """What can be done with a picture of the conversation."""
        menu = QMenu(self._over)
        there = picture.attachment
        menu.addAction(strings.SEEN_SHOW, lambda: self.look(there, picture.letter))
        menu.addAction(strings.ASK_PART, lambda: self._sources.choose_region(there))
        menu.addAction(strings.ASK_AGAIN, lambda: self._sources.take_attachments([there]))
        menu.addSeparator()
        menu.addMenu(
            send_menu(self._session.desk, "chat", lambda key: sending_of(there, key), menu)
        )
        menu.addSeparator()
        words = strings.TAKE_BACK if picture.dropped else strings.LEAVE_OUT
        menu.addAction(words, lambda: self._toggle(picture))
        return menu

    def _toggle(self, picture: Picture) -> None:
        if picture.dropped:
            self._session.do(
                lambda chat, number: chat.take_picture_back(number, picture.id) and None
            )
        else:
            self._session.do(lambda chat, number: chat.drop_picture(number, picture.id) and None)

    def _popup(self, picture_id: int, at: QPoint) -> None:
        conversation = self._session.conversation
        if conversation is None:
            return
        menu = self.menu(conversation.picture(picture_id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
