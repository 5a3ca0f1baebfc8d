"""An answer in the library while it is written."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

from vlm_desktop.base.chat import AnswerTiming, Token
from vlm_desktop.base.conversations import (
    AnswerRestarted,
    AnswerSource,
    Failure,
    ModelAsked,
    Turn,
    TurnState,
)
from vlm_desktop.base.errors import AppError, Cancelled
from vlm_desktop.base.events import Event
from vlm_desktop.engine.answering import ModelAnswer
from vlm_desktop.engine.chatkeeping import failure_of
from vlm_desktop.store.contents import clean
from vlm_desktop.store.library import Library

SAVE_SECONDS = 0.5
SAVE_TOKENS = 32
"""What is written of an answer is kept after so many seconds or tokens, whichever comes first."""


class KeptAnswer:
    """An answer's turn in the library: what is written is kept twice a second, and how it ended."""

    def __init__(self, library: Library, conversation_id: int, draft: Turn) -> None:
        self._library = library
        self.turn = library.add_turn(conversation_id, draft)
        self._saved_at = time.monotonic()
        self._unsaved = 0
        self._asked: ModelAsked | None = None
        self._asked_at = self._first_at = self._last_at = 0.0
        self._tokens = 0

    def end(
        self,
        *,
        state: TurnState | None = None,
        failure: Failure | None = None,
    ) -> None:
        """Remember how it ended, to be kept."""
        self.turn = replace(self.turn, state=state or self.turn.state, failure=failure)

    def begin(
        self, source: AnswerSource, context: str, system: str, shown: tuple[int, ...], decode: float
    ) -> None:
        """Remember what it is an answer to."""
        self.turn = replace(
            self.turn, source=source, context=context, system=system, shown=shown, decode=decode
        )

    def grow(
        self, answer: Generator[Event, None, ModelAnswer]
    ) -> Generator[Event, None, ModelAnswer]:
        """Pass the events of an answer on, keeping its words."""
        while True:
            try:
                event = next(answer)
            except StopIteration as end:
                made: ModelAnswer = end.value
                return made
            if isinstance(event, Token):
                self.piece(event)
            elif isinstance(event, ModelAsked):
                self._asked, self._asked_at, self._tokens = event, time.monotonic(), 0
            elif isinstance(event, AnswerRestarted):
                self.turn = replace(self.turn, text="")
            try:
                yield event
            except GeneratorExit:
                answer.close()
                raise

    def piece(self, token: Token) -> None:
        self.turn = replace(self.turn, text=self.turn.text + token.text)
        self._unsaved += token.count
        now = self._last_at = time.monotonic()
        if not self._tokens:
            self._first_at = now
        self._tokens += token.count
        if self._unsaved >= SAVE_TOKENS or now - self._saved_at >= SAVE_SECONDS:
            self._library.save_turn_text(self.turn.id, self.turn.text)
            self._saved_at, self._unsaved = now, 0

    def done(self, made: ModelAnswer) -> None:
        """The model is done."""
        self.turn = replace(
            self.turn,
            text=clean(made.reply.text),  # as it comes back from the library
            state=TurnState.DONE,
            revision=made.spec.revision,
            options=made.options,
            stop=made.reply.stop,
            usage=made.reply.usage,
            timing=made.reply.timing,
            boxes=made.reply.boxes,
        )

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Keep the answer as it is when the block ends, however it ends."""
        try:
            yield
        except Cancelled:
            raise
        except AppError as error:
            self.end(state=TurnState.FAILED, failure=failure_of(error))
            raise
        finally:
            if self.turn.state is not TurnState.DONE:
                self._measure()
            self._library.finish_turn(self.turn)

    def _measure(self) -> None:
        """What is known of an answer that was not written to its end, taken from outside: all
        until its first token counts as prefill."""
        if self._asked is None or not self._tokens:
            return
        self.turn = replace(
            self.turn,
            revision=self._asked.revision,
            usage=replace(self._asked.usage, reply=self._tokens),
            timing=AnswerTiming(
                prefill=self._first_at - self._asked_at, generate=self._last_at - self._first_at
            ),
        )
