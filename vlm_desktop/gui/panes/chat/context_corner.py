"""What the next question would take: asked while it is typed, shown as a bar and in seconds."""

from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions
from vlm_desktop.base.chatwork import ContextUse
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.chat.composer import Composer
from vlm_desktop.gui.panes.chat.context_bar import ContextBar, ContextPopover
from vlm_desktop.gui.panes.chat.model_choice import ModelChoice
from vlm_desktop.gui.panes.chat.session import ChatSession

_PATIENCE_MS = 400
_SHORTEST = "?"
"""Stands for the question while none is typed."""


class ContextCorner(QObject):
    """Asks a while after the last change, never while an answer is written. Main thread."""

    def __init__(
        self,
        session: ChatSession,
        choice: ModelChoice,
        composer: Composer,
        bar: ContextBar,
        options: Callable[[], GenerationOptions],
        begin: Callable[[Callable[[int], object]], object],
    ) -> None:
        """`begin(then)` has a conversation begun where none is open, and calls `then`."""
        super().__init__(bar)
        self._begin = begin
        self._session, self._choice, self._composer = session, choice, composer
        self._bar, self._options = bar, options
        self._soon = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._soon.timeout.connect(self._ask)
        composer.changed.connect(self.ask_soon)
        composer.budget.chosen.connect(self.ask_soon)
        choice.capable.connect(self._show_capabilities)
        for signal in (session.opened, session.changed, session.ended, choice.changed):
            signal.connect(self.ask_soon)
        bar.pressed.connect(self.open_parts)
        bar.hide()

    def ask_soon(self) -> None:
        if not self._session.is_busy:
            self._soon.start()

    def stop(self) -> None:
        self._soon.stop()

    def _show_capabilities(self) -> None:
        known = self._choice.capabilities
        self._composer.budget.show_budgets(known.image_budget if known else ())
        self._composer.show_capabilities(known)
        self.ask_soon()

    def _ask(self) -> None:
        conversation, model_id = self._session.conversation, self._choice.current
        text, pictures = self._composer.text, self._composer.pictures.items
        if not model_id or self._session.is_busy:
            return
        if not text and not pictures and (conversation is None or not conversation.turns):
            self._show(None)
            return
        if conversation is None:
            if pictures:
                self._begin(lambda _: None)  # what has changed is asked about again
            return
        number, options = conversation.id, self._options()

        def verb(cancel: CancelToken) -> Generator[Event, None, ContextUse]:
            return self._session.chat.context(
                number, text or _SHORTEST, pictures, options, cancel, model_id=model_id
            )

        # What cannot be told now (a picture that is gone) is said when the question is asked.
        self._session.beside(verb, self._show, lambda _: self._show(None), latest="chat-context")

    def _show(self, use: ContextUse | None) -> None:
        self._bar.show_use(use)
        self._bar.setVisible(use is not None)
        self._composer.budget.show_use(use)

    def open_parts(self) -> None:
        """The parts in words, with pictures to leave out."""
        use = self._bar.use
        if use is None:
            return
        popover = ContextPopover(use, self._session.conversation, self._bar)
        popover.left_out.connect(self._leave_out)
        popover.taken_back.connect(self._take_back)
        popover.open_below(self._bar)

    def _leave_out(self, letter: str) -> None:
        picture = self._picture(letter)
        if picture is not None:
            self._session.do(lambda chat, number: chat.drop_picture(number, picture) and None)

    def _take_back(self, letter: str) -> None:
        picture = self._picture(letter)
        if picture is not None:
            self._session.do(lambda chat, number: chat.take_picture_back(number, picture) and None)

    def _picture(self, letter: str) -> int | None:
        conversation = self._session.conversation
        pictures = conversation.pictures if conversation else ()
        return next((one.id for one in pictures if one.letter == letter), None)
