"""The window's own words. Sentences about errors are in `vlm_desktop.strings`."""

from vlm_desktop.base.events import Phase

WINDOW_TITLE = "VLM Desktop"

# menus and buttons; "&" marks the key
MENU_FILE = "&File"
MENU_PHOTO = "&Photo"
MENU_VIEW = "&View"
ADD_FOLDER = "&Add folder…"
ADD_FOLDER_BUTTON = "Add folder…"
UPDATE = "Look for &changes"
UPDATE_TIP = "Look for new, changed and removed photos in the folders of the library"
QUIT = "&Quit"
OPEN_PHOTO = "&Open"
SHOW_IN_FOLDER = "Show in &folder"
FIND = "&Find photos"
SHOW_ALL = "Show &weaker matches too"
SHOW_ALL_TIP = "Show the closest photos even when they are not likely matches"
SET_ASIDE_MENU = "Files set a&side…"
CHOOSE_FOLDER = "Choose a folder with photos"
TRY_SAMPLES = "Try it with sample photos"

# the query bar
QUERY_LABEL = "&Search"
QUERY_NAME = "Search photos"
QUERY_HINT = 'Describe a photo, for example: dog on a beach -people "happy birthday"'
QUERY_DESCRIPTION = (
    "Describe what the photo shows. A word after a minus sign is left out. "
    "Words in quotation marks must be written in the photo, its caption or its file name. "
    "Filters: date:2012, camera:NAME, rating:3, type:pdf."
)

# verdicts
SEARCHING = "Searching…"
NOTHING_MATCHES = "Nothing here matches"
COUNTS = "{likely:,} likely, {possible:,} possible"
COUNTS_WEAK = "Nothing here matches; these {shown:,} come closest"
COUNTS_CUT = "{counts}; the best {shown:,} are shown"
FILTERED = "{count:,} photos"
FILTERED_ONE = "1 photo"

# the grid
GRID_NAME = "Photos found"
LIKELY = "likely match"
POSSIBLE = "possible match"
WEAK = "weak match"
CHIP_POSSIBLE = "possible"
CHIP_WEAK = "weak"
HIT_NAME = "{name}, {match}, {position} of {total}"
HIT_TIP = "{path}\n{match}, {percent} %"
HIT_PAGE = "{name}, page {page}"
PHOTO_GONE = "{path} is not there any more."
PHOTO_NOT_OPENED = "No program on this computer opens {path}."

# the page shown when there is nothing to show
EMPTY_TITLE = "Find your photos by what they show"
EMPTY_TEXT = (
    "Add a folder with photos, or drop one here. They are read on this computer and never leave it."
)
READY_TITLE = "{count} ready to search"
READY_TEXT = "Type what you remember of a photo in the line above."
INDEXING_TITLE = "Getting to know your photos"
INDEXING_TEXT = "You can search as soon as the first ones are ready."
NO_HITS_TITLE = NOTHING_MATCHES
NO_HITS_TEXT = "Try other words, or look at the photos that come closest."
FAILED_TITLE = "This did not work"
SHOW_CLOSEST = "Show the closest photos"

# the running job
STOP = "Stop"
STOP_NAME = "Stop indexing"
PROGRESS_NAME = "Indexing progress"
STATUS_NAME = "Status"
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
FINISHED = "{indexed:,} photos indexed, {unchanged:,} unchanged, {removed:,} removed"
FINISHED_NOTHING = "Nothing has changed."
SET_ASIDE_ONE = "1 file set aside"
SET_ASIDE = "{count:,} files set aside"
SET_ASIDE_TIP = "Files that could not be read. They are tried again when they change."

# the list of files set aside
SET_ASIDE_TITLE = "Files set aside"
SET_ASIDE_TEXT = "These files could not be read. They are tried again when they change."
SET_ASIDE_LIST = "Files set aside and why"
SET_ASIDE_FILE = "File"
SET_ASIDE_REASON = "Why"
CLOSE = "Close"

# dropping
DROP_FOLDER_ONLY = "Drop a folder here to add its photos."


def photos(count: int) -> str:
    """ "1 photo", "12 photos"."""
    return FILTERED_ONE if count == 1 else FILTERED.format(count=count)


def set_aside(count: int) -> str:
    return SET_ASIDE_ONE if count == 1 else SET_ASIDE.format(count=count)


def rate(per_second: float) -> str:
    """A measured rate, "" for none."""
    if per_second <= 0:
        return ""
    return (RATE if per_second >= 10 else RATE_SLOW).format(rate=per_second)


def time_left(seconds: float) -> str:
    """As a person says it."""
    if seconds < 50:
        return LEFT_SECONDS
    minutes = round(seconds / 60)
    if minutes <= 1:
        return LEFT_MINUTE
    if minutes < 90:
        return LEFT_MINUTES.format(minutes=minutes)
    return LEFT_HOURS.format(hours=round(minutes / 60))
