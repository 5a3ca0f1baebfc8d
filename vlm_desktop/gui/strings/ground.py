"""Words of the Ground pane: pictures, tools, objects."""

from collections.abc import Sequence

from vlm_desktop.base.language import fill

# --- opening ---------------------------------------------------------------------------------

OPEN = "&Open…"
OPEN_NAME = "Ways to open a picture"
OPEN_COMMAND = "&Open a picture…"
OPEN_TIP = "A picture can also be dropped here, pasted, or sent from another area"
OPEN_SELECTION = "Open the &photos selected in Search"
OPEN_PASTED = "Pa&ste a picture"
CHOOSE_PICTURE = "Choose a picture"
PICTURE_FILES = "Pictures"
ALL_FILES = "All files"
NOTHING_TO_PASTE = "There is no picture in the clipboard."
PHOTO_GONE = "This photo is no longer in the library."
PICTURE_BEFORE = "&Previous of the opened pictures"
PICTURE_AFTER = "&Next of the opened pictures"
PAGE = "Pa&ge"
PAGES = "of {count:,}"
PAGE_BEFORE = "Pre&vious page"
PAGE_AFTER = "Ne&xt page"
PLACE_OF_PICTURE = "{number:,} of {count:,}"
MORE = "More commands"
EMPTY_TITLE = "Point at something"
EMPTY_TEXT = (
    "Open a picture, then click on things to outline them, or type what is to be found. Nothing "
    "has to be downloaded for this."
)
EMPTY_OPEN = "Open a picture"
EMPTY_LABEL = "Label a folder"
WORKING_TITLE = "Opening the picture"
WORKING_TEXT = "It shows in a moment."
FAILED_TITLE = "This picture cannot be opened"
TRY_AGAIN = "Try again"
OPEN_OTHER = "Open another picture"
VANISHED = (
    "The file {name} is no longer there. What was outlined is kept, and shows again when the file "
    "is back."
)

# --- the picture and its tools ---------------------------------------------------------------

PICTURE = "Picture"
PICTURE_OF = "Picture {name}"
PICTURE_HINT = (
    "Arrow keys go from object to object; Insert brings a crosshair to point with: arrows move it, "
    "Enter adds, Shift+Enter takes away, B draws a box."
)
TOOLS = "Tools"
POINT = "&Point"
POINT_TIP = "A click takes what is there, Shift+click takes it away, dragging draws a box (V)"
BOX = "Draw a &box"
BOX_TIP = "Dragging draws a box around an object (B)"
LOOK = "Loo&k"
LOOK_TIP = "A click chooses what is there, dragging moves the picture (H)"
PHRASE = "Type p&hrases"
PHRASE_TIP = "Type what is to be found (/)"
STEP_BACK = "Take back a &step"
STEP_BACK_TIP = "Take back the last click or box of the object that is being outlined (Ctrl+Z)"
CROSSHAIR = "Point with the &keyboard"
CLOSER = "Closer"
FURTHER = "Further away"
WHOLE = "Whole picture"

# --- what is being outlined ------------------------------------------------------------------

HINT_EMPTY = "Click on something to outline it. Dragging draws a box."
HINT_BOX = "Drag a box around something to outline it."
HINT_LOOK = "A click chooses what is there."
HINT_AIM = "Arrows move it, Enter adds, Shift+Enter takes away, B draws a box, Esc ends."
HINT_AIM_BOX = "Arrows move the box, Shift+arrows size it, Enter takes it, Esc ends."
LEVELS = {"whole": "Whole", "part": "Part", "subpart": "Part of a part"}
LEVEL_OF = "{level} {number}/{count}"
LEVEL_SAID = "{level}, {number} of {count}"
LEVEL_TIP = "More or less of it (turn the wheel over it, or press W)"
ROUGH = "Rough outline"
ROUGH_WAITING = "Rough outline; {model} is looking…"
OUTLINING = "Outlining…"
OUTLINED_BY = "Outlined by {model}"
OUTLINED_PLAIN = "Outlined without a model"
NO_OUTLINE = "Nothing to outline here. Click elsewhere, or draw a box."
KEEP = "&Keep"
KEEP_TIP = "Keep the object and go on with the next (Enter)"
DROP = "&Discard"
DROP_TIP = "Take away what was not kept (Esc)"
OUTLINE_WITH = "Outlined by"
AUTOMATIC = "Automatic ({name})"
NO_MODEL = "No model"
READY = "ready"
READY_TIP = "The model has looked at this picture: a click is answered at once"
PREPARING = "looking at the picture…"
PREPARING_TIP = "Clicks are answered without the model until it is ready"
NOT_READY = "not ready"
OUTSIDE = "This place lies outside of the picture."
RAN_OUT = "{sentence} The rough outline stays."
USE_OTHER = "Use {model}"
USE_NONE = "Go on without a model"

# --- objects ---------------------------------------------------------------------------------

OBJECTS_TAB = "Objects"
WORDS_TAB = "Words"
PICTURES_TAB = "Pictures"
TABS = "What stands beside the picture"
NOTHING_YET = "Nothing is outlined or found yet."
OBJECT_NAME = "Object {number}"
NEW_OBJECT = "New object"
NOT_KEPT = "not kept yet"
PROPOSED = "proposed"
LABEL = "La&bel"
LABEL_HINT = "What it is"
RENAME = "&Rename"
CHANGE_POINTS = "Change the o&utline"
CHANGE_POINTS_TIP = "Go on with clicks and boxes where this object was left"
KEEP_FOUND = "Keep as object"
REMOVE = "&Remove"
REMOVE_TIP = "Remove what is chosen (Del)"
REMOVE_ALL = "Remove &all objects of this picture"
COUNT_OBJECTS = "{count:,} objects"
COUNT_OBJECTS_ONE = "1 object"
COUNT_OBJECTS_NONE = "No objects kept yet"
ADDED = "{name} is kept."
REMOVED = "{name} is removed."
CHANGE_ADDED = "Outline of {name}"
CHANGE_OUTLINE = "Changed outline of {name}"
CHANGE_LABEL = "Label {name}"
CHANGE_KEPT = "Keeping {name}"
CHANGE_KEPT_MANY = "Keeping {count:,} objects"
CHANGE_REMOVED = "Removing {name}"
CHANGE_REMOVED_MANY = "Removing {count:,} objects"
CHANGE_BOX = "Box of {name}"
CHANGE_ACCEPTED = "Accepting {name}"
CHANGE_REJECTED = "Rejecting {name}"

# --- commands --------------------------------------------------------------------------------

KEEP_COMMAND = "Keep what is &outlined or chosen"
DROP_COMMAND = "&Discard what is being outlined"
CYCLE_COMMAND = "&More or less of what is outlined"
GO_PICTURE = "Go to the &picture"
GO_PHRASES = "Go to the p&hrases"
GO_LIST = "Go to the &list beside the picture"
GO_NEXT_PART = "Go to the &next part of Ground"
SEND_TO = "Send &to"
SEND_SIMILAR = "&Search for similar photos"
SEND_CHAT = "&Ask in Chat"
SEND_ALTTEXT = "&Write alt text"
SEND_DOCUMENTS = "Read &fields as a document"
SEND_GROUND = "&Point and outline in Ground"
SEND_TRAIN = "Add to a data set in &Train"
SEND_TIP = "Open this in another area"


def object_count(count: int) -> str:
    """ "3 objects" """
    if not count:
        return COUNT_OBJECTS_NONE
    return COUNT_OBJECTS_ONE if count == 1 else fill(COUNT_OBJECTS, count=count)


def kept_words(labels: Sequence[str]) -> str:
    """What the Edit menu calls keeping these."""
    if len(labels) == 1:
        return fill(CHANGE_KEPT, name=labels[0])
    return fill(CHANGE_KEPT_MANY, count=len(labels))
