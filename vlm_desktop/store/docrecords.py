"""What goes in and out of the store of documents, besides `base.documentkeeping`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vlm_desktop.base.documentkeeping import KeptDocument, Said
from vlm_desktop.base.documents import DocumentLocale, FieldValue, MissingField, Schema

Place = tuple[str, int]
"""A field's name and row."""

ALL_ROWS = -1
"""The row of what a person said of all rows of a table or group."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What others are compared with. Keys are folded, so that spellings meet; "" is unknown."""

    vendor: str = ""
    vendor_key: str = ""
    number_key: str = ""
    date: str = ""
    total: str = ""
    currency: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class DocumentAsRead:
    """A reading to be kept in the place of the last. `lessons` are the ids it went by."""

    values: tuple[FieldValue, ...]
    missing: tuple[MissingField, ...]
    locale: DocumentLocale
    fingerprint: str
    pages: int
    lessons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """All that is kept of a document."""

    document: KeptDocument
    schema: Schema
    read: DocumentAsRead
    said: Mapping[Place, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewLesson:
    """A lesson to be kept; `said` is JSON of `engine.documents.lessons`."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class KeptLesson:
    """A lesson, with the layout and the name of the document that taught it."""

    id: int
    document_id: int
    document: str
    vendor: str
    schema: str
    name: str
    fingerprint: str
    said: str


@dataclass(frozen=True, slots=True)
class EarlierDocument:
    """Another document, as far as duplicates and anomalies need it."""

    document: KeptDocument
    facts: DocumentFacts
