"""Words of the Alt text pane: queue, picture, decision, texts, states, drafts, history."""

from vlm_desktop.base.alttext import AltAct, AltState, Decision
from vlm_desktop.base.language import fill

TRY_AGAIN = "Try again"

# --- states, decisions -----------------------------------------------------------------------

STATES = {
    AltState.EMPTY: "Empty",
    AltState.DRAFT: "Draft",
    AltState.NEEDS_FACTS: "Needs facts",
    AltState.IN_REVIEW: "In review",
    AltState.APPROVED: "Approved",
    AltState.STALE: "Stale",
}
DECISIONS = {
    Decision.INFORMATIVE: "Informative",
    Decision.DECORATIVE: "Decorative",
    Decision.FUNCTIONAL: "Functional",
    Decision.TEXT: "Text",
    Decision.COMPLEX: "Complex",
    Decision.GROUP: "Group",
}
LETTERS = {
    Decision.INFORMATIVE: "I",
    Decision.DECORATIVE: "D",
    Decision.FUNCTIONAL: "F",
    Decision.TEXT: "T",
    Decision.COMPLEX: "C",
    Decision.GROUP: "G",
}
DECISION_TIPS = {
    Decision.INFORMATIVE: "The image tells something that the text beside it does not say",
    Decision.DECORATIVE: "The image adds nothing: its alt text is empty on purpose",
    Decision.FUNCTIONAL: "The image is a link or a button: its alt text is the action",
    Decision.TEXT: "The image shows words: its alt text is those words",
    Decision.COMPLEX: "A chart, map or diagram: alt text and an extended description",
    Decision.GROUP: "Several images say one thing: one of them carries the text",
}
DECISION_HINTS = {
    Decision.INFORMATIVE: "Say what the image tells here.",
    Decision.DECORATIVE: "Its alt text is empty on purpose: screen readers pass over it.",
    Decision.FUNCTIONAL: "Name the action or the destination, not the look; a draft takes it from "
    "the link.",
    Decision.TEXT: "Give the words that the image shows; a draft reads them.",
    Decision.COMPLEX: "A short alt text here, and all that it shows as an extended description.",
    Decision.GROUP: "One image of the group carries the text for all.",
}
NO_DECISION = "Undecided"
DECISION = "What is the image for?"
DECISION_BUTTON = "{key} {decision}"
DECISION_TIP = "{what} (Alt+{key}; in the queue {key})"
LEADS_TO = "It leads to {target}"
IS_BUTTON = "It is a button."
SUGGESTED = "Suggested: {decision} ({sure})."
SUGGESTED_BECAUSE = "Suggested: {decision} ({sure}). {reasons}."
SURE = "quite sure"
RATHER_SURE = "rather sure"
A_GUESS = "a guess"
TAKE_SUGGESTION = "Take “{decision}”"
REASONS = {
    "text-area": "Words cover {detail} % of it",
    "many-words": "It shows {detail} words",
    "words-in-it": "It shows words: {detail}",
    "tiny": "It is only {detail} pixels",
    "strip": "It is a strip of {detail} pixels",
    "icon": "It is as small as an icon, {detail} pixels",
    "plain": "It is nearly of one colour",
    "gradient": "It is a plain gradient",
    "linked": "It links to {detail}",
    "button": "It is a button",
    "near-duplicate": "It is one of {detail} that look alike",
    "same-picture": "It is the same picture as {detail}",
    "apart": "Only the draft of this one says: {detail}",
    "not-apart": "No draft tells it from those that look alike",
    "caption-says-it": "The caption says it: {detail}",
    "captioned": "It has a caption: {detail}",
    "drawing": "It is a drawing",
    "labels": "It has {detail} labels",
    "beside-text": "The text beside it says it: {detail}",
    "link-text": "The link already says: {detail}",
    "photo": "It is a photo",
}
CHANGE_DECISION = "Decision: {decision}"
CHANGE_NO_DECISION = "Taking back a decision"
DECIDED = "{name}: {decision}"
LED_BY = "{name} carries the text for this group."
GROUP_WITH = "Group with the image before"
GROUP_WITH_TIP = "The image before this one carries the text, or the one that leads its group"
LEAD_GROUP = "Let this one carry the text"

# --- the queue -------------------------------------------------------------------------------

SET = "Set"
SET_NAME = "Set of images"
SET_ROW = "{name} ({count:,})"
NEW_SET = "New set"
SET_MORE = "More for this set"
NEW_FROM_FOLDER = "Images of a &folder…"
NEW_FROM_FILES = "Image &files…"
NEW_FROM_SELECTION = "Photos &selected in Search"
ADD_FILES = "Add files to this set…"
RENAME_SET = "Rename this set…"
RENAME_SET_TITLE = "Rename the set"
RENAME_SET_LABEL = "Name of the set"
REMOVE_SET = "Remove this set"
REMOVE_IMAGE = "Take the image out of the set"
CHOOSE_FOLDER = "Choose a folder with images"
CHOOSE_FILES = "Choose images"
PICTURE_FILES = "Images"
ALL_FILES = "All files"
FILES_SET = "{count:,} images"
FILES_SET_ONE = "1 image"
SELECTION_SET = "Photos from Search"
NUMBERED_SET = "{name} {number}"
CHANGE_NEW_SET = "New set “{name}”"
CHANGE_RENAME = "Renaming a set"
CHANGE_REMOVE_SET = "Removing the set “{name}”"
CHANGE_REMOVE_IMAGE = "Taking {name} out of the set"
CHANGE_ADD = "Adding images to a set"
CHANGE_BRIEF = "The brief of a set"
CHANGE_CONTEXT = "Page context of {name}"
SET_MADE = "“{name}”: {images}"
SET_REMOVED = "“{name}” was removed. Its texts are kept; Ctrl+Z brings the set back."
READING_FOLDER = "Looking for images in {name}"
NO_IMAGES_FOUND = "There are no images in {name}."
SOME_LEFT_OUT_ONE = "1 file could not be read and was left out."
SOME_LEFT_OUT = "{count:,} files could not be read and were left out."
IMAGES_ADDED_ONE = "1 image added"
IMAGES_ADDED = "{count:,} images added"
SEARCH_NAME = "Search in this set"
SEARCH_HINT = "Search names and texts"
SHOW = "Show"
SHOW_NAME = "Which images are shown"
STATE_ALL = "All ({count:,})"
STATE_ROW = "{state} ({count:,})"
ORDER = "Order"
ORDER_NAME = "Order of the images"
ORDERS = {
    "queue": "As added",
    "risk": "Risk first",
    "name": "Name",
    "state": "State",
}
QUEUE_NAME = "Images of the set"
QUEUE_DESCRIPTION = (
    "Enter approves and goes on. 1 to 6 decide, 0 takes a decision back, D drafts, E edits, "
    "J and K go on and back, N goes to the next that needs you. With several selected, deciding "
    "and approving count for all, and 6 makes them one group."
)
COUNT_ALL = "{count:,} images · {approved:,} approved"
COUNT_ONE = "1 image · {approved:,} approved"
COUNT_SOME = "{shown:,} of {count:,} images · {approved:,} approved"
NONE_MATCH = "No image of this set is like that."
SET_EMPTY = "This set holds no images. Drop some here."
LOADING = "Reading the set…"
NO_SET = "No set yet. Drop images or a folder here."
FILE_MISSING = "file missing"
RISK_BECAUSE = "to be looked at: {reasons}"
RISKS = {
    "disagreement": "drafts disagree",
    "low-support": "claims without evidence",
    "text": "text in it",
    "people": "people in it",
    "near-duplicate": "looks like another",
    "finding": "findings",
}
ALL_DONE = "Nothing in this list needs you any more."
EMPTY_TITLE = "Alt text for your images"
EMPTY_TEXT = (
    "Choose a folder or some files, send photos from Search, or drop a page or document here. "
    "Each image gets a decision, a text and your approval. Nothing leaves this computer."
)
EMPTY_FOLDER = "Choose a folder…"
EMPTY_FILES = "Choose files…"
FAILED_TITLE = "The sets cannot be read"
WORKING_TITLE = "One moment"
WORKING_TEXT = "The sets are being read."

# --- the picture -----------------------------------------------------------------------------

PICTURE = "Picture"
PICTURE_OF = "Picture: {name}"
NO_FILE_TEXT = "The file {path} is not there. Bring it back, then try again; its texts are kept."
PICTURE_HIDDEN = "The picture is hidden: listen to what the text says of it."
ZOOM_IN = "Zoom in"
ZOOM_OUT = "Zoom out"
FIT = "Show all of it"
CONTEXT = "Context"
CONTEXT_COUNT = "Context ({count})"
CONTEXT_NOTE = "What stands around the image. Drafts are told of it."
CONTEXT_FIELDS = {
    "page_title": "Page title",
    "heading": "Heading",
    "before": "Text before",
    "after": "Text after",
    "caption": "Caption",
    "title": "Title attribute",
    "link_target": "Link address, or “button”",
    "link_text": "Other words of the link",
}

# --- texts -----------------------------------------------------------------------------------

PLACE = "{number:,} of {total:,}"
PLACE_SELECTED = "{place} · {count:,} selected"
SELECTED_TIP = "Decisions, states and approval count for all that are selected"
LANGUAGE = "Language"
LANGUAGE_NAME = "Language of the text"
ADD_LANGUAGE = "Add a language…"
ADD_LANGUAGE_TITLE = "Add a language"
ADD_LANGUAGE_HINT = (
    "The image gets a text of its own in this language; those in others stay as they are."
)
ADD_LANGUAGE_GO = "Add the language"
TRANSLATE = "Translate from {language}"
TRANSLATE_TIP = "Draft a translation of the approved text; you approve it as any other"
ALT = "Alt text"
ALT_NAME = "Alt text"
EXTENDED = "Extended description"
EXTENDED_NAME = "Extended description"
COUNT_OF = "{count:,} of {limit:,}"
COUNT = "{count:,} characters"
COUNT_CHARACTER = "1 character"
AS_SEEN = "{count:,} as seen"
AS_CODES = "{count:,} as code points"
TOO_MANY = "{count:,} too many"
NEARLY_FULL = "nearly full"
SAVING = "saving…"
NOT_SAVED = "not saved yet"
DECORATIVE_NOTE = "To write a text, take the decision back: press 2 again."
LOCKED_NOTE = "Approved. Press Edit to change it; it is then in review."

# --- findings --------------------------------------------------------------------------------

FINDINGS = "Findings"
FINDINGS_NONE = "No findings"
FINDING_ONE = "1 finding"
FINDINGS_COUNT = "{count} findings"
FINDINGS_DESCRIPTION = "Enter applies the fix of a finding; Ctrl+. the next, Ctrl+Shift+. all."
FINDING = "{weight}: {finding}"
IN_EXTENDED = "{finding} (extended description)"
WITH_FIX = "{finding}\n→ {fix}"
FIX_EMPTY = "(nothing)"
FIX = "Fix"
FIX_TIP = "Apply the fix of the chosen finding, or of the first that has one (Ctrl+.)"
FIX_ALL = "Fix all"
FIX_ALL_TIP = "Apply all fixes (Ctrl+Shift+.)"
FIXED = "Fixed. {findings}"
NO_FIX = "No finding here has a fix."
SCORE = "{score} points off: {parts}"
SCORE_ONE = "1 point off: {parts}"
SCORE_PART = "{count} × {weight}"

# --- drafts ----------------------------------------------------------------------------------

DRAFT = "&Draft"
DRAFT_TIP = "Have a model write a draft of this text (Ctrl+D)"
MODEL = "Model"
MODEL_NAME = "Model that writes drafts"
MODEL_TIP = "The model that drafts texts, for one image or for the whole set"
MORE_MODELS = "More models…"
STOP_DRAFT = "Stop"
BRIEF = "&Brief…"
BRIEF_TIP = "Style, destination, language, names and words for this set (Ctrl+B)"
DRAFTING = "The model is writing…"
TRANSLATING = "The model is translating…"
WAITING = "Waiting for the model…"
DRAFTED = "Draft ready: {text}"
DRAFTED_EMPTY = "The model wrote nothing."
DRAFT_STOPPED = "Stopped. What was written so far is not kept."
CANDIDATES = "Drafts"
CANDIDATES_DESCRIPTION = "Enter takes a draft as the text; what was written stays in the history."
USE = "Use this"
DROP_CANDIDATES = "Drop these"
GROWING = "{text}…"
NOTHING_WRITTEN = "(nothing)"
NOTED = "{text}\n({notes})"
NOTES = {
    "starter": "by the small starter model",
    "cut": "shortened to the limit",
    "opening": "a forbidden opening was taken off",
    "ocr": "the words read in the image",
    "context": "from the page",
    "translated": "translated",
    "apart": "says what look-alikes do not",
    "people": "guesses about people were taken out",
    "ignored": "the model was not told the context",
}
CHANGE_USE = "Taking a draft"
CHANGE_DRAFT = "Draft of {name}"
BATCH = "Draft all that are empty"
BATCH_BUTTON = "Draft all empty"
BATCH_TIP = "Have a model draft a text for every image of the set that has none"
BATCH_WORK = "Drafting alt text for “{name}”"
BATCH_OF = "Drafting alt text: {done:,} of {total:,}"
BATCH_DONE_ONE = "1 draft written."
BATCH_DONE = "{count:,} drafts written."
BATCH_PROBLEMS_ONE = "1 image could not be drafted."
BATCH_PROBLEMS = "{count:,} images could not be drafted."
BATCH_SUGGESTED_ONE = "1 seems to need no text: decide about it."
BATCH_SUGGESTED = "{count:,} seem to need no text: decide about them."
BATCH_NOTHING = "No image of this set needs a draft."
BATCH_GOES_ON = "Going on with the drafts of “{name}”."
BATCH_STOPPED = "Stopped. Drafts that are kept: {count:,}."
CHANGE_BATCH = "Drafts of a set"

# --- states and what leads to them -----------------------------------------------------------

NEEDS_FACTS = "Needs &facts…"
NEEDS_FACTS_TIP = "Only somebody else knows: leave a note on what is missing (Ctrl+Shift+N)"
NEEDS_FACTS_TITLE = "Needs facts"
NEEDS_FACTS_LABEL = "What is missing, and who may know?"
NEEDS_FACTS_GO = "Leave the note"
FACTS_NOTE = "Needs facts: {note}"
KEPT_NOTE = "Notes: {note}"
REVIEW = "In &review"
REVIEW_TIP = "Ready for somebody to look at (Ctrl+Shift+R)"
EDIT = "Edi&t"
EDIT_TIP = "Change an approved text; it is in review again until you approve it (Ctrl+E)"
APPROVE = "&Approve and next"
APPROVE_TIP = "Approve the text and go on to the next image (Ctrl+Enter; in the queue Enter)"
APPROVE_AGAIN = "&Approve again and next"
NEXT = "&Next image"
STALE_TEXT = (
    "The image has changed since this text was approved. Look at it again: approve the text as it "
    "is, or edit it."
)
WHO_WHEN = "Text: {who}, {when}"
APPROVED_SOME = "Approved: {count:,}. Not approved: {reason}"
APPROVED_SAID = "Approved: {name}."
UNDO_LEFT_ONE = "1 image was changed since and stays as it is."
UNDO_LEFT = "{count:,} images were changed since and stay as they are."
CHANGE_APPROVE = "Approving {name}"
CHANGE_STATE = "{state}: {name}"
CHANGE_EDIT = "Editing {name} again"
CHANGE_RESTORE = "An earlier text of {name}"

# --- history ---------------------------------------------------------------------------------

HISTORY = "History"
NO_HISTORY = "Nothing has happened to this text yet."
DIFF = "What changed"
DIFF_ADDED = "Added: {text}."
DIFF_REMOVED = "Removed: {text}."
DIFF_NOTHING = "The words did not change."
RESTORE = "Bring this text back"
RESTORE_TIP = "The text as it was after this; what is there now stays in the history"
EVENT = "{when}: {what}"
WITH_STATE = "{event} “{state}”"
WITH_WHO = "{event}, by {who}"
WITH_DETAIL = "{event} ({detail})"
BY_MODEL = "{model}"
BY_MODEL_REVISION = "{model} ({revision})"
MODELS = {"ocr": "the words in the image", "rule": "the link"}
"""Where no model wrote, though the program did."""
AUTHORS = {"human": "a person", "file": "the file"}
ACTS = {
    AltAct.DRAFTED: "drafted",
    AltAct.EDITED: "edited",
    AltAct.STATE: "set to",
    AltAct.APPROVED: "approved",
    AltAct.DECIDED: "decided",
    AltAct.IMPORTED: "imported",
    AltAct.KEPT_OURS: "import left aside",
    AltAct.TRANSLATED: "translated",
    AltAct.WRITTEN: "written",
    AltAct.WENT_STALE: "the image changed",
    AltAct.UNDONE: "undone",
}

# --- commands --------------------------------------------------------------------------------

GO_QUEUE = "Go to the queue"
GO_TEXT = "Go to the alt text"
GO_NEXT_PART = "Next part of the pane"
GO_CONTEXT = "Go to the page context"
GO_LANGUAGE = "Choose the language of the text"
GO_SEARCH = "Search in this set"
GO_HISTORY = "Show the history of the text"
NEXT_COMMAND = "Next image"
PREVIOUS_COMMAND = "Previous image"
NEXT_NEEDING = "Next image that needs you"
APPROVE_COMMAND = "Approve the text and go on"
EDIT_COMMAND = "Edit the approved text"
REVIEW_COMMAND = "Set the text to “In review”"
FACTS_COMMAND = "Leave a note: needs facts…"
DRAFT_COMMAND = "Draft the alt text"
STOP_COMMAND = "Stop the draft"
BRIEF_COMMAND = "Brief of the set…"
FIX_COMMAND = "Fix the next finding"
FIX_ALL_COMMAND = "Fix all findings"
DECIDE_COMMAND = "Decide: {decision}"
UNDECIDE_COMMAND = "Take the decision back"
REFRESH = "Look for changed files in this set"


def set_row(name: str, count: int) -> str:
    return fill(SET_ROW, name=name, count=count)


def counted(shown: int, total: int, approved: int) -> str:
    """How many images are shown, of how many, and how many are approved."""
    if shown != total:
        return fill(COUNT_SOME, shown=shown, count=total, approved=approved)
    return fill(COUNT_ONE if total == 1 else COUNT_ALL, count=total, approved=approved)


def images(count: int) -> str:
    return FILES_SET_ONE if count == 1 else fill(FILES_SET, count=count)


def images_added(count: int) -> str:
    return IMAGES_ADDED_ONE if count == 1 else fill(IMAGES_ADDED, count=count)


def left_out(count: int) -> str:
    return SOME_LEFT_OUT_ONE if count == 1 else fill(SOME_LEFT_OUT, count=count)


def context_title(said: int) -> str:
    return fill(CONTEXT_COUNT, count=said) if said else CONTEXT


def count_of(count: int, limit: int) -> str:
    """ "118 of 125", without a limit "118 characters"."""
    if limit:
        return fill(COUNT_OF, count=count, limit=limit)
    return COUNT_CHARACTER if count == 1 else fill(COUNT, count=count)


def counted_as(form: str, count: int) -> str:
    return fill(form, count=count)


def too_many(count: int) -> str:
    return fill(TOO_MANY, count=count)


def findings(count: int) -> str:
    if not count:
        return FINDINGS_NONE
    return FINDING_ONE if count == 1 else fill(FINDINGS_COUNT, count=count)


def undo_left(count: int) -> str:
    return UNDO_LEFT_ONE if count == 1 else fill(UNDO_LEFT, count=count)


def approved_some(count: int, reason: str) -> str:
    return fill(APPROVED_SOME, count=count, reason=reason)


def batch_suggested(count: int) -> str:
    return BATCH_SUGGESTED_ONE if count == 1 else fill(BATCH_SUGGESTED, count=count)


def batch_done(drafts: int, problems: int) -> str:
    """How many drafts were written, and how many images could not be drafted."""
    words = BATCH_DONE_ONE if drafts == 1 else fill(BATCH_DONE, count=drafts)
    if problems:
        form = BATCH_PROBLEMS_ONE if problems == 1 else BATCH_PROBLEMS
        words = f"{words} {fill(form, count=problems)}"
    return words
