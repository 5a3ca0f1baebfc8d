"""What is asked of models beside a conversation's plain course, and what comes of it.

Importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.chat import AnswerTiming, GenerationOptions, StopReason, TokenUsage
from vlm_desktop.base.conversations import AnswerSource, Attachment, Turn
from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.chat import SeenImage
    from vlm_desktop.base.errors import AppError

# --- what is asked beside --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a model ("" the conversation's) and how it is to answer."""

    model_id: str = ""
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True)
class Repeated:
    """An answer run again. `differences` name what is not as it was then, by code:
    "revision", "picture", "sampled" (chance was part of it), "stopped".
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
class ConversationWords:
    """What stands in an export beside what was said; a front hands in its own language's."""

    you: str = "You"
    picture: str = "Picture {letter}"
    system_prompt: str = "System prompt"
    settings: str = "Settings"
    from_metadata: str = "from the file's metadata"
    from_ocr: str = "text read in the picture"
    partial: str = "not finished"
    failed: str = "no answer"
    example: str = "Solved example"


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

    @property
    def tokens_per_second(self) -> float:
        """Of the answer, after its first token; 0 where that cannot be told."""
        if self.usage.reply < 2 or self.timing.generate <= 0:
            return 0.0
        return (self.usage.reply - 1) / self.timing.generate


# --- answers in a form -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FormField:
    """One value of an answer in a form. `name` is the way to it: "total", "items.0.price".

    `kind` is the schema's: "string", "number", "integer", "boolean", "choice", "array", "object".
    `value` is how it is shown, "" for what is not there; `problem` says how it breaks the schema.
    """

    name: str
    kind: str
    required: bool
    value: str
    choices: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """An answer held against its schema. `problem` is why it is no JSON at all, "" otherwise."""

    fields: tuple[FormField, ...]
    problem: str = ""

    @property
    def is_valid(self) -> bool:
        return not self.problem and not any(one.problem for one in self.fields)
