"""Words of the Chat pane."""

from vlm_desktop.base.language import fill

BETWEEN = " · "
YOU = "You"
CANCEL = "Cancel"
CLOSE = "Close"
COPIED = "Copied."
SAVED_AS = "Saved as {name}."

# the column of conversations
NEW = "New conversation"
NEW_TIP = "Begin an empty conversation; this one stays in the list"
SEARCH_NAME = "Search in conversations"
SEARCH_HINT = "Search conversations"
LIST_NAME = "Conversations"
UNTITLED = "New conversation"
NONE_YET = "Conversations you have are kept here, on this computer only."
NONE_FOUND = "No conversation says that."
CONVERSATION_ONE = "1 conversation"
CONVERSATIONS = "{count:,} conversations"
PINNED = "Pinned"
RENAME = "Rename the conversation…"
RENAME_TITLE = "Rename the conversation"
RENAME_LABEL = "Title; empty takes the first question"
RENAME_GO = "Rename"
PIN = "Pin the conversation to the top"
UNPIN = "Unpin the conversation"
DELETE = "Delete conversation"
EXPORT = "Export the conversation…"
EXPORT_TITLE = "Export the conversation"
EXPORT_KINDS = {"md": "Markdown", "html": "Web page", "json": "JSON with all branches"}
CHANGE_TITLE = "Title of a conversation"
CHANGE_DELETE = "Deleting “{title}”"
DELETED = "“{title}” is deleted. Ctrl+Z brings it back."

# the line above
MODEL = "Model"
MODEL_NAME = "Model that answers"
MODEL_TIP = "The model that answers from now on"
MORE_MODELS = "More models…"
STARTER_LINK = "Starter model"
STARTER_NAME = "Starter model: see others"
STARTER_TIP = (
    "This small model came with the program and makes mistakes. The shelf has larger ones."
)
MORE = "More for this conversation"

# an empty conversation
WELCOME_TITLE = "Ask about your pictures"
WELCOME_TEXT = (
    "Drop a picture here, paste one, or press + below. Nothing leaves this computer. "
    "Or begin with one of these:"
)
EXAMPLE_WITH = "{question}  ({name})"
SAMPLE_ANIMAL = "What animal is this?"
SAMPLE_TABLE = "What is on the table?"
SAMPLE_TEXT = "What does it say?"
OWN_WHAT = "What is in this picture?"
OWN_TEXT = "What does it say?"
OWN_WHEN = "When and where was it taken?"
NO_MODEL_TITLE = "No model is here to talk to"
NO_MODEL_TEXT = (
    "Models that answer questions about pictures are on the shelf. They run on this computer; "
    "a download says its size and licence first."
)
NO_MODEL_GO = "Choose a model"

# turns
TRANSCRIPT_NAME = "Conversation"
TURN_NAME = "{author}: {text}"
TURN_HINT = "Enter shows what can be done"
ANSWER = "Answer"
WITH_PICTURES = "With picture {letters}"
WAITING = "Waiting for the model…"
WAITING_INDEXING = "Waiting for the model; it is slower while photos are being indexed…"
LOADING_OF = "{work} {percent:.0f} %"
PHASES = {
    "decode": "Reading the picture…",
    "load": "Loading the model…",
    "answer": "The model is looking and reading…",
}
RESTARTED = "Memory ran out. The answer is written anew with less detail."
STOPPED = "Stopped here."
FAILED = "This answer failed."
SOURCES = {
    "model": "From the model",
    "metadata": "Read in the file",
    "ocr": "Text read in the picture",
}
WHYS = {
    "edited": "Edited",
    "another": "Another answer",
    "too-long": "Asked to be shorter",
    "too-short": "Asked to say more",
    "wrong": "Asked to correct it",
    "model": "Another model",
    "compared": "Compared",
    "repeated": "Run again",
}
WHY_NOTE = "{why}: “{note}”"
COPY_TURN = "Copy"
AGAIN = "Answer again"
AGAIN_TIP = "Have another answer"
AGAIN_MENU = "Answer again"
TOO_LONG = "Answer more briefly"
TOO_SHORT = "Answer in more detail"
WRONG = "Something is wrong…"
WRONG_TITLE = "Answer again"
WRONG_LABEL = "What is wrong? It may stay empty."
WRONG_GO = "Answer again"
EDIT_TURN = "Edit the question"
EDITING = "Editing the question"
BRANCH = "{number} / {count}"
BRANCH_SAID = "Version {number} of {count}"
BRANCH_BEFORE = "Previous version"
BRANCH_AFTER = "Next version"
BRANCH_HERE = "Go on from here"
BRANCHED = "The next question follows this turn."
GO_ON = "Answer this question"
PIN_TURN = "Pin"
UNPIN_TURN = "Unpin"
MORE_TURN = "More"
KEEP_ANSWER = "Keep this"
RUN_AGAIN = "Run again as it was"
RUN_SAME = "The same answer came out."
RUN_OTHER = "Another answer came out."
DIFFERENCES = {
    "revision": "the model's files are others",
    "picture": "a picture was changed",
    "picture-gone": "a picture is gone",
    "sampled": "chance was part of it",
    "stopped": "one of them was stopped",
}
DELETE_TURN = "Delete from here on"
CHANGE_TURN = "Deleting a turn"
DELETED_TURN = "Deleted. Ctrl+Z brings it back."
COPY_CODE = "Copy the code"
CODE_NAME = "Code"
CODE_LINE = "A line of code."
CODE_LINES = "{count} lines of code."
PICTURE_LEFT_OUT = "[picture: {address}]"
LINK_ADDRESS = " ({address})"
OPEN_LINK = "Open in the browser"
OPEN_LINK_MENU = "Open {address}"
OPEN_LINK_TITLE = "Open a web address"
OPEN_LINK_TEXT = (
    "A model wrote this address. Opening it leaves this program and goes to the network."
)
FORM_NAME = "Answer as a form"
FIELD_EMPTY = "–"
FIELD_YES = "Yes"
FIELD_NO = "No"

# figures
RATE = "{rate:,.1f} tokens/s"
FIRST_WORD = (
    "first word after {seconds:,.2f} s "
    "(pictures {decode:,.2f}, vision {vision:,.2f}, prefill {prefill:,.2f})"
)
FIRST_WORD_ALONE = "first word after {seconds:,.2f} s"
FIRST_WORD_AT_ONCE = "first word in less than 0.01 s"
FIRST_WORD_PARTS = (
    "Until the first word: reading pictures {decode:,.2f} s, preparing {prepare:,.2f} s, "
    "vision {vision:,.2f} s, prefill {prefill:,.2f} s"
)
TOKENS_PARTS = (
    "Tokens: instructions {system:,}, words {text:,}, pictures {image:,}, answer {reply:,}"
)
TOKENS_REUSED = "{count:,} tokens were known from before"

# doubt
DOUBT = "Doubt this answer"
DOUBT_BLANK = "Ask with a blank picture"
DOUBT_SAMPLES = "Ask five times by chance"
DOUBT_NOUNS = "Look for its things in the picture"
DOUBT_NAMES = {
    "blank": "Blank-picture test",
    "samples": "Agreement among samples",
    "nouns": "Things found in the picture",
}
DOUBT_RUNNING = "Testing…"
BLANK_CHANGED = "With a grey picture the answer is another."
BLANK_CHANGED_MEANS = "So the picture took part in it. That does not make it right."
BLANK_SAME = "With a grey picture the answer is the same."
BLANK_SAME_MEANS = "So the question alone gave the answer; the picture was not needed for it."
BLANK_ANSWER = "Blank: “{answer}”"
SAMPLES_AGREE = "{agree} of {count} answers drawn by chance say the same."
SAMPLES_MEAN = "Few that agree mean the model is guessing. Many that agree can still be wrong."
SAMPLE = "“{answer}”"
NOUNS_FOUND = "{found} of {count} things named are found in the picture by the search model."
NOUNS_MEAN = "What is not found may still be there: this is another model's opinion, no proof."
NOUN_YES = "{noun}: found"
NOUN_NO = "{noun}: not found"
NOUNS_NOTHING = "Nothing could be looked for."
NOUNS_NONE = {
    "no-library": "There is no library to compare with yet: add a folder with photos first.",
    "no-nouns": "The answer names nothing that could be looked for.",
    "no-picture": "There is no picture to look into.",
}

# the question
QUESTION_NAME = "Your question"
QUESTION_DESCRIPTION = "Enter sends, Shift and Enter begin a new line"
QUESTION_HINT = "Ask something…"
QUESTION_ALONE = "Ask something; this model answers each question on its own…"
ONLY_PICTURES = "This model describes pictures; it does not read questions."
SEND = "Send"
SEND_TIP = "Send (Enter)"
STOP = "Stop"
STOPPING = "Stopping…"
STOP_TIP = "Stop the answer (Esc); what is written stays"
CHIPS_NAME = "With the question"
ADD_PICTURE = "Add a picture"
ADD_FILE = "Picture or PDF…"
ADD_CLIPBOARD = "From the clipboard"
ADD_SCREEN = "Part of the screen…"
ADD_SELECTION = "{count:,} photos selected in Search"
ADD_SELECTION_ONE = "The photo selected in Search"
ADD_SELECTION_NONE = "Photos selected in Search"
PICK_PICTURES = "Choose pictures"
PICTURE_FILES = "Pictures and PDF"
ALL_FILES = "All files"
NOTHING_TO_PASTE = "There is no picture in the clipboard."
PHOTOS_GONE = "These photos are not there any more."
TOO_MANY_TAKEN = "The first 50 photos were taken. For more, ask one question about many photos."
TOO_MANY_ONE = "This model looks at one picture at a time. Remove others, or ask about each."
TOO_MANY = "This model looks at {count:,} pictures at a time. Remove others, or ask about each."
ASK_EACH = "Ask about each…"
ASK_EACH_TIP = "One question about many photos, answered in a table"
PASTED_NAME = "Pasted picture"
PICTURE_CHIP = "Picture {letter}: {name}"
PICTURE_CHIP_DESCRIPTION = "Enter shows what can be done, Ctrl and an arrow move it, Delete removes"
PICTURE_PAGE = "{name}, page {page:,}"
PICTURE_PART = "Part of {name}"
PICTURE_REMOVE = "Remove picture {letter}"
MOVE_FRONT = "Move forward"
MOVE_BACK = "Move back"
ASK_PART = "Ask about a part…"
ASK_AGAIN = "Add to the question"
REGION_TITLE = "Ask about a part"
REGION_HINT = "Drag a box, or move it with the arrow keys and resize it with Shift. Enter takes it."
REGION_ASK = "Take this part"
SCREEN_TITLE = "Part of the screen"
SCREEN_HINT = "Drag a box, or move it with the arrow keys and press Enter. Esc takes nothing."
SCREEN_REFUSED = (
    "This desktop does not let programs see the screen. "
    "Take a picture of it with the desktop's own tool and paste it here."
)
PAGES_TITLE = "Pages of a PDF"
PAGES_NAME = "Pages"
PAGES_LOADING = "Reading {name}…"
PAGES_HINT = "Which pages of {name} do you ask about? Several can be chosen."
PAGES_ADD = "Add this page"
PAGES_ADD_SEVERAL = "Add {count:,} pages"
PAGE = "Page {page:,}"
BUDGET = "Detail"
BUDGET_NAME = "How closely the model looks"
BUDGET_TIP = "Tokens for each picture: more show finer detail and take longer"
BUDGET_AUTO = "the model's choice"
BUDGET_TOKENS = "{count:,} tokens a picture"
PICTURE_TOKENS = "{count:,} tokens for pictures"
NOT_MEASURED = "time not measured yet"
UNDER_A_SECOND = "under a second"
ABOUT_SECONDS = "about {seconds:,.1f} s"
ABOUT_LONG = "about {seconds:,} s"

# the context bar
CONTEXT_NAME = "What the model reads"
CONTEXT_TIP = "How full the model's memory of this conversation is; press for its parts"
CONTEXT = "{count:,} tokens"
CONTEXT_OF = "{count:,} of {limit:,} tokens"
PART_SYSTEM = "Instructions"
PART_TEXT = "Words"
PART_IMAGES = "Pictures"
PART_REPLY = "Kept for the answer"
PART_SAID = "{name}: {count:,}"
PICTURE_COST = "Picture {letter}: {count:,} tokens"
PICTURE_LEFT = "Picture {letter}: left out"
LEAVE_OUT = "Leave out, keep its caption"
LEAVE_OUT_NAME = "Leave picture {letter} out, keep its caption"
LEAVE_OUT_NOTE = "What was answered about a picture first stands in its place when it is left out."
TAKE_BACK = "Show it to the model again"
TAKE_BACK_NAME = "Show picture {letter} to the model again"

# pictures of the conversation
STRIP_NAME = "Pictures of this conversation"
STRIP_PICTURE = "Picture {letter}: {name}"
STRIP_LEFT_OUT = "Picture {letter}: {name}, left out"
STRIP_LETTER_OUT = "{letter} (out)"
SEEN_SHOW = "What the model sees"
SEEN_LOOKING = "Looking what the model sees of picture {letter}…"
SEEN_ONE = "What the model sees of {letter}: {sizes} pixels, {tokens:,} tokens"
SEEN = "What the model sees of {letter}: {tiles:,} tiles of {sizes} pixels, {tokens:,} tokens"
SEEN_SIZE = "{width:,} × {height:,}"
SIZES_JOIN = " and "
SEEN_TILE = "Tile {number:,} of {count:,}"
SEEN_TILES = "Tiles"
SEEN_CLOSE = "Close what the model sees"

# options
PROMPT = "Instructions"
PROMPT_NAME = "Instructions for the model"
NO_PROMPT = "This model takes no instructions."
PROMPT_HINT = "Such as: answer in short sentences."
PRESETS_NAME = "Saved instructions"
PRESET_NONE = "None"
PRESET_OWN = "As written below"
PRESET_SAVE = "Save these instructions…"
PRESET_DELETE = "Delete these instructions"
PRESET_TITLE = "Save instructions"
PRESET_LABEL = "Name"
PRESET_GO = "Save"
CHANGE_PRESET = "Instructions “{name}”"
CHANGE_PRESET_GONE = "Deleting instructions “{name}”"
METADATA = "Tell date and place"
METADATA_TIP = "Date, place and camera of the pictures are told to the model with the question"
CHANCE = "Variety"
CHANCE_NAME = "Variety of answers"
CHANCE_TIP = "Left: the same question has the same answer. Right: chance takes part."
CHANCE_NONE = "The same answer each time"
CHANCE_SOME = "Varied (temperature {warmth:.1f})"
LENGTH = "Longest answer"
LENGTH_NAME = "Longest answer in tokens"
LENGTH_UNIT = " tokens"
FORM = "Answer as a form"
NO_FORM = "This model cannot fill in a form."
FORM_NONE = "Answers are free text."
FORM_OF = "Form: {fields}"
FORM_MAKE = "Choose fields…"
FORM_CHANGE = "Change fields…"
FORM_DROP = "Back to free text"
FORM_COMMAND = "Answer as a form…"
FORM_TITLE = "Answer as a form"
FORM_INTRO = "The model fills in these fields, and can write nothing else."
FORM_FIELDS = "Fields"
FORM_SCHEMA = "JSON schema"
FORM_USE = "Use this form"
FORM_BAD = "This is no JSON schema: {detail}"
FORM_NOT_FIELDS = "This schema says more than the list of fields can show."
FIELD_NAME = "Name of the field"
FIELD_HINT = "Name"
FIELD_KIND = "Kind of the field"
FIELD_KINDS = {
    "text": "Text",
    "number": "Number",
    "whole": "Whole number",
    "yes-no": "Yes or no",
    "choice": "One of",
    "list": "Several texts",
}
FIELD_CHOICES = "Words to choose from"
FIELD_CHOICES_HINT = "red, green, blue"
FIELD_ADD = "Add a field"
FIELD_REMOVE = "Remove the field"
EXAMPLES = "Solved examples"
EXAMPLES_NAME = "Solved examples"
EXAMPLES_NONE = "An answer that is right can stand before every question: choose it in its menu."
EXAMPLE = "{letter}: {question} → {answer}"
EXAMPLE_MAKE = "Use as a solved example"
EXAMPLE_MADE = "This answer now stands before every question."
EXAMPLE_ADD = "Add an example…"
EXAMPLE_NO_PICTURE = "Add a picture first: an example is about one."
EXAMPLE_TITLE = "A solved example"
EXAMPLE_INTRO = "The model reads it before every question of this conversation."
EXAMPLE_PICTURE = "Picture"
EXAMPLE_QUESTION = "Question"
EXAMPLE_ANSWER = "Right answer"
EXAMPLE_ADD_GO = "Add the example"
NO_EXAMPLES = "This model takes no examples."
EXAMPLE_REMOVE = "Remove the example"

# comparing
COMPARE = "Compare two answers…"
COMPARE_TITLE = "Compare two answers"
COMPARE_INTRO = "Your question is asked twice, and the answers stand side by side."
COMPARE_LEFT = "Left"
COMPARE_RIGHT = "Right"
COMPARE_MODEL = "Model, {side}"
COMPARE_CHANCE = "Variety "
COMPARE_CHANCE_NAME = "Variety, {side}"
COMPARE_GO = "Ask both"
COMPARE_NO_QUESTION = "Type a question first: it is asked twice."

# many photos
BATCH = "Ask one question about many photos…"
BATCH_TITLE = "One question, many photos"
BATCH_NO_PHOTOS = "Select photos in Search first, or add pictures to the question."
BATCH_LABEL = "Ask about {count:,} photos"
BATCH_LABEL_ONE = "Ask about 1 photo"
BATCH_QUESTION_NAME = "Question for every photo"
BATCH_HINT = "What is in this picture?"
BATCH_GO = "Ask"
BATCH_TABLE = "Answers"
BATCH_PHOTO = "Photo"
BATCH_WAITING = "Not answered yet"
BATCH_PROGRESS = "Photos answered"
BATCH_NOTE = "The table is not kept: save it as CSV."
BATCH_WORK = "Asking about photos"
BATCH_BEGUN = "Waiting for the model…"
BATCH_DONE_OF = "{done:,} of {total:,} answered"
BATCH_DONE = "All {count:,} are answered."
BATCH_STOPPED = "Stopped. What is answered can be saved."
BATCH_SAVE = "Save as CSV…"
BATCH_SAVE_TITLE = "Save the answers"
BATCH_FILE = "Answers"
CSV_FILES = "CSV table"

# commands
NEW_COMMAND = "New conversation"
SEARCH_COMMAND = "Search conversations"
GO_QUESTION = "Go to the question"
GO_TURNS = "Go to the conversation"
GO_PICTURES = "Go to the pictures of the conversation"
STOP_COMMAND = "Stop the answer"
SHOW_LIST = "List of conversations"
SHOW_OPTIONS = "How answers are made"
MORE_MODELS_COMMAND = "More models that answer"


def code_lines(count: int) -> str:
    """What is spoken of a block of code."""
    return CODE_LINE if count == 1 else fill(CODE_LINES, count=count)


def add_selection(count: int) -> str:
    """The photos that are selected in Search."""
    if count > 1:
        return fill(ADD_SELECTION, count=count)
    return ADD_SELECTION_ONE if count else ADD_SELECTION_NONE


def too_many_pictures(most: int) -> str:
    """What a model can take at once."""
    return TOO_MANY_ONE if most == 1 else fill(TOO_MANY, count=most)


def batch_question(count: int) -> str:
    return BATCH_LABEL_ONE if count == 1 else fill(BATCH_LABEL, count=count)


def sample_questions() -> tuple[str, str, str]:
    """About the three sample pictures, in their order."""
    return SAMPLE_ANIMAL, SAMPLE_TABLE, SAMPLE_TEXT


def own_questions() -> tuple[str, str, str]:
    """About any picture."""
    return OWN_WHAT, OWN_TEXT, OWN_WHEN
