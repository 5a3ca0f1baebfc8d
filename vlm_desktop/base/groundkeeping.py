"""What goes in and out of the keeping of objects of pictures; see `base.grounding`. No numpy.

Kept are paths, hashes, places and words; never a copy of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm_desktop.base.events import Event

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.errors import AppError
    from vlm_desktop.base.types import Size


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture with objects, without its masks.

    `path` is where it was seen last. `labels` are those of objects nobody rejected, each once.
    `doubt` is how many of the proposed objects are expected to be wrong.
    """

    content_hash: str
    path: Path
    size: Size
    proposed: int
    accepted: int
    rejected: int
    labels: tuple[str, ...]
    doubt: float
    changed_at: str


@dataclass(frozen=True, slots=True)
class LabelBatch:
    """Phrases to be looked for in many pictures. `waiting` and `refused` count pictures."""

    id: int
    name: str
    phrases: tuple[str, ...]
    model_id: str
    with_masks: bool
    created_at: str
    pictures: int
    waiting: int
    refused: int
    found: int


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A picture of a batch. `found` are the objects that were proposed; `is_known`: it was labelled
    by these phrases before, so nothing was done. `problem` says why it cannot be read."""

    path: Path
    content_hash: str
    is_done: bool
    is_known: bool
    found: int
    problem: str
    problem_detail: str


@dataclass(frozen=True, slots=True)
class LabelRowDone(Event):
    """A picture of a batch is done, and what was found in it is kept. `error` says why not."""

    path: Path
    found: int
    is_known: bool = False
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class LabelReport:
    """`known` pictures were labelled before; `found` objects were proposed in the others."""

    batch_id: int
    labelled: int
    known: int
    refused: int
    found: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ObjectsForgotten:
    """`clean` is False when another program was reading the library, so that its log could not be
    emptied; `other_copies` are older copies of the library, which still hold what went."""

    pictures: int
    objects: int
    clean: bool
    other_copies: tuple[Path, ...]
