"""Talking with a model about pictures: `AppServices.chat`, the facade the fronts use.

Generators run on the lane "answers" (one thread), and so do the plain methods that say so; all
other methods are quick reads and writes of the database, from any thread. Verbs that answer
yield `AnswerBegun`, then `base.chat.Token`s, and return the saved `Turn`; what was written is in
the database at least twice a second, so nothing is lost when the program is killed. A verb that
is cancelled or closed leaves the turn with state "partial"; one that fails leaves it "failed"
and raises.

    chatkeeping.py  conversations, branches, prompts    residents.py     models in memory
    chatasking.py   asking, again, comparing            answering.py     one request, answered
    loosetalk.py    talks that are not kept             preparing.py     pictures, file or model
    doubt.py        what speaks against an answer       prompting.py     what a model is told
    chatexport.py   Markdown, HTML, JSON                directanswers.py what the file knows
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from vlm_desktop.backends.adapters.folder import base_id
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.adapters import AdapterInfo
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, ChatSpec, GenerationOptions, Role, TokenUsage
from vlm_desktop.base.chaterrors import NoAnswerYet
from vlm_desktop.base.chatwork import (
    Answered,
    BatchRow,
    BatchTable,
    BlankTest,
    ChatChoice,
    ContextUse,
    ConversationExport,
    ConversationFormat,
    ConversationWords,
    FormAnswer,
    NounsFound,
    PictureCost,
    SampleAgreement,
    SeenPicture,
)
from vlm_desktop.base.conversations import (
    AnswerSource,
    Attachment,
    Conversation,
    Picture,
    Turn,
)
from vlm_desktop.base.errors import MediaRefused, PictureNeeded
from vlm_desktop.base.events import Event, Notice, Phase, Progress
from vlm_desktop.engine.answering import (
    estimate,
    image_seconds,
    speed_key,
    usable_budgets,
)
from vlm_desktop.engine.chatasking import ChatAsking, as_it_was
from vlm_desktop.engine.chatexport import ConversationWriter
from vlm_desktop.engine.chatkeeping import error_of
from vlm_desktop.engine.doubt import NO_PICTURE, NounJudge, agree, agreeing
from vlm_desktop.engine.preparing import Preparer, Task, unread_picture
from vlm_desktop.engine.residents import Residents
from vlm_desktop.engine.wornmodels import dressed_name, ids_with_each
from vlm_desktop.store.library import Library

__all__ = ["Chat", "error_of"]

_SCHEMA = "vlm_desktop.engine.structured:read_schema"
_FORM = "vlm_desktop.engine.structured:form_of"
_BATCH = "vlm_desktop.engine.loosetalk:ask_each"
_EXPORT_SIDE = 1_280
_TALK = "vlm_desktop.engine.loosetalk:LooseTalk"

Result = TypeVar("Result")
SaveTable = Callable[[Path, Sequence[str], Iterable[Sequence[str]]], Path]
"""`engine.exporting.Exporting.save_table`."""


class Chat(ChatAsking):
    """Conversations and answers. See the module's docstring for threads and events."""

    def __init__(
        self,
        library: Callable[[], Library],
        pasted: Path,
        preparer: Preparer,
        residents: Residents,
        cards: Callable[[], Sequence[ModelCard]],
        default_model: Callable[[], str],
        nouns: NounJudge,
        save_table: SaveTable,
        adapters: Callable[[], Sequence[AdapterInfo]] = tuple,
    ) -> None:
        super().__init__(library, pasted, preparer, default_model)
        self._adapters = adapters
        self.residents = residents
        self._cards = cards
        self._nouns = nouns
        self._save_table = save_table

    # --- what a request takes, what a model sees -----------------------------------------

    def models(self) -> tuple[ChatChoice, ...]:
        """All models that answer, those on this disk first, and each that has any with adapters
        on: with all that the default model wears, and with every single one that fits."""
        loaded = {one.model_id for one in self.residents.loaded()}
        default = self._default_model()
        found = [
            ChatChoice(
                card.id, card.name, card.path is not None, card.size_bytes, card.tasks,
                card.id in loaded,
            )
            for card in self._cards()
            if card.converses
        ]  # fmt: skip
        adapters = self._adapters()
        names = {one.id: one.name for one in adapters}
        dressed = []
        for one in found:
            dressed.append(one)
            ids = [default] if default != one.model_id == base_id(default) else []
            ids += ids_with_each(one.model_id, adapters) if one.ready else []
            dressed += [
                replace(one, model_id=worn, name=dressed_name(one.name, worn, names))
                for worn in dict.fromkeys(ids)
            ]
        return tuple(sorted(dressed, key=lambda one: not one.ready))

    def capabilities(self, model_id: str = "") -> ChatCapabilities:
        """On the lane "answers": opens the model's configuration, not its weights."""
        return self._answerer.about(model_id or self._default_model(), CancelToken())[0]

    def spec(self, model_id: str = "") -> ChatSpec:
        """On the lane "answers"."""
        return self._answerer.about(model_id or self._default_model(), CancelToken())[1]

    def context(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, ContextUse]:
        """What asking this would take. Loads no weights; decodes pictures once."""
        conversation, question = self._imagined(conversation_id, text, pictures)
        chosen = self._model_of(conversation, model_id)
        task = Task(conversation, question, chosen, options, direct=False)
        ready = yield from _quietly(self._preparer.ready(task, cancel))
        asked = self._preparer.request(task, ready, cancel, why=question.why)
        with self.residents.using(chosen, cancel, load=False) as model:
            limit = model.spec.context_length
            speeds = self._library().chat_speeds(speed_key(model.spec))
            usage = model.usage(asked.messages, asked.images, options)
            each = [model.look(image, options).tokens for image in asked.images]
            budgets = []
            for budget in usable_budgets(model.capabilities):
                wished = replace(options, max_image_tokens=budget)
                would = model.usage(asked.messages, asked.images, wished)
                seconds = estimate(speeds, would).to_first_token
                budgets.append((budget, would.image, seconds))
        costs = tuple(
            PictureCost(conversation.picture(one).letter, tokens, image_seconds(speeds, tokens))
            for one, tokens in zip(asked.pictures, each, strict=True)
        )
        room = options.max_new_tokens
        if limit:
            room = min(room, max(0, limit - usage.total))
        use = TokenUsage(usage.system, usage.text, usage.image, room)
        return ContextUse(chosen, use, limit, costs, estimate(speeds, usage), tuple(budgets))

    def look(
        self,
        picture: Attachment,
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
        letter: str = "",
    ) -> Generator[Event, None, SeenPicture]:
        """The exact pixels, tiles and tokens a model would be given. Loads no weights."""
        yield Progress(Phase.DECODE, 0, 1)
        loaded = self._pictures.load(picture, cancel)
        chosen = model_id or self._default_model()
        with self.residents.using(chosen, cancel, load=False) as model:
            return SeenPicture(letter, model.look(loaded.image, options))

    def _imagined(
        self, conversation_id: int, text: str, pictures: Sequence[Attachment]
    ) -> tuple[Conversation, Turn]:
        """The conversation as it would be with the question in it; nothing is kept."""
        conversation = self.open(conversation_id)
        known = {one.attachment: one.id for one in conversation.pictures}
        added = list(conversation.pictures)
        shown = []
        for number, attachment in enumerate(pictures):
            key = known.get(attachment)
            if key is None:
                key = -1 - number
                added.append(unread_picture(key, len(added), attachment))
            shown.append(key)
        question = Turn(0, conversation.leaf, Role.USER, text, pictures=tuple(shown))
        turns = (*conversation.turns, question)
        return replace(conversation, turns=turns, pictures=tuple(added)), question

    # --- doubt: on demand, about an answer -----------------------------------------------

    def blank_test(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, BlankTest]:
        """Ask the same with every picture grey. Raises PictureNeeded where there is none."""
        task, answer = self._replayed(turn_id)
        yield Progress(Phase.ANSWER, 0, 1)
        ready = yield from _quietly(self._preparer.ready(task, cancel, answer.context))
        if not ready.plan.pictures:
            raise PictureNeeded(model=task.model_id)
        made = yield from _quietly(
            self._preparer.answer(task, ready, cancel, why=answer.why, blank=True)
        )
        return BlankTest(answer.text, made.reply.text, not agree(answer.text, made.reply.text))

    def sample_agreement(
        self, turn_id: int, cancel: CancelToken, *, samples: int = 5, temperature: float = 0.7
    ) -> Generator[Event, None, SampleAgreement]:
        """Draw the answer several times. Yields `Progress` (Phase.ANSWER)."""
        task, answer = self._replayed(turn_id)
        ready = yield from _quietly(self._preparer.ready(task, cancel, answer.context))
        drawn: list[str] = []
        for number in range(samples):
            yield Progress(Phase.ANSWER, number, samples)
            cancel.raise_if_cancelled()
            options = replace(task.options, temperature=temperature, seed=number + 1, beams=1)
            one = replace(task, options=options)
            made = yield from _quietly(self._preparer.answer(one, ready, cancel, why=answer.why))
            drawn.append(made.reply.text)
        return SampleAgreement(answer.text, tuple(drawn), agreeing(drawn, answer.text))

    def nouns_found(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, NounsFound]:
        """Hold the nouns of an answer against the picture with the search model."""
        task, answer = self._replayed(turn_id)
        yield Progress(Phase.ANSWER, 0, 1)
        ready = yield from _quietly(self._preparer.ready(task, cancel, answer.context))
        if not ready.plan.pictures:
            return NounsFound("", (), NO_PICTURE)
        pixels = ready.loaded[ready.plan.pictures[-1]].image.pixels
        return (yield from self._nouns.judge(answer.text, pixels))

    def _replayed(self, turn_id: int) -> tuple[Task, Turn]:
        """What a model's answer was an answer to. Raises NoAnswerYet."""
        conversation, answer, question = self._answer_and_question(turn_id)
        if answer.source is not AnswerSource.MODEL or not answer.text.strip():
            raise NoAnswerYet
        task = Task(
            as_it_was(conversation, answer), question, answer.model_id, answer.options,
            note=answer.note, direct=False,
        )  # fmt: skip
        return task, answer

    # --- many photos, answers in a form, taking it elsewhere --------------------------------

    def batch(
        self,
        pictures: Sequence[Attachment],
        questions: Sequence[str],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, BatchTable]:
        """Ask the same of many pictures; yields a `BatchRow` each. Nothing is kept.

        A picture that cannot be read costs its row's cells, no more. With `options.json_schema`
        one question is taken and the schema's fields are the columns. Raises SchemaRefused,
        ModelError, Cancelled.
        """
        ask_each = resolve(_BATCH, "asking about many photos")
        chosen = model_id or self._default_model()
        table: BatchTable = yield from ask_each(
            self._preparer, chosen, pictures, questions, options, cancel
        )
        return table

    def save_batch(self, table: BatchTable, target: Path) -> Path:
        """As CSV that spreadsheets open, formula-safe; over what is there.

        Raises DestinationNotWritable, DiskFull.
        """
        pages = any(row.picture.page for row in table.rows)
        heads = ["path", *(["page"] if pages else []), *table.columns]

        def cells(row: BatchRow) -> list[str]:
            start = [str(row.picture.path), *([str(row.picture.page)] if pages else [])]
            if row.cells and row.cells[0].fields:
                return [*start, *row.cells[0].fields]
            said = [cell.answer for cell in row.cells]
            return [*start, *said, *[""] * (len(table.columns) - len(said))]

        return self._save_table(target, heads, (cells(row) for row in table.rows))

    def check_schema(self, schema: str) -> None:
        """Raises SchemaRefused for what is no JSON schema."""
        resolve(_SCHEMA, "answers in the form of a schema")(schema)

    def form(self, answer: str, schema: str) -> FormAnswer:
        """An answer held against its JSON schema, field by field. Raises SchemaRefused."""
        form: FormAnswer = resolve(_FORM, "answers in the form of a schema")(answer, schema)
        return form

    def export(
        self,
        conversation_id: int,
        target: Path,
        kind: ConversationFormat,
        cancel: CancelToken,
        words: ConversationWords | None = None,
    ) -> Generator[Event, None, ConversationExport]:
        """Write a conversation to a file, over what is there.

        Markdown and HTML hold the branch that is shown, JSON all branches and settings. HTML and
        JSON hold the pictures, Markdown has them beside. Nothing is loaded from elsewhere, and
        nothing runs. Raises DestinationNotWritable, DiskFull, Cancelled; nothing stays then.
        """

        def jpeg_of(picture: Picture) -> bytes:
            if picture.is_forgotten:
                return b""
            try:
                return self._pictures.load(picture.attachment, cancel).jpeg(_EXPORT_SIDE)
            except MediaRefused:
                return picture.thumbnail  # the file is gone; the small copy is what is left

        writer = ConversationWriter(
            self.open(conversation_id), jpeg_of, words or ConversationWords()
        )
        return (yield from writer.write(target, kind, cancel))

    def talk(
        self,
        pictures: Sequence[Attachment],
        asks: Sequence[str],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, tuple[Answered, ...]]:
        """Ask one question after the other about pictures, without a library; nothing is kept."""
        talk = resolve(_TALK, "talking")(
            self._preparer, model_id or self._default_model(), pictures
        )
        answers: list[Answered] = []
        for text in asks:
            answered: Answered = yield from talk.ask(text, options, cancel)
            answers.append(answered)
        return tuple(answers)

    def add_example(
        self,
        conversation_id: int,
        picture: Attachment,
        question: str,
        answer: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, Conversation]:
        """Pin a solved case ahead of every question of the conversation."""
        yield Progress(Phase.DECODE, 0, 1)
        kept = self._keep_picture(conversation_id, self._pictures.load(picture, cancel))
        self._library().add_chat_example(conversation_id, kept.id, question, answer)
        return self.open(conversation_id)

    # --- memory --------------------------------------------------------------------------

    def free_memory(self) -> int:
        """On the lane "answers": unload every chat model; how many were loaded."""
        return self.residents.free_device(CancelToken())

    def close(self) -> None:
        """Unload everything and end the decoding worker."""
        self._preparer.close()
        self.residents.close()


def _quietly(verb: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
    """A verb whose words are not the answer that is shown: only its progress is passed on."""
    try:
        while True:
            event = next(verb)
            if isinstance(event, Progress | Notice):
                yield event
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        verb.close()
