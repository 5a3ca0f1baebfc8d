"""Asking, asking again, comparing: each answer is a turn that is kept while it is written."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import GenerationOptions, Role, Token
from vlm_desktop.base.chaterrors import NoAnswerYet
from vlm_desktop.base.chatwork import Repeated, Side
from vlm_desktop.base.conversations import (
    AnswerBegun,
    AnswerSource,
    Attachment,
    Conversation,
    Picture,
    Turn,
    TurnState,
    Why,
)
from vlm_desktop.base.errors import AppError, Cancelled, MediaRefused, NothingAsked
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.answering import measured, speed_key
from vlm_desktop.engine.chatkeeping import ChatKeeping, title_of
from vlm_desktop.engine.chatpictures import LoadedPicture
from vlm_desktop.engine.keptanswers import KeptAnswer
from vlm_desktop.engine.preparing import Preparer, Task
from vlm_desktop.store.library import Library

_DRAWN_TEMPERATURE = 0.7
_SHORTER = 2


class ChatAsking(ChatKeeping):
    """The verbs that answer. For the lane "answers"."""

    def __init__(
        self,
        library: Callable[[], Library],
        pasted: Path,
        preparer: Preparer,
        default_model: Callable[[], str],
    ) -> None:
        super().__init__(library, pasted)
        self._preparer = preparer
        self._answerer = preparer.answerer
        self._pictures = preparer.pictures
        self._default_model = default_model

    def default_model(self) -> str:
        """The model that answers where none is chosen."""
        return self._default_model()

    # --- asking --------------------------------------------------------------------------

    def ask(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, Turn]:
        """Ask after the active leaf. `pictures` are those added with this question.

        A picture asked about before (same file, page and region) keeps its letter. A region is a
        picture with a box; see `ask_region` for one with its surroundings. `model_id` "" is the
        conversation's. Raises MediaRefused, ModelError (ChatRefused, ChatOutOfMemory ...),
        Cancelled.
        """
        conversation = self.open(conversation_id)
        model_id = self._model_of(conversation, model_id)
        self._refuse_empty(text, model_id, cancel)
        parent = conversation.leaf
        question, read = yield from self._add_question(conversation, parent, text, pictures, cancel)
        task = replace(self._task(question, model_id, options), decode=read)
        return (yield from self._answer(task, cancel))

    def ask_region(
        self,
        conversation_id: int,
        text: str,
        region: Attachment,
        options: GenerationOptions,
        cancel: CancelToken,
        *,
        model_id: str = "",
    ) -> Generator[Event, None, Turn]:
        """Ask about a region; a model that takes several pictures gets the whole one beside it.

        Raises BadRegion where the box does not meet the picture, and as `ask` does.
        """
        chosen = self._model_of(self.open(conversation_id), model_id)
        pictures = self.with_surroundings(region, chosen)
        return (
            yield from self.ask(conversation_id, text, pictures, options, cancel, model_id=model_id)
        )

    def with_surroundings(self, region: Attachment, model_id: str = "") -> tuple[Attachment, ...]:
        """A region, and the whole picture after it for a model that takes several."""
        about = self._answerer.about(model_id or self._default_model(), CancelToken())
        if region.box is None or about[0].max_images < 2:
            return (region,)
        return (region, replace(region, box=None))

    def regenerate(
        self,
        turn_id: int,
        cancel: CancelToken,
        *,
        why: Why = Why.ANOTHER,
        note: str = "",
        model_id: str = "",
        options: GenerationOptions | None = None,
    ) -> Generator[Event, None, Turn]:
        """Another answer beside an answer, and why.

        ANOTHER draws with a new seed (at temperature 0.7 where it was greedy). TOO_LONG,
        TOO_SHORT and WRONG are said to models that take a system prompt, with `note`; for others
        they change what can be changed (length, seed). MODEL goes by `model_id` and `options`.
        """
        conversation, answer, question = self._answer_and_question(turn_id)
        chosen = model_id or answer.model_id or self._model_of(conversation)
        beside = len([one for one in conversation.turns if one.parent == question.id])
        wished = options or answer.options
        if why is not Why.MODEL and options is None:
            takes_prompt = self._answerer.about(chosen, cancel)[0].system_prompt
            wished = _varied(wished, why, beside, takes_prompt=takes_prompt)
        task = replace(
            self._task(question, chosen, wished), why=why, note=note, direct=why is Why.MODEL
        )
        return (yield from self._answer(task, cancel))

    def edit(
        self,
        turn_id: int,
        text: str,
        cancel: CancelToken,
        *,
        pictures: Sequence[Attachment] | None = None,
        options: GenerationOptions | None = None,
        model_id: str = "",
    ) -> Generator[Event, None, Turn]:
        """Ask a question anew in other words, as a branch beside it; returns the answer.

        `pictures` None keeps those of the question.
        """
        conversation, before = self.with_turn(turn_id)
        chosen = self._model_of(conversation, model_id)
        self._refuse_empty(text, chosen, cancel)
        read = 0.0
        if pictures is None:
            question = self._library().add_turn(
                conversation.id, replace(before, text=text, why=Why.EDITED, pinned=False)
            )
        else:
            question, read = yield from self._add_question(
                conversation, before.parent, text, pictures, cancel, why=Why.EDITED
            )
        wished = options or _options_below(conversation, before)
        task = replace(self._task(question, chosen, wished), decode=read)
        return (yield from self._answer(task, cancel))

    def go_on(
        self, turn_id: int, cancel: CancelToken, *, options: GenerationOptions | None = None
    ) -> Generator[Event, None, Turn]:
        """Answer a question that has no answer (the program ended before), as it was asked."""
        conversation, question = self.with_turn(turn_id)
        wished = options or GenerationOptions()
        task = self._task(question, self._model_of(conversation), wished)
        return (yield from self._answer(task, cancel))

    def run_again(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, Repeated]:
        """Run an answer again: same model, options, pictures and turns before it.

        A greedy answer comes out the same unless something differs, which is told.
        """
        conversation, before, question = self._answer_and_question(turn_id)
        if before.source is AnswerSource.MODEL and not before.model_id:
            raise NoAnswerYet
        conversation = as_it_was(conversation, before)
        differences = self._changed_pictures(conversation, question, cancel)
        task = Task(
            conversation,
            question,
            before.model_id,
            before.options,
            why=Why.REPEATED,
            note=before.note,
            direct=before.source is not AnswerSource.MODEL,
        )
        said_why = before.why if before.why in (Why.TOO_LONG, Why.TOO_SHORT, Why.WRONG) else None
        turn = yield from self._answer(task, cancel, prompt_why=said_why, context=before.context)
        if before.revision != turn.revision:
            differences.append("revision")
        if before.options.temperature > 0:
            differences.append("sampled")
        if before.state is not TurnState.DONE:
            differences.append("stopped")
        return Repeated(before, turn, before.text == turn.text, tuple(differences))

    def compare(
        self,
        conversation_id: int,
        text: str,
        pictures: Sequence[Attachment],
        sides: Sequence[Side],
        cancel: CancelToken,
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """One question, answered by each side in turn as branches of it; the first is active.

        A side that fails leaves a failed turn, and the next goes on. Raises only what concerns
        all (MediaRefused, Cancelled).
        """
        conversation = self.open(conversation_id)
        question, read = yield from self._add_question(
            conversation, conversation.leaf, text, pictures, cancel
        )
        answers = []
        for number, side in enumerate(sides):
            chosen = self._model_of(conversation, side.model_id)
            task = replace(
                self._task(question, chosen, side.options),
                why=Why.COMPARED,
                side=number,
                decode=read,
            )
            try:
                answers.append((yield from self._answer(task, cancel)))
            except (Cancelled, MediaRefused):
                raise
            except AppError:
                now = self.open(conversation_id)
                answers.append([turn for turn in now.turns if turn.parent == question.id][-1])
        if answers:
            self._library().set_leaf(conversation_id, answers[0].id)
        return tuple(answers)

    # --- questions -----------------------------------------------------------------------

    def _model_of(self, conversation: Conversation, model_id: str = "") -> str:
        return model_id or conversation.model_id or self._default_model()

    def _refuse_empty(self, text: str, model_id: str, cancel: CancelToken) -> None:
        """Before anything is kept: an empty question is fine for captioners only."""
        if not text.strip() and self._answerer.about(model_id, cancel)[0].asks:
            raise NothingAsked(model=model_id)

    def _add_question(
        self,
        conversation: Conversation,
        parent: int | None,
        text: str,
        pictures: Sequence[Attachment],
        cancel: CancelToken,
        why: Why = Why.ASKED,
    ) -> Generator[Event, None, tuple[Turn, float]]:
        """Read the pictures, so that one that cannot be read leaves no trace; keep the question.

        With the seconds that reading took.
        """
        loaded = []
        for done, one in enumerate(pictures):
            yield Progress(Phase.DECODE, done, len(pictures))
            loaded.append(self._pictures.load(one, cancel))
        kept = [self._keep_picture(conversation.id, one).id for one in loaded]
        turn = Turn(0, parent, Role.USER, text, pictures=tuple(dict.fromkeys(kept)), why=why)
        added = self._library().add_turn(conversation.id, turn)
        if not conversation.title:
            title = title_of(text) or (pictures[0].path.name if pictures else "")
            self._library().set_conversation(conversation.id, title=title)
        return added, sum(one.seconds for one in loaded)

    def _keep_picture(self, conversation_id: int, loaded: LoadedPicture) -> Picture:
        return self._library().add_chat_picture(
            conversation_id,
            loaded.attachment,
            loaded.content_hash,
            loaded.size,
            loaded.thumbnail(),
        )

    def _task(self, question: Turn, model_id: str, options: GenerationOptions) -> Task:
        conversation = self.with_turn(question.id)[0]
        return Task(conversation, question, model_id, options)

    def _answer_and_question(self, turn_id: int) -> tuple[Conversation, Turn, Turn]:
        """An answer and what it answers. Raises NoAnswerYet for a question."""
        conversation, answer = self.with_turn(turn_id)
        if answer.role is not Role.ASSISTANT or answer.parent is None:
            raise NoAnswerYet
        return conversation, answer, conversation.turn(answer.parent)

    def _changed_pictures(
        self, conversation: Conversation, question: Turn, cancel: CancelToken
    ) -> list[str]:
        shown = {one for turn in conversation.path(question.id) for one in turn.pictures}
        for one in sorted(shown):
            picture = conversation.picture(one)
            if not picture.dropped:
                loaded = self._pictures.load(picture.attachment, cancel)
                if loaded.content_hash != picture.content_hash:
                    return ["picture"]
        return []

    # --- answers -------------------------------------------------------------------------

    def _answer(
        self,
        task: Task,
        cancel: CancelToken,
        *,
        prompt_why: Why | None = None,
        context: str | None = None,
    ) -> Generator[Event, None, Turn]:
        """Write one answer, kept as it grows. See `ChatAsking.ask` for what is raised."""
        draft = Turn(
            0,
            task.question.id,
            Role.ASSISTANT,
            "",
            TurnState.PARTIAL,
            why=task.why,
            note=task.note,
            model_id=task.model_id,
            options=task.options,
        )
        kept = KeptAnswer(self._library(), task.conversation.id, draft)
        with kept.ending():
            ready = yield from self._preparer.ready(task, cancel, context)
            kept.begin(
                ready.source,
                ready.context,
                task.conversation.system_prompt,
                ready.plan.pictures,
                task.decode + ready.decode,
            )
            yield AnswerBegun(
                task.conversation.id,
                task.question.id,
                kept.turn.id,
                task.model_id,
                ready.source,
                task.side,
            )
            if ready.direct:
                words = self._preparer.direct(ready)
                kept.piece(Token(words, 0))
                yield Token(words, 0)
                kept.end(state=TurnState.DONE)
                return kept.turn
            made = yield from kept.grow(
                self._preparer.answer(task, ready, cancel, why=prompt_why or task.why)
            )
            kept.done(made)
            if made.reply.usage.reply:
                self._library().add_chat_speeds(speed_key(made.spec), measured(made.reply))
        return kept.turn


# --- parts -------------------------------------------------------------------------------


def as_it_was(conversation: Conversation, answer: Turn) -> Conversation:
    """With the system prompt and the pictures that an answer was written with."""
    pictures = tuple(
        replace(one, dropped=one.id not in answer.shown) for one in conversation.pictures
    )
    return replace(conversation, system_prompt=answer.system, pictures=pictures)


def _varied(
    options: GenerationOptions, why: Why, beside: int, *, takes_prompt: bool
) -> GenerationOptions:
    """The options of another answer; each of the `beside` answers draws with its own seed."""
    if why in (Why.TOO_LONG, Why.TOO_SHORT, Why.WRONG) and takes_prompt:
        return options
    if why is Why.TOO_LONG:
        return replace(options, max_new_tokens=max(1, options.max_new_tokens // _SHORTER))
    return replace(
        options,
        temperature=options.temperature or _DRAWN_TEMPERATURE,
        seed=options.seed + beside,
        beams=1,
    )


def _options_below(conversation: Conversation, question: Turn) -> GenerationOptions:
    """Those its last answer was written with."""
    answers = [turn for turn in conversation.turns if turn.parent == question.id]
    return answers[-1].options if answers else GenerationOptions()
