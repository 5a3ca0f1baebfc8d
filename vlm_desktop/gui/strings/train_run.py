"""Words of the Train pane's fourth step: runs, what they say, and what came of them."""

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import RunState

# --- the list ---------------------------------------------------------------------------------

LIST_NAME = "Training runs"
LIST_DESCRIPTION = "Enter goes to the run, Delete removes it"
ROW_TITLE = "{model} · {data}"
ROW_BEST = "{metric} {value:.2f}"
ROW_BASE = "{metric} {value:.2f} before"
TO_RECIPE = "Start another"
TO_RECIPE_TIP = "Go to the recipe, where a run is started"
STATE_WORDS = {
    RunState.QUEUED: "waits",
    RunState.RUNNING: "learns",
    RunState.PAUSED: "paused",
    RunState.DONE: "done",
    RunState.STOPPED: "stopped",
    RunState.FAILED: "failed",
    RunState.INTERRUPTED: "interrupted",
}
YESTERDAY = "yesterday, {time}"

EMPTY_TITLE = "Nothing has been taught yet"
EMPTY_TEXT = (
    "A run starts at the end of the recipe. It goes on by itself, even when this window is closed."
)
EMPTY_GO = "Go to the recipe"
LOADING_TITLE = "Looking for runs…"
FAILED_TITLE = "The runs could not be read"
TRY_AGAIN = "Try again"
CHOOSE_TITLE = "No run is chosen"
CHOOSE_TEXT = "Choose one in the list to see how it went."

# --- the head ---------------------------------------------------------------------------------

PAUSE = "Pause"
PAUSE_TIP = "Save, and free its memory; it goes on from there whenever you like"
RESUME = "Go on"
RESUME_TIP = "Go on from the last checkpoint"
STOP = "Stop"
STOP_TIP = "End it here, and keep what it has learned"
SAVE = "Save a checkpoint"
SAVE_TIP = "Save what it has learned so far, and go on"
MORE = "More about this run"
OPEN_FOLDER = "Open its folder"
NO_FOLDER = "The folder could not be opened: {path}"
REMOVE = "Remove…"
REMOVE_TITLE = "Remove this run?"
REMOVE_ASK = "Remove the run “{run}” with its checkpoints and figures?"
REMOVE_TEXT = "This cannot be undone. Adapters that lie on the shelf stay there."
REMOVE_GO = "Remove the run"
REMOVE_STAY = "Keep it"
REMOVED = "The run “{run}” was removed."
START_AGAIN = "Start exactly this again"
STARTED_AGAIN = "The same is taught again, as a new run."

ASKED = {
    "pause": "It pauses after this step…",
    "stop": "It stops after this step, and takes its last figures…",
    "checkpoint": "It saves after this step…",
    "resume": "It starts again…",
}
CHECKPOINT_SAVED = "A checkpoint of step {step:,} was saved."

SAY_QUEUED = "It waits for its turn: {other} learns first."
SAY_QUEUED_ALONE = "It waits for its turn."
SAY_STARTING = "It starts: the model is loaded."
SAY_PREPARING = "Getting examples ready: {done:,} of {total:,}."
SAY_PREPARING_SOME = "Getting examples ready: {done:,} so far."
SAY_STEP = "Step {step:,} of {total:,}: loss {loss:.3g}{trend}{validation}."
SAY_TREND = {"falling": ", falling", "level": ", level", "rising": ", rising"}
SAY_VALIDATION = "; validation {metric} {value:.2f} ({low:.2f} to {high:.2f})"
SAY_PAUSED = "Paused at step {step:,}. Its memory is free; it goes on whenever you like."
SAY_PAUSED_WHY = "Paused at step {step:,}: {why}"
SAY_NOT_STARTED = "It has not been started yet."
SAY_STOPPED = "Stopped at step {step:,}; what it learned is kept."
SAY_INTERRUPTED = "Its process vanished. It can go on from step {step:,}."
SAY_INTERRUPTED_FIRST = "Its process vanished before the first checkpoint. It can begin anew."
SAY_FAILED = "It failed: {why}"
SAY_FAILED_UNTOLD = "It failed, and did not say why. Its folder has a log."
SAY_DONE = "Done after {step:,} steps."
SAY_DONE_BEST = (
    "Done after {step:,} steps. Best: {metric} {value:.2f} ({low:.2f} to {high:.2f}) at step "
    "{best:,}."
)
SAY_BEFORE = " It was {value:.2f} before."

LEFT_SECONDS = "less than a minute left"
LEFT_MINUTE = "about a minute left"
LEFT_MINUTES = "about {low:,} to {high:,} minutes left"
LEFT_MINUTES_ONE = "about {high:,} minutes left"
LEFT_HOURS = "about {low:,} to {high:,} hours left"
LEFT_HOURS_ONE = "about {high:,} hours left"

ENDED = {
    RunState.DONE: "{model} has learned: the run is done.",
    RunState.STOPPED: "The run with {model} was stopped; what it learned is kept.",
    RunState.PAUSED: "The run with {model} is paused.",
    RunState.FAILED: "The run with {model} failed: {why}",
    RunState.INTERRUPTED: "The run with {model} was interrupted: its process vanished.",
}
ENDED_BEST = "{model} has learned: {metric} {value:.2f}, {base:.2f} before."

# --- tabs -------------------------------------------------------------------------------------

TABS_NAME = "About this run"
TAB_PROGRESS = "Progress"
TAB_WALL = "Answers"
TAB_CONTROL = "Sight and memory"
TAB_RESULT = "Result"

# --- progress ---------------------------------------------------------------------------------

NOTICES_NAME = "What is to be known"
NOTICE_SIGN = "⚠ {text}"
ADJUSTED_SIGN = "↓ {text}"
CURVE_LABEL = "Show:"
CURVE_NAME = "Curve to show"
CURVES = {
    "loss": "Loss",
    "score": "Score on held-out examples",
    "gradient_norm": "Norm of the gradient",
    "rate": "Learning rate",
    "tokens_per_second": "Tokens a second",
    "memory_bytes": "Memory",
}
AXIS_STEP = "Step"
LEGEND_TRAIN = "training, batch by batch"
LEGEND_SMOOTH = "training"
LEGEND_HELD_OUT = "held out"
LEGEND_SCORE = "with pictures, and its interval"
LEGEND_BLIND = "with blank pictures"
PLOT_NAME = "Plot: {curve}"
PLOT_DESCRIPTION = "Arrow keys go from point to point and read them out, Home and End to the ends"
PLOT_LOADING = "The plot is made ready…"
PLOT_EMPTY = "There is nothing to draw yet."
PLOT_FAILED = "The plot cannot be shown: {why}"
POINT_HINT = "Point at the plot, or use the arrow keys in it, to read a value."
POINT = "Step {step:,}: {values}"
POINT_VALUE = "{name} {value}"
FACT_RATE = "rate {value:.2g}"
FACT_SPEED = "{value:,.0f} tokens a second"
FACT_MEMORY = "{memory} of memory"
FACT_MEMORY_ESTIMATED = "{memory} of memory ({estimated} estimated)"
FACT_GRADIENT = "gradient {value:.2g}"
GIGABYTES = "{value:.1f} GB"
MEGABYTES = "{value:.0f} MB"
UNIT_MEMORY = "Memory (GB)"

TABLE_NAME = "Evaluations"
TABLE_STEP = "Step"
TABLE_RANGE = "95 % range"
TABLE_LOSS = "Loss"
TABLE_BLIND = "Blank pictures"
TABLE_GENERAL = "General"
TABLE_MARK = "Note"
MARK_BASE = "before"
MARK_BEST = "best"
RANGE = "{low:.2f} to {high:.2f}"
FIGURE = "{value:.3f}"
TABLE_EMPTY = "The held-out examples have not been answered yet."
TABLE_NONE = "Nothing was held out, so there are no scores; only the loss tells how it goes."

METRICS = {
    "cider": "CIDEr",
    "exact": "exact match",
    "vqa": "VQA accuracy",
    "fields": "field F1",
    "iou": "overlap (IoU)",
    "loss": "loss",
}

# --- the probe wall ---------------------------------------------------------------------------

WALL_EMPTY = (
    "Held-out examples are answered before the first step and at every checkpoint; the first "
    "answers stand here soon."
)
WALL_NONE = "Nothing was held out, so there are no answers to compare."
WALL_SLIDER = "Checkpoint"
WALL_SLIDER_TIP = "Left and right arrows go from checkpoint to checkpoint"
WALL_AT = "Step {step:,} ({at:,} of {count:,})"
WALL_AT_BASE = "Before the first step"
WALL_SORT = "Order:"
WALL_SORT_NAME = "Order of the answers"
WALL_SORTS = {
    "changed": "Most changed",
    "better": "Most improved",
    "worse": "Most harmed",
    "kept": "As they came",
}
WALL_LIST = "Held-out examples and their answers"
WALL_SOME = "The {shown:,} of {count:,} that come first are shown."
WALL_ASK = "Question: {text}"
WALL_RIGHT = "Right: {text}"
WALL_BASE = "Before"
WALL_NOW = "Step {step:,}"
WALL_SILENT = "(nothing)"
WALL_NOT_YET = "(not answered at this step)"
WALL_SCORE = "{value:.2f}"
WALL_BETTER = "▲ {value:.2f}"
WALL_WORSE = "▼ {value:.2f}"
WALL_SAME = "= {value:.2f}"
WALL_BETTER_SAID = "{value:.2f}, better"
WALL_WORSE_SAID = "{value:.2f}, worse"
WALL_SAME_SAID = "{value:.2f}, the same"
WALL_NEW_WORDS = "new words: {words}"
WALL_UNKNOWN = "This example is not in the run's folder any more."

# --- controls ---------------------------------------------------------------------------------

BLIND_TITLE = "Does it look at the pictures?"
BLIND_SIGHTED = "With pictures"
BLIND_BLANK = "With blank pictures"
BLIND_GOOD = (
    "Yes: with blank pictures it scores {blind:.2f} instead of {score:.2f}. What it has learned "
    "hangs on what it sees."
)
BLIND_GOOD_LOWER = (
    "Yes: with blank pictures its loss is {blind:.2f} instead of {score:.2f}. What it has learned "
    "hangs on what it sees."
)
BLIND_BAD = (
    "Hardly: with blank pictures it scores {blind:.2f}, about as well as with the real ones "
    "({score:.2f}). It has learned words, not what pictures show; more varied examples help."
)
BLIND_NONE = (
    "The same examples are answered with blank pictures before the first step and at the end. "
    "What that says stands here then."
)
GENERAL_TITLE = "Did it forget what it could do before?"
GENERAL_BEFORE = "Before"
GENERAL_AFTER = "At step {step:,}"
GENERAL_KEPT = (
    "No: on the general set it scores {after:.2f}, and {before:.2f} before ({change:+.1f} %)."
)
GENERAL_FORGOT = (
    "Yes, it suffered: on the general set it scores {after:.2f}, and {before:.2f} before "
    "({change:+.1f} %). A lower rate, fewer steps or a checkpoint from earlier on keep more."
)
GENERAL_PENDING = (
    "On the general set it scored {before:.2f} before. How much of that is left is measured at "
    "the end."
)
GENERAL_NONE = (
    "A general set is answered before the first step and at the end, where the model has one. "
    "What that says stands here then."
)
INTERVAL_NOTE = (
    "Thin lines are the range in which the figure lies with a certainty of 95 %, from drawing the "
    "examples again and again (bootstrap)."
)
BAR_SAID = "{name}: {value:.2f}"
BAR_SAID_RANGE = "{name}: {value:.2f} ({low:.2f} to {high:.2f})"

# --- the result -------------------------------------------------------------------------------

RESULT_NOT_YET = (
    "When the run has ended, its card stands here: what was taught on what, how, and with which "
    "figures."
)
RESULT_FAILED = "The card could not be read."
CARD_NAME = "Run card"
SHELF = "Put it on the shelf…"
SHELF_TIP = "Make an adapter of the best checkpoint, to be used in Search, Chat and Alt text"
SHELF_TITLE = "Put it on the shelf"
SHELF_HINT = (
    "What was learned becomes an adapter: it is worn in Search, Chat and Alt text, and taken off "
    "again."
)
SHELF_LABEL = "&Name"
SHELF_CHECKPOINT = "&Checkpoint"
SHELF_GO = "Put it there"
CHECKPOINT_BEST = "Step {step:,}, the best ({metric} {value:.2f})"
CHECKPOINT_OTHER = "Step {step:,} ({metric} {value:.2f})"
CHECKPOINT_BARE = "Step {step:,}"
CHECKPOINT_BEST_ONLY = "The best one"
SHELF_SUGGESTED = "{data}, {model}"
SHELVED = "The adapter “{name}” lies on the shelf."
TEACH_AGAIN = "Teach again with these settings"
TEACH_AGAIN_TIP = "Take this recipe and its data set in hand; nothing starts yet"
SET_GONE = (
    "The data set “{name}” is not there any more. The settings were taken over; choose other "
    "examples."
)
COPY_CARD = "Copy the card"
SAVE_CARD = "Save the card…"
SAVE_CARD_TITLE = "Save the run card"
MARKDOWN_FILES = "Markdown"
CARD_COPIED = "The card is in the clipboard."
CARD_SAVED = "The card was saved as {name}."
CARD_UNSAVED = "The card could not be saved: {why}"
SCRIPT_LABEL = "This does it again, bit for bit on the same machine:"
SCRIPT_NAME = "Command that trains it again"
COPY_COMMAND = "Copy the command"
COMMAND_COPIED = "The command is in the clipboard."


def metric_name(metric: str) -> str:
    """What people call a metric."""
    return METRICS.get(metric, metric)


def memory(count: int) -> str:
    """Bytes as people read them."""
    if count >= 1e9:
        return fill(GIGABYTES, value=count / 1e9)
    return fill(MEGABYTES, value=count / 1e6)


def left(low: float, high: float) -> str:
    """Seconds that are still to come, as a range: "about 4 to 6 minutes left"; "" for none."""
    if high <= 0:
        return ""
    if high < 50:
        return LEFT_SECONDS
    minutes = max(1, round(low / 60)), max(1, round(high / 60))
    if minutes[1] == 1:
        return LEFT_MINUTE
    if minutes[1] < 100:
        return _range(LEFT_MINUTES, LEFT_MINUTES_ONE, *minutes)
    return _range(LEFT_HOURS, LEFT_HOURS_ONE, max(1, round(low / 3600)), round(high / 3600))


def _range(form: str, alone: str, low: int, high: int) -> str:
    return fill(alone, high=high) if low == high else fill(form, low=low, high=high)
