"""Talks that are not kept: the command line's, and one question for many photos."""

import time
from collections.abc import Generator, Sequence
from dataclasses import replace

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import (
    AnswerTiming,
    GenerationOptions,
    Role,
    Token,
    TokenUsage,
)
from vlm_desktop.base.chaterrors import BadRegion, ChatOutOfMemory
from vlm_desktop.base.chatwork import Answered, BatchCell, BatchRow, BatchTable
from vlm_desktop.base.conversations import (
    AnswerBegun,
    AnswerRestarted,
    Attachment,
    Conversation,
    Turn,
    Why,
)
from vlm_desktop.base.errors import ChatRefused, MediaRefused, NothingAsked
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.preparing import Preparer, Ready, Task, unread_picture
from vlm_desktop.engine.structured import field_names, field_values

ROW_ERRORS = (MediaRefused, BadRegion, ChatRefused, ChatOutOfMemory)
"""What concerns one picture of many: its row says so, and the others are asked about."""


class LooseTalk:
    """A conversation in memory. For the lane "answers"."""

    def __init__(self, preparer: Preparer, model_id: str, pictures: Sequence[Attachment]) -> None:
        self._preparer = preparer
        self._model_id = model_id
        self._conversation = Conversation(
            id=0,
            title="",
            model_id=model_id,
            system_prompt="",
            metadata=False,
            pinned=False,
            created_at="",
            changed_at="",
            leaf=None,
            turns=(),
            pictures=tuple(
                unread_picture(number + 1, number, one) for number, one in enumerate(pictures)
            ),
        )

    def ask(
        self, text: str, options: GenerationOptions, cancel: CancelToken
    ) -> Generator[Event, None, Answered]:
        """Ask after what was said before. Raises as `Chat.ask` does."""
        capabilities, _ = self._preparer.answerer.about(self._model_id, cancel)
        if not text.strip() and capabilities.asks:
            raise NothingAsked(model=self._model_id)
        began = time.monotonic()
        before = self._conversation.turns
        shown = () if before else tuple(one.id for one in self._conversation.pictures)
        question = self._add(Role.USER, text, shown)
        task = Task(self._conversation, question, self._model_id, options)
        ready = yield from self._preparer.ready(task, cancel)
        yield AnswerBegun(0, 0, 0, self._model_id, ready.source)
        if ready.direct:
            answered = self._direct(text, ready, began)
            yield Token(answered.answer, 0)
        else:
            answered = yield from self._by_model(task, ready, cancel, began)
        self._add(Role.ASSISTANT, answered.answer, ())
        return answered

    def _direct(self, text: str, ready: Ready, began: float) -> Answered:
        words = self._preparer.direct(ready)
        waited = time.monotonic() - began
        return Answered(
            text, words, self._model_id, ready.source, None, TokenUsage(), ready.decode,
            AnswerTiming(), waited,
        )  # fmt: skip

    def _by_model(
        self, task: Task, ready: Ready, cancel: CancelToken, began: float
    ) -> Generator[Event, None, Answered]:
        first = 0.0
        answer = self._preparer.answer(task, ready, cancel, why=Why.ASKED)
        while True:
            try:
                event = next(answer)
            except StopIteration as end:
                made = end.value
                break
            if isinstance(event, Token) and not first:
                first = time.monotonic() - began
            elif isinstance(event, AnswerRestarted):
                first = 0.0
            try:
                yield event
            except GeneratorExit:
                answer.close()
                raise
        return Answered(
            ask=task.question.text,
            answer=made.reply.text,
            model_id=self._model_id,
            source=ready.source,
            stop=made.reply.stop,
            usage=made.reply.usage,
            decode=ready.decode,
            timing=made.reply.timing,
            first_token_at=first or time.monotonic() - began,
        )

    def _add(self, role: Role, text: str, pictures: tuple[int, ...]) -> Turn:
        turns = self._conversation.turns
        number = len(turns) + 1
        turn = Turn(number, turns[-1].id if turns else None, role, text, pictures=pictures)
        self._conversation = replace(self._conversation, turns=(*turns, turn), leaf=number)
        return turn


def ask_each(
    preparer: Preparer,
    model_id: str,
    pictures: Sequence[Attachment],
    questions: Sequence[str],
    options: GenerationOptions,
    cancel: CancelToken,
) -> Generator[Event, None, BatchTable]:
    """Every question about every picture, each on its own. See `Chat.batch`."""
    schema = options.json_schema
    fields = field_names(schema) if schema else ()
    asked = questions[:1] if schema else questions
    rows = []
    for number, picture in enumerate(pictures):
        cancel.raise_if_cancelled()
        yield Progress(Phase.ANSWER, number, len(pictures))
        began = time.monotonic()
        cells = []
        for question in asked:
            cell = yield from _cell(preparer, model_id, picture, question, options, cancel)
            cells.append(cell)
        if fields:
            answer = cells[0]
            cells = [replace(answer, fields=field_values(answer.answer, fields))]
        row = BatchRow(
            number, len(pictures), picture, tuple(cells), round(time.monotonic() - began, 3)
        )
        rows.append(row)
        yield row
    return BatchTable(model_id, fields or tuple(asked), tuple(rows))


def _cell(
    preparer: Preparer,
    model_id: str,
    picture: Attachment,
    question: str,
    options: GenerationOptions,
    cancel: CancelToken,
) -> Generator[Event, None, BatchCell]:
    """One answer, its pieces left unsaid: a table shows whole ones."""
    verb = LooseTalk(preparer, model_id, [picture]).ask(question, options, cancel)
    try:
        while True:
            event = next(verb)
            if isinstance(event, Progress):
                yield event
    except StopIteration as end:
        answered: Answered = end.value
        return BatchCell(answered.answer, answered.source)
    except ROW_ERRORS as error:
        return BatchCell(error=error)
    finally:
        verb.close()
