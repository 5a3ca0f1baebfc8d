"""Photos in a row, as the grid shows them: values only, so that the window starts without numpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


class Order(StrEnum):
    """How photos follow each other. RELEVANCE is the order they were handed in."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    LARGEST = "largest"


class Grouping(StrEnum):
    """What photos stand together by. Groups of days and months follow the order of dates."""

    NONE = "none"
    DAY = "day"
    MONTH = "month"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person chose: order, groups, and whether a stack shows one photo or all of them.

    `opened` are stacks (by their key) that are shown whole all the same.
    """

    order: Order = Order.NEWEST
    grouping: Grouping = Grouping.NONE
    stacked: bool = True
    opened: frozenset[int] = frozenset()


class Flag(IntFlag):
    """What a cell has to say beside its picture."""

    DATED = 1
    """The date is the photo's own, not that of the file's last change."""
    OFFLINE = 2
    PENDING = 4
    """The file changed and waits to be read again."""
    COPIES = 8
    """There are other files with the same bytes or the same pixels."""
    PAIR = 16
    """Stacked with its RAW or JPEG."""
    BURST = 32
    RAW = 64
    PDF = 128


@dataclass(frozen=True, slots=True)
class Group:
    """`count` rows from `first` on. `day` is the first day (since 1970) of a day or month."""

    first: int
    count: int
    day: int | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Photos in the order of their arrangement; arrays have one row a cell. Any thread.

    `moments` are seconds since 1970 of the clock where the photo was taken. `folders` are
    positions in `folder_paths`. Sizes are pixels and bytes; `ratings` are -1 where unsaid.
    `flags` are sums of `Flag`. `stacks` are keys of stacks, 0 for a photo alone; `counts` how
    many photos stand behind a cell that stands for its stack, else 0. `probabilities` and
    `pages` belong to hits: 0..1 and the page that was found (0: the photo itself). `all_ids`
    are all contents, those in closed stacks too.
    """

    arrangement: Arrangement
    content_ids: NDArray[np.int64]
    moments: NDArray[np.int64]
    folders: NDArray[np.int64]
    folder_paths: tuple[Path, ...]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]
    sizes: NDArray[np.int64]
    ratings: NDArray[np.int64]
    page_counts: NDArray[np.int64]
    flags: NDArray[np.int64]
    stacks: NDArray[np.int64]
    counts: NDArray[np.int64]
    probabilities: NDArray[np.float64] | None
    pages: NDArray[np.int64] | None
    groups: tuple[Group, ...]
    all_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.content_ids)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo lies. `there` is False when its drive is on but the file is gone."""

    content_id: int
    path: Path
    online: bool
    there: bool


class TimeUnit(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class TimeBin:
    """`start` is an ISO 8601 prefix ("2012-08" for a month), as date filters take it.

    `total` photos of the library lie in it, `shown` of them among those asked about.
    """

    start: str
    total: int
    shown: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bins without a gap from the first date to the last; photos that say no date stand apart."""

    unit: TimeUnit
    bins: tuple[TimeBin, ...]
    undated: TimeBin
