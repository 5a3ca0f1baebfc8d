"""What goes in and out of the keeping of alt texts; see `base.alttext`. No numpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event
from vlm_desktop.base.types import Size

if TYPE_CHECKING:
    from vlm_desktop.base.alttext import AltEvent, Candidate
    from vlm_desktop.base.errors import AppError
    from vlm_desktop.base.filework import FileProblem


class AltOrder(StrEnum):
    """How the images of a set are shown."""

    QUEUE = "queue"
    RISK = "risk"
    """The riskiest first, then those not judged yet."""
    NAME = "name"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ImportedText:
    """A text for an image from elsewhere. None: it says nothing of that field."""

    image_id: int
    language: str
    alt: str | None
    extended: str | None = None


@dataclass(frozen=True, slots=True)
class AltDone:
    """What was done, to be handed to `AltSets.undo`, whose answer undoes the undoing.

    `kept` are images left alone: written over since, or said by a person.
    """

    batch: str
    images: tuple[int, ...]
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AltAdded:
    """`images` are new in the set; `known` were in it before. Undo: `remove_images`."""

    set_id: int
    images: tuple[int, ...]
    known: int = 0
    problems: tuple[FileProblem, ...] = ()
    imported: AltImported | None = None
    """The texts that came along, of a page."""


@dataclass(frozen=True, slots=True)
class AltRemoved:
    """Images that were taken out of a set, and where they stood: for `put_back`."""

    set_id: int
    members: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AltApproved:
    """`refused` are the images that could not be approved, each with the reason."""

    done: AltDone
    refused: tuple[tuple[int, AppError], ...] = ()


@dataclass(frozen=True, slots=True)
class AltImported:
    """`done.images` took a text over; `kept_ours` kept a person's, and have the other one
    among their candidates; `same` said nothing new.
    """

    done: AltDone
    kept_ours: tuple[int, ...] = ()
    same: int = 0


@dataclass(frozen=True, slots=True)
class AltRefreshed:
    """What a look at the files found, each as image ids."""

    looked: int
    changed: tuple[int, ...] = ()
    """Other bytes than before."""
    stale: tuple[int, ...] = ()
    """Approved texts that are stale now."""
    missing: tuple[int, ...] = ()
    unreadable: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptCandidate:
    """A candidate as it is kept for an image, the newest last. `at` is ISO 8601 in UTC."""

    id: int
    image_id: int
    language: str
    candidate: Candidate
    at: str


# --- a whole set -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AltBatchOptions:
    """How a set is drafted. `model_id` "" is the model in use.

    `compare` draws a second candidate where the brief wants one only: how far the two differ tells
    what to look at first. `claims` checks each text claim by claim, which takes several times as
    long. `again` drafts also where there are drafts already; what a person wrote always stays.
    `only` are images of the set; None: all of them.
    """

    model_id: str = ""
    compare: bool = True
    claims: bool = False
    again: bool = False
    seed: int = 0
    only: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class AltRowDone(Event):
    """An image of a batch is done and kept. `error` says why it has no draft."""

    image_id: int
    alt: str = ""
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class AltBatchReport:
    """What became of a set. `done` undoes the drafts.

    `suggested` are images that seem to need no text, which a person has to decide. `problems`
    have no draft, and why; `far` are those whose bytes are not on this machine.
    """

    done: AltDone
    suggested: tuple[int, ...] = ()
    imported: tuple[int, ...] = ()
    """Had a text in their file."""
    skipped: int = 0
    """Had a text or a draft already, or need none."""
    problems: tuple[tuple[int, AppError], ...] = ()
    far: tuple[int, ...] = ()
    seconds: float = 0.0


class DiffKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A piece of a text. The parts that are not REMOVED are the new text, in order."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True)
class AltHistoryLine:
    """An event and what it did to the words. Id 0: what is being typed, not written down yet."""

    event: AltEvent
    alt: tuple[DiffPart, ...]
    extended: tuple[DiffPart, ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was seen of an image's file. `fingerprint` is a 64-bit difference hash, "" unknown."""

    content_hash: str = ""
    size_bytes: int = 0
    mtime_ns: int = 0
    size: Size = Size(0, 0)
    fingerprint: str = ""
    missing: bool = False
    problem: str = ""
    """A `Refusal`'s value where the file cannot be read."""
