"""Words of the run that indexes, and of progress in general."""

from vlm_desktop.base.events import Phase
from vlm_desktop.base.language import fill

FOLDERS = "{first} and {more:,} more"
JOB_WAITING = "{folders}: starting"
JOB_PHASES = {
    Phase.INVENTORY: "{folders}: {done:,} files found",
    Phase.DECODE: "Reading {folders}: {done:,} of {total:,} photos",
    Phase.ENCODE: "Indexing {folders}: {done:,} of {total:,} photos",
    Phase.OCR: "Reading text in {folders}: {done:,} of {total:,} photos",
    Phase.CALIBRATE: "{folders}: getting the search ready",
}
JOB_OPEN = "{folders}: {done:,} done"
RATE = "{rate:,.0f} a second"
RATE_SLOW = "{rate:.1f} a second"
LEFT_SECONDS = "less than a minute left"
LEFT_MINUTE = "about a minute left"
LEFT_MINUTES = "about {minutes:,} minutes left"
LEFT_HOURS = "about {hours:,} hours left"
PARTS = " · "
STOPPING = "Stopping…"
STOPPED = "Stopped. What is indexed so far stays in the library."
INDEXED = "{count:,} photos indexed"
INDEXED_ONE = "1 photo indexed"
UNCHANGED = "{count:,} unchanged"
REMOVED = "{count:,} removed"
PHOTOS_REMOVED = "{count:,} photos removed"
PHOTOS_REMOVED_ONE = "1 photo removed"
AND = ", "
FINISHED_NOTHING = "Nothing has changed."


def finished(indexed: int, unchanged: int, removed: int) -> str:
    """What a run did; what did not happen is not said."""
    if not indexed and not removed:
        return FINISHED_NOTHING
    if not indexed:
        return fill(PHOTOS_REMOVED_ONE if removed == 1 else PHOTOS_REMOVED, count=removed)
    first = INDEXED_ONE if indexed == 1 else INDEXED
    said = ((indexed, first), (unchanged, UNCHANGED), (removed, REMOVED))
    return AND.join(fill(form, count=count) for count, form in said if count)


def rate(per_second: float) -> str:
    """A measured rate, "" for none."""
    if per_second <= 0:
        return ""
    return fill(RATE if per_second >= 10 else RATE_SLOW, rate=per_second)


def time_left(seconds: float) -> str:
    """As a person says it."""
    if seconds < 50:
        return LEFT_SECONDS
    minutes = round(seconds / 60)
    if minutes <= 1:
        return LEFT_MINUTE
    if minutes < 90:
        return fill(LEFT_MINUTES, minutes=minutes)
    return fill(LEFT_HOURS, hours=round(minutes / 60))
