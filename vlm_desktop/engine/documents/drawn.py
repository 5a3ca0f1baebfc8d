"""What `engine.documents.marks` finds in a page's picture: rules and small squares."""

from dataclasses import dataclass

from vlm_desktop.base.types import Box

MOST_RULES = 600
"""Level rules that are kept, the longest; as many standing ones."""
MOST_SQUARES = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line: at `at` from `start` to `end`, across for a level one, down for a standing."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Square:
    """The outline of a small box; `ink` is the dark share of its inside."""

    box: Box
    ink: float


@dataclass(frozen=True, slots=True)
class Marks:
    """Places are in the coordinates of the view. `letters` counts ink that may be letters and
    lies in none of the words."""

    level: tuple[Rule, ...] = ()
    standing: tuple[Rule, ...] = ()
    squares: tuple[Square, ...] = ()
    letters: int = 0
