"""Thumbs on answers: what a person says of them, kept with them, and offered to training."""

from collections.abc import Callable

from vlm_desktop.base.conversations import Turn
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.strings import chat_answers as answers
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick

UP, DOWN = 1, -1


class Votes:
    """Main thread; votes are written on the lane "io"."""

    def __init__(self, desk: Desk, session: ChatSession, failed: Callable[[], object]) -> None:
        self._desk, self._session, self._failed = desk, session, failed
        self._asked: dict[int, int] = {}
        """Thumbs that are being written, so that a second click counts from the first."""

    def vote(self, turn: Turn, thumb: int) -> None:
        """Give an answer a thumb; the one that it has already is taken back. Can be undone."""
        services = self._desk.services
        wanted = 0 if self._asked.get(turn.id, turn.vote) == thumb else thumb
        self._asked[turn.id] = wanted
        change = Change(
            answers.CHANGE_VOTE,
            quick(lambda: services.training.sources.vote(turn.id, wanted)),
            lambda before: quick(lambda: services.training.sources.vote(turn.id, before)),
        )
        words = self._words(turn, wanted)

        def done(_: object) -> None:
            self._end(turn, wanted)
            self._desk.say(words)
            if self._session.is_busy:  # else it is read anew for every change
                self._session.refresh()

        def failed(sentence: str) -> None:
            self._end(turn, wanted)
            self._desk.say(sentence)
            self._failed()

        self._desk.changes.perform(change, done, failed)

    def _end(self, turn: Turn, wanted: int) -> None:
        if self._asked.get(turn.id) == wanted:
            del self._asked[turn.id]

    def _words(self, turn: Turn, thumb: int) -> str:
        conversation = self._session.conversation
        if thumb != UP:
            return answers.VOTED_DOWN if thumb else answers.VOTED_BACK
        learns = conversation is not None and conversation.is_lesson(turn)
        return answers.VOTED_UP if learns else answers.VOTED_UP_ONLY
