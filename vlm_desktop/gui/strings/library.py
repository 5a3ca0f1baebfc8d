"""Words of the library tools: folders, files set aside, duplicates, exporting."""

from datetime import datetime

from vlm_desktop.base.filework import KeepReason, Tier
from vlm_desktop.base.language import fill
from vlm_desktop.base.watching import PollReason

# the pane
SECTIONS_NAME = "Tools of the library"
SECTION_FOLDERS = "Folders"
SECTION_SET_ASIDE = "Files set aside"
SECTION_DUPLICATES = "Duplicates"
GO_TO_SECTION = "{section}…"
CANCEL = "Cancel"
TRY_AGAIN = "Try again"
FAILED_TITLE = "This did not work"
WORKING = "One moment…"

# folders
FOLDERS_TITLE = "Folders"
FOLDERS_TEXT = (
    "Photos in these folders can be found. The program only reads them; what it knows is kept "
    "when a drive is taken away."
)
FOLDERS_EMPTY_TITLE = "No folders yet"
FOLDERS_EMPTY_TEXT = "Add a folder with photos, or drop one on the window."
FOLDERS_TABLE = "Folders of the library"
COLUMN_FOLDER = "Folder"
COLUMN_STATE = "State"
COLUMN_PHOTOS = "Photos"
COLUMN_PENDING = "Waiting"
COLUMN_SET_ASIDE = "Set aside"
COLUMN_LOOKED_AT = "Last looked at"
COLUMN_WATCHED = "Watched"
STATE_ONLINE = "There"
STATE_OFFLINE = "Not connected"
STATE_OFFLINE_TIP = "The folder or its drive is not there. Its photos are kept and shown in grey."
WATCHED_EVENTS = "Yes"
WATCHED_POLLING = "Every minute"
WATCHED_WAITING = "When it is back"
WATCHED_STARTING = "Starting"
WATCHED_NO = "No"
POLL_REASONS = {
    PollReason.NONE: "New and changed photos are noticed as they come.",
    PollReason.NETWORK: (
        "This folder lies on a network share, which does not tell what changes. "
        "It is looked through from time to time."
    ),
    PollReason.LIMIT: (
        "The system does not let this program watch so many folders. This one is looked through "
        "from time to time. On Linux the limit is fs.inotify.max_user_watches."
    ),
    PollReason.UNSUPPORTED: (
        "The system cannot tell what changes here. The folder is looked through from time to time."
    ),
}
ADD_FOLDER = "Add folder…"
LOOK_NOW = "Look for changes"
LOOK_NOW_TIP = "Look through the selected folder for new, changed and removed photos (or all)"
WATCH_FOLDER = "Watch this folder"
WATCH_FOLDER_TIP = "Notice new and changed photos in the selected folder while the program runs"
SHOW_FOLDER = "Show in file manager"
SHOW_PHOTOS = "Show its photos"
REMOVE_FOLDER = "Remove from library"
REMOVE_FOLDER_TIP = (
    "Take the selected folder and its photos out of the library; the files stay, and Undo brings "
    "all of it back while the window is open"
)
REMOVE_CHANGE = "Removing “{folder}”"
REMOVED = "Removed “{folder}” from the library; its files stay, and Undo brings it back."
TIDY = "Tidy up the library"
TIDY_TIP = "Let go of what is known of photos that no file holds any more"
TIDIED = "Let go of {count:,} photos that no file holds any more."
TIDIED_NOTHING = "There was nothing to tidy up."
NEVER = "Never"
JUST_NOW = "Just now"
MINUTES_AGO = "{count:,} min ago"
HOURS_AGO = "{count:,} h ago"
DAYS_AGO = "{count:,} days ago"
YESTERDAY = "Yesterday"
FOLDER_ROW = "{folder}, {state}, {photos}"
FOLDER_LOST = "The folder {folder} is not there at the moment. Its photos are kept."
FOLDER_BACK = "The folder {folder} is back."
WATCH_LIMIT = (
    "The system does not let {folder} be watched; it is looked through from time to time instead."
)
WATCH_FAILED = "Folders are not watched any more. Look for changes yourself, or start again."
NOT_OPENED = "{path} could not be opened. Is there a program for it?"

# files set aside
SET_ASIDE_TITLE = "Files set aside"
SET_ASIDE_TEXT = (
    "These files could not be read, each for the reason given. They are tried again when they "
    "change, or when you say so."
)
SET_ASIDE_EMPTY_TITLE = "Nothing is set aside"
SET_ASIDE_EMPTY_TEXT = "Every picture in your folders could be read."
SET_ASIDE_LIST = "Files set aside and why"
SET_ASIDE_FILE = "File"
SET_ASIDE_FOLDER = "Folder"
SET_ASIDE_REASON = "Why"
REASONS_NAME = "Reasons"
REASONS_ALL = "All reasons"
REASON_ROW = "{reason} ({count:,})"
RETRY_CHOSEN = "Try selected again"
RETRY_ALL = "Try all again"
RETRY_SHOWN = "Try these again"
SHOW_FILE = "Show in folder"
SAVE_LIST = "Save as table…"
SAVE_LIST_TITLE = "Save the list of files set aside"
SAVE_LIST_NAME = "files-set-aside.csv"
TABLE_FILES = "Tables (*.csv)"
SAVED = "Saved {path}."
RETRYING = "{count:,} files are tried again."
RETRYING_ONE = "1 file is tried again."
RETRY_OFFLINE = "They are tried again once their folder is there."

# duplicates
DUPLICATES_TITLE = "Duplicates"
DUPLICATES_TEXT = (
    "Photos there are more than once. Nothing is deleted: what you do not keep goes to the trash, "
    "and Undo brings it back."
)
DUPLICATES_TEXT_NO_UNDO = (
    "Photos there are more than once. Nothing is deleted: what you do not keep goes to the trash "
    "of this system, from where you can put it back."
)
DUPLICATES_START_TITLE = "Find photos there are more than once"
DUPLICATES_START_TEXT = "Looks for equal files, equal pictures and pictures that are nearly equal."
DUPLICATES_FIND = "Find duplicates"
DUPLICATES_AGAIN = "Look again"
DUPLICATES_NONE_TITLE = "No duplicates"
DUPLICATES_NONE_TEXT = "Every photo in the folders that are there is there once."
DUPLICATES_LOOKING = "Comparing photos…"
GROUPS_NAME = "Groups of duplicates"
TIERS = {
    Tier.IDENTICAL: "Same file",
    Tier.PIXELS: "Same picture",
    Tier.NEAR: "Nearly the same",
}
TIER_TIPS = {
    Tier.IDENTICAL: "The files are equal byte by byte.",
    Tier.PIXELS: "Every pixel is equal; the files differ in what they say of the photo.",
    Tier.NEAR: "The pictures look nearly the same: other sizes, edited ones, bursts.",
}
TIERS_NAME = "How alike"
TIER_ALL = "All"
TIER_BUTTON = "{tier} ({count:,})"
GROUP_ROW = "{name}\n{tier} · {count:,} copies"
GROUP_GAIN = "{size} to gain"
COPIES_NAME = "Copies side by side"
COPY_NAME = "Copy {number} of {count}: {path}"
KEEP_THIS = "Keep this one"
KEEP_TIP = "Keep this copy and move the others to the trash"
SUGGESTED = "Suggested: {reason}"
KEEP_REASONS = {
    KeepReason.RAW: "it is the camera's raw file",
    KeepReason.PIXELS: "it has the most pixels",
    KeepReason.SIDECAR: "it has words in a file beside it",
    KeepReason.RATING: "it has the best rating",
    KeepReason.BYTES: "it is the least compressed",
    KeepReason.NAME: "its name does not look like a copy's",
    KeepReason.OLDER: "it is the oldest file",
    KeepReason.PLACE: "it lies highest up in your folders",
    KeepReason.FIRST: "nothing else sets them apart, and its name comes first",
}
TRASH_OTHERS = "Move the other {count:,} to trash"
TRASH_OTHERS_ONE = "Move the other to trash"
SKIP_GROUP = "Keep all"
SKIP_TIP = "Leave this group as it is and go on to the next"
TRASH_ALL_EQUAL = "Settle all equal files…"
TRASH_ALL_TITLE = "Keep one of each equal file?"
TRASH_ALL_TEXT = (
    "Of {groups:,} groups of equal files the suggested copy stays, and {files:,} others go to the "
    "trash. That makes room for {size} once the trash is emptied."
)
TRASH_ALL_NOW = "Move to trash"
TRASH_CHANGE = "Move {count:,} duplicates to the trash"
TRASH_CHANGE_ONE = "Move a duplicate to the trash"
TRASHED = "{count:,} photos moved to the trash."
TRASHED_ONE = "1 photo moved to the trash."
TRASH_PROBLEMS = "{moved} {left:,} stay where they are: {first}"
FACT_FOLDER = "Folder"
FACT_FILE = "File"
FACT_SIZE = "Size"
FACT_PIXELS = "Pixels"
FACT_TAKEN = "Taken"
FACT_CHANGED = "File changed"
FACT_CAMERA = "Camera"
FACT_RATING = "Rating"
FACT_WORDS = "Title and caption"
FACT_KEYWORDS = "Keywords"
FACT_SHARPNESS = "Sharpness"
FACTS_NAME = "What is known of the copies"
PIXELS_FORM = "{width:,} × {height:,} {format}"
UNSAID = "–"
SHARPEST = "sharpest"
AS_SHARP = "as sharp"
SOFTER = "{percent} % of the sharpest"
DIFFERS = "{value} (differs)"
GONE = "This file is not there any more."
ZOOM_NAME = "Picture of copy {number}. Plus and minus zoom, arrow keys move, all copies together."

# exporting
EXPORT_ACTION = "&Export photos…"
EXPORT_TIP = "Export the selected photos, or all that are shown, as copies, a list or a page"
EXPORT_TITLE = "Export photos"
EXPORT_NOTHING = "There are no photos to export. Search for some, or select them."
EXPORT_WHAT = "Photos"
EXPORT_SELECTED = "The {count} selected"
EXPORT_SHOWN = "All {count} shown"
EXPORT_AS = "Export as"
EXPORT_COPIES = "Copies of the photos"
EXPORT_COPIES_TIP = "The files as they are, in a folder of your choice"
EXPORT_LIST = "List of paths"
EXPORT_LIST_TIP = "A text file with one path a line"
EXPORT_TABLE = "Table"
EXPORT_TABLE_TIP = "A CSV file for spreadsheets, with what is known of each photo"
EXPORT_SHEET = "Contact sheet"
EXPORT_SHEET_TIP = "A page with all pictures that opens in any browser, without the network"
EXPORT_NUMBERED = "Number the copies in the order shown"
EXPORT_SIDECARS = "Take the files with words about them along"
EXPORT_TARGET = "Where to"
EXPORT_CHOOSE = "Choose…"
EXPORT_CHOOSE_FOLDER = "Choose a folder for the copies"
EXPORT_CHOOSE_FILE = "Choose a file to write"
EXPORT_NOW = "Export"
EXPORT_FOLDER_NAME = "Exported photos"
EXPORT_LIST_NAME = "photos.txt"
EXPORT_TABLE_NAME = "photos.csv"
EXPORT_SHEET_NAME = "contact sheet.html"
LIST_FILES = "Text files (*.txt)"
SHEET_FILES = "Web pages (*.html)"
EXPORT_TARGET_TAKEN = "There is a file of that name already. Choose another name."
EXPORT_TARGET_MISSING = "Choose where to write to."
EXPORT_TARGET_INSIDE = "That folder is part of the library; the copies would be indexed, too."
EXPORT_CHANGE = "Export of {photos}"
EXPORT_WORK = "Exporting {photos}"
EXPORT_PROGRESS = "Exporting: {done:,} of {total:,}"
EXPORTED = "{photos} exported to {target}."
EXPORT_PROBLEMS = "{exported} {left:,} left out: {first}"
EXPORT_STOPPED = "Stopped. Nothing was left behind."
EXPORT_KEPT = "{count:,} files stay, since they were changed after the export."
SHEET_TITLE = "Photos"
SHEET_NO_PICTURE = "No picture"
LANGUAGE_CODE = "en"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, as a person says it. Both moments are aware."""
    if moment is None:
        return NEVER
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 2:
        return JUST_NOW
    if minutes < 60:
        return fill(MINUTES_AGO, count=minutes)
    if minutes < 24 * 60:
        return fill(HOURS_AGO, count=minutes // 60)
    days = minutes // (24 * 60)
    return YESTERDAY if days == 1 else fill(DAYS_AGO, count=days)


def retrying(count: int) -> str:
    return RETRYING_ONE if count == 1 else fill(RETRYING, count=count)


def trashed(count: int) -> str:
    return TRASHED_ONE if count == 1 else fill(TRASHED, count=count)


def trash_change(count: int) -> str:
    return TRASH_CHANGE_ONE if count == 1 else fill(TRASH_CHANGE, count=count)


def trash_others(count: int) -> str:
    return TRASH_OTHERS_ONE if count == 1 else fill(TRASH_OTHERS, count=count)
