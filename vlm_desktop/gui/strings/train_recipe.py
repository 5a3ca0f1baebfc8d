"""Words of the recipe step of the Train pane; those of its single fields are in
`train_recipe_fields`."""

# --- the page --------------------------------------------------------------------------------

TITLE = "Recipe for “{name}”"
EMPTY_TITLE = "No data set is in hand"
EMPTY = "A recipe says what is learned from a data set. Gather one first."
EMPTY_GO = "Go to the data"
NOTHING_TITLE = "“{name}” has no examples yet"
NOTHING = "Add pictures with texts; then you choose here what is learned from them."
NO_MODEL_TITLE = "There is no model to teach"
NO_MODEL = "None of the models on this disk can be taught here. Download one first."
NO_MODEL_GO = "Show the models"
WORKING = "Looking at what “{name}” could teach…"
FAILED_TITLE = "The recipe cannot be read"
TRY_AGAIN = "Try again"
FRESH = "Begin with a fresh recipe"
WHAT = "What shall it learn?"
CHOICES = "The few choices that matter"
ADVANCED = "Advanced: everything else has a usual value"
CHANGE_KIND = "What is learned"
CHANGE_OF = "Recipe: {name}"
CHANGE_ALL = "Recipe: everything as usual"
CHANGE_FILE = "Recipe from {name}"

# --- cards -----------------------------------------------------------------------------------

KIND_TITLES = {
    "assistant": "How to describe and answer",
    "chat": "How a larger model answers",
    "encoder": "What things are called",
    "probe": "Names, quickly",
    "prompts": "Names by words",
}
KIND_CHANGES = {
    "assistant": "Chat and Alt text learn to say what your examples say, in their style.",
    "chat": "A chat model from the shelf learns your style of describing and answering.",
    "encoder": "Search learns names, and words that go with them, by small additions to its model.",
    "probe": "Search learns a direction for each name. The model itself stays as it is, so nothing "
    "is forgotten.",
    "prompts": "A few learned words go before every name, which draws names the model half knows "
    "to your pictures.",
}
KIND_LIMITS = {
    "assistant": "Cannot: learn facts that no picture shows, or write long texts; it is a small "
    "model.",
    "chat": "Cannot: learn without a lot of memory, at best that of a graphics card.",
    "encoder": "Cannot: learn to write. What it knew may suffer a little; see Advanced, guard.",
    "probe": "Cannot: tell anything but these very names.",
    "prompts": "Cannot: learn made-up names; for those the other ways are better.",
}
SUGGESTED = "Suggested: {reason}"
REASONS = {
    "answers": "most of your examples answer something.",
    "captions": "the texts differ from picture to picture.",
    "few-names": "your texts are names with few pictures each, which it learns best.",
    "many-names": "your texts are names with many pictures each.",
}
DOUBTS = {
    "asks": "Most of your examples answer questions; this never asks any.",
    "each-its-own": "Hardly any of your texts is said of two pictures, so there is no name to "
    "learn.",
    "only-names": "Your texts are names: it would say names and nothing else.",
}

# --- time and memory -------------------------------------------------------------------------

TIME_SHORT = "less than a minute"
TIME_MINUTE = "about a minute"
TIME_MINUTES = "about {count:,} minutes"
TIME_HOURS = "about {count:,} hours"
COST_OURS = "Takes {time} and {memory} of memory, as an earlier run on this computer did."
COST_ELSEWHERE = "Takes {time} and {memory} of memory on a slow computer with two cores."
COST_UNKNOWN = "How long it takes is not known yet. Press “Measure” to find out."
MEASURED = (
    "Measured: the model and a step take {memory} of {room} of memory, besides the program; all "
    "steps take {time} at most."
)
MEASURED_BARE = (
    "Measured: the model and a step take {memory} of memory, besides the program; all steps take "
    "{time} at most."
)
TOO_LARGE = (
    "Measured: it would take {memory}, and there are {room}. Smaller batches or a lower rank take "
    "less."
)

# --- the choices -----------------------------------------------------------------------------

MODEL = "Model"
MODEL_WHY = (
    "What is taught. The model stays on the disk as it is; what it learns is kept beside it."
)
MODEL_FACTS = "{size} · {licence}"
MODEL_GONE = "This model is not on this disk any more. Choose another one."
THOROUGH = "How thorough"
THOROUGH_WHY = (
    "How often it looks at every example. Too seldom, and it learns little; too often, and it "
    "learns them by heart."
)
LENGTHS = {"quick": "A quick try", "usual": "Usual", "thorough": "Thorough"}
LENGTH_STEPS = "{rounds:,.3g} rounds, {steps:,} steps"
LENGTH_BARE = "{steps:,} steps"
OWN_CHOICE = "Your own choice: {value}"
STRONG = "How strong"
STRONG_WHY = (
    "How much room there is for what it learns. More holds more detail, needs more examples, and "
    "forgets more of what it knew."
)
STRENGTHS = {"gentle": "Gentle", "usual": "Usual", "strong": "Strong"}
STRONG_FULL = "All numbers of the chosen parts learn."
RANK_FACTS = "Rank {rank:,}"
PARTS = "How much of the model"
PARTS_WHY = (
    "Which of its parts learn. The usual ones are enough for nearly everything; more parts take "
    "longer and forget more."
)
PARTS_OPEN = "Choose parts…"
PARTS_WORKING = "Opening the model to count its parts…"
PARTS_COUNTED = "The parts of the model are counted."
PARTS_USUAL = "The parts that usually learn"
PARTS_CHOSEN = "Chosen: {names}"
PARTS_ONE = "One part at least has to learn."
PART_ROW = "{name}: {count:,} of {all:,} numbers"
PART_ROW_BARE = "{name}"
PART_LAST = "Seeing, only the last layers: {count:,}"
PART_WORDS = {
    "language": "Writing",
    "projector": "From seeing to writing",
    "text": "Reading words",
    "text-head": "Words' place among pictures",
    "image-head": "Pictures' place among words",
    "vision": "Seeing",
    "head": "Choosing the next word",
    "words": "Vocabulary",
}
PART_TIPS = {
    "language": "The decoder (language): what it says, and in which style",
    "projector": "The projector: how what is seen becomes something to write about",
    "text": "The layers of the text tower (text)",
    "text-head": "The head of the text tower (text-head)",
    "image-head": "The head of the image tower (image-head); photos are indexed anew with it",
    "vision": "The image tower (vision)",
    "head": "What turns thoughts into words (head)",
    "words": "The embeddings of words (words)",
}

# --- fields ----------------------------------------------------------------------------------

YES = "Yes"
NO = "No"
USUALLY = "Usually: {value}"
CHANGED_FROM = "Changed. Usually: {value}"
BACK_TO = "{name}: back to the usual ({value})"
GROUP_CHANGED = "{name} · {count:,} changed"
GROUP_WRONG = "{name} · something is wrong"
CHOOSE_FILE = "Choose a file"
CHOOSE_GENERAL = "Choose a file of general examples"
CURVE = "The learning rate from the first step to the last"
CURVE_SAID = "Rises for {warmup:,} of {steps:,} steps, then: {falls}"

# --- files -----------------------------------------------------------------------------------

ALL_USUAL = "Everything as &usual"
ALL_USUAL_TIP = "Take back all that was changed in this recipe"
LOAD = "&Load…"
LOAD_TIP = "Take a recipe from a file; the data set in hand stays"
LOAD_TITLE = "Load a recipe"
LOADED = "The recipe is that of {name} now. It learns from “{data}”, whatever that file names."
SAVE = "Sa&ve…"
SAVE_TIP = "Write the whole recipe to a file, for another data set, computer or the command line"
SAVE_TITLE = "Save the recipe"
SAVED = "The recipe is saved as {name}."
RECIPES = "Recipes"
SUGGESTED_FILE = "{name} recipe.toml"
TEXT = "As &text"
TEXT_TIP = "Show the whole recipe, with every usual value, to read or copy"
TEXT_TITLE = "The whole recipe"
TEXT_HINT = "This is what is kept with the run, so that it can be repeated exactly."
COPY = "&Copy"
COPIED = "The recipe is copied."

# --- starting --------------------------------------------------------------------------------

MEASURE = "&Measure"
MEASURE_TIP = "Take one step and throw it away, to see how long a run takes and how much memory"
MEASURING = "Measuring one step"
START = "&Start teaching"
START_TIP = "Look at the data once more, then begin; it goes on even if you close the window"
STARTING = "Getting ready to teach"
STARTED = "It learns from {train:,} examples; {held:,} are held out to test it."
STARTED_WAITS = "It waits for its turn: another run is still learning."
WILL_WAIT = "Another run is still learning; this one will wait for its turn."
WRONG_FIRST = "One thing has to be put right first. {sentence}"
BACK_TO_CHECK = "&Back to the check"
STOP = "Sto&p"
