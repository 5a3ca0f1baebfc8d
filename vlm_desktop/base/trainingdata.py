"""What goes in and out of data sets: sources, changes, balance, what the doctor found.

Importing it does not import numpy. See `base.training` for what an example is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.training import Example, Split


class TrainSource(StrEnum):
    """Where examples come from."""

    ALT_TEXTS = "alt texts"
    """Texts that a person approved."""
    DOCUMENTS = "documents"
    """Fields of documents that a person corrected or reviewed."""
    OBJECTS = "objects"
    """Boxes that a person accepted."""
    CHAT = "chat"
    """Answers with a thumb up."""
    LIBRARY = "library"
    """Photos of the library with a text or a label each."""
    FOLDER = "folder"
    """Pictures with a .txt beside each."""
    JSONL = "jsonl"
    CSV = "csv"
    LLAVA = "llava"
    SHAREGPT = "sharegpt"
    COCO = "coco"
    """Captions."""


class PhotoText(StrEnum):
    """Which of a photo's own texts is to be learned."""

    CAPTION = "caption"
    ALT_TEXT = "alt text"
    TITLE = "title"
    KEYWORDS = "keywords"
    APPROVED = "approved alt text"
    """Of the Alt text pane, of one language or of any."""
    TAGS = "tags"
    """Given by a person in the library."""


class ExamplesFormat(StrEnum):
    """How examples leave the program; each is one file."""

    JSONL = "jsonl"
    LLAVA = "llava"


class SkipReason(StrEnum):
    """Why a row became no example."""

    NO_PICTURE = "no-picture"
    """It names none."""
    PICTURE_ABSENT = "picture-absent"
    PICTURE_OUTSIDE = "picture-outside"
    """It names one that lies neither beside nor below the file."""
    NO_TEXT = "no-text"
    MALFORMED = "malformed"
    SEVERAL_PICTURES = "several-pictures"
    NO_PLACE = "no-place"
    """A box that is none."""
    UNTOLD = "untold"
    """Of a document in which nothing was corrected."""
    TOO_MANY = "too-many"
    """It, and what follows, was not read."""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that was left out: `where` is its place ("line 12", or what names it), and why."""

    where: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ExamplesRead:
    """What a source brought. `path` is the file or folder, None for what the library keeps."""

    source: TrainSource
    path: Path | None
    examples: tuple[Example, ...]
    skipped: tuple[SkippedRow, ...]


@dataclass(frozen=True, slots=True)
class OnHand:
    """How many examples could be made of what the library keeps. `alt_texts` by language."""

    alt_texts: tuple[tuple[str, int], ...] = ()
    documents: int = 0
    objects: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class PhotoTextCount:
    """How many of some photos have a text of their own of this kind, and in which language."""

    own: PhotoText
    count: int
    language: str = ""


# --- data sets as they are kept ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set in the list. Times are ISO 8601 in UTC; `pictures` counts different paths."""

    id: int
    name: str
    train: int
    validation: int
    left_out: int
    pictures: int
    created_at: str
    changed_at: str

    @property
    def examples(self) -> int:
        return self.train + self.validation + self.left_out


@dataclass(frozen=True, slots=True)
class PlacedExample:
    """An example and its place in the list of its data set."""

    position: int
    example: Example


@dataclass(frozen=True, slots=True)
class ExampleMark:
    """What an example is used for, and with which others it goes."""

    key: str
    split: Split
    group: str


@dataclass(frozen=True, slots=True)
class ExamplesChange:
    """A change of a data set: `gone` keys go first, then `put` come, then `marks` are set.

    Every verb that changes a data set gives back the change that undoes it; applying that one
    (`Datasets.apply`) gives back the one that does it again.
    """

    set_id: int
    put: tuple[PlacedExample, ...] = ()
    gone: tuple[str, ...] = ()
    marks: tuple[ExampleMark, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.put or self.gone or self.marks)


@dataclass(frozen=True, slots=True)
class ExamplesAdded:
    """`added` are new in the data set, `known` were in it with the same picture and words."""

    added: int
    known: int
    undo: ExamplesChange
    skipped: tuple[SkippedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ExamplesForgotten:
    """What went for good. `clean` says whether the database was written anew without it;
    `other_copies` are older copies of the library that still hold it."""

    examples: int
    clean: bool
    other_copies: tuple[Path, ...]


# --- balance and splits --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How many examples bear a name."""

    name: str
    train: int = 0
    validation: int = 0
    left_out: int = 0

    @property
    def total(self) -> int:
        return self.train + self.validation + self.left_out


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion by code of `trainstrings.ADVICE`, filled in by `detail`, about `keys`."""

    code: str
    detail: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """Counts of a data set, the largest share first. `groups` are what never parts."""

    total: Share
    pictures: int
    groups: int
    by_label: tuple[Share, ...]
    by_kind: tuple[Share, ...]
    by_source: tuple[Share, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class SplitMade:
    """What a split did: groups and examples on each side, and how it is undone."""

    groups: int
    train: int
    validation: int
    undo: ExamplesChange


# --- the doctor ----------------------------------------------------------------------------


class Fix(StrEnum):
    """What can be done about a finding by one verb."""

    LEAVE_OUT = "leave-out"
    """Kept in the data set, used for nothing."""
    REMOVE = "remove"
    GROUP = "group"
    """Put on one side, with what it goes with."""
    CLIP_BOX = "clip-box"
    FIND_MOVED = "find-moved"
    """Follow the pictures to where the library knows their bytes."""
    SPLIT = "split"
    """Hold a fifth out for validation."""


class FindingCode(StrEnum):
    NOTHING = "nothing"
    ONE_ITEM = "one-item"
    NO_TRAINING = "no-training"
    NO_VALIDATION = "no-validation"
    ALL_THE_SAME = "all-the-same"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    MOVED = "moved"
    ROTATED = "rotated"
    ACROSS_SPLITS = "across-splits"
    REPEATED = "repeated"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    FILE_NAME = "file-name"
    BOX_OUTSIDE = "box-outside"
    BOX_EMPTY = "box-empty"
    CONFLICT = "conflict"
    LABEL_NOISE = "label-noise"


class Weight(StrEnum):
    """REFUSAL: no training can start. WARNING: it can, and should not. NOTE: good to know."""

    REFUSAL = "refusal"
    WARNING = "warning"
    NOTE = "note"


REST = "…"
"""The detail of a finding that is about all that were not told one by one."""


@dataclass(frozen=True, slots=True)
class TrainFinding:
    """Something wrong with examples. `keys` are those meant, none for the set as a whole; `image`
    is the picture it is about where it is about one. `detail` fills in the sentence
    (`trainstrings.FINDINGS`), `reason` is a `Refusal`'s value. `fix` applies to these keys."""

    code: FindingCode
    weight: Weight
    keys: tuple[str, ...] = ()
    detail: str = ""
    fix: Fix | None = None
    image: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoctorOfData:
    """What the doctor found, the weightiest first. `not_done` names checks that were left out, for
    want of a model, by their finding's code."""

    looked: int
    findings: tuple[TrainFinding, ...]
    not_done: tuple[FindingCode, ...] = ()

    @property
    def refused(self) -> bool:
        return any(one.weight is Weight.REFUSAL for one in self.findings)

    def of(self, code: FindingCode) -> tuple[TrainFinding, ...]:
        return tuple(one for one in self.findings if one.code is code)


# --- active learning -----------------------------------------------------------------------


class AskReason(StrEnum):
    """Why an item is worth a label."""

    TUNED_DIFFERS = "tuned-differs"
    """The base and the tuned model say different things."""
    SAMPLES_DIFFER = "samples-differ"
    """Answers drawn by chance differ among themselves."""
    SEARCH_DIFFERS = "search-differs"
    """The search model would rather give it another text of the set."""


@dataclass(frozen=True, slots=True)
class WorthLabelling:
    """An item to label next. `doubt` 0..1; `first` and `second` are what disagrees."""

    key: str
    image: str
    doubt: float
    reason: AskReason
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class NextItems:
    """The items worth labelling next, the most telling first. `looked` were compared."""

    looked: int
    items: tuple[WorthLabelling, ...]
