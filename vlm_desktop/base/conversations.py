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

    from vlm_desktop.base.chat import SeenImage
    from vlm_desktop.base.errors import AppError
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
    `options` how, `context` what else was put before the question (metadata). `decode` is the
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
    stop: StopReason | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)
    decode: float = 0.0
    timing: AnswerTiming = field(default_factory=AnswerTiming)
    boxes: tuple[tuple[str, int, Box], ...] = ()
    """(what, id of the picture, where in pixels of it)."""
    failure: Failure | None = None

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
class AnswerRestarted(Event):
    """What was written of the answer so far is void: memory ran out, and it is written anew.

    Each picture now has at most `max_image_tokens`; None: unchanged, other models went.
    """

    max_image_tokens: int | None


# --- what is asked beside --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a model ("" the conversation's) and how it is to answer."""

    model_id: str = ""
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True)
class Repeated:
    """An answer run again. `differences` name what is not as it was then, by code:
    "revision", "picture", "picture-gone", "sampled" (chance was part of it), "stopped".
    """

    before: Turn
    turn: Turn
    same_text: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """Seconds as measured on this machine with this model; None where nothing was measured.

    `vision` and `prefill` are those of the request at hand with nothing cached; `per_token` is
    for each token of the answer. `answers` is how many answers they were taken from.
    """

    vision: float | None
    prefill: float | None
    per_token: float | None
    answers: int

    @property
    def to_first_token(self) -> float | None:
        if self.vision is None or self.prefill is None:
            return None
        return self.vision + self.prefill


@dataclass(frozen=True, slots=True)
class PictureCost:
    """What one picture of a request takes. `seconds` is None where nothing was measured."""

    letter: str
    tokens: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ContextUse:
    """The context bar: tokens by part, and what they will take.

    `usage.reply` is the room that is kept for the answer; `limit` is the model's context, 0 when
    it is unknown. `budgets` are the image budgets to choose from, each with all pictures' tokens
    and the seconds to the first token.
    """

    model_id: str
    usage: TokenUsage
    limit: int
    pictures: tuple[PictureCost, ...]
    speed: SpeedEstimate
    budgets: tuple[tuple[int, int, float | None], ...] = ()

    @property
    def free(self) -> int | None:
        return max(0, self.limit - self.usage.total) if self.limit else None


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """What a model is given of a picture of a conversation."""

    letter: str
    seen: SeenImage


@dataclass(frozen=True, slots=True)
class ChatChoice:
    """A model that can answer. `ready` says that it lies on this disk, `size_bytes` its files."""

    model_id: str
    name: str
    ready: bool
    size_bytes: int
    tasks: tuple[str, ...]
    loaded: bool = False


# --- one question for many photos ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchCell:
    """One answer of a table. `error` is why there is none; `fields` those of a schema."""

    answer: str = ""
    source: AnswerSource = AnswerSource.MODEL
    fields: tuple[str, ...] = ()
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class BatchRow(Event):
    """The answers about one picture, as soon as they are there; `number` counts from 0."""

    number: int
    total: int
    picture: Attachment
    cells: tuple[BatchCell, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class BatchTable:
    """What a batch gave. `columns` are its questions, or, with a schema, the schema's fields."""

    model_id: str
    columns: tuple[str, ...]
    rows: tuple[BatchRow, ...]


# --- doubt, named as what it is --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlankTest:
    """Whether an answer looks at the picture: the same question about a grey one.

    `changed` is False where both answers are the same but for case, articles and punctuation:
    then the words of the question alone gave the answer.
    """

    answer: str
    blank_answer: str
    changed: bool


@dataclass(frozen=True, slots=True)
class SampleAgreement:
    """Answers drawn by chance, with seeds 1, 2, 3 ..., and how many say what the answer says.

    They are held to be the same when they are so but for case, articles and punctuation.
    """

    answer: str
    samples: tuple[str, ...]
    agree: int

    @property
    def share(self) -> float:
        return self.agree / len(self.samples) if self.samples else 0.0


@dataclass(frozen=True, slots=True)
class NounFound:
    """A noun of an answer as a search for it would judge this picture among the library's.

    `probability` is calibrated 0..1; below 0.5 the search does not find it in the picture, which
    is no proof that it is not there.
    """

    noun: str
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class NounsFound:
    """`model_id` is the search model that judged. `reason` is a code where none could be judged:
    "no-library", "no-nouns", "no-picture".
    """

    model_id: str
    nouns: tuple[NounFound, ...]
    reason: str = ""


# --- taking it elsewhere ---------------------------------------------------------------


class ConversationFormat(StrEnum):
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ConversationExport:
    """What an export made: the file, and pictures beside it (Markdown only)."""

    target: Path
    pictures: tuple[Path, ...]


# --- talks that are not kept -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and its answer, of a talk that is not kept. Seconds; `tokens` of the answer."""

    ask: str
    answer: str
    model_id: str
    source: AnswerSource
    stop: StopReason | None
    usage: TokenUsage
    decode: float
    timing: AnswerTiming
    first_token_at: float
    """Measured from the question to the first piece of the answer, reading the picture included."""
