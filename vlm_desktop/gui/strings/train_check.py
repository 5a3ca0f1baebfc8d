"""Words of the second step of the Train pane: what is wrong with the data, and what the model is
shown."""

from vlm_desktop.base.language import fill

# --- the step --------------------------------------------------------------------------------

NO_SET_TITLE = "Nothing to check yet"
NO_SET_TEXT = (
    "Choose or make a data set first. Then this step says what is wrong with it, mends it with "
    "you, and shows what the model will see."
)
NO_SET_GO = "To the data"
ON = "&On to the recipe"
ON_HINT = "Next you choose what is taught, and how."

# --- the doctor ------------------------------------------------------------------------------

DATA_NAME = "What is wrong with the data"
LOOK = "Chec&k the data"
LOOK_TIP = "Look at every picture and text again"
STOP = "&Stop"
WORK_DATA = "Checking the data"
WAITS = "Waits until photos are indexed."
BEGINS = "Checking the data…"
PHASES = {
    "decode": "Looking at the pictures: {done:,} of {total:,}.",
    "verify": "Comparing pictures and texts with each other.",
    "encode": "The search model looks at pictures: {done:,} of {total:,}.",
    "label": "The search model reads the texts: {done:,} of {total:,}.",
}
STOPPED = "The check was stopped."
STOPPED_OLD = "The check was stopped; this is what the one before found."
UNCHECKED = "Not checked yet"
FAILED = "The check failed"
READY = "Ready to teach"
ONE_TO_MEND = "1 thing to mend first"
TO_MEND = "{count:,} things to mend first"
REFUSED = "Nothing can be taught from this yet"
LOOKED = "{count:,} examples were looked at."
LOOKED_ONE = "1 example was looked at."
NOTHING_FOUND = "Nothing is wrong with them."
MAY_START = "Teaching can start all the same; it would learn the mistakes, too."

FINDINGS = "Findings"
FINDINGS_HINT = "Enter shows the example, F mends it, Shift+F mends all of its kind."
WEIGHTS = {
    "refusal": "Stops teaching",
    "warning": "To mend",
    "note": "Good to know",
}
GROUP = "{weight} ({count:,})"
ROW = "{weight}: {sentence}"
ROW_FIX = "{weight}: {sentence} Can be mended by key: {fix}."
MEND_TIP = "End this finding; Edit > Undo takes it back (F)"
MEND_ALL = "All {count:,} of this kind"
MEND_ALL_TIP = "End all findings of this kind at once (Shift+F)"
SHOW = "Show"
SHOW_TIP = "Go to the example in the first step (Enter)"
CHANGE = "{fix} ({count:,})"
MENDED = "Mended. The data are checked again."
NOTHING_MENDED = "There was nothing left to mend."
NOT_DONE = {
    "too-long": (
        "Not checked: whether texts are too long. The model has to be asked: let it show what it "
        "will see."
    ),
    "label-noise": "Not checked: labels that look wrong. The search model cannot be used.",
}


def headline(count: int) -> str:
    """How many things are to be mended."""
    if count == 0:
        return READY
    return ONE_TO_MEND if count == 1 else fill(TO_MEND, count=count)


def looked(count: int) -> str:
    return LOOKED_ONE if count == 1 else fill(LOOKED, count=count)


# --- what the model will see ---------------------------------------------------------------

SEEN = "What the model will see"
SEEN_TEXT = (
    "The first examples exactly as the model is given them, what of them it learns, what of it is "
    "trained, and how much memory and time that takes. Nothing is taught yet."
)
SEEN_LONG = "This loads the model; the first time that takes up to a minute."
SEEN_GO = "Show &what the model will see"
SEEN_AGAIN = "Look a&gain"
SEEN_STALE = "Data or recipe have changed since this was looked at."
STOP_LOOKING = "Stop &looking"
WORK_SEEN = "Looking at what the model will see"
SEEN_PHASES = {
    "inventory": "Reading the data: {done:,} of {total:,}.",
    "decode": "Looking at the pictures: {done:,} of {total:,}.",
    "verify": "Comparing pictures and texts with each other.",
    "load": "Loading the model. This takes up to a minute.",
    "encode": "Making pictures ready for the model: {done:,} of {total:,}.",
}
SEEN_WAITS = "Waits until the answer that is being written is done."
SEEN_STOPPED = "This was stopped."
SEEN_STOPPING = "Stopping, as soon as the model lets go…"
SEEN_FAILED = "The model could not be looked at"
RETRY = "Tr&y again"
WOULD_NOT_START = "It would not start"
CAN_START = "It can start"
STEPS_OF = "{steps:,} steps of {batch:,} examples, on {device}."
TO_RECIPE = "To the &recipe"
TO_DATA = "To the &data"
DEVICES = {"cpu": "the processor", "cuda": "the graphics card", "mps": "the graphics chip"}

TAB_EXAMPLES = "E&xamples"
TAB_PARTS = "Trai&ned parts"
TAB_COST = "&Memory, time"

# --- an example ------------------------------------------------------------------------------

EXAMPLE_OF = "{number:,} of {count:,}: {name}"
BEFORE = "Previous example"
AFTER = "Next example"
PIXELS = "Picture as the model sees it"
PIXELS_NAME = "{name}, {width:,} by {height:,} pixels, as the model sees it"
PIXELS_HINT = "Left and Right go to other examples."
PIXELS_SIZE = "{width:,} x {height:,} pixels"
IMAGE_TOKENS = "{features:,} image tokens, and as many places for them"
IMAGE_TOKENS_DIFFER = "{features:,} image tokens, but {places:,} places for them in the text"
IMAGE_APART = "The picture has a network of its own and takes no place in the text"
LENGTH = "{count:,} tokens of text, {learned:,} of them learned"
LENGTH_LIMIT = "{count:,} tokens in all, at most {most:,} are read"
LENGTH_OVER = "{count:,} tokens in all, but only {most:,} are read: the rest is cut off"
TOKENS = "Text as the model reads it"
LEGEND_LEARNED = "learned"
LEGEND_GIVEN = "given"
LEGEND_IMAGE = "place for the picture"
SHOWN_AS = "How the text is shown"
IN_COLOUR = "In &colour"
AS_LIST = "As a &list"
AS_TEMPLATE = "Pla&in"
TOKEN_LIST = "Tokens, each with whether it is learned"
TOKEN_ROW = "{token}, {kind}, no. {id}"
IMAGE_RUN = "[{count:,} x picture]"
LINE_BREAK = "line break"
SPACE = "space"
TEMPLATE = "Decoded template"

# --- what is trained, and what it takes --------------------------------------------------------

PARTS = "Parts of the model"
PART, NUMBERS, TRAINED, SHARE = "Part", "Numbers", "Trained", "Share"
ALL_PARTS = "Together"
NO_SHARE = "—"
SMALL_SHARE = "under 0.1 %"
SHARE_FORM = "{share:.1f} %"
PARTS_WHY = (
    "Only what is trained changes; the rest of the model stays as it is. What is trained is chosen "
    "in the recipe."
)
COMPONENTS = {
    "projector": "projector (picture to text)",
    "language": "language",
    "words": "words (vocabulary)",
    "text": "text (reads texts)",
    "text-head": "text-head (last layer)",
    "image-head": "image-head (last layer)",
    "temperature": "temperature (sharpness)",
    "directions": "directions (one a name)",
    "context": "context (learned prompt)",
}
COST = "Memory"
WHERE, BYTES = "What takes it", "Memory"
COST_PARTS = {
    "weights": "Weights of the model",
    "adapters": "What is trained",
    "optimiser": "Memory of the optimiser",
    "gradients": "Gradients, each step",
    "activations": "What the layers keep, each step",
    "logits": "Scores of all words, each step",
}
COST_ALL = "Estimated together"
COST_MEASURED = (
    "One step was measured: it took {measured}, estimated were {estimated}. So {total} are to be "
    "expected in all, besides what the program itself takes."
)
TOKENS_RUN = "{rows:,} rows of {tokens:,} tokens run through {name} at once."
SHORT_STEP = "{seconds:.2f} s"
TIME_SAID = (
    "A step takes about {step} on this computer, the {steps:,} steps of the run about {run}. "
    "Making pictures ready and trying out what was learned comes on top."
)
