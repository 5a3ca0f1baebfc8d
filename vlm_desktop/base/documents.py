"""Fields of documents: what is asked for, and what was found with its evidence.

Importing it does not import numpy.

    Schema 1-n FieldSpec            Extraction 1-n FieldValue 1-n Evidence

A value counts only with evidence. Scores named `confidence` are calibrated (0..1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.types import Box


class FieldType(StrEnum):
    TEXT = "text"
    AMOUNT = "amount"
    """Money: a decimal string with a point, as "1234.50"."""
    DATE = "date"
    """ISO 8601."""
    NUMBER = "number"
    """Digits and letters that name something, or a quantity: kept as printed, spaces out."""
    ENUM = "enum"
    ADDRESS = "address"
    IBAN = "iban"
    VAT_ID = "vat_id"
    CHECKBOX = "checkbox"
    """"yes" or "no"."""
    TABLE = "table"
    """Rows of `FieldSpec.fields`, found in a table of the page."""
    GROUP = "group"
    """`FieldSpec.fields` that repeat together anywhere on the page."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field a person asks for.

    `aliases` are labels it may carry on the page, in any language; `pattern` is a regular
    expression its raw text must match in full; `options` are the values of an enum; `fields` the
    columns of a table or the members of a group. `description` says in words what is meant.
    """

    name: str
    type: FieldType = FieldType.TEXT
    description: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    pattern: str = ""
    options: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """What to read from a kind of document.

    With `any_pairs` every pair of label and value on the page is wanted, whatever it is called
    (forms); `fields` may then be empty.
    """

    name: str
    fields: tuple[FieldSpec, ...] = ()
    any_pairs: bool = False

    def spec(self, name: str) -> FieldSpec | None:
        """The field of that name; "items/amount" is the member `amount` of `items`."""
        head, _, rest = name.partition("/")
        found = next((one for one in self.fields if one.name == head), None)
        if found is None or not rest:
            return found
        return next((one for one in found.fields if one.name == rest), None)


@dataclass(frozen=True, slots=True)
class DocumentLocale:
    """How this document writes, inferred once from all of it.

    `language` and `region` are codes, "" when unclear. `day_first` and `year_first` hold for
    numeric dates, None when nothing on the pages tells. `decimal` is "." or ",", "" when nothing
    tells. `currency` is an ISO 4217 code. `reasons` are texts of the page that told.
    """

    language: str = ""
    region: str = ""
    day_first: bool | None = None
    year_first: bool | None = None
    decimal: str = ""
    currency: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words on a page that carry a value; `box` is in the page's own coordinates.

    `words` are indices into `PageReading.words`.
    """

    page: int
    box: Box
    text: str
    words: tuple[int, ...] = ()


class CauseKind(StrEnum):
    """What a confidence is made of."""

    OCR = "ocr"
    LABEL = "label"
    POSITION = "position"
    TYPE = "type"
    VALIDATOR = "validator"
    RIVALS = "rivals"
    LEARNED = "learned"
    SECOND_READER = "second_reader"


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of a confidence: `weight` is what it adds to the log odds, `detail` a text of the
    page or a code that says why ("Total", "iban_checksum")."""

    kind: CauseKind
    weight: float
    detail: str = ""


class Origin(StrEnum):
    """Who says a value."""

    READ = "read"
    LEARNED = "learned"
    """Found where a person pointed on an earlier document of this layout."""
    MODEL = "model"
    """A generative reader wrote it; it counts only with evidence."""
    HUMAN = "human"
    EMBEDDED = "embedded"
    """The file's own data, such as Factur-X."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another candidate for the same field."""

    raw: str
    value: str
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of one document.

    `raw` is the text as printed, `value` the normalised one (dates ISO 8601, amounts a decimal
    string with a point, currencies apart). `row` counts the repetitions of a table's or group's
    member from 0. `ambiguous` are the other values that `raw` may mean ("2024-03-04" beside
    "2024-04-03"): nothing is guessed without saying so. `accepted` says that a person has looked.
    `learned_from` is the name of the document that taught a learned value.
    """

    name: str
    raw: str
    value: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    row: int = 0
    origin: Origin = Origin.READ
    causes: tuple[Cause, ...] = ()
    ambiguous: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    currency: str = ""
    accepted: bool = False
    learned_from: str = ""

    @property
    def grounded(self) -> bool:
        """Whether words on a page carry it."""
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class Looked:
    """A place where a missing field was looked for, and why nothing was taken there, by code."""

    page: int
    box: Box | None
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class MissingField:
    name: str
    required: bool
    looked: tuple[Looked, ...] = ()


class CheckKind(StrEnum):
    SUM = "sum"
    TAX = "tax"
    LINE = "line"
    DATES = "dates"
    IBAN = "iban"
    VAT_ID = "vat_id"
    LUHN = "luhn"
    PATTERN = "pattern"
    DUPLICATE = "duplicate"
    ANOMALY = "anomaly"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of one value's reading that makes a check hold. Offered, never applied silently.

    `cost` is how unlikely the misreading is: a negative log likelihood. `old` and `new` are raw
    texts, `value` is what `new` means.
    """

    name: str
    row: int
    old: str
    new: str
    value: str
    cost: float


@dataclass(frozen=True, slots=True)
class Check:
    """One rule over values. `ok` is None when something it needs is missing.

    `fields` are (name, row) of the values it looked at; `expected` and `found` what should and
    does stand there; `repairs` the smallest changes that make it hold, the likeliest first: each
    is a set of repairs to be made together.
    """

    kind: CheckKind
    ok: bool | None
    fields: tuple[tuple[str, int], ...]
    expected: str = ""
    found: str = ""
    detail: str = ""
    repairs: tuple[tuple[Repair, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document says for one schema."""

    path: Path
    content_hash: str
    schema: str
    values: tuple[FieldValue, ...]
    missing: tuple[MissingField, ...] = ()
    checks: tuple[Check, ...] = ()
    locale: DocumentLocale = field(default_factory=DocumentLocale)
    fingerprint: str = ""
    """Of the layout, equal or near for documents of one vendor."""

    def value(self, name: str, row: int = 0) -> FieldValue | None:
        """The value of a field, when there is one."""
        return next((one for one in self.values if (one.name, one.row) == (name, row)), None)
