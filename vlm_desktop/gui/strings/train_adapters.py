"""Words of the shelf of adapters: what was taught, worn, compared, merged and handed on."""

# the list
LIST_NAME = "Adapters"
LIST_DESCRIPTION = "F2 renames, Delete removes"
LOADING_TITLE = "Looking at the shelf…"
EMPTY_TITLE = "Nothing was taught yet"
EMPTY_TEXT = (
    "An adapter is what a model learned from your examples: a small file that is put on and taken "
    "off. Gather examples in the first step; what a run learned comes to lie here."
)
EMPTY_GO = "Gather examples"
FAILED_TITLE = "The adapters could not be listed"
TRY_AGAIN = "Try again"
IMPORT = "Import…"
IMPORT_TIP = "Take in an adapter from another machine; its folder can be dropped here, too"
IMPORT_TITLE = "Choose the folder of an adapter"
FROM_RUN = "From a run…"
FROM_RUN_NAME = "Make an adapter from a run"
FROM_RUN_TIP = "Put what a run learned on the shelf"
FROM_RUN_ITEM = "{model}, {when}"
DROP_FOLDER = "Drop the folder of an adapter: it holds adapter.toml and adapter.safetensors."
COMMAND_SHOW = "Show the adapters"
COMMAND_IMPORT = "Import an adapter…"

# a row, and the head of the details
TEACHES = {
    "assistant": "How {base} answers",
    "chat": "How {base} answers",
    "encoder": "What {base} finds by words",
    "probe": "Names that {base} finds",
    "prompts": "Names that {base} finds",
}
TEACHES_ELSE = "Something of {base}"
BEST = "{metric} {base:.2f} → {best:.2f}"
BEST_ONLY = "{metric} {best:.2f}"
WORN = "In use, {percent} %"
NOT_WORN = "Not in use"
STATES = {
    "base absent": "Its model is not here",
    "foreign": "Taught on other weights",
    "damaged": "Damaged",
}
ROW_NAME = "{name}. {state}. {teaches}. {facts}"
PROBLEMS = {
    "base absent": (
        "It was taught on {base}, which is not on this computer. Once that model is installed, it "
        "can be used."
    ),
    "foreign": (
        "It was taught on other weights of {base} than those on this computer, and would say "
        "nonsense with these. Install that version of the model, or teach it anew."
    ),
    "damaged": (
        "It is damaged and is not used: {problem}. Take it from its run again, or import it anew."
    ),
}

# in use
USE = "Use"
USE_BY = {"answers": "Use in Chat and Alt text", "search": "Use in Search"}
USE_TIPS = {
    "answers": (
        "It is put on and off at once, without loading the model anew. 100 % is what was taught, "
        "0 % the model as it was."
    ),
    "names": "Searches know its names at once; no photo needs to be looked at anew.",
    "search": (
        "All photos are looked at anew in the background. Until that is done, searches are "
        "answered as before; when it is stopped, what was done is kept."
    ),
}
STRENGTH = "&Strength"
STRENGTH_NAME = "Strength of {name} in percent"
PERCENT = " %"
APPLY = "Use this strength"
APPLY_TIP = "Looks at all photos anew with this strength"
TOGETHER = "Together with {others}. Both add up; which came first does not matter."
OTHER = "{name} ({percent} %)"
IS_ON = {
    "answers": "{model} answers in Chat and Alt text now.",
    "search": "{model} answers searches now.",
}
SEARCH_ON = "Search learns {name}"
SEARCH_OFF = "Search takes off {name}"
SEARCH_STOPPED = "Stopped. Searches are answered as before; what was done is kept."
SEARCH_BUSY = "Search is being changed already. Wait until that is done, or stop it."
STOP = "Stop"
STOP_NAME = "Stop changing Search"

# what it learned
LEARNED = "What it learned"
SCORE = "{metric} on held-out examples: {best:.2f} ({low:.2f} to {high:.2f})."
SCORE_BASE = (
    "{metric} on held-out examples: {base:.2f} before, {best:.2f} after ({low:.2f} to {high:.2f})."
)
BLIND = "With blank pictures it reaches {blind:.2f}: what is above that, it sees."
GENERAL = "On pictures it was not taught about: {before:.2f} before, {after:.2f} after."
NO_FIGURES = "It came without figures. Compare it with its model to take some."

# where it comes from
LINEAGE = "Where it comes from"
FACT_BASE = "Model"
FACT_REVISION = "{base}, weights {revision}"
FACT_DATA = "Examples"
FACT_RUN = "Run"
FACT_MADE = "Finished"
FACT_LICENCE = "Licence"
FACT_LICENCE_SAID = "{licence}, that of its model"
FACT_SIZE = "Size"
FACT_SUM = "Checksum"
UNKNOWN = "unknown"
CHECK = "Check"
CHECK_TIP = "Read the weights and compare them with their checksum"
CHECKING = "Checking {name}"
CHECKED = "The weights of {name} are those that the checksum names."
RECIPE = "Recipe…"
RECIPE_TITLE = "Recipe of {name}"
CARD = "Run card…"
CARD_TITLE = "Run card of {name}"
CARD_NONE = "There is no run card here: the run was removed, or the adapter came from elsewhere."
TEXT_NAME = "Text"

# what can be done with it
COMPARE = "Compare…"
COMPARE_TIP = "See on every held-out example what became better and what worse"
MERGE = "Make a model…"
MERGE_TIP = "Write a model of 16 bits that has the adapter in its weights"
EXPORT = "Export…"
EXPORT_TIP = "Copy it into a folder, for another machine or another program"
RENAME = "Rename…"
RENAME_TITLE = "Rename the adapter"
RENAME_LABEL = "Name"
REMOVE = "Remove"
CHANGE_RENAME = "Name of {name}"
CHANGE_REMOVE = "Removal of {name}"
CHANGE_IMPORT = "Import of {name}"
CHANGE_ADD = "Adapter {name}"
REMOVED = "{name} was removed. Ctrl+Z brings it back, until the program is started anew."
RENAMED = "It is called {name} now."
NO_MODELS = "Models"

IMPORTING = "Importing an adapter from {name}"
IMPORTED = "{name} was taken in: its checksum and its model are right."
ADDING = "Making an adapter of a run"
ADDED = "{name} lies on the shelf. Put it on to use it."
STOPPED = "Stopped; nothing was changed."

# making a model
MERGE_TITLE = "Make a model"
MERGE_HINT = (
    "A new model is written that has {name} in its weights, in 16 bits. It is kept only when it "
    "says the same as the model with the adapter on."
)
MERGE_GO = "Make it"
MERGE_STRENGTH = "&Strength"
MERGING = "Making a model of {name}"
MERGED = "{model} is made ({size}) and can be chosen like any other model."
REPLAYED = (
    "Asked about {total} pictures, it gave the very same answer as the model with the adapter on "
    "for {same} of them."
)
CLOSE_TEXTS = "Texts: at least {lowest:.4f} of 1 the same as the exact network, over {rows}."
CLOSE_IMAGES = "Pictures: at least {lowest:.4f} of 1 the same, over {rows}."

# exporting
EXPORT_TITLE = "Choose where the copy shall lie"
EXPORT_STRENGTH_TITLE = "Export the adapter"
EXPORT_HINT = (
    "Its folder is copied as it is, and beside it lie two ONNX graphs of the model with {name} on, "
    "which are checked against the exact network."
)
EXPORT_GO = "Choose a folder…"
EXPORTING = "Exporting {name}"
EXPORTED = "{name} was copied to {path} ({size})."
EXPORTED_ONNX = "ONNX graphs of the model with it on lie there too."

# comparing
COMPARE_TITLE = "Compare"
COMPARE_HINT = (
    "{base} and {name} answer every example that {name} was not taught with. That takes a while; "
    "the window stays free."
)
COMPARE_WITH = "&Beside them"
WITH_STEPS = "Other checkpoints of its run"
WITH_NOTHING = "Nothing else"
COMPARE_ON = "&Examples"
ON_RUN = "Held out by its run"
ON_SET = "Data set {name}"
ON_FILE = "A file…"
FILE_TITLE = "Choose a file of examples"
FILE_KINDS = "Examples"
COMPARE_GO = "Compare"
COMPARING = "Comparing {name} with {base}"
COMPARED = "{name} was compared."
COMPARE_LAST = "Show the comparison"
BACK = "Back to the adapters"
HEAD = "{name} beside {base}"
SUMMARY = "{name} is better than {base} on {improved}, worse on {harmed}, the same on {equal}."
SURE = "That is hardly chance (sign test, p = {p:.2g})."
UNSURE = "That may be chance (sign test, p = {p:.2g})."
MEANS = "{metric}: {base:.2f} → {mean:.2f}, on average {value:+.2f} ({low:+.2f} to {high:+.2f})."
OTHER_COLUMN = "{name}: {metric} {mean:.2f}; better on {improved}, worse on {harmed} (p = {p:.2g})."
CHECKPOINT = "Step {step:,}"
TAB_ALL = "All {count}"
TAB_IMPROVED = "Better {count}"
TAB_HARMED = "Worse {count}"
TAB_EQUAL = "Same {count}"
ITEMS_NAME = "Examples"
ITEM_SAID = "{change}. {expected}"
BETTER = "Better by {change:.2f}"
WORSE = "Worse by {change:.2f}"
SAME = "The same"
NOTHING_SUCH = "There is none."
ASKED = "Asked"
EXPECTED = "Expected"
ANSWER = "{name}: {score:.2f}"
NO_ANSWER = "It says nothing."
MARKS = "Words that only one of them says are struck out in the first answer, bold in the second."
ITEM_NAME = "The chosen example"
PICTURE_GONE = "The picture is not there any more."
SAVE = "Export…"
SAVE_TITLE = "Export the comparison"
SAVE_TABLE = "Table"
SAVE_LINES = "JSON lines"
SAVED = "The comparison was written to {name}."

# elsewhere in the window
MENU_NAME = "What Search wears"
MENU_SHELF = "Adapters…"
MENU_MODELS = "Models…"
