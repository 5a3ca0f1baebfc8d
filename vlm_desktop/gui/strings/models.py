"""Words of the Models pane: the shelf of models, downloads, switching between models."""

from vlm_desktop.base.language import fill
from vlm_desktop.strings import bytes_text as size

__all__ = ["models", "size"]

TITLE = "Models"
INTRO = (
    "A model is what recognises the things in your photos. All of them run on this computer; "
    "the network is used only while you download one."
)
FILTER = "Filter models"
FILTER_HINT = "Name, language or licence"
IMPORT = "Import from a folder…"
IMPORT_TIP = "Take in a folder with a model's files, in the layout of the hub or as an ONNX pair"
IMPORT_TITLE = "Choose the folder with a model's files"
HERE = "On this computer"
SHELF = "To download"
COUNT = "{count:,} models shown"
COUNT_ONE = "1 model shown"

# states of the list
LOADING_TITLE = "Looking at the shelf…"
FAILED_TITLE = "The models could not be listed"
TRY_AGAIN = "Try again"
NOTHING_TITLE = "No model matches"
NOTHING_TEXT = "Try another name, language or licence."
SHOW_ALL = "Show all models"

# a card
TASKS = {
    "image-text-embedding": "Finds photos by words and by other pictures",
    "chat": "Talks about photos",
    "caption": "Describes photos",
    "vqa": "Answers questions about a photo",
    "document": "Reads documents",
    "grounding": "Finds in a photo what words name",
    "segmentation": "Outlines what you point at",
}
OTHER_TASK = "Does {task}"
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "zh": "Chinese",
    "multilingual": "many languages",
}
UNDERSTANDS = "Understands {languages}"
LICENCE = "Licence: {licence}"
LICENCE_UNKNOWN = "Licence: not stated"
ON_DISK = "{size} on the disk"
TO_DOWNLOAD = "about {size} to download"
MEMORY = "about {size} of memory in use"
PARTS = " · "
STATES = {
    "active": "Answers your searches",
    "bundled": "Part of the program",
    "installed": "On this computer",
    "available": "Not downloaded",
    "partial": "Paused at {done} of {total}",
    "broken": "Damaged",
    "download": "Being downloaded",
    "adopt": "Being made ready",
}
COVERED = "Knows {covered:,} of {photos:,} photos"
BROKEN_TEXT = "This model cannot be used: {problem}. Remove it and take it in again."
CARD_NAME = "{name}: {state}"

# what one can do
DOWNLOAD = "Download…"
GO_ON = "Go on downloading"
PAUSE = "Pause"
DISCARD = "Discard the download"
CANCEL = "Cancel"
USE = "Use for search"
USE_TIP = (
    "Your photos are read again with this model in the background; the search goes over to it in "
    "one step when it knows them all"
)
VERIFY = "Verify files"
VERIFY_TIP = "Read every file and compare it with the checksum from when it was taken in"
REMOVE = "Remove…"
REMOVE_ACTIVE = "It answers your searches. Let another model do that first."
STOP = "Stop"
ACCEPT_LICENCE = "Download under this licence"
OPEN_PAGE = "Open its page"
TOKEN = "Access token"
TOKEN_HINT = "hf_…"
SAVE_TOKEN = "Save and try again"
ACTION_NAME = "{action} {name}"

# what goes on
WAITING = "Waiting for its turn"
ASKING = "Asking {host} what there is"
DOWNLOADING = "{done} of {total}"
CHECKING = "Checking file {done:,} of {total:,}"
STOPPING = "Stopping…"
SPEED = "{size} a second"
WORK_DOWNLOAD = "Downloading {name}: {progress}"
WORK_ADOPT = "Getting {name} ready: {progress}"
ADOPT_STARTING = "starting"
ADOPT_FINDING = "{done:,} files found"
ADOPT_PHOTOS = "{done:,} of {total:,} photos"
ADOPT_LAST = "measuring how careful the search must be"

# what came of it
DOWNLOADED = "{name} is on this computer now. Press “Use for search” to let it answer."
PAUSED = "The download of {name} is paused; what has arrived is kept."
DISCARDED = "The download of {name} was thrown away."
VERIFIED = "All {count:,} files are what they were."
REMOVED = "{name} was removed from this computer."
DROP_FOLDER = "Drop a folder with a model's files here."
IMPORTED = "{name} was taken in."
ADOPTED = "{name} answers your searches now."
ADOPT_STOPPED = "Stopped. The search goes on with the model it had; what is ready so far is kept."

# the question before a download
ASK_TITLE = "Download {name}?"
ASK_SIZE = "Size"
ASK_SIZE_VALUE = "about {size}; {free} are free on the disk"
ASK_LICENCE = "Licence"
ASK_FROM = "From"
ASK_FROM_VALUE = "{host} ({repository})"
ASK_MEMORY = "Memory"
ASK_MEMORY_VALUE = "about {size} while it is used"
ASK_NETWORK = (
    "This is the only time the network is used, and for nothing but this download. No photo and "
    "no word of yours is sent."
)
ASK_NO_ROOM = "There is not enough room: {needed} are needed and {free} are free."
ASK_YES = "Download {size}"
ASK_NO = "Not now"

# the question before removing
REMOVE_TITLE = "Remove {name}?"
REMOVE_TEXT = (
    "Its files ({size}) are deleted from this computer, which cannot be undone; your photos and "
    "what is known about them stay."
)
REMOVE_YES = "Remove"
REMOVE_NO = "Keep"

# commands
COMMAND_FILTER = "Filter &models"
COMMAND_IMPORT = "&Import a model from a folder…"
COMMAND_STARTER = "Search with the &starter model"


def models(count: int) -> str:
    """How many are shown."""
    return COUNT_ONE if count == 1 else fill(COUNT, count=count)
