"""What the grid says about photos and groups, for eyes and for screen readers."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale

from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Verdict
from vlm_desktop.engine.listing import Flag, Group, Grouping, Listing, Place
from vlm_desktop.gui.strings import grid as strings

if TYPE_CHECKING:
    from vlm_desktop.gui.panes.search.grid_model import Cell

_SECONDS_A_DAY = 86_400
_EPOCH = date(1970, 1, 1)


def file_name(place: Place | None, page: int) -> str:
    """The name under which a person knows the photo; "" until it is located."""
    if place is None:
        return ""
    if page:
        return strings.PART.join((place.path.name, fill(strings.CELL_PAGE, page=page)))
    return place.path.name


def cell_text(
    listing: Listing | None, row: int, cell: "Cell", place: Place | None, opened: bool
) -> str:
    """All that a cell shows, as one sentence to be spoken."""
    assert listing is not None
    position = fill(strings.CELL, position=row + 1, total=len(listing))
    facts = [position, file_name(place, cell.page), *_facts(listing, row, cell, place, opened)]
    return strings.PART.join(fact for fact in facts if fact)


def cell_tip(
    listing: Listing | None, row: int, cell: "Cell", place: Place | None, opened: bool
) -> str:
    assert listing is not None
    facts = strings.PART.join(_facts(listing, row, cell, place, opened))
    if place is None:
        return facts
    return fill(strings.CELL_TIP, path=place.path, facts=facts)


def _facts(
    listing: Listing, row: int, cell: "Cell", place: Place | None, opened: bool
) -> list[str]:
    said = []
    if cell.verdict is not None:
        match, percent = match_words(cell.verdict), 100 * cell.probability
        said.append(fill(strings.MATCH_PERCENT, match=match, percent=percent))
    day = day_words(int(listing.moments[row]) // _SECONDS_A_DAY, strings.DATE_FORM)
    said.append(day if cell.flags & Flag.DATED else fill(strings.CELL_FILE_DATE, date=day))
    if cell.count > 1:
        burst = bool(cell.flags & Flag.BURST)
        said.append(fill(strings.CELL_BURST if burst else strings.CELL_STACK, count=cell.count))
    if opened:
        said.append(strings.CELL_OPENED)
    if cell.flags & Flag.PDF and not cell.page and cell.pages > 1:
        said.append(fill(strings.CELL_PAGES, pages=cell.pages))
    if cell.rating > 0:
        said.append(fill(strings.CELL_RATING, rating=cell.rating))
    missing = place is not None and not place.there
    for applies, words in (
        (cell.flags & Flag.COPIES, strings.CELL_COPIES),
        (cell.flags & Flag.PENDING, strings.CELL_PENDING),
        (cell.flags & Flag.OFFLINE, strings.CELL_OFFLINE),
        (missing, strings.CELL_MISSING),
    ):
        if applies:
            said.append(words)
    return said


def match_words(verdict: Verdict) -> str:
    match verdict:
        case Verdict.LIKELY:
            return strings.LIKELY
        case Verdict.POSSIBLE:
            return strings.POSSIBLE
        case _:
            return strings.WEAK


def day_words(day: int, form: str) -> str:
    """A day since 1970 in the language's manner."""
    try:
        shown = _EPOCH + timedelta(days=day)
    except OverflowError:
        return ""
    return locale().toString(QDate(shown.year, shown.month, shown.day), form)


def locale() -> QLocale:
    """The window's language, in the manner of the person's country where that speaks it."""
    own, wanted = QLocale(), QLocale(strings.LOCALE)
    return own if own.language() == wanted.language() else wanted


def group_title(group: Group, grouping: Grouping) -> str:
    if group.folder is not None:
        return group.folder.name or str(group.folder)
    if group.day is None:
        return ""
    form = strings.DAY_FORM if grouping is Grouping.DAY else strings.MONTH_FORM
    return day_words(group.day, form)


def iso_words(start: str) -> str:
    """ "2012-08-05", "2012-08" or "2012" in the language's manner."""
    parts = [int(part) for part in start.split("-")]
    form = (strings.YEAR_FORM, strings.MONTH_FORM, strings.DATE_FORM)[len(parts) - 1]
    year, month, day = (*parts, 1, 1)[:3]
    return locale().toString(QDate(year, month, day), form)
