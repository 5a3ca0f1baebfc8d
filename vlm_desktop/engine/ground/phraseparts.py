"""The parts of a phrase that was taken apart (`clauses.py`)."""

from dataclasses import dataclass
from typing import TypeAlias

from vlm_desktop.engine.ground.spatial import Measure, Relation, Side


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a thing is like: a word, its group ("colour") and what it means there ("grey")."""

    text: str
    group: str
    meaning: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """At these sides of the picture."""

    text: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The `number`-th of several by a measure; -1 is the last."""

    text: str
    measure: Measure
    number: int = 1


@dataclass(frozen=True, slots=True)
class Untold:
    """Said of where it is, and boxes cannot tell: "in the background"."""

    text: str


Place: TypeAlias = Placed | Ranked | Untold


@dataclass(frozen=True, slots=True)
class Related:
    """How a thing lies to others; of `BETWEEN` there may be two."""

    text: str
    relation: Relation
    things: tuple["Thing", ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun phrase and what is said of it.

    `noun` is what a finder is given: without articles and without what is checked apart, in the
    singular. `said` is the same as it stands in the phrase. `number` is how many are asked for.
    """

    noun: str
    said: str
    plural: bool = False
    number: int | None = None
    number_text: str = ""
    attributes: tuple[Attribute, ...] = ()
    places: tuple[Place, ...] = ()
    relations: tuple[Related, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing but the noun was said."""
        return not (self.attributes or self.places or self.relations or self.number)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it was read: `text` may be cut (`cut`)."""

    text: str
    thing: Thing
    cut: bool = False
