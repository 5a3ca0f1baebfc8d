"""Words about answers in the Chat pane: thumbs, and the places they name."""

from vlm_desktop.base.language import fill

# thumbs
VOTE_UP = "Thumb up"
VOTE_UP_TIP = "Thumb up: a good answer, offered to training as an example"
VOTE_UP_BACK = "Take the thumb up back"
VOTE_DOWN = "Thumb down"
VOTE_DOWN_TIP = "Thumb down: a bad answer, never offered to training"
VOTE_DOWN_BACK = "Take the thumb down back"
VOTED_UP = "Thumb up. Training can take this answer as an example."
VOTED_UP_ONLY = (
    "Thumb up. Training takes only what was seen in one whole photo that came with the question."
)
VOTED_DOWN = "Thumb down."
VOTED_BACK = "The thumb is taken back."
CHANGE_VOTE = "Thumb on an answer"

# places
PLACES_COMMAND = "Show the places an answer names"
PLACES_SHOW_ONE = "Show 1 place"
PLACES_SHOW = "Show {count:,} places"
PLACES_TOLD_ONE = "Names 1 place"
PLACES_TOLD = "Names {count:,} places"
PLACES_ONE = "1 place"
PLACES = "{count:,} places"
PLACES_IN = "{places}. {name}"
PLACES_OF = "{name} ({places})"
PLACES_TITLE = "Places an answer names"
PLACES_HINT = (
    "Arrow keys go from place to place, Enter goes near one and back. "
    "These are places a model named: it may be wrong."
)
PLACES_PICTURE = "Picture"
PLACES_LIST = "Places"
PLACES_LIST_DESCRIPTION = "What the answer names in this picture. Enter goes near a place and back."
PLACES_NAMELESS = "Picture {letter}"
PLACES_GROUND = "Open in Ground"
PLACES_KEPT = "{why} What this conversation keeps of it is shown in its place."
PLACES_CHANGED = "This picture has another size than when it was asked about."
PLACES_FORGOTTEN = "This picture was forgotten. What was said of it is kept, not how it looked."


def place_count(count: int) -> str:
    return PLACES_ONE if count == 1 else fill(PLACES, count=count)


def show_places(count: int) -> str:
    """The command to see where an answer says things are."""
    return PLACES_SHOW_ONE if count == 1 else fill(PLACES_SHOW, count=count)


def names_places(count: int) -> str:
    """What is told of an answer beside its words."""
    return PLACES_TOLD_ONE if count == 1 else fill(PLACES_TOLD, count=count)


def places_in(count: int, name: str) -> str:
    """What is spoken of a picture when it is shown with its places."""
    return fill(PLACES_IN, places=place_count(count), name=name)
