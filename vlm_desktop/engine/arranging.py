"""From catalogue rows to a listing: one photo a stack, groups, order. Pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm_desktop.base.types import MediaKind
from vlm_desktop.engine.listing import Arrangement, Flag, Group, Grouping, Listing, Order
from vlm_desktop.engine.stacks import Stacks, is_raw
from vlm_desktop.store.browsing import KINDS, Catalogue

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """What is to be listed: rows of the catalogue, as they were handed in.

    `probabilities` and `pages` belong to hits, `name_ranks` to the order by name; [len(rows)].
    """

    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64] | None = None
    pages: NDArray[np.int64] | None = None
    name_ranks: NDArray[np.int64] | None = None


def arrange(
    catalogue: Catalogue, stacks: Stacks, chosen: Chosen, arrangement: Arrangement
) -> Listing:
    """List what was chosen. A stack of which only one photo was chosen is none."""
    keys = _shared(stacks.keys[chosen.rows])
    behind = np.zeros(len(keys), dtype=np.int64)
    if arrangement.stacked:
        leaders, sizes = _leaders(catalogue, chosen, keys)
        behind[leaders] = sizes
        shown = np.flatnonzero((keys == 0) | (behind > 0))
    else:
        shown = np.arange(len(keys), dtype=np.int64)
    group_keys, _ = _group_keys(catalogue, chosen.rows[shown], arrangement.grouping)
    order = np.lexsort((*_order_keys(catalogue, chosen, shown, arrangement.order), group_keys))
    shown = _with_opened(catalogue, chosen, shown[order], keys, behind, arrangement)
    return _listing(catalogue, stacks, chosen, shown, keys, behind, arrangement)


def days_of(moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days since 1970 of seconds since then; before 1970 they are negative."""
    days: NDArray[np.int64] = np.floor_divide(moments, _SECONDS_A_DAY)
    return days


def _shared(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Stack keys that stand here more than once; others become 0."""
    found, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    shared: NDArray[np.int64] = np.where(counts > 1, found, 0)[inverse]
    return shared


def _leaders(
    catalogue: Catalogue, chosen: Chosen, keys: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(positions of the photos that stand for their stacks, how many each stands for).

    The best match of a query; else the one rated highest; else, of shots of one camera, the
    file with the most bytes, which as a rule is the sharpest: detail is what costs bytes.
    """
    members = np.flatnonzero(keys)
    rows = chosen.rows[members]
    match = np.zeros(len(members))
    if chosen.probabilities is not None:
        match = chosen.probabilities[members]
    order = np.lexsort(
        (rows, -catalogue.sizes[rows], -catalogue.ratings[rows], is_raw(catalogue)[rows], -match,
         keys[members])
    )  # fmt: skip
    _, first, counts = np.unique(keys[members][order], return_index=True, return_counts=True)
    return members[order[first]], counts


def _group_keys(
    catalogue: Catalogue, rows: NDArray[np.int64], grouping: Grouping
) -> tuple[NDArray[np.int64], bool]:
    """(a number a group, ascending in the order of groups; whether it is a negated day)."""
    days = days_of(catalogue.moments[rows])
    match grouping:
        case Grouping.DAY:
            return -days, True
        case Grouping.MONTH:
            return -_month_starts(days), True
        case Grouping.FOLDER:
            ranks = np.empty(len(catalogue.folder_paths), dtype=np.int64)
            paths = catalogue.folder_paths
            ranks[sorted(range(len(paths)), key=lambda i: str(paths[i]).casefold())] = np.arange(
                len(paths)
            )
            return ranks[catalogue.folders[rows]], False
        case _:
            return np.zeros(len(rows), dtype=np.int64), False


def _month_starts(days: NDArray[np.int64]) -> NDArray[np.int64]:
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    starts: NDArray[np.int64] = months.astype("datetime64[D]").astype(np.int64)
    return starts


def _order_keys(
    catalogue: Catalogue, chosen: Chosen, shown: NDArray[np.int64], order: Order
) -> tuple[NDArray[np.int64], ...]:
    """Keys for lexsort, the decisive one last; the newest first wherever keys are equal."""
    rows = chosen.rows[shown]
    newest = (-catalogue.content_ids[rows], -catalogue.moments[rows])
    match order:
        case Order.RELEVANCE:
            return (shown,)
        case Order.OLDEST:
            return (catalogue.content_ids[rows], catalogue.moments[rows])
        case Order.NAME if chosen.name_ranks is not None:
            return (*newest, chosen.name_ranks[shown])
        case Order.LARGEST:
            return (*newest, -catalogue.sizes[rows])
        case _:
            return newest


def _with_opened(
    catalogue: Catalogue,
    chosen: Chosen,
    shown: NDArray[np.int64],
    keys: NDArray[np.int64],
    behind: NDArray[np.int64],
    arrangement: Arrangement,
) -> NDArray[np.int64]:
    """Insert the members of opened stacks after their leaders, in the order they were taken."""
    if not (arrangement.stacked and arrangement.opened):
        return shown
    opened = np.array(sorted(arrangement.opened), dtype=np.int64)
    hidden = np.flatnonzero(np.isin(keys, opened) & (keys > 0) & (behind == 0))
    hidden = hidden[np.lexsort((hidden, catalogue.moments[chosen.rows[hidden]], keys[hidden]))]
    heads = np.flatnonzero(np.isin(keys[shown], opened) & (keys[shown] > 0))
    place = dict(zip(keys[shown[heads]].tolist(), heads.tolist(), strict=True))
    after = np.array([place[key] + 1 for key in keys[hidden].tolist()], dtype=np.int64)
    return np.insert(shown, after, hidden)


def _listing(
    catalogue: Catalogue,
    stacks: Stacks,
    chosen: Chosen,
    shown: NDArray[np.int64],
    keys: NDArray[np.int64],
    behind: NDArray[np.int64],
    arrangement: Arrangement,
) -> Listing:
    rows = chosen.rows[shown]
    return Listing(
        arrangement=arrangement,
        content_ids=catalogue.content_ids[rows],
        moments=catalogue.moments[rows],
        folders=catalogue.folders[rows],
        folder_paths=catalogue.folder_paths,
        widths=catalogue.widths[rows],
        heights=catalogue.heights[rows],
        sizes=catalogue.sizes[rows],
        ratings=catalogue.ratings[rows],
        page_counts=catalogue.page_counts[rows],
        flags=_flags(catalogue, stacks, rows, keys[shown]),
        stacks=keys[shown],
        counts=behind[shown],
        probabilities=None if chosen.probabilities is None else chosen.probabilities[shown],
        pages=None if chosen.pages is None else chosen.pages[shown],
        groups=_groups(catalogue, rows, keys[shown], behind[shown], arrangement),
        all_ids=catalogue.content_ids[chosen.rows],
    )


def _flags(
    catalogue: Catalogue, stacks: Stacks, rows: NDArray[np.int64], keys: NDArray[np.int64]
) -> NDArray[np.int64]:
    kinds = catalogue.kinds[rows]
    said = (
        (Flag.DATED, catalogue.dated[rows]),
        (Flag.OFFLINE, ~catalogue.online[rows]),
        (Flag.PENDING, catalogue.pending[rows]),
        (Flag.COPIES, (catalogue.copies[rows] > 1) | (catalogue.twins[rows] > 0)),
        (Flag.PAIR, stacks.paired[rows] & (keys > 0)),
        (Flag.BURST, stacks.in_burst[rows] & (keys > 0)),
        (Flag.RAW, kinds == KINDS.index(MediaKind.RAW)),
        (Flag.PDF, kinds == KINDS.index(MediaKind.PDF)),
    )
    flags = np.zeros(len(rows), dtype=np.int64)
    for flag, where in said:
        flags |= np.where(where, int(flag), 0)
    return flags


def _groups(
    catalogue: Catalogue,
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    behind: NDArray[np.int64],
    arrangement: Arrangement,
) -> tuple[Group, ...]:
    if arrangement.grouping is Grouping.NONE or not len(rows):
        return ()
    group_keys, dated = _group_keys(catalogue, rows, arrangement.grouping)
    if arrangement.stacked and arrangement.opened:
        # A burst across midnight stays with the photo that stands for it.
        for place in np.flatnonzero((keys > 0) & (behind == 0)).tolist():
            group_keys[place] = group_keys[place - 1]
    firsts = np.flatnonzero(np.concatenate(([True], group_keys[1:] != group_keys[:-1])))
    counts = np.diff(np.append(firsts, len(rows))).tolist()
    days = (-group_keys[firsts]).tolist()
    folders = [catalogue.folder_paths[i] for i in catalogue.folders[rows[firsts]]]
    return tuple(
        Group(first, count, day=day) if dated else Group(first, count, folder=folder)
        for first, count, day, folder in zip(firsts.tolist(), counts, days, folders, strict=True)
    )
