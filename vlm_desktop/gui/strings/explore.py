"""Words of the map, of tags and of policies, all sections of the Library pane."""

from vlm_desktop.base.language import fill

PHOTOS_ONE = "1 photo"
PHOTOS_MANY = "{count:,} photos"


def photos(count: int) -> str:
    """A number of photos with its noun."""
    return PHOTOS_ONE if count == 1 else fill(PHOTOS_MANY, count=count)


SECTION_MAP = "Map of photos"
SECTION_TAGS = "Tags"
SECTION_POLICIES = "Policies"

# --- the map ---

MAP_TITLE = "Map of photos"
MAP_HINT = "Photos that look alike lie close together. Drag to move, turn the wheel to come closer."
MAP_NAME = "Map of {photos}"
MAP_HELP = (
    "Arrow keys go from place to place, Enter selects the photos of a place, Enter again shows "
    "them. Plus and minus come closer and go back, zero shows the whole map."
)
MAP_DRAWING = "Drawing the map…"
MAP_DRAWING_TEXT = "Photos are laid out by what they show. You can go on working meanwhile."
MAP_DRAWING_PART = "Drawing the map · {done:,} of {total:,}"
MAP_STOP = "Stop"
MAP_STOPPED = "The map is not drawn yet"
MAP_STOPPED_TEXT = "Draw it to see your photos laid out by what they show."
MAP_DRAW = "Draw the map"
MAP_FAILED = "The map could not be drawn"
MAP_EMPTY = "There is nothing to draw yet"
MAP_EMPTY_TEXT = "Index a folder first; its photos then appear here, alike beside alike."
MAP_GO_TO_FOLDERS = "Add a folder"
MAP_DRAWN = "The map of {photos} is drawn"
MAP_OUTGROWN = "{photos} came since the map was drawn and lie beside their like."
TRY_AGAIN = "Try again"

PLACES = "Places"
PLACES_NAME = "Places of the map, the largest first"
PLACE = "{name} · {count:,}"
PLACE_SAID = "{name}, {photos}"
UNNAMED_PLACE = "Place {number}"
PLACE_SELECTED = "{name}: {photos} selected"

LASSO = "Lasso"
LASSO_TIP = "Draw a line around photos to select them (L)"
CLOSER = "Come closer"
FURTHER = "Go back"
WHOLE = "Show the whole map"
DRAW_ANEW = "Draw anew"
DRAW_ANEW_TIP = "Lay all photos out again; places move"
SELECTED = "{photos} selected"
NOTHING_SELECTED = "Nothing selected"
SHOW_SELECTED = "Show in the grid"
MAKE_ALBUM = "Make album…"
ALBUM_TITLE = "Make an album"
ALBUM_LABEL = "Name of the album:"
ALBUM_MADE = "{photos} put into the album {name}"
ALBUM_CHANGE = "Album {name}"
LASSO_SET = "Lasso: {photos}"
PLACE_SET = "{name}: {photos}"

# --- reviewing, tags and policies alike ---

RULE_LINE = "{name} · {proposed:,}"
RULE_PART = "{proposed:,} to look at"
RULE_NONE = "nothing to look at"
RULE_SAID = "{name}, {state}"
VIEW_PART = "{view} · {count:,}"
PHOTO_SAID = "{name}, {percent} percent, {state}"
PHOTO_UNNAMED = "Photo {number:,} of {total:,}"
PERCENT = "{percent} %"
AT_LEAST = "Show from"
AT_LEAST_NAME = "How sure the program must be, in percent"
LEARNT = "moved by what you said"
CUT_CHANGE = "Slider of {name}"
LOADING = "Comparing with your photos…"
LOADING_PART = "Comparing with your photos · {done:,} of {total:,}"
REVIEW_FAILED = "The photos could not be compared"
NO_PHOTOS = "There are no photos to compare yet"
NO_PHOTOS_TEXT = "Index a folder first."

# --- tags ---

TAGS_TITLE = "Tag everything"
TAGS_LIST = "Words that are looked for"
TAGS_EMPTY = "Which words should be found?"
TAGS_EMPTY_TEXT = (
    "Give some words, and every photo is held against them. You decide what becomes a tag; what "
    "you reject is never proposed again."
)
TAGS_EVERYDAY = "Take the everyday words"
TAGS_ADD = "Add words…"
TAGS_REMOVE = "Remove"
TAGS_ADD_TITLE = "Add words"
TAGS_ADD_LABEL = "One word a line, or with commas between:"
TAGS_ADD_EVERYDAY = "Everyday words"
TAGS_ADD_FILE = "From a file…"
TAGS_ADD_FILE_TITLE = "Choose a text file with words"
TAGS_ADD_DO = "Look for these words"
TAGS_ADD_CANCEL = "Cancel"
TAGS_ADDED = "New words that are looked for: {count:,}"
TAGS_ADD_CHANGE = "Words to look for"
TAGS_REMOVE_CHANGE = "Removing {name}"
TAGS_VIEWS = {
    "proposed": "Proposed",
    "below": "Less sure",
    "accepted": "Tagged",
    "rejected": "Rejected",
}
TAGS_STATES = {
    "proposed": "proposed",
    "below": "less sure",
    "accepted": "tagged",
    "rejected": "rejected",
}
TAGS_ACCEPT = "Tag"
TAGS_ACCEPT_TIP = "Tag the selected photos with this word (A or Enter)"
TAGS_REJECT = "Not this"
TAGS_REJECT_TIP = "Never propose this word for the selected photos again (X)"
TAGS_CLEAR = "Undecided"
TAGS_CLEAR_TIP = "Take back what was decided for the selected photos (U)"
TAGS_ALL = "Tag all {count:,}"
TAGS_ALL_ACTION = "Tag all proposed photos"
TAGS_ACCEPT_CHANGE = "Tag {name} on {photos}"
TAGS_REJECT_CHANGE = "Not {name}: {photos}"
TAGS_CLEAR_CHANGE = "Undecided on {name}: {photos}"
TAGS_NOTHING = {
    "proposed": "Nothing more to look at for this word",
    "below": "No other photo comes near this word",
    "accepted": "No photo carries this tag yet",
    "rejected": "No photo was rejected for this word",
}
TAGS_NOTHING_TEXT = "Move the slider to the left to see photos the program is less sure of."
TAGS_IN_GRID = "Show in the grid"

# --- policies ---

POLICIES_TITLE = "Policies"
POLICIES_LIST = "Policies"
POLICIES_EMPTY = "What should be flagged?"
POLICIES_EMPTY_TEXT = (
    "Say in your own words what is to be flagged and what is fine. New photos are checked too."
)
POLICIES_ADD = "New policy…"
POLICIES_EDIT = "Edit…"
POLICIES_REMOVE = "Remove"
POLICIES_REMOVE_CHANGE = "Removing {name}"
POLICIES_SAVE_CHANGE = "Policy {name}"
POLICIES_NEWS = "{name}: {photos} newly flagged"
POLICIES_VIEWS = {
    "proposed": "Flagged",
    "below": "Less sure",
    "accepted": "Rightly flagged",
    "rejected": "Fine",
}
POLICIES_STATES = {
    "proposed": "flagged",
    "below": "less sure",
    "accepted": "rightly flagged",
    "rejected": "fine",
}
POLICIES_ACCEPT = "Rightly flagged"
POLICIES_ACCEPT_TIP = "These photos are what the policy means (A or Enter)"
POLICIES_REJECT = "This is fine"
POLICIES_REJECT_TIP = "These photos are fine; photos like them are flagged less (X)"
POLICIES_CLEAR = "Undecided"
POLICIES_CLEAR_TIP = "Take back what was decided for the selected photos (U)"
POLICIES_ALL = "All {count:,} rightly"
POLICIES_ALL_ACTION = "All flagged photos are rightly flagged"
POLICIES_ACCEPT_CHANGE = "Rightly flagged: {photos}, {name}"
POLICIES_REJECT_CHANGE = "Fine: {photos}, {name}"
POLICIES_CLEAR_CHANGE = "Undecided: {photos}, {name}"
POLICIES_NOTHING = {
    "proposed": "Nothing is flagged",
    "below": "No other photo comes near this policy",
    "accepted": "No photo was confirmed yet",
    "rejected": "No photo was found to be fine yet",
}
POLICIES_NOTHING_TEXT = "Move the slider to the left to see photos the program is less sure of."
POLICIES_IN_GRID = "Show in the grid"
POLICY_FLAGS = "Flagged: {flag}"
POLICY_FLAGS_BUT = "Flagged: {flag}. Fine: {fine}"
POLICY_AND = ", "
POLICY_TITLE = "Policy"
POLICY_NAME = "Name:"
POLICY_NAME_HINT = "such as No alcohol"
POLICY_FLAG = "Flag photos that show, one sentence a line:"
POLICY_FLAG_HINT = "a person drinking beer\na bottle of wine"
POLICY_FINE = "These are fine, one sentence a line:"
POLICY_FINE_HINT = "a person drinking coffee"
POLICY_SAVE = "Keep and check"
POLICY_CANCEL = "Cancel"
POLICY_INCOMPLETE = "It needs a name and at least one sentence to flag."
