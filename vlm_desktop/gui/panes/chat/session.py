"""The open conversation, and everything that is asked of the engine about it. Main thread."""

import importlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Token
from vlm_desktop.base.chatwork import Side
from vlm_desktop.base.conversations import (
    AnswerBegun,
    AnswerRestarted,
    Attachment,
    Conversation,
    ModelAsked,
    Turn,
    Why,
)
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import ANSWERS, CancelledEnding, Done, Failed, Job

if TYPE_CHECKING:
    from vlm_desktop.engine.chat import Chat

Verb = Callable[[CancelToken], Generator[Event, None, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is being answered: shown until the engine has it. `sides` counts the answers.

    `parent` is the question that is answered again; None for a new one. `replaces` is the
    question that is edited.
    """

    text: str = ""
    pictures: tuple[Attachment, ...] = ()
    sides: tuple[str, ...] = ("",)
    parent: int | None = None
    replaces: int | None = None


class ChatSession(QObject):
    """Holds one conversation at a time, and at most one answer that is being written.

    Verbs run on the lane "answers", one after the other; quick reads and writes on "io".
    """

    opened = Signal()
    """Another conversation, or none."""
    changed = Signal()
    """The conversation that is open is another than it was."""
    listed = Signal()
    """Conversations came, went or were renamed."""
    asking = Signal(object)
    """An `Asked`: its answer is waited for."""
    begun = Signal(object)
    """`AnswerBegun`."""
    grew = Signal(int, str)
    """Side and the next piece of its answer."""
    restarted = Signal()
    loading = Signal(object)
    """`Progress` before the answer: a model is loaded, pictures are read."""
    ended = Signal()
    """No answer is being written any more."""
    failed = Signal(str)
    """A sentence about what went wrong."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = self._desk = desk
        self.conversation: Conversation | None = None
        self.asked: Asked | None = None
        self._job: Job | None = None
        self._side = 0
        self.is_stopping = False

    @property
    def chat(self) -> "Chat":
        """For functions that run on lanes, never here."""
        return self._desk.services.chat

    def error_of(self, turn: Turn) -> AppError | None:
        """What ended a failed answer."""
        # Late, as all of the engine: it is there when there is such a turn.
        found: AppError | None = importlib.import_module("vlm_desktop.engine.chat").error_of(turn)
        return found

    @property
    def is_busy(self) -> bool:
        return self.asked is not None

    # --- conversations -------------------------------------------------------------------

    def close(self) -> None:
        """Show no conversation: the next question begins one."""
        self.conversation = None
        self.opened.emit()

    def open(self, conversation_id: int, turn: int | None = None) -> None:
        """Show a conversation; with `turn`, the branch that holds it."""

        def read() -> Conversation:
            chat = self.chat
            return chat.select(conversation_id, turn) if turn else chat.open(conversation_id)

        def done(conversation: Conversation) -> None:
            self.conversation = conversation
            self.opened.emit()

        self._desk.fetch(read, done, failed=self.failed.emit, latest="chat-open")

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read the open conversation anew."""
        if self.conversation is None:
            return
        number = self.conversation.id
        self._desk.fetch(lambda: self.chat.open(number), lambda one: self._refreshed(one, done))

    def _refreshed(self, conversation: Conversation, done: Callable[[], None] | None) -> None:
        if self.conversation is not None and self.conversation.id == conversation.id:
            self.take(conversation)
        if done is not None:
            done()

    def take(self, conversation: Conversation) -> None:
        """What a verb gave back is the open conversation now."""
        if self.conversation is None or conversation.id == self.conversation.id:
            self.conversation = conversation
            self.changed.emit()

    def do(self, function: Callable[["Chat", int], object], *, listed: bool = False) -> None:
        """Change the open conversation in some small way, then read it anew."""
        if self.conversation is None:
            return
        number = self.conversation.id

        def write() -> Conversation:
            result = function(self.chat, number)
            return result if isinstance(result, Conversation) else self.chat.open(number)

        def done(conversation: Conversation) -> None:
            self.take(conversation)
            if listed:
                self.listed.emit()

        self._desk.fetch(write, done, failed=self.failed.emit)

    def ensure(self, then: Callable[[int], object], *, model_id: str, system_prompt: str) -> None:
        """Have a conversation; a new one is begun where none is open."""
        if self.conversation is not None:
            then(self.conversation.id)
            return

        def done(conversation: Conversation) -> None:
            if self.conversation is None:
                self.conversation = conversation
                self.changed.emit()  # what is asked stays on the screen
            then(self.conversation.id)

        self._desk.fetch(
            lambda: self.chat.start(model_id=model_id, system_prompt=system_prompt),
            done,
            failed=self._start_failed,
        )

    def _start_failed(self, sentence: str) -> None:
        self.asked = None
        self.ended.emit()
        self.failed.emit(sentence)

    # --- answers -------------------------------------------------------------------------

    def ask(
        self,
        text: str,
        pictures: Sequence[Attachment],
        options: GenerationOptions,
        *,
        model_id: str,
        system_prompt: str,
    ) -> None:
        """Ask after the last turn."""
        pictures = tuple(pictures)
        self.asked = Asked(text, pictures, (model_id,))
        self.asking.emit(self.asked)
        region = pictures[0] if len(pictures) == 1 and pictures[0].box is not None else None

        def begin(number: int) -> None:
            if region is not None:
                self._run(
                    lambda cancel: self.chat.ask_region(
                        number, text, region, options, cancel, model_id=model_id
                    )
                )
            else:
                self._run(
                    lambda cancel: self.chat.ask(
                        number, text, pictures, options, cancel, model_id=model_id
                    )
                )

        self.ensure(begin, model_id=model_id, system_prompt=system_prompt)

    def compare(
        self,
        text: str,
        pictures: Sequence[Attachment],
        sides: Sequence[Side],
        *,
        model_id: str,
        system_prompt: str,
    ) -> None:
        """Ask the same of several models or settings."""
        pictures, sides = tuple(pictures), tuple(sides)
        self.asked = Asked(text, pictures, tuple(one.model_id for one in sides))
        self.asking.emit(self.asked)
        self.ensure(
            lambda number: self._run(
                lambda cancel: self.chat.compare(number, text, pictures, sides, cancel)
            ),
            model_id=model_id,
            system_prompt=system_prompt,
        )

    def edit(self, turn: Turn, text: str, options: GenerationOptions, *, model_id: str) -> None:
        """Ask a question in other words, beside what it was."""
        self.asked = Asked(text, sides=(model_id,), replaces=turn.id)
        self.asking.emit(self.asked)
        self._run(
            lambda cancel: self.chat.edit(turn.id, text, cancel, options=options, model_id=model_id)
        )

    def regenerate(
        self,
        turn: Turn,
        why: Why,
        note: str,
        *,
        model_id: str = "",
        options: GenerationOptions | None = None,
    ) -> None:
        """Have another answer beside an answer."""
        self.asked = Asked(parent=turn.parent, sides=(model_id or turn.model_id,))
        self.asking.emit(self.asked)
        self._run(
            lambda cancel: self.chat.regenerate(
                turn.id, cancel, why=why, note=note, model_id=model_id, options=options
            )
        )

    def go_on(self, turn: Turn) -> None:
        """Answer a question that has no answer."""
        self.asked = Asked(parent=turn.id)
        self.asking.emit(self.asked)
        self._run(lambda cancel: self.chat.go_on(turn.id, cancel))

    def run_again(self, turn: Turn, done: Callable[[Any], None]) -> None:
        """See whether the same comes out."""
        self.asked = Asked(parent=turn.parent, sides=(turn.model_id,))
        self.asking.emit(self.asked)
        self._run(lambda cancel: self.chat.run_again(turn.id, cancel), done)

    def stop(self) -> bool:
        """Stop the answer; what was written of it stays. False when there is none."""
        if self._job is None:
            return False
        self.is_stopping = True
        self._job.cancel()
        return True

    def _run(self, verb: Verb, done: Callable[[Any], None] | None = None) -> None:
        self.is_stopping = False
        self._side = 0

        def heard(event: Event) -> None:
            match event:
                case Token(text):
                    self.grew.emit(self._side, text)
                case AnswerBegun():
                    self._side = event.side
                    self.begun.emit(event)
                    if not event.side:
                        # Its title and pictures are known from now on, however long it takes.
                        self.refresh()
                        self.listed.emit()
                case ModelAsked():
                    self.loading.emit(Progress(Phase.ANSWER, 0, None))
                case AnswerRestarted():
                    self.restarted.emit()
                case Progress():
                    self.loading.emit(event)
                case Done(result):
                    self._finish("", done, result)
                case Failed(error):
                    self._finish(failure(error), None, None)
                case CancelledEnding():
                    self._finish("", None, None)

        self._job = self._desk.runner.submit(verb, heard, lane=ANSWERS)

    def _finish(self, sentence: str, done: Callable[[Any], None] | None, result: object) -> None:
        """The saved turns take the place of those that were shown while they grew.

        Nothing counts as asked any more when they are read, so that a long answer is shown once.
        """
        self._job = None
        self.is_stopping = False

        def shown() -> None:
            self.asked = None
            self.ended.emit()
            self.listed.emit()
            if sentence:
                self.failed.emit(sentence)
            if done is not None:
                done(result)

        if self.conversation is None:
            shown()
            return
        number = self.conversation.id

        def read(conversation: Conversation) -> None:
            self.asked = None
            self._refreshed(conversation, shown)

        self._desk.fetch(
            lambda: self.chat.open(number),
            read,
            failed=lambda said: (self.failed.emit(said), shown()),
        )

    # --- side verbs ----------------------------------------------------------------------

    def beside(
        self,
        verb: Verb,
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        *,
        latest: str | None = None,
        progress: Callable[[Event], None] | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> Job:
        """Something else that needs the model: a look, a doubt, what a question would take."""
        return self._desk.ask(
            verb,
            done,
            failed=failed,
            lane=ANSWERS,
            latest=latest,
            progress=progress,
            cancelled=cancelled,
        )
