"""What is kept of conversations: the list, finding one, its branches, pictures and prompts.

Quick reads and writes of the database, from any thread; nothing here opens a model.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vlm_desktop.base import errors as known_errors
from vlm_desktop.base.chat import Role
from vlm_desktop.base.chaterrors import NoAnswerYet, PresetNameRefused, TurnUnknown
from vlm_desktop.base.conversations import (
    TITLE_LENGTH,
    Attachment,
    Conversation,
    ConversationCounts,
    ConversationSummary,
    Failure,
    Picture,
    PromptPreset,
    Turn,
)
from vlm_desktop.base.errors import AppError, Refusal
from vlm_desktop.base.language import current
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.explaining import excerpt
from vlm_desktop.store.library import Library

_KEPT_DELETED = timedelta(days=1)
_MATCHES = 2_000


class ChatKeeping:
    """Conversations as they are kept. `pasted` is where the window writes pasted pictures."""

    def __init__(self, library: Callable[[], Library], pasted: Path) -> None:
        self._library = library
        self.pasted = pasted

    # --- conversations -----------------------------------------------------------------

    def conversations(self, words: str = "", limit: int = 500) -> tuple[ConversationSummary, ...]:
        """Pinned ones first, then the latest changed; with `words`, those that say all of them.

        Words are found anywhere in titles and turns, in any case.
        """
        wanted = words.split()
        if not wanted:
            return tuple(self._library().conversation_summaries(limit))
        found: dict[int, tuple[int, str, int]] = {}
        kept: set[int] | None = None
        for word in wanted:
            titled = self._library().conversations_titled(word)
            saying = self._library().turns_saying(word, _MATCHES)
            for match in saying:
                count = _count(match.text, wanted)
                if count > found.get(match.conversation_id, (0, "", 0))[2]:
                    found[match.conversation_id] = (match.turn_id, match.text, count)
            some = titled | {match.conversation_id for match in saying}
            kept = some if kept is None else kept & some
        summaries = self._library().conversation_summaries(limit, only=sorted(kept or ()))
        return tuple(
            _with_excerpt(one, found[one.id], wanted) if one.id in found else one
            for one in summaries
        )

    def counts(self) -> ConversationCounts:
        return self._library().conversation_counts()

    def start(
        self, *, model_id: str = "", system_prompt: str = "", title: str = ""
    ) -> Conversation:
        """A new conversation; `sweep` lets go of those in which nothing was asked."""
        key = self._library().new_conversation(title.strip(), model_id, system_prompt)
        return self.open(key)

    def open(self, conversation_id: int) -> Conversation:
        """All of it, with every branch. Raises ConversationUnknown."""
        return self._library().conversation(conversation_id)

    def rename(self, conversation_id: int, title: str) -> None:
        """An empty title makes one of the first question again."""
        shown = " ".join(title.split())
        if not shown:
            asked = [turn.text for turn in self.open(conversation_id).turns if turn.text.strip()]
            shown = title_of(asked[0]) if asked else ""
        self._library().set_conversation(conversation_id, title=shown)

    def pin(self, conversation_id: int, pinned: bool) -> None:
        self._library().set_conversation(conversation_id, pinned=pinned)

    def delete(self, conversation_id: int) -> None:
        """Can be taken back by `restore` for a day; `sweep` then lets go of it for good."""
        self._library().delete_conversation(conversation_id)

    def restore(self, conversation_id: int) -> None:
        self._library().restore_conversation(conversation_id)

    def sweep(self) -> int:
        """Let go of what was deleted over a day ago and of empty conversations; how many went.

        For once after the start. Turns that a killed program left unfinished are "partial" as
        they are, so nothing is to be repaired.
        """
        before = datetime.now(UTC) - _KEPT_DELETED
        return self._library().purge_conversations(before.isoformat(timespec="milliseconds"))

    def set_model(self, conversation_id: int, model_id: str) -> None:
        """Who answers from now on; "" follows the setting."""
        self._library().set_conversation(conversation_id, model_id=model_id)

    def set_system_prompt(self, conversation_id: int, text: str) -> None:
        self._library().set_conversation(conversation_id, system_prompt=text)

    def set_metadata(self, conversation_id: int, told: bool) -> None:
        """Whether the model is told date, place and camera of the pictures."""
        self._library().set_conversation(conversation_id, metadata=told)

    # --- the tree ----------------------------------------------------------------------

    def select(self, conversation_id: int, turn_id: int) -> Conversation:
        """Show the branch that a turn lies on, to its newest end."""
        conversation = self.open(conversation_id)
        _turn(conversation, turn_id)
        self._library().set_leaf(conversation_id, conversation.last_leaf(turn_id))
        return self.open(conversation_id)

    def branch(self, conversation_id: int, turn_id: int | None) -> Conversation:
        """Go on from a turn: what is asked next becomes its child. None: from the beginning."""
        self._library().set_leaf(conversation_id, turn_id)
        return self.open(conversation_id)

    def pin_turn(self, turn_id: int, pinned: bool) -> None:
        self._library().pin_turn(turn_id, pinned)

    def delete_turn(self, turn_id: int) -> Conversation:
        """Take a turn and all below it out; `restore_turn` brings them back."""
        return self.open(self._library().delete_turn(turn_id))

    def restore_turn(self, turn_id: int) -> Conversation:
        return self.open(self._library().restore_turn(turn_id))

    # --- pictures ----------------------------------------------------------------------

    def drop_picture(
        self, conversation_id: int, picture_id: int, *, caption: str | None = None
    ) -> Picture:
        """Show it to the model no more; its caption stands in its place.

        Without `caption`, the first answer about the picture is taken.
        """
        if caption is None:
            conversation = self.open(conversation_id)
            known = conversation.picture(picture_id).caption
            caption = known or _first_answer(conversation, picture_id)
        self._library().set_chat_picture(picture_id, dropped=True, caption=caption)
        return self.open(conversation_id).picture(picture_id)

    def take_picture_back(self, conversation_id: int, picture_id: int) -> Picture:
        self._library().set_chat_picture(picture_id, dropped=False)
        return self.open(conversation_id).picture(picture_id)

    # --- presets and examples ----------------------------------------------------------

    def presets(self) -> tuple[PromptPreset, ...]:
        """System prompts: those that come with the program, then a person's own, by name."""
        return (*_builtin_presets(), *self._library().prompt_presets())

    def save_preset(self, name: str, text: str) -> None:
        """Replaces one of the same name. Raises PresetNameRefused for an empty or built-in one."""
        shown = " ".join(name.split())
        taken = {one.name.casefold() for one in _builtin_presets()}
        if not shown or shown.casefold() in taken:
            raise PresetNameRefused(name=shown)
        self._library().save_prompt_preset(shown, text)

    def delete_preset(self, name: str) -> PromptPreset | None:
        """What is returned brings it back by `save_preset`; None: there was none."""
        wanted = " ".join(name.split()).casefold()
        for preset in self._library().prompt_presets():
            if preset.name.casefold() == wanted:
                self._library().delete_prompt_preset(preset.name)
                return preset
        return None

    def example_from(self, turn_id: int) -> Conversation:
        """Pin an answer and its question with the first picture as a solved case.

        Raises NoAnswerYet for a turn that is no answer about a picture.
        """
        conversation, answer = self.with_turn(turn_id)
        path = conversation.path(turn_id)
        asked = [turn for turn in path if turn.role is Role.USER]
        shown = [one for turn in reversed(asked) for one in turn.pictures]
        if answer.role is not Role.ASSISTANT or not answer.text or not shown:
            raise NoAnswerYet
        self._library().add_chat_example(conversation.id, shown[0], asked[-1].text, answer.text)
        return self.open(conversation.id)

    def remove_example(self, conversation_id: int, example_id: int) -> Conversation:
        self._library().remove_chat_example(example_id)
        return self.open(conversation_id)

    # --- beside --------------------------------------------------------------------------

    def photos(self, content_ids: Sequence[int]) -> tuple[Attachment, ...]:
        """Photos of the library as pictures to ask about; those that are gone are left out."""
        located = self._library().locate(content_ids)
        return tuple(Attachment(located[one].path) for one in content_ids if one in located)

    def with_turn(self, turn_id: int) -> tuple[Conversation, Turn]:
        """A turn and its conversation. Raises TurnUnknown."""
        conversation = self.open(self._library().conversation_of_turn(turn_id))
        return conversation, _turn(conversation, turn_id)


# --- errors as they are kept -------------------------------------------------------------


def failure_of(error: AppError) -> Failure:
    """What is kept of an error: its class and its fields as text."""
    fields = tuple((name, str(value)) for name, value in error.fields.items())
    return Failure(type(error).__name__, fields)


def error_of(turn: Turn) -> AppError | None:
    """The error that ended a failed turn, for `strings.sentence`; None for others."""
    if turn.failure is None:
        return None
    kinds = {kind.__name__: kind for kind in _kinds(AppError)}
    if turn.failure.kind not in kinds:  # of a later version
        return known_errors.ModelBroken(model=turn.model_id, detail=turn.failure.kind)
    kind = kinds[turn.failure.kind]
    error = kind.__new__(kind)
    fields = {name: _value(text) for name, text in turn.failure.fields}
    AppError.__init__(error, **fields)
    for name, value in fields.items():
        setattr(error, name, value)
    if isinstance(error, known_errors.MediaRefused):
        error.reason = Refusal(str(fields["reason"]))
    return error


def _kinds(root: type[AppError]) -> list[type[AppError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]


def _value(text: str) -> object:
    """Numbers are filled into sentences as numbers, and what was not said as nothing."""
    if text == "None":
        return None
    return int(text) if text.isascii() and text.isdigit() else text


# --- parts -------------------------------------------------------------------------------


def title_of(question: str) -> str:
    """The first words of a question, in one line."""
    line = " ".join(question.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _turn(conversation: Conversation, turn_id: int) -> Turn:
    try:
        return conversation.turn(turn_id)
    except KeyError as error:
        raise TurnUnknown from error


def _first_answer(conversation: Conversation, picture_id: int) -> str:
    """What was first said of a picture, in one line."""
    for turn in conversation.turns:
        if turn.role is Role.USER and picture_id in turn.pictures:
            for answer in conversation.turns:
                if answer.parent == turn.id and answer.text.strip():
                    return " ".join(answer.text.split())
    return ""


def _places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    folded, places = text.casefold(), []
    if len(folded) != len(text):  # a letter became two: places would not fit
        folded = text.lower() if len(text.lower()) == len(text) else text
    for word in words:
        at = folded.find(word.casefold())
        while at >= 0:
            places.append((at, at + len(word)))
            at = folded.find(word.casefold(), at + len(word))
    return sorted(places)


def _count(text: str, words: Sequence[str]) -> int:
    """How many of the words a text holds; at least 1, since it was found by one."""
    folded = text.casefold()
    return max(1, sum(word.casefold() in folded for word in words))


def _with_excerpt(
    summary: ConversationSummary, found: tuple[int, str, int], words: Sequence[str]
) -> ConversationSummary:
    turn_id, text, _ = found
    places = _places(text, words)
    piece, marks = excerpt(text, places) if places else (" ".join(text.split())[:120], ())
    return replace(summary, excerpt=piece, marks=marks, turn=turn_id)


def _builtin_presets() -> tuple[PromptPreset, ...]:
    path = bundled("resources") / "prompts" / "system_prompts.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        PromptPreset(one["name"], one["text"], builtin=True)
        for one in said.get(current(), said["en"])
    )
