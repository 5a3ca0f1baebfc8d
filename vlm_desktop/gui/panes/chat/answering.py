"""Shows the session in the transcript: the turns that are kept, and the answer that is written."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from vlm_desktop.base.conversations import AnswerBegun, AnswerSource, Conversation, Turn
from vlm_desktop.base.events import Progress
from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.chat.attached import AttachedPictures
from vlm_desktop.gui.panes.chat.doubts import Doubts
from vlm_desktop.gui.panes.chat.facts import Life, Row, TurnFacts
from vlm_desktop.gui.panes.chat.rows import (
    NEW_ANSWER,
    NEW_QUESTION,
    Names,
    facts_of,
    rows_of,
    waiting_rows,
)
from vlm_desktop.gui.panes.chat.session import Asked, ChatSession
from vlm_desktop.gui.panes.chat.stream import AnswerStream
from vlm_desktop.gui.panes.chat.transcript import Transcript
from vlm_desktop.gui.strings import chat as strings


class Answering(QObject):
    """Nothing of a growing answer is kept here but its text so far. Main thread."""

    def __init__(
        self,
        session: ChatSession,
        transcript: Transcript,
        doubts: Doubts,
        pictures: AttachedPictures,
        names: Callable[[], Names],
        is_indexing: Callable[[], bool],
    ) -> None:
        super().__init__(transcript)
        self._session, self._transcript = session, transcript
        self._doubts, self._pictures, self._names = doubts, pictures, names
        self._is_indexing = is_indexing
        self._streams: dict[int, AnswerStream] = {}
        self._keys: dict[int, int] = {}
        self._question = NEW_QUESTION
        self._leaf: int | None = None
        self._conversation = 0
        session.opened.connect(lambda: self.show_all(fresh=True))
        session.changed.connect(self.show_all)
        session.asking.connect(self._asking)
        session.begun.connect(self._begun)
        session.grew.connect(self._grew)
        session.restarted.connect(self._restarted)
        session.loading.connect(self._loading)
        session.ended.connect(self._ended)
        doubts.changed.connect(self._doubted)

    # --- what is kept --------------------------------------------------------------------

    def show_all(self, *, fresh: bool = False) -> None:
        """The branch that is shown of the open conversation, and the answer that is written."""
        conversation, asked = self._session.conversation, self._session.asked
        if conversation is None:
            rows = []
        elif asked is not None and self._conversation in (0, conversation.id):
            rows = self._live_rows(conversation, asked)
        else:
            rows = self._rows(conversation)
        self._transcript.show_rows(rows, fresh=fresh)

    def _live_rows(self, conversation: Conversation | None, asked: Asked) -> list[Row]:
        """What was there when it was asked, then the question and its answers as far as they are.

        The turns that are kept of them so far are older than what is on the screen.
        """
        names = self._names()
        before = replace(conversation, leaf=self._leaf) if conversation else None
        letters = tuple(letter for letter, one in self._pictures.lettered if one in asked.pictures)
        rows = waiting_rows(
            self._rows(before) if before else [],
            asked.text,
            letters,
            tuple(names.model(one) for one in asked.sides),
            asked=asked.parent is not None,
        )
        return [tuple(self._as_shown(one) for one in row) for row in rows]

    def _as_shown(self, facts: TurnFacts) -> TurnFacts:
        """A turn that was waited for has its id by now, and some words."""
        key = facts.key
        if key == NEW_QUESTION:
            key = self._question
        elif key <= NEW_ANSWER:
            key = self._keys.get(NEW_ANSWER - key, key)
        view = self._transcript.view(key)
        return view.facts if view is not None and facts.key < 0 else replace(facts, key=key)

    def _rows(self, conversation: Conversation) -> list[Row]:
        return rows_of(conversation, self._names(), self._doubts.by_turn)

    def turn(self, key: int) -> Turn | None:
        """The turn that is shown under a key, if it is kept already."""
        conversation = self._session.conversation
        found = [one for one in conversation.turns if one.id == key] if conversation else []
        return found[0] if found else None

    def _doubted(self, turn_id: int) -> None:
        view, turn = self._transcript.view(turn_id), self.turn(turn_id)
        if view is None or turn is None or self._session.conversation is None:
            return
        before = view.facts
        doubts = self._doubts.by_turn
        facts = facts_of(self._session.conversation, turn, self._names(), doubts)
        shown = replace(before, doubts=facts.doubts)
        self._transcript.show_turn(shown)
        if shown.doubts and not shown.doubts[-1].is_running:
            last = shown.doubts[-1]
            announce(view, f"{last.name}: {last.found} {last.meaning}")

    # --- an answer that is written -------------------------------------------------------

    def _asking(self, asked: Asked) -> None:
        conversation = self._session.conversation
        self._conversation = conversation.id if conversation else 0
        self._leaf = _leaf_before(conversation, asked)
        self._streams, self._keys, self._question = {}, {}, NEW_QUESTION
        self._transcript.show_rows(self._live_rows(conversation, asked))
        self._transcript.show_end()
        # Both go on at once and share the processor: say why it takes longer.
        words = strings.WAITING_INDEXING if self._is_indexing() else strings.WAITING
        for side in range(len(asked.sides)):
            view = self._transcript.view(NEW_ANSWER - side)
            if view is not None:
                view.say_waiting(words)
        announce(self._transcript, words)

    def _begun(self, event: AnswerBegun) -> None:
        self._keys[event.side] = event.answer
        self._question = event.question
        self._conversation = event.conversation
        self._transcript.rekey(NEW_QUESTION, event.question)
        self._transcript.rekey(NEW_ANSWER - event.side, event.answer)
        view = self._transcript.view(event.answer)
        if view is None:
            return
        source = event.source
        words = strings.SOURCES[source] if source is not AnswerSource.MODEL else ""
        author = self._names().model(event.model_id)
        plain = source is not AnswerSource.MODEL
        view.show_facts(replace(view.facts, author=author, source=words, plain=plain))

    def _grew(self, side: int, text: str) -> None:
        if side not in self._streams:
            self._streams[side] = AnswerStream(
                lambda whole, side=side: self._show(side, whole),
                lambda words: announce(self._transcript, words),
                strings.code_lines,
                self,
            )
        self._streams[side].add(text)

    def _show(self, side: int, whole: str) -> None:
        view = self._transcript.view(self._keys.get(side, NEW_ANSWER - side))
        if view is not None:
            view.show_growing(whole)

    def _restarted(self) -> None:
        """Memory ran out, and the answer is written anew."""
        for stream in self._streams.values():
            stream.begin()
        for side in self._keys:
            self._show(side, "")
        announce(self._transcript, strings.RESTARTED)

    def _loading(self, event: Progress) -> None:
        words = strings.PHASES.get(event.phase.value, strings.WAITING)
        if event.total and event.total > 1:
            words = fill(strings.LOADING_OF, work=words, percent=100 * event.done / event.total)
        for key in self._keys.values() or (NEW_ANSWER,):
            view = self._transcript.view(key)
            if view is not None and view.facts.life is Life.WAITING:
                view.say_waiting(words)

    def _ended(self) -> None:
        """What is kept takes the place of what grew; the last sentence is still to be spoken."""
        streams, keys = self._streams, self._keys
        self._streams, self._keys = {}, {}
        self.show_all()
        for side, stream in streams.items():
            turn = self.turn(keys.get(side, 0))
            stream.end(turn.text if turn else stream.text)


def _leaf_before(conversation: Conversation | None, asked: Asked) -> int | None:
    """Where the answer that is written, or its question, will hang."""
    if asked.parent is not None or conversation is None:
        return asked.parent
    if asked.replaces is not None:
        return conversation.turn(asked.replaces).parent
    return conversation.leaf
