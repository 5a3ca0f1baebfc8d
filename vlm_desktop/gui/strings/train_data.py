"""Words of the first step of the Train pane: data sets and their examples."""

from vlm_desktop.base.language import fill


def counted(one: str, many: str, count: int, **values: object) -> str:
    """The form for one, or that for any other number."""
    return fill(one if count == 1 else many, count=count, **values)


# --- data sets -------------------------------------------------------------------------------

SETS = "&Data sets"
SETS_NAME = "Data sets"
SETS_WORKING = "Looking for data sets…"
SETS_FAILED = "The data sets cannot be listed"
TRY_AGAIN = "Try again"
NEW_SET = "New data set"
NEW_SET_COMMAND = "&New data set…"
NEW_SET_LABEL = "Name of the data set:"
SET_MORE = "More for this data set"
RENAME_SET = "&Rename…"
RENAME_TITLE = "Rename"
REMOVE_SET = "Remove &data set"
FORGET_SET = "&Forget for good…"
SET_ROW = "{examples}, {pictures}"
SET_SAID = "{name}, {details}"
EXAMPLES_ONE = "1 example"
EXAMPLES = "{count:,} examples"
PICTURES_ONE = "1 picture"
PICTURES = "{count:,} pictures"
NO_EXAMPLES = "no examples yet"
FIRST_NAME = "My examples"
NUMBERED = "{name} {number}"
CHANGE_NEW = "Data set {name}"
CHANGE_RENAME = "Name of a data set"
CHANGE_REMOVE = "Removal of {name}"
SET_REMOVED = "{name} was removed. Ctrl+Z brings it back."

NONE_TITLE = "Teach a model with your own pictures"
NONE_TEXT = (
    "A data set holds the pictures and texts that a model learns from. Bring alt texts you "
    "approved, boxes and documents you corrected, photos of the library, or files. Or drop a "
    "folder here."
)

FORGET_TITLE = "Forget for good"
FORGET_ASK = "Forget the data set {name} for good?"
FORGET_TEXT = (
    "Its examples are wiped from the library, and this cannot be undone. The picture files stay."
)
FORGET_GO = "Forget"
FORGET_STAY = "Keep"
FORGETTING = "Forgetting {name}"
FORGOTTEN_ONE = "1 example was forgotten."
FORGOTTEN = "{count:,} examples were forgotten."
FORGOTTEN_NOT_CLEAN = "The library could not be written anew; traces may stay until it is."
FORGOTTEN_COPIES = "Older copies of the library still hold them: {copies}"

# --- bringing examples -----------------------------------------------------------------------

ADD = "&Add examples"
ADD_TIP = "Bring examples from this program, from photos or from files"
EMPTY_TITLE = "{name} has no examples yet"
EMPTY_TEXT = "Choose where examples come from, or drop files and folders here."
WAYS_HERE = "From this program"
WAYS_FILES = "From files"
ADD_ALT_TEXTS = "Approved alt &texts"
ADD_DOCUMENTS = "Corrected &documents"
ADD_OBJECTS = "Accepted &boxes"
ADD_ANSWERS = "Answers with a thumb &up"
ADD_SELECTION = "Photos selected in &Search…"
ADD_FILE = "A &file of examples…"
ADD_FOLDER = "A f&older of pictures…"
ADD_PICTURES = "&Pictures…"
ADD_PASTED = "&Paste"
ADD_FILE_TIP = "JSON lines, CSV, conversations as LLaVA or ShareGPT write them, captions as COCO"
ADD_FOLDER_TIP = "Pictures with a .txt beside each, or a folder for each label"
ADD_PICTURES_TIP = "Pictures that share a text or label"
WAY_COUNT = "{way} ({count:,})"
WAY_NONE = "{way} (none yet)"
ALL_LANGUAGES = "&All languages ({count:,})"
ONE_LANGUAGE = "{language} ({count:,})"
NONE_ON_HAND = "There are none yet. {how}"
HOW_ALT_TEXTS = "Approve alt texts in the Alt text pane first."
HOW_DOCUMENTS = "Correct or review documents in the Documents pane first."
HOW_OBJECTS = "Accept objects in the Ground pane first."
HOW_ANSWERS = "Give answers a thumb up in the Chat pane first."
HOW_SELECTION = "Select photos in the Search pane first."
CHOOSE_FILE = "Choose files of examples"
CHOOSE_FOLDER = "Choose a folder of pictures"
CHOOSE_PICTURES = "Choose pictures"
FILES_OF_EXAMPLES = "Examples"
FILES_OF_PICTURES = "Pictures"
ALL_FILES = "All files"
NOTHING_TO_PASTE = "There is no file or picture to paste."
READING = "Reading {name}"
READING_KEPT = "Gathering {name}"
BUSY = "Something is still being read. Stop it first, or wait."
CHANGE_ADD = "Examples from {name}"
ADDED_ONE = "1 example was added."
ADDED = "{count:,} examples were added."
ADDED_NONE = "No example was added."
KNOWN_ONE = "1 was there already."
KNOWN = "{count:,} were there already."
SKIPPED_ONE = "1 was left out."
SKIPPED = "{count:,} were left out."
STOPPED = "Stopped. Nothing was added."
SHOW_SKIPPED = "&What was left out…"
SKIPPED_TITLE = "What was left out"
SKIPPED_LIST = "What was left out, and why"
SKIPPED_MORE = "… and {count:,} more."
DISMISS = "Close this message"
STOP = "Stop"
LABEL_THESE = "One &text for all…"

PHOTOS_TITLE = "Pictures as examples"
PHOTOS_HINT_ONE = "What is a model to say of this picture?"
PHOTOS_HINT = "What is a model to say of these {count:,} pictures?"
PHOTOS_HINT_FOLDER = "What is a model to say of the pictures in {name}?"
PHOTOS_LABEL = "The &same word for all, such as a name or label"
PHOTOS_LABEL_NAME = "The word for all pictures"
PHOTOS_LABEL_HINT = "Rocky"
PHOTOS_TEXT = "The same s&entence for all"
PHOTOS_TEXT_NAME = "The sentence for all pictures"
PHOTOS_TEXT_HINT = "A photo of our garden."
PHOTOS_OWN = "{text}: {count:,} of {total:,} have one"
PHOTOS_BESIDE = "A .txt beside a picture goes before what is said here."
PHOTOS_OWN_TEXTS = {
    "caption": "Its caption",
    "alt text": "The alt text in its file",
    "title": "Its title",
    "keywords": "Its keywords",
    "approved alt text": "Its approved alt text",
    "tags": "Its tags",
}
PHOTOS_OWN_LANGUAGE = "{text}, {language}"
PHOTOS_GO = "Add"
PHOTOS_NAME = "photos of the library"
PICTURES_NAME = "pictures"

# --- the list --------------------------------------------------------------------------------

LIST_NAME = "Examples"
LIST_DESCRIPTION = (
    "Enter edits, Space shows the picture large, 1 learns from it, 2 holds it out, 3 leaves it "
    "out, Delete takes it out."
)
COUNTS = "{learn:,} to learn from · {check:,} held out · {out:,} left out"
COUNTS_PICTURES = "{counts} · {pictures}"
LOADING = "…"
LOADING_SAID = "Example {row:,}, not read yet"
SIDES = {"train": "Learn", "validation": "Held out", "left out": "Left out"}
SIDE_TIPS = {
    "train": "A model learns from it",
    "validation": "A model is checked with it and never learns from it",
    "left out": "It stays here and is used for nothing",
}
KINDS = {
    "caption": "Description",
    "question": "Question",
    "fields": "Fields",
    "box": "Box",
}
ASKED = "Asked: {ask}"
ASKED_MORE = "Asked: {ask} (and {count:,} more)"
BOX_AT = "At {x0:,.0f}, {y0:,.0f} to {x1:,.0f}, {y1:,.0f}"
ROW_SAID = "{text}. {detail}. {side}. {label}"
FIND = "Find in texts"
FIND_NAME = "Find in texts, labels and file names"
SIDE_NAME = "Show examples of this use"
ALL_SIDES = "All uses"
CHOICE_COUNT = "{name} ({count:,})"
NONE_MATCH_TITLE = "Nothing matches"
NONE_MATCH = "No example is like that."
SHOW_ALL = "Show &all"
ONLY_WANTED = "What the check is about"
ONLY_LABEL = "Only the label “{name}”"
ONLY_NO_LABEL = "Only what has no label"
ONLY_KIND = "Only of the kind “{name}”"
ONLY_SOURCE = "Only from {name}"
ONLY_ADVICE = "Only what this is about: {advice}"
SHOWN = "{shown:,} of {total:,} shown"
SELECTED_ONE = "1 selected"
SELECTED = "{count:,} selected"
EXAMPLES_FAILED = "The examples cannot be shown"

LEARN = "&Learn from"
HOLD_OUT = "&Hold out"
LEAVE_OUT = "Lea&ve out"
EDIT = "&Edit…"
TAKE_OUT = "Ta&ke out"
LARGE = "Show picture lar&ge"
ROW_MORE = "More for what is selected"
CHANGE_SIDE = "Use of examples"
CHANGE_TAKE_OUT = "Taking out of examples"
CHANGE_EDIT = "Text of an example"
SIDE_SET_ONE = "1 example: {side}."
SIDE_SET = "{count:,} examples: {side}."
SIDE_WITH_GROUP = "Near-duplicates and bursts go along."
TAKEN_OUT_ONE = "1 example was taken out. Ctrl+Z brings it back."
TAKEN_OUT = "{count:,} examples were taken out. Ctrl+Z brings them back."

# --- editing ---------------------------------------------------------------------------------

EDIT_TITLE = "Edit example"
EDIT_HINT = "What a model is to learn about {name}."
EDIT_ASK = "Question"
EDIT_ASK_BOX = "What is there"
EDIT_ASK_NUMBER = "Question {number}"
EDIT_ASK_HINT = "Empty where it only describes"
EDIT_ANSWER = "Answer"
EDIT_ANSWER_NUMBER = "Answer {number}"
EDIT_ADD_TURN = "&Another question"
EDIT_REMOVE_TURN = "Remove question {number}"
EDIT_LABEL = "La&bel"
EDIT_LABEL_NAME = "Label"
EDIT_LABEL_HINT = "For the balance, such as “dog”"
EDIT_SAVE = "Save"
EDIT_SILENT = "Write what a model should say."
EDIT_NOT_JSON = "The fields are no valid JSON: {detail}"
EDIT_BOX = "Drag the edges of the box, or press F2 in the picture, to move it."
EDIT_PICTURE_NAME = "Picture {name}"
EDIT_NO_PICTURE = "The picture cannot be shown. {sentence}"

# --- splitting -------------------------------------------------------------------------------

SPLIT = "Hold out a sha&re…"
SPLIT_TIP = "Choose by chance what a model is checked with and never learns from"
SPLIT_TITLE = "Hold out a share"
SPLIT_HINT = (
    "Some examples are kept from the model, so that you can see whether it learned or only "
    "repeats. They are drawn by chance; near-duplicates and photos of one burst stay together."
)
SPLIT_SHARE = "&Share to hold out"
SPLIT_WHY = "A fifth is usual; ten held-out examples or more tell most."
SPLIT_ABOUT = "About {held} of {total:,} examples. What is held out now is drawn anew."
SPLIT_GO = "Hold out"
SPLIT_WORK = "Comparing pictures"
CHANGE_SPLIT = "Held-out share"
SPLIT_DONE = (
    "{learn:,} to learn from and {check:,} held out. They are {groups:,} groups: near-duplicates "
    "and bursts stayed together."
)
SPLIT_STOPPED = "Stopped. Nothing was changed."
SPLIT_NOTHING = "There is nothing to divide: two different pictures are needed."

# --- balance ---------------------------------------------------------------------------------

BALANCE = "&Balance"
BALANCE_LIST = "Shares by label, kind and source"
BALANCE_HINT = "Enter or a click shows those examples."
BALANCE_WORKING = "Counting…"
BALANCE_FAILED = "The examples cannot be counted."
ADVICE_NAME = "Advice"
ADVICE_NONE = "Nothing stands out."
BY_LABEL = "By label"
BY_KIND = "By kind"
BY_SOURCE = "By source"
NO_LABEL = "no label"
SHARE_TEXT = "{learn:,} learn · {check:,} held out"
SHARE_OUT = "{share} · {out:,} left out"
SHARE_SAID = "{part}: {name}, {count:,} of {total:,}: {share}"
GROUPS_ONE = "All of it is 1 group: near-duplicates and bursts belong together."
GROUPS = "{count:,} groups: near-duplicates and bursts belong together."

# --- what to label next ----------------------------------------------------------------------

NEXT = "&Next to label"
NEXT_LIST = "Examples worth looking at, the most telling first"
NEXT_TEXT = "Finds examples whose texts are doubtful, so that your time goes where it helps most."
NEXT_GO = "&Find doubtful ones"
NEXT_AGAIN = "Find ane&w"
NEXT_BY = "&By"
NEXT_BY_NAME = "By what"
NEXT_BY_SEARCH = "Search model against text"
NEXT_BY_ADAPTER = "Base against “{name}”"
NEXT_WORK = "Looking for doubtful examples"
NEXT_NONE_ONE = "1 example was looked at; nothing is doubtful."
NEXT_NONE = "{count:,} examples were looked at; nothing is doubtful."
NEXT_FOUND = "{looked:,} looked at; {count:,} are worth your time. Enter edits."
NEXT_FAILED = "The examples could not be looked at. {sentence}"
NEXT_STOPPED = "Stopped."
NEXT_ROW = "{name}: {reason}"
NEXT_DONE = "{row} (done)"

# --- handing on ------------------------------------------------------------------------------

EXPORT = "E&xport…"
EXPORT_TITLE = "Export {name}"
EXPORT_HINT = "Texts go into one file; pictures are named in it, not copied."
EXPORT_KIND = "&Format"
EXPORT_KIND_NAME = "Format"
EXPORT_KINDS = {"jsonl": "JSON lines", "llava": "LLaVA conversations"}
EXPORT_KIND_HINTS = {
    "jsonl": "Comes back whole here: boxes, labels, uses and sources.",
    "llava": "For other trainers. What is left out stays out; boxes and labels are not told.",
}
EXPORT_SELECTED_ONE = "Only the example that is s&elected"
EXPORT_SELECTED = "Only the {count:,} that are s&elected"
EXPORT_GO = "Choose a file…"
EXPORT_WORK = "Writing {name}"
EXPORTED_ONE = "1 example was written to {name}."
EXPORTED = "{count:,} examples were written to {name}."
EXPORT_FILES = "Files"

# --- onwards ---------------------------------------------------------------------------------

GO_ON = "&Check these examples"
GO_ON_TIP = "The next step: what is wrong with them, and what a model would be shown"
