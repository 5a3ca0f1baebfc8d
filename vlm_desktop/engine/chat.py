"""Talking with a model about pictures: `AppServices.chat`, the facade the fronts use.

Generators run on the lane "model" (one thread), and so do the plain methods that say so; all
other methods are quick reads and writes of the database, from any thread. Verbs that answer
yield `AnswerBegun`, then `base.chat.Token`s, and return the saved `Turn`; what was written is in
the database at least twice a second, so nothing is lost when the program is killed. A verb that
is cancelled or closed leaves the turn with state "partial"; one that fails leaves it "failed"
and raises.
"""

from collections.abc import Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatCapabilities, ChatSpec, GenerationOptions
from vlm_desktop.base.chatwork import (
    Answered,
    BatchTable,
    BlankTest,
    ChatChoice,
    ContextUse,
    ConversationExport,
    ConversationFormat,
    NounsFound,
    Repeated,
    SampleAgreement,
    SeenPicture,
    Side,
)
from vlm_desktop.base.conversations import (
    Attachment,
    Conversation,
    ConversationCounts,
    ConversationSummary,
    Picture,
    PromptPreset,
    Turn,
    Why,
)
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event


class Chat:
    """Conversations and answers. See the module's docstring for threads and events."""

    pasted: Path
    """Where the window writes pictures that were pasted, before it asks about them."""

    # --- conversations -----------------------------------------------------------------

    def conversations(self, words: str = "", limit: int = 500) -> tuple[ConversationSummary, ...]:
        """Pinned ones first, then the latest changed; with `words`, those that say all of them.

        Words of 3 letters or more are found anywhere in titles and turns, in any case.
        """
        raise NotImplementedError

    def counts(self) -> ConversationCounts:
        raise NotImplementedError

    def start(
        self, *, model_id: str = "", system_prompt: str = "", title: str = ""
    ) -> Conversation:
        """A new conversation; `sweep` lets go of those in which nothing was asked."""
        raise NotImplementedError

    def open(self, conversation_id: int) -> Conversation:
        """All of it, with every branch. Raises ConversationUnknown."""
        raise NotImplementedError

    def rename(self, conversation_id: int, title: str) -> None:
        """An empty title makes one of the first question again."""
        raise NotImplementedError

    def pin(self, conversation_id: int, pinned: bool) -> None:
        raise NotImplementedError

    def delete(self, conversation_id: int) -> None:
        """Can be taken back by `restore` for a day; `sweep` then lets go of it for good."""
        raise NotImplementedError

    def restore(self, conversation_id: int) -> None:
        raise NotImplementedError

    def sweep(self) -> int:
        """Let go of what was deleted over a day ago and of empty conversations; how many went.

        For once after the start. Turns that a killed program left unfinished are "partial" as
        they are, so nothing is to be repaired.
        """
        raise NotImplementedError

    def set_model(self, conversation_id: int, model_id: str) -> None:
        """Who answers from now on; "" follows the setting."""
        raise NotImplementedError

    def set_system_prompt(self, conversation_id: int, text: str) -> None:
        raise NotImplementedError

    def set_metadata(self, conversation_id: int, told: bool) -> None:
        """Whether the model is told date, place and camera of the pictures."""
        raise NotImplementedError

    # --- the tree ----------------------------------------------------------------------

    def select(self, conversation_id: int, turn_id: int) -> Conversation:
        """Show the branch that a turn lies on, to its newest end."""
        raise NotImplementedError

    def branch(self, conversation_id: int, turn_id: int | None) -> Conversation:
        """Go on from a turn: what is asked next becomes its child. None: from the beginning."""
        raise NotImplementedError

    def pin_turn(self, turn_id: int, pinned: bool) -> None:
        raise NotImplementedError

    def delete_turn(self, turn_id: int) -> Conversation:
        """Take a turn and all below it out; `restore_turn` brings them back."""
        raise NotImplementedError

    def restore_turn(self, turn_id: int) -> Conversation:
        raise NotImplementedError

    # --- pictures ----------------------------------------------------------------------

    def drop_picture(
        self, conversation_id: int, picture_id: int, *, caption: str | None = None
    ) -> Picture:
        """Show it to the model no more; its caption stands in its place.

        Without `caption`, the first answer about the picture is taken.
        """
        raise NotImplementedError

    def take_picture_back(self, conversation_id: int, picture_id: int) -> Picture:
        raise NotImplementedError

    # --- presets and examples ----------------------------------------------------------

    def presets(self) -> tuple[PromptPreset, ...]:
        """System prompts: those that come with the program, then a person's own, by name."""
        raise NotImplementedError

    def save_preset(self, name: str, text: str) -> None:
        """Replaces one of the same name. Raises PresetNameRefused for an empty or built-in one."""
        raise NotImplementedError

    def delete_preset(self, name: str) -> PromptPreset | None:
        """What is returned brings it back by `save_preset`; None: there was none."""
        raise NotImplementedError

    def add_example(
        self,
        conversation_id: int,
        picture: Attachment,
        question: str,
        answer: str,
        cancel: CancelToken,
    ) -> Generator[Event, None, Conversation]:
        """Pin a solved case ahead of every question of the conversation."""
        raise NotImplementedError

    def example_from(self, turn_id: int) -> Conversation:
        """Pin an answer and its question with the first picture as a solved case."""
        raise NotImplementedError

    def remove_example(self, conversation_id: int, example_id: int) -> Conversation:
        raise NotImplementedError

    # --- asking ------------------------------------------------------------------------

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
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    def go_on(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, Turn]:
        """Answer a question that has no answer (the program ended before), as it was asked."""
        raise NotImplementedError

    def run_again(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, Repeated]:
        """Run an answer again: same model, options, pictures and turns before it.

        A greedy answer comes out the same unless something differs, which is told.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    # --- what a request takes, what a model sees ----------------------------------------

    def default_model(self) -> str:
        """The model that answers where none is chosen."""
        raise NotImplementedError

    def models(self) -> tuple[ChatChoice, ...]:
        """All models that answer, those on this disk first."""
        raise NotImplementedError

    def capabilities(self, model_id: str = "") -> ChatCapabilities:
        """On the lane "model": opens the model's configuration, not its weights."""
        raise NotImplementedError

    def spec(self, model_id: str = "") -> ChatSpec:
        """On the lane "model"."""
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    # --- doubt: on demand, about an answer ------------------------------------------------

    def blank_test(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, BlankTest]:
        """Ask the same with every picture grey. Raises PictureNeeded where there is none."""
        raise NotImplementedError

    def sample_agreement(
        self, turn_id: int, cancel: CancelToken, *, samples: int = 5, temperature: float = 0.7
    ) -> Generator[Event, None, SampleAgreement]:
        """Draw the answer several times. Yields `Progress` (Phase.ANSWER)."""
        raise NotImplementedError

    def nouns_found(self, turn_id: int, cancel: CancelToken) -> Generator[Event, None, NounsFound]:
        """Hold the nouns of an answer against the picture with the search model."""
        raise NotImplementedError

    # --- many photos, taking it elsewhere ---------------------------------------------------

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
        one question is taken and the schema's fields are the columns.
        """
        raise NotImplementedError

    def photos(self, content_ids: Sequence[int]) -> tuple[Attachment, ...]:
        """Photos of the library as pictures to ask about; those that are gone are left out."""
        raise NotImplementedError

    def save_batch(self, table: BatchTable, target: Path) -> Path:
        """As CSV that spreadsheets open, formula-safe; over what is there.

        Raises DestinationNotWritable, DiskFull.
        """
        raise NotImplementedError

    def export(
        self, conversation_id: int, target: Path, kind: ConversationFormat, cancel: CancelToken
    ) -> Generator[Event, None, ConversationExport]:
        """Write a conversation to a new file.

        Markdown and HTML hold the branch that is shown, JSON all branches and settings. HTML and
        JSON hold the pictures, Markdown has them beside. Nothing is loaded from elsewhere, and
        nothing runs. Raises DestinationNotWritable, DiskFull, Cancelled; nothing stays then.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    def free_memory(self) -> int:
        """On the lane "model": unload every chat model; how many were loaded."""
        raise NotImplementedError

    def close(self) -> None:
        """Unload everything and end the decoding worker."""
        raise NotImplementedError


def error_of(turn: Turn) -> AppError | None:
    """The error that ended a failed turn, for `strings.sentence`; None for others."""
    raise NotImplementedError
