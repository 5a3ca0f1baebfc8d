"""Adapters as people see them: what lies on the shelf, what is worn, what was merged or compared.

Importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vlm_desktop.base.training import Interval

MOST_WORN = 2
"""So many adapters may be on one model at once."""
MOST_STRENGTH = 1.5
"""Strengths go from 0, which is the base, over 1, which is what was learned, to this."""
CHAT_KIND = "chat"
"""Adapters of models of the shelf that answer."""
SEARCH_KINDS = frozenset({"encoder", "probe", "prompts"})
"""Kinds of adapters that searches wear; all others are worn by what answers."""
_OWN_VECTORS = "encoder"


class AdapterState(StrEnum):
    """Whether an adapter can be used here."""

    SOUND = "sound"
    BASE_ABSENT = "base absent"
    """The model it was taught on is not on this disk."""
    FOREIGN = "foreign"
    """That model has other weights here than those it was taught on."""
    DAMAGED = "damaged"
    """Its files are missing, or not what its card says."""


class Wearer(StrEnum):
    """What an adapter is worn by."""

    ANSWERS = "answers"
    """Chat and alt texts."""
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """One adapter of the shelf.

    `id` never changes and holds part of the hash of the weights, so that what is kept under it
    never is another's; `name` is for people. `base`, `base_revision`, `data` (hash of the
    examples), `recipe` (TOML) and `run` are where it comes from; `licence` is that of its base.
    `metrics` are figures of what `metric` names. `bytes` is the whole folder's. `worn` is the
    strength it is worn with now, None where it is not; `problem` says what `state` does not.
    `base_name` is what people call the base, its id where that is not known here.
    """

    id: str
    name: str
    kind: str
    base: str
    base_revision: str
    folder: Path
    state: AdapterState
    problem: str = ""
    data: str = ""
    recipe: str = ""
    metric: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    licence: str = ""
    bytes: int = 0
    sha256: str = ""
    run: str = ""
    made: str = ""
    worn: float | None = None
    base_name: str = ""

    @property
    def wearer(self) -> Wearer:
        return Wearer.SEARCH if self.kind in SEARCH_KINDS else Wearer.ANSWERS

    @property
    def has_own_vectors(self) -> bool:
        """Whether wearing it, or wearing it otherwise, takes looking at all photos anew."""
        return self.kind == _OWN_VECTORS


@dataclass(frozen=True, slots=True)
class WornNow:
    """What a wearer wears: the model's id with the adapters in it, and these with strengths."""

    wearer: Wearer
    model_id: str
    adapters: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One probe, as the model with its adapter on and as the merged one answer it."""

    key: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Closeness:
    """Cosines between vectors of the exact network and of what was written, over `rows` inputs.
    `needed` is what the lowest had to reach."""

    rows: int
    lowest: float
    mean: float
    needed: float

    @property
    def holds(self) -> bool:
        return self.lowest >= self.needed


@dataclass(frozen=True, slots=True)
class AdapterMerged:
    """A model that is its base with an adapter in it. `replayed` is of models that answer,
    `texts` and `images` of encoders."""

    model_id: str
    folder: Path
    adapter: str
    strength: float
    bytes: int
    replayed: tuple[Replayed, ...] = ()
    texts: Closeness | None = None
    images: Closeness | None = None


@dataclass(frozen=True, slots=True)
class AdapterExported:
    """Where a copy lies. `onnx` is the folder of an encoder's graphs with the adapter in them,
    `texts` and `images` how close these are to the exact network."""

    adapter: str
    folder: Path
    bytes: int
    onnx: Path | None = None
    texts: Closeness | None = None
    images: Closeness | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What one column says of an item, and how good that is."""

    answer: str
    score: float


@dataclass(frozen=True, slots=True)
class ItemCompared:
    """One held-out item: what was to be said, what each column says. `change` is the score of the
    second column less that of the first, so above 0 is improved."""

    key: str
    image: str
    asked: str
    expected: str
    said: tuple[Answered, ...]
    change: float


@dataclass(frozen=True, slots=True)
class ColumnCompared:
    """One column against the first, over all items. `p` is of the exact two-sided sign test, in
    which items of equal scores do not count; `difference` is the mean change with its bootstrap
    interval of 95 %."""

    name: str
    mean: float
    improved: int
    harmed: int
    equal: int
    p: float
    difference: Interval


@dataclass(frozen=True, slots=True)
class ModelsCompared:
    """All items, the most improved first and so the most harmed last. The first column is the
    base, the second the adapter, others are other checkpoints of its run."""

    metric: str
    columns: tuple[ColumnCompared, ...]
    items: tuple[ItemCompared, ...]

    @property
    def most_harmed(self) -> tuple[ItemCompared, ...]:
        """Harmed items only, the worst first."""
        return tuple(one for one in reversed(self.items) if one.change < 0)

    @property
    def most_improved(self) -> tuple[ItemCompared, ...]:
        """Improved items only, the best first."""
        return tuple(one for one in self.items if one.change > 0)
