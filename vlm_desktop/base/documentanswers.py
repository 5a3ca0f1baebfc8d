"""What a document answers when it is asked, and how it compares with what was expected.

Importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vlm_desktop.base.documents import Evidence, FieldType, FieldValue, Looked


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a document carries, and the words that carry it.

    Without evidence it is somebody's claim: shown, marked, and left out of exports.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """The answer to one question. `stated` is False for "not stated in this document".

    `value` is the normalised form of a date or an amount, "" of anything else. `confidence` is
    that of the field that was found, None for a passage that is quoted because it has the words of
    the question. `looked` are the places that came nearest where nothing is stated. `model` is the
    model that worded it, "" where it is quoted.
    """

    question: str
    stated: bool
    statements: tuple[Statement, ...]
    value: str = ""
    confidence: float | None = None
    looked: tuple[Looked, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A date, an amount, a number that names something, where it stands.

    `label` is the text that says what it is, "" when nothing does. `ambiguous` as in `FieldValue`.
    """

    type: FieldType
    raw: str
    value: str
    evidence: Evidence
    label: str = ""
    ambiguous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A document at a glance, every part quoted: nothing is worded that the pages do not say."""

    key_points: tuple[Statement, ...]
    dates: tuple[Mention, ...] = ()
    amounts: tuple[Mention, ...] = ()
    numbers: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """A model on this disk that can read documents a second time."""

    id: str
    name: str
    licence: str = ""


class Agreement(StrEnum):
    """How a second reader's value stands to the first reader's."""

    SAME = "same"
    DIFFERS = "differs"
    ONLY_SECOND = "only_second"
    """The first reader has nothing for this field."""
    SILENT = "silent"
    """The second reader said nothing."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a generative reader says of one field.

    `said` is its own words, `value` the normalised form. Without `evidence` no words on the pages
    carry it: it is shown as ungrounded and never taken over. `differences` are those from the
    first reader's raw text, character by character, and join to both.
    """

    name: str
    said: str
    value: str
    agreement: Agreement
    evidence: tuple[Evidence, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadWords:
    """Words of a page, by index, that a model chose; `label` is its own name for them."""

    label: str
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SecondReading:
    """A document as a second model reads it. `unplaced` are (name, text) of its that no field of
    the schema is called by; `text` is the page as it wrote it, from models that write pages."""

    model: str
    revision: str
    opinions: tuple[Opinion, ...]
    unplaced: tuple[tuple[str, str], ...] = ()
    text: str = ""


class MatchKind(StrEnum):
    """How a value compares with the expected one."""

    MATCH = "match"
    """The same as printed."""
    NORMALISED = "normalised"
    """The same value, written otherwise."""
    MISMATCH = "mismatch"
    MISSING = "missing"
    """Expected, but not found."""
    EXTRA = "extra"
    """Found, but not expected."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A piece of two texts: equal where both say the same."""

    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One field beside what was expected of it. `differences` join to the two texts."""

    name: str
    row: int
    kind: MatchKind
    expected: str
    found: FieldValue | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """One document against what was expected. `expected` is False when nothing was given for it."""

    path: Path
    content_hash: str
    expected: bool
    rows: tuple[Compared, ...] = ()

    def count(self, kind: MatchKind) -> int:
        return sum(row.kind is kind for row in self.rows)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Documents against one file of expectations, whose bytes have the SHA-256 `digest`.

    `unused` are the documents it speaks of that were not among those compared.
    """

    expectations: Path
    digest: str
    documents: tuple[Verification, ...]
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who stands for a report. `at` is ISO 8601 with the offset."""

    by: str
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """What a person expects of one document: `file` as they named it, values by field and row."""

    file: str
    values: Mapping[tuple[str, int], str] = field(default_factory=dict)
