"""What is checked about an alt text: lint findings, claims with evidence, the blind quiz."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vlm_desktop.base.types import Box


class Field(StrEnum):
    ALT = "alt"
    EXTENDED = "extended"


class Weight(StrEnum):
    """How much a finding matters. The sum of the weights is the quality score, nothing else."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a lint rule found. `fix` is the whole field with it put right; None: a person must.

    `rule` is a code ("image-of", "file-name", "extension", "camera-name", "credit", "placeholder",
    "repeats-caption", "repeats-title", "repeats-in-set", "trailing-noise", "all-capitals",
    "no-full-stop", "emoji-run", "too-long", "too-short", "language"); `detail` is what it spoke
    of. Positions are code points of the field.
    """

    rule: str
    weight: Weight
    field: Field
    start: int
    end: int
    detail: str = ""
    fix: str | None = None


class ClaimState(StrEnum):
    SUPPORTED = "supported"
    DISPUTED = "disputed"
    SEEN_ONCE = "seen-once"
    """Only the draft itself says so."""


class EvidenceKind(StrEnum):
    REGION = "region"
    """The search model finds it, there where `box` is."""
    ABSENT = "absent"
    """The search model does not find it."""
    RANK = "rank"
    """`score` is the share of everyday words that fit the picture no better."""
    CONTRAST = "contrast"
    """Whether the search model prefers it to another colour, number or deed in its place."""
    OCR = "ocr"
    METADATA = "metadata"
    SAMPLES = "samples"
    """Said again by so many of n drafts drawn by chance; `detail` is "3/5"."""
    ANSWER = "answer"
    """The model was asked about it alone; `detail` is its answer."""
    SIGHT = "sight"
    """Whether the model says yes to it rather of the picture than of a grey one."""
    CONTEXT = "context"
    """The page, the caption or the names that a person gave say so."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`supports` is False for what speaks against. `score` is between 0 and 1 where there is one;
    boxes are in pixels of the upright picture.
    """

    kind: EvidenceKind
    supports: bool
    detail: str = ""
    score: float | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An atomic statement of a text. `start` and `end` are where its words stand in the text;
    `kind` is "object", "attribute", "number", "action", "relation", "place", "text" (words to be
    read), "name" or "other" (a whole sentence). Claims lie beside or within each other, never
    across.
    """

    text: str
    kind: str
    start: int
    end: int
    state: ClaimState = ClaimState.SEEN_ONCE
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A text, claim by claim. `samples` is how many drafts were drawn to compare it with."""

    text: str
    claims: tuple[Claim, ...]
    samples: int = 0


@dataclass(frozen=True, slots=True)
class QuizLine:
    """A question answered from the image, and by someone who has only the text.

    `from_text` is "" where the text does not say. `conveyed` is whether both agree.
    """

    question: str
    from_image: str
    from_text: str
    conveyed: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quiz:
    """`by_rules` says that the text was read by rules, because the model cannot answer from text
    alone (the starter cannot)."""

    lines: tuple[QuizLine, ...]
    by_rules: bool
    model_id: str

    @property
    def not_conveyed(self) -> tuple[QuizLine, ...]:
        return tuple(line for line in self.lines if not line.conveyed)
