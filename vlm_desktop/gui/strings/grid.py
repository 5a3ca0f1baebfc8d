"""Words of the grid of photos, the line above it and the timeline."""

from vlm_desktop.base.language import fill

GRID_NAME = "Photos"
GRID_DESCRIPTION = (
    "Arrow keys go from photo to photo, Enter opens one, Space selects, letters find a file name."
)

# how sure
LIKELY = "likely match"
POSSIBLE = "possible match"
WEAK = "weak match"
CHIP_POSSIBLE = "possible"
CHIP_WEAK = "weak"

# what a cell says aloud; parts are joined by PART
PART = ", "
CELL = "photo {position:,} of {total:,}"
CELL_FILE_DATE = "file of {date}"
CELL_PAGE = "page {page:,}"
CELL_PAGES = "{pages:,} pages"
CELL_RATING = "rated {rating} of 5"
CELL_OFFLINE = "its drive is not connected"
CELL_MISSING = "the file is gone"
CELL_PENDING = "waits to be read again"
CELL_COPIES = "there are copies"
CELL_BURST = "{count:,} shots of a burst"
CELL_STACK = "stack of {count:,}"
CELL_OPENED = "stack is open"
CELL_TIP = "{path}\n{facts}"
MATCH_PERCENT = "{match}, {percent:.1f} %"

# on the pictures
BADGE_PAGE = "p. {page:,}"
BADGE_PAIR = "RAW"
BADGE_PDF = "PDF"

# the line above
BAR_NAME = "How the photos are shown"
PHOTOS = "{count:,} photos"
PHOTOS_ONE = "1 photo"
SELECTED_OF = "{count:,} selected of {total}"
SORT = "S&ort"
SORT_NAME = "Order of the photos"
SORT_RELEVANCE = "Best match"
SORT_ADDED = "Last added"
SORT_GIVEN = "As listed"
SORT_NEWEST = "Newest first"
SORT_OLDEST = "Oldest first"
SORT_NAME_OF_FILE = "File name"
SORT_LARGEST = "Largest file"
GROUP = "&Group"
GROUP_NAME = "Groups of the photos"
GROUP_NONE = "No groups"
GROUP_DAY = "By day"
GROUP_MONTH = "By month"
GROUP_FOLDER = "By folder"
ZOOM_NAME = "Size of the photos"
STACKS = "Stac&ks"
STACKS_TIP = "Show bursts, and RAW with JPEG, as one photo each"
TIMELINE = "&Timeline"
TIMELINE_TIP = "Show when the photos were taken"

# commands
ZOOM_IN = "Larger &photos"
ZOOM_OUT = "S&maller photos"
ZOOM_RESET = "Photos in their &usual size"
SELECT_ALL = "Select &all"
SELECT_NONE = "Select &nothing"
OPEN_STACK = "Open or close the s&tack"
STACKS_ACTION = "&Stacks as one photo"
TIMELINE_ACTION = "Show the &timeline"

# groups
LOCALE = "en"
FOLDER_LINE = "{count} · {path}"
DAY_FORM = "dddd, d MMMM yyyy"
MONTH_FORM = "MMMM yyyy"
YEAR_FORM = "yyyy"
DATE_FORM = "d MMMM yyyy"

# the timeline
TIMELINE_NAME = "Timeline"
TIMELINE_DESCRIPTION = (
    "Left and right go along, Shift with them marks a range, Enter shows only its photos, "
    "Delete shows all again."
)
TIMELINE_BIN = "{when}: {total}"
TIMELINE_BIN_SHOWN = "{when}: {shown} of {total}"
TIMELINE_RANGE = "{first} to {last}: {total}"
TIMELINE_UNDATED = "{count} without a date"
TIMELINE_EMPTY = "No photo here says when it was taken."

NAME_NOT_FOUND = "No file name here begins with “{start}”."

# other lists in the grid
SET_TITLE = "{title}: {count}"
SHOW_LIBRARY = "Show all photos"


def photos(count: int) -> str:
    """ "1 photo", "12 photos"."""
    return PHOTOS_ONE if count == 1 else fill(PHOTOS, count=count)
