"""Words of the query bar, its chips and forms, the verdict, votes, and why a photo was found."""

from vlm_desktop.base.language import fill

QUERY_LABEL = "&Search"
QUERY_NAME = "Search photos"
QUERY_HINT = 'Describe a photo, for example: dog on a beach -people "happy birthday"'
QUERY_DESCRIPTION = (
    "Describe what the photo shows. A word after a minus sign is left out. "
    "Words in quotation marks must be written in the photo, its caption or its file name. "
    "Filters: date:2012, camera:NAME, rating:3, type:pdf. "
    "Drop or paste a picture to search for what looks like it."
)
FIND = "&Find photos"
SHOW_ALL = "Show &weaker matches too"
SHOW_ALL_TIP = "Show the closest photos even when they are not likely matches"

# verdicts
SEARCHING = "Searching…"
NOTHING_MATCHES = "Nothing here matches"
COUNTS = "{likely:,} likely, {possible:,} possible"
COUNTS_WEAK = "Nothing here matches; these {shown:,} come closest"
COUNTS_CUT = "{counts}; the best {shown:,} are shown"

# chips
CHIPS_NAME = "Filters and pictures of this search"
CHIP_NAME = "Filter: {text}"
CHIP_DESCRIPTION = "Enter changes it, Delete takes it away, the arrow keys go to the next."
CHIP_REMOVE = "Take away: {text}"
CHIP_DATE = "{date}"
CHIP_DATES = "{first} to {last}"
CHIP_FROM = "from {first}"
CHIP_UNTIL = "until {last}"
CHIP_PLACE = "near {place}"
CHIP_CAMERA = "camera {value}"
CHIP_FOLDER = "in {value}"
CHIP_RATING = "{value} stars or more"
CHIP_RATING_ONE = "1 star or more"
CHIP_TYPE = "{value}"
CHIP_SIZE = "{low:,} to {high:,} pixels"
CHIP_SIZE_FROM = "{low:,} pixels or more"
CHIP_SIZE_UP_TO = "up to {high:,} pixels"
CHIP_TAG = "tag {value}"
CHIP_ALBUM = "album {value}"
NORTH_EAST = "{latitude:.1f}° N, {longitude:.1f}° E"
NORTH_WEST = "{latitude:.1f}° N, {longitude:.1f}° W"
SOUTH_EAST = "{latitude:.1f}° S, {longitude:.1f}° E"
SOUTH_WEST = "{latitude:.1f}° S, {longitude:.1f}° W"
TYPES = {"photo": "photos", "raw": "RAW photos", "pdf": "PDF pages"}
CHANGE = "&Change"
TAKE_AWAY = "&Take away"

# pictures in a query
PICTURE_NAME = "Picture: {name}"
PICTURE_PART = "Part of {name}"
PICTURE_DESCRIPTION = "Delete takes it away, the arrow keys go to the next."
PICTURE_WEIGHT = "How much {name} counts"
PICTURE_WEIGHT_TIP = "Counts {weight:.1f} times"
PICTURE_UNREADABLE = "This picture cannot be read: {path}"
WORDS_CHIP = "Words"
PASTED_NAME = "pasted picture"
ADD_PICTURE = "Search by &picture…"
ADD_PICTURE_TIP = (
    "Search for photos that look like a picture. Dropping or pasting one does the same."
)
PICK_PICTURES = "Choose pictures to search for"
PICTURE_FILES = "Pictures"
ALL_FILES = "All files"
PASTE_PICTURE = "Paste a picture &into the search"
NOTHING_TO_PASTE = "There is no picture to paste."

# filters
FILTERS = "Fi&lters…"
FILTERS_TIP = "Narrow by date, place, camera, folder, rating, type and size"
FILTERS_NAME = "Filters"
FIELD_FROM = "&From"
FIELD_TO = "&To"
FIELD_CAMERA = "&Camera"
FIELD_FOLDER = "F&older"
FIELD_RATING = "&Rating"
FIELD_TYPE = "T&ype"
FIELD_LEAST = "Pixels, at &least"
FIELD_MOST = "at &most"
FIELD_PLACE = "&Place"
FIELD_TAG = "Ta&g"
FIELD_ALBUM = "&Album"
ANY = "Any"
STARS = "{count} stars or more"
STARS_ONE = "1 star or more"
DATE_EXAMPLE = "2021 or 2021-06-15"
PLACE_EXAMPLE = "South, west, north, east in degrees"
PIXELS = " pixels"
PLACE_CHOICE = "{place}: {photos}"
USE_FILTERS = "&Use these filters"
CLEAR_FILTERS = "Cl&ear all"
NOT_UNDERSTOOD = "{field} is not understood. Write it like this: {example}."

# history
HISTORY = "&Earlier searches…"
HISTORY_TIP = "Searches asked before (Ctrl+Down)"
HISTORY_NAME = "Earlier searches"
HISTORY_DESCRIPTION = "Enter searches again, Delete takes an entry away."
HISTORY_EMPTY = "Nothing was searched for yet."
HISTORY_CLEAR = "&Clear this list"
HISTORY_CLEARED = "Clearing the list of earlier searches"
HISTORY_PICTURES = "{words} with {pictures}"

# saved searches
SAVED = "Sa&ved searches"
SAVED_TIP = "Searches kept under a name, and what is new in them"
SAVED_NEW = "{name} ({new:,} new)"
SAVED_BADGE = "{new:,} new photos in saved searches"
SAVE_SEARCH = "&Save this search…"
SAVE_TITLE = "Save this search"
SAVE_NAME = "Name of the search"
SAVED_CHANGE = "Saving the search {name}"
DELETE_SAVED = "&Delete a saved search"
DELETED_CHANGE = "Deleting the search {name}"
RENAME_SAVED = "&Rename a saved search"
RENAME_TITLE = "Rename"
RENAME_NAME = "New name"
RENAMED_CHANGE = "Renaming {name}"
NAME_TAKEN = "Something is called {name} already."

# votes
VOTE_UP = "This is &right for the search"
VOTE_UP_TIP = "Photos like the selected ones move up, and the search remembers it"
VOTE_DOWN = "This is &wrong for the search"
VOTE_DOWN_TIP = "The selected photos and those like them move down, and the search remembers it"
VOTE_NONE = "Take the &judgement back"
VOTE_CHANGE = "Judgement of {photos}"
VOTE_NOTHING = "Search for something and select photos first."
VOTED_UP = "{photos} judged right for this search"
VOTED_DOWN = "{photos} judged wrong for this search"
VOTED_BACK = "Judgement of {photos} taken back"

# taught names
TEACH = "Teach a &name with these photos…"
TEACH_TIP = "Give a person, an animal or a thing a name that searches understand"
TEACH_TITLE = "Teach a name"
TEACH_INTRO = (
    "{photos} selected. Give what they show a name; from then on it is a word in every search, "
    "as in “{example} on a beach”."
)
TEACH_EXAMPLE = "Rocky"
TEACH_FEW = "Choose 5 to 20 photos that show it, each from another moment."
TEACH_NAME = "&Name"
TEACH_BUTTON = "&Teach"
TEACH_ADD = "&Add to {name}"
TEACH_AGAINST = "They do not &show {name}"
TEACHING = "Learning…"
TEACH_CHANGE = "Teaching the name {name}"
TAUGHT = "{name} is a word in your searches now."
SCORE_PRECISION = "{percent:.0f} % of what it finds is right, at the least."
SCORE_FOUND = "It found {found:,} of {examples:,} photos that were held back while it learned."
SCORE_MISTAKEN = (
    "Of {others:,} other photos it took {mistaken:,} for {name}; some of them may well show it."
)
SCORE_MORE = "More photos of it, or clearer ones, will teach it better."
SCORE_UNKNOWN = "There are too few other photos to tell how good it is."
SCORE_HOW = (
    "Taken by cross-validation: in {folds} rounds a part of the examples was left out, and judged "
    "afterwards by what was learned from the rest."
)
TRY_IT = "&Search for {name}"
NAMES = "&Taught names…"
NAMES_TIP = "Names that were taught with photos: how good they are, rename, delete"
NAMES_TITLE = "Taught names"
NAMES_LIST = "Names and how good they are"
NAMES_EMPTY = (
    "No name was taught yet. Select 5 to 20 photos of one thing and choose “Teach a name”."
)
NAMES_ROW = "{name}: {photos}"
NAMES_ROW_SCORED = "{name}: {photos}, finds {recall:.0f} %, at least {precision:.0f} % right"
NAMES_SEARCH = "&Search"
NAMES_RENAME = "&Rename…"
NAMES_DELETE = "&Delete"
NAMES_DELETED = "Deleting the name {name}"
CLOSE = "C&lose"

# why a photo was found
WHY_TITLE = "Why this photo"
WHY_NONE = "Search for something to see why a photo was found."
WHY_LISTED = "It passes the filters; nothing else was asked for."
WHY_WORDS = "“{name}”: {strength}"
WHY_CONCEPT = "{name}: {strength}"
WHY_PICTURE = "Looks like {name}: {strength}"
WHY_NUMBER = "{number:.1f} standard deviations above what chance gives"
STRENGTHS = {
    "strong": "matches strongly",
    "clear": "matches clearly",
    "weak": "matches a little",
    "none": "does not match",
}
TEXT_KINDS = {
    "ocr": "Written in the picture",
    "caption": "In the caption",
    "alt": "In the alt text",
    "title": "In the title",
    "keyword": "In the keywords",
    "path": "In the file name",
}
WHY_TEXT = "{kind}: {excerpt}"
WHY_VOTED_UP = "You judged it right for this search."
WHY_VOTED_DOWN = "You judged it wrong for this search."
WHY_VOTES = "{count:,} of your judgements move this search."
WHY_VOTES_ONE = "One of your judgements moves this search."
RIGHT = "&Right"
WRONG = "&Wrong"

# how many
PHOTOS = "{count:,} photos"
PHOTOS_ONE = "1 photo"
PICTURES = "{count:,} pictures"
PICTURES_ONE = "1 picture"


def photos(count: int) -> str:
    """ "1 photo", "12 photos"."""
    return PHOTOS_ONE if count == 1 else fill(PHOTOS, count=count)


def pictures(count: int) -> str:
    """ "1 picture", "3 pictures"."""
    return PICTURES_ONE if count == 1 else fill(PICTURES, count=count)
