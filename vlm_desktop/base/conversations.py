"""A conversation as it is kept: a tree of turns, their pictures, where answers came from.

Importing it does not import numpy.

    Conversation 1-n Turn (a tree by `parent`)      Turn n-m Picture (by letter)
    Conversation 1-n Example, 1-n Picture

The path from a root to `Conversation.leaf` is what is shown; every other leaf is a branch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.chat import AnswerTiming, GenerationOptions, Role, StopReason, TokenUsage
from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.types import Box, Size

TITLE_LENGTH = 60
"""Characters of the first question that become a conversation's title."""


class TurnState(StrEnum):
    """How far an answer came. What a person says is always done."""

    DONE = "done"
    PARTIAL = "partial"
    """Stopped, or the program ended in the middle: the text is what had been written."""
    FAILED = "failed"
    """An error ended it; see `Turn.failure`."""


class AnswerSource(StrEnum):
    """Where an answer's words come from."""

    MODEL = "model"
    METADATA = "metadata"
    """Read in the file: date, place, camera."""
    OCR = "ocr"
    """The text in the picture, as it was read."""


class Why(StrEnum):
    """Why a turn stands beside another one of the same parent."""

    ASKED = "asked"
    """It does not: the plain course of a conversation."""
    EDITED = "edited"
    ANOTHER = "another"
    """Another answer was wished for: drawn by chance, with a seed of its own."""
    TOO_LONG = "too-long"
    TOO_SHORT = "too-short"
    WRONG = "wrong"
    MODEL = "model"
    """Another model or other settings were to answer."""
    COMPARED = "compared"
    REPEATED = "repeated"
    """Run again to see whether the same comes out."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, or what of it counts, that a question is asked about.

    `page` counts from 1 in a PDF; 0 is a photo, or a PDF's first page. `box` is a region in
    pixels of the upright picture (PDF: points). A pasted picture is written as a file into
    `Chat.pasted` first.
    """

    path: Path
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a conversation, known by its letter: A, B ... Z, AA ...

    `size` is that of the whole page, upright; `content_hash` names the bytes as they were when it
    was first asked about. `thumbnail` is a small JPEG of what counts, kept so that the
    conversation can be read when the file is gone. A picture that is `dropped` is not shown to
    the model any more: its `caption` stands in its place. An empty path: the file was forgotten.
    """

    id: int
    letter: str
    attachment: Attachment
    content_hash: str
    size: Size
    thumbnail: bytes
    caption: str = ""
    dropped: bool = False
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is kept; `engine.chat.error_of` makes the error of it again."""

    kind: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person or a model said once. Children of the same parent are branches.

    `pictures` are ids of the conversation's pictures that come with a question. Of an answer:
    `model_id` and `revision` are what wrote it (also when it was read in the file, "" then),
    `options` how, `context` what else was put before the question (metadata), `system` the system
    prompt, `shown` the ids of the pictures the model was given. `decode` is the
    seconds that reading the pictures took, before `timing` begins; `note` the words a person gave
    along with `why`.
    """

    id: int
    parent: int | None
    role: Role
    text: str
    state: TurnState = TurnState.DONE
    created_at: str = ""
    pictures: tuple[int, ...] = ()
    why: Why = Why.ASKED
    note: str = ""
    pinned: bool = False
    model_id: str = ""
    revision: str = ""
    source: AnswerSource = AnswerSource.MODEL
    options: GenerationOptions = field(default_factory=GenerationOptions)
    context: str = ""
    system: str = ""
    shown: tuple[int, ...] = ()
    stop: StopReason | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)
    decode: float = 0.0
    timing: AnswerTiming = field(default_factory=AnswerTiming)
    boxes: tuple[tuple[str, int, Box], ...] = ()
    """(what, id of the picture, where in pixels of its whole page; of a PDF's in points)."""
    failure: Failure | None = None
    vote: int = 0
    """A person's thumb: +1 up, -1 down, 0 for none."""

    @property
    def seconds_to_first_token(self) -> float:
        return self.decode + self.timing.to_first_token

    @property
    def tokens_per_second(self) -> float:
        """Of the answer, after its first token; 0 where that cannot be told."""
        if self.usage.reply < 2 or self.timing.generate <= 0:
            return 0.0
        return (self.usage.reply - 1) / self.timing.generate


@dataclass(frozen=True, slots=True)
class Example:
    """A solved case that stands before every question: picture, question, the right answer."""

    id: int
    picture: int
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """All of a conversation. Turns come oldest first, so a parent stands before its children.

    `model_id` "" follows the setting. `metadata` says whether date, place and camera of the
    pictures are told to the model. Times are ISO 8601 in UTC.
    """

    id: int
    title: str
    model_id: str
    system_prompt: str
    metadata: bool
    pinned: bool
    created_at: str
    changed_at: str
    leaf: int | None
    turns: tuple[Turn, ...]
    pictures: tuple[Picture, ...]
    examples: tuple[Example, ...] = ()

    def turn(self, turn_id: int) -> Turn:
        """Raises KeyError."""
        for turn in self.turns:
            if turn.id == turn_id:
                return turn
        raise KeyError(turn_id)

    def picture(self, picture_id: int) -> Picture:
        """Raises KeyError."""
        for picture in self.pictures:
            if picture.id == picture_id:
                return picture
        raise KeyError(picture_id)

    def path(self, leaf: int | None = None) -> tuple[Turn, ...]:
        """The turns from the root to `leaf`, or to the active one."""
        by_id = {turn.id: turn for turn in self.turns}
        at = self.leaf if leaf is None else leaf
        found = []
        while at is not None:
            found.append(by_id[at])
            at = by_id[at].parent
        return tuple(reversed(found))

    def is_lesson(self, turn: Turn) -> bool:
        """Whether training can take an answer by itself: it is whole, and to a question that came
        with one whole photo. What was read in the file is not to be learned from pixels."""
        shown = self.turn(turn.parent).pictures if turn.parent is not None else ()
        is_sound = turn.state is TurnState.DONE and turn.source is not AnswerSource.METADATA
        if turn.role is not Role.ASSISTANT or len(shown) != 1 or not is_sound:
            return False
        picture = self.picture(shown[0])
        is_whole = picture.attachment.box is None and not picture.attachment.page
        return is_whole and not picture.dropped

    def siblings(self, turn: Turn) -> tuple[Turn, ...]:
        """The branches at this turn, itself among them, oldest first."""
        return tuple(
            one for one in self.turns if one.parent == turn.parent and one.role is turn.role
        )

    def last_leaf(self, turn_id: int) -> int:
        """The newest end of the branch that begins at a turn."""
        children = [one.id for one in self.turns if one.parent == turn_id]
        return self.last_leaf(children[-1]) if children else turn_id


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation in a list. `excerpt` is where the words that were looked for stand.

    `marks` are (start, end) of the words in it, `turn` the turn that holds them; None when it is
    the title, or nothing was looked for.
    """

    id: int
    title: str
    model_id: str
    pinned: bool
    created_at: str
    changed_at: str
    turns: int
    pictures: int
    thumbnail: bytes
    excerpt: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationCounts:
    conversations: int
    turns: int
    pictures: int
    deleted: int
    """Deleted ones that can still be brought back."""


@dataclass(frozen=True, slots=True)
class PromptPreset:
    """A system prompt by name. Those that come with the program cannot be changed."""

    name: str
    text: str
    builtin: bool = False


# --- events ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerBegun(Event):
    """An answer is about to be written; the tokens that follow belong to it.

    `question` and `answer` are turn ids, 0 in a talk that is not kept. `side` counts the answers
    of a comparison from 0.
    """

    conversation: int
    question: int
    answer: int
    model_id: str
    source: AnswerSource
    side: int = 0


@dataclass(frozen=True, slots=True)
class ModelAsked(Event):
    """The model is in memory and has the request: its tokens (`reply` is 0), its revision."""

    usage: TokenUsage
    revision: str


@dataclass(frozen=True, slots=True)
class AnswerRestarted(Event):
    """What was written of the answer so far is void: memory ran out, and it is written anew.

    Each picture now has at most `max_image_tokens`; None: unchanged, other models went.
    """

    max_image_tokens: int | None
