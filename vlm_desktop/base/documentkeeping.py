"""What goes in and out of the keeping of documents; see `base.documents`. No numpy.

Kept are paths, hashes, values and the words that carry them; never a copy of a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.documents import Extraction, FieldValue, Schema
    from vlm_desktop.base.errors import AppError
    from vlm_desktop.base.pagereading import DocumentReading


class DocumentState(StrEnum):
    UNREAD = "unread"
    TO_REVIEW = "to-review"
    REVIEWED = "reviewed"
    """A person says that it is right."""
    REFUSED = "refused"
    """It cannot be read; `KeptDocument.problem` says why."""


class DocumentAct(StrEnum):
    """What happened to a document, as its history tells it."""

    READ = "read"
    ASSIGNED = "assigned"
    TYPED = "typed"
    CHOSEN = "chosen"
    """One of the readings that were offered: a rival, an ambiguous value, a repair."""
    ACCEPTED = "accepted"
    CLEARED = "cleared"
    ROWS = "rows"
    TABLE = "table"
    STATE = "state"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document in the list. Times are ISO 8601 in UTC.

    `doubt` is the expected number of errors in it: what the review queue is sorted by. `problem`
    is a `Refusal`'s value or the name of an error's class, with `problem_detail`, "" for none.
    """

    id: int
    path: Path
    content_hash: str
    schema: str
    state: DocumentState
    doubt: float = 0.0
    pages: int = 0
    fingerprint: str = ""
    vendor: str = ""
    problem: str = ""
    problem_detail: str = ""
    read_at: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a correction taught: where a field's value stands on this layout, or that it has none.

    `document` is the name of the file that taught it, `vendor` what that file said; `kind` is
    "place", "absent" or "column" (of a table); `anchors` are the words beside the value that are
    looked for.
    """

    id: int
    document_id: int
    document: str
    vendor: str
    schema: str
    name: str
    kind: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field that a person should look at. `error` is how likely it is wrong, 0..1.

    `reason` by code: "missing", "check" (a check it is part of fails), "ambiguous", "ungrounded",
    "confidence".
    """

    name: str
    row: int
    error: float
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document as it stands: what was read, with what a person said in its place.

    `extraction.checks` are those of now, duplicates and anomalies included. `doubts` are in the
    order of Tab: the likeliest error first. `lessons` are those that this document was read by.
    """

    document: KeptDocument
    schema: Schema
    extraction: Extraction
    doubts: tuple[Doubt, ...] = ()
    absent: tuple[tuple[str, int], ...] = ()
    """Fields (name, row) a person said this document does not have."""
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document's sheet, and its pages as they were read."""

    sheet: Sheet
    reading: DocumentReading


@dataclass(frozen=True, slots=True)
class DocumentDone:
    """What was done, to be handed to `KeptDocuments.undo`, whose answer undoes the undoing.

    `taught` says that the next document of this layout will go by it. `kept` are fields left as
    they are by an undoing, because they were changed since.
    """

    batch: str
    sheet: Sheet
    taught: bool = False
    kept: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a person said of a field, before and after; None where they said nothing."""

    name: str
    row: int
    before: Said | None
    after: Said | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a field.

    `value` None: the document has none. `rows` replaces all rows of a table or group; then
    `value` means nothing. `edges` are the lines of its table as a person drew them.
    """

    value: FieldValue | None = None
    rows: tuple[FieldValue, ...] | None = None
    edges: TableEdges | None = None


@dataclass(frozen=True, slots=True)
class TableEdges:
    """A table's lines, in the coordinates of the page's view, and which column is which member.

    `columns` are (member, column from 0).
    """

    page: int
    row_edges: tuple[float, ...]
    column_edges: tuple[float, ...]
    head_rows: int = 0
    columns: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    """A line of a document's history. `at` is ISO 8601 in UTC."""

    id: int
    document_id: int
    at: str
    act: DocumentAct
    changes: tuple[FieldChange, ...]
    before: DocumentState
    after: DocumentState
    detail: str = ""
    batch: str = ""


# --- many at once ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """Files to be read with one schema. `waiting` is what a run would still do."""

    id: int
    name: str
    schema: str
    created_at: str
    files: int = 0
    waiting: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class QueuedDocument:
    """A file of a batch; `document` is None while it waits."""

    path: Path
    document: KeptDocument | None = None
    known: bool = False
    """It was read before, so that nothing had to be done."""


@dataclass(frozen=True, slots=True)
class DocumentRowDone(Event):
    """A file of a batch is done and kept. `error` says why it could not be read."""

    path: Path
    document: KeptDocument | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class DocumentBatchReport:
    """What a run did: `read` anew, `known` from before, `refused` each with its reason."""

    batch_id: int
    read: tuple[KeptDocument, ...] = ()
    known: int = 0
    refused: tuple[KeptDocument, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class DocumentsForgotten:
    """What went. `clean` is False when another program was reading the library, so that its log
    could not be emptied; `other_copies` are older copies of the library, which still hold it."""

    documents: int
    lessons: int
    clean: bool
    other_copies: tuple[Path, ...] = field(default_factory=tuple)
