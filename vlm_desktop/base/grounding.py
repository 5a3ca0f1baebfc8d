"""What is said about regions of a picture: prompts, masks, phrases, verdicts.

All places are in pixels of the upright picture at its full size.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box, Size

AUTOMATIC = ""
"""Named as a model: the best one that is installed and fits, else the program's own."""
CLASSICAL = "classical"
"""Named as a model that outlines: the segmenter that needs none."""
STARTER = "starter"
"""Named as a model that finds phrases: what came with the program."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundPicture:
    """An upright picture as it is worked on. Of a photo, `pixels` are no more than `size` has.

    A page of a PDF is a picture of its own: `page` counts from 1 (0: no PDF), `pages` is how many
    the file has, `size` is in points, and `content_hash` names the page, too (`page_hash`).
    """

    path: Path
    content_hash: str
    size: Size
    pixels: PixelArray
    page: int = 0
    pages: int = 0


_PAGE_MARK = "#"


def page_hash(content_hash: str, page: int) -> str:
    """What names a page of a file of these bytes. Of the first page, and of what has no pages, the
    file's own hash."""
    return f"{content_hash}{_PAGE_MARK}{page}" if page > 1 else content_hash


def page_of(content_hash: str) -> int:
    """The page that such a name means; 0 where it names a file, and with it its first page."""
    page = content_hash.partition(_PAGE_MARK)[2]
    return int(page) if page.isdecimal() else 0


def file_hash(content_hash: str) -> str:
    """The hash of the file's bytes in such a name."""
    return content_hash.partition(_PAGE_MARK)[0]


# --- pointing: a prompt and the masks that answer it ---------------------------------------


@dataclass(frozen=True, slots=True)
class PromptPoint:
    """A click: `adds` says whether what is there belongs to the object or does not."""

    x: float
    y: float
    adds: bool = True


@dataclass(frozen=True, slots=True)
class ObjectPrompt:
    """All that points at one object. Neither points nor a box is an empty prompt."""

    points: tuple[PromptPoint, ...] = ()
    box: Box | None = None


class MaskLevel(StrEnum):
    """How much of what is under a click a mask takes."""

    WHOLE = "whole"
    PART = "part"
    SUBPART = "subpart"


@dataclass(frozen=True, slots=True, eq=False)
class MaskChoice:
    """One answer to a prompt; `score` is the model's own guess of its quality, 0..1."""

    mask: Mask
    score: float
    level: MaskLevel = MaskLevel.WHOLE


@dataclass(frozen=True, slots=True)
class MaskModelSpec:
    """A promptable model: what it takes and where it runs. `revision` names its weights; together
    with `id` and `precision` it names embeddings on disk."""

    id: str
    revision: str
    device: str
    precision: str
    points: bool = True
    boxes: bool = True
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PhraseTraits:
    """How a detector's scores are to be read, and what asking costs.

    `even` is the score from which its authors call something found. `looks_once`: a further
    phrase of the same picture costs little.
    """

    even: float
    looks_once: bool


@dataclass(frozen=True, slots=True, eq=False)
class MaskFeatures:
    """What an encoder made of one picture: all a decoder needs. Arrays on the CPU.

    `size` is that of the pixels that were encoded; prompts for a decoder are in those.
    """

    size: Size
    arrays: Mapping[str, NDArray[np.float32]]


# --- naming: a phrase and where it is -------------------------------------------------------


class Verdict(StrEnum):
    """What is said of a phrase in a picture."""

    FOUND = "found"
    SEVERAL = "several"
    ABSENT = "absent"
    ATTRIBUTE_WRONG = "attribute-wrong"
    UNSURE = "unsure"


class ClauseKind(StrEnum):
    """What a part of a phrase says."""

    OBJECT = "object"
    ATTRIBUTE = "attribute"
    RELATION = "relation"
    PLACE = "place"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a phrase and whether it holds; None where that cannot be told.

    `text` stands in the phrase; `confidence` is calibrated, 0..1; `instead` is what was seen
    in its place ("blue"), empty where nothing is known.
    """

    kind: ClauseKind
    text: str
    holds: bool | None
    confidence: float
    instead: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FoundRegion:
    """A place that answers a phrase; `confidence` is calibrated, 0..1."""

    box: Box
    confidence: float
    mask: Mask | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """How much each cell of a picture has to do with words: float32 [rows, columns], 0..1, over
    the whole picture. `strength` says how far its peak stands out, in null spreads."""

    values: NDArray[np.float32]
    strength: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """What a model finds for one noun phrase: candidates best first, and how probable it is that
    the picture shows it at all (calibrated, 0..1)."""

    phrase: str
    present: float
    regions: tuple[FoundRegion, ...]
    heatmap: Heatmap | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Grounded:
    """The answer to a phrase: the verdict, the regions that fit all of its clauses best first,
    and the clauses one by one. `others` are regions that fit the object and not every clause."""

    phrase: str
    verdict: Verdict
    regions: tuple[FoundRegion, ...]
    clauses: tuple[Clause, ...]
    model: str
    others: tuple[FoundRegion, ...] = ()
    heatmap: Heatmap | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CountedPoint:
    """One thing that was counted: a place on it, where it reaches, how surely it is one."""

    x: float
    y: float
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How many answer a phrase: one dot each, the surest first.

    `expected` is the sum of all confidences and `spread` its standard deviation, as if each were
    right or wrong by itself: what to doubt the number of dots by. `present` is how probable it is
    that there is any at all.
    """

    phrase: str
    points: tuple[CountedPoint, ...]
    present: float
    expected: float
    spread: float
    model: str
    seconds: float = 0.0


# --- back again: a region and words for it --------------------------------------------------


class DescriptionLength(StrEnum):
    """How much is said of a region: its name, a caption, or all that is known."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Expression:
    """Words that name one region. `overlap` is the intersection over union of the region with
    what the words find again, 0..1; `rivals` how many other regions they find as well."""

    text: str
    overlap: float
    rivals: int


@dataclass(frozen=True, slots=True, eq=False)
class WordLook:
    """A word of a caption and where its writer looked; `share` of its attention per cell sums
    to 1 over the picture."""

    word: str
    heatmap: Heatmap


# --- objects a person keeps ----------------------------------------------------------------


class ObjectState(StrEnum):
    """Whether a person has looked at an object."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, eq=False)
class GroundObject:
    """Something in a picture: a label, its places, and where they come from.

    `number` tells the objects of one picture apart and never changes. `polygon` are corners of an
    outline that was drawn or imported; where there is a mask it counts. `source` is a model's id,
    or "person". `expressions` are phrases that name it.
    """

    number: int
    label: str
    box: Box | None = None
    mask: Mask | None = None
    points: tuple[PromptPoint, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    source: str = "person"
    confidence: float | None = None
    state: ObjectState = ObjectState.ACCEPTED
    expressions: tuple[str, ...] = ()
    colour: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)


def doubtful_first(objects: Iterable[GroundObject]) -> tuple[GroundObject, ...]:
    """The proposed ones, the least certain first: the order in which a person reviews them. One of
    which nobody said how sure it is stands in the middle."""
    owing = [one for one in objects if one.state is ObjectState.PROPOSED]
    return tuple(sorted(owing, key=lambda one: 0.5 if one.confidence is None else one.confidence))


@dataclass(frozen=True, slots=True, eq=False)
class PictureObjects:
    """All objects of one picture, in the order of their list."""

    path: Path
    content_hash: str
    size: Size
    objects: tuple[GroundObject, ...]
