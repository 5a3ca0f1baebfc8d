"""Words of the window around the panes: rail, menus, command palette, status bar, undo."""

from vlm_desktop.base.language import fill

WINDOW_TITLE = "VLM Desktop"

# menus; "&" marks the key
MENU_FILE = "&File"
MENU_EDIT = "&Edit"
MENU_PHOTO = "&Photo"
MENU_VIEW = "&View"
MENU_TOOLS = "&Tools"
MENU_HELP = "&Help"
ADD_FOLDER = "&Add folder…"
UPDATE = "Look for &changes"
UPDATE_TIP = "Look for new, changed and removed photos in the folders of the library"
QUIT = "&Quit"
CHOOSE_FOLDER = "Choose a folder with photos"
DROP_FOLDER_ONLY = "Drop a folder here to add its photos."
CANCEL = "Cancel"

# the rail
RAIL_NAME = "Areas"
PANE_SEARCH = "Search"
PANE_CHAT = "Chat"
PANE_ALTTEXT = "Alt text"
PANE_DOCUMENTS = "Documents"
PANE_GROUND = "Ground"
PANE_TRAIN = "Train"
PANE_LIBRARY = "Library"
PANE_MODELS = "Models"
PANE_SETTINGS = "Settings"
GO_TO = "Go to {pane}"
PANE_BROKEN = "This area cannot be opened"

# the command palette
PALETTE = "&Commands…"
PALETTE_TITLE = "Commands"
PALETTE_HINT = "Type what you want to do"
PALETTE_LIST = "Commands that match"
PALETTE_NOTHING = "No command is called like that."
PALETTE_ROW = "{command}, {shortcut}"

# undo
UNDO = "&Undo"
REDO = "&Redo"
UNDO_WHAT = "&Undo: {change}"
REDO_WHAT = "&Redo: {change}"
UNDONE = "Undone: {change}"
REDONE = "Done again: {change}"

# lines to type in
CLEAR = "Clear"

# the status bar
STATUS_NAME = "Status"
PROGRESS_NAME = "Progress"
PAUSE = "Pause"
PAUSE_NAME = "Pause the running work"
RESUME = "Go on"
RESUME_NAME = "Go on with the paused work"
STOP = "Stop"
STOP_NAME = "Stop the running work"
PAUSED = "Paused: {text}"
NETWORK_OFF = "Network: off"
NETWORK_OFF_TIP = (
    "The program makes no connection to the network: Python's are refused until you start a "
    "download yourself."
)
NETWORK_ON = "Network: {host}"
NETWORK_ON_TIP = "A download you started: {purpose}"
MODEL = "Model: {model}"
MODEL_TIP = "The model that finds photos by meaning; press to see all models"
SET_ASIDE_ONE = "1 file set aside"
SET_ASIDE = "{count:,} files set aside"
SET_ASIDE_TIP = "Files that could not be read. They are tried again when they change."

# closing
TASK_OF = "{work}: {done:,} of {total:,}"
CLOSE = "Close"
CLOSE_TITLE = "Work is still going on"
CLOSE_TEXT = (
    "{work}. What is done so far is kept, and the next start goes on from there. "
    "Close the window now?"
)
CLOSE_NOW = "Stop and close"
KEEP_OPEN = "Keep working"


def set_aside(count: int) -> str:
    return SET_ASIDE_ONE if count == 1 else fill(SET_ASIDE, count=count)
