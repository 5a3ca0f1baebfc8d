"""Words of the settings and of what stands beside them: privacy, the library's file, about."""

SEARCH = "Find a &setting"
SEARCH_HINT = "for example: memory"
SECTIONS = "Sections of the settings"
NOTHING_FOUND = "No setting is called like that."
SHOW_ALL = "Show all settings"

GROUPS = {
    "general": "General",
    "look": "Look",
    "folders": "Folders",
    "models": "Models and devices",
    "speed": "Speed and memory",
    "text": "Text in pictures",
    "privacy": "Privacy",
    "library": "Library file",
    "about": "About",
}

LABELS = {
    "language": "Language",
    "theme": "Colours",
    "scale": "Size of everything",
    "reduced_motion": "Less motion",
    "watch_folders": "Follow changes in the folders",
    "search_model": "Model for a new library",
    "chat_model": "Model that answers",
    "chat_memory_mb": "Memory of models that answer",
    "hub_endpoint": "Address of the model hub",
    "provider": "Device that runs the models",
    "gpu_memory_mb": "Memory of the graphics card",
    "decode_workers": "Pictures read at the same time",
    "encode_threads": "Threads of the models",
    "decode_memory_mb": "Memory for one picture",
    "max_pixels": "Largest picture",
    "decode_seconds": "Time for one picture",
    "thumbnail_side": "Size of thumbnails",
    "ocr": "Read the text in pictures",
    "max_pages": "Pages of a PDF",
}

SENTENCES = {
    "language": "The language of the window.",
    "theme": "Light, dark, strong contrast, or what the desktop uses.",
    "scale": "Makes text, buttons and photos larger, on top of the scale of the desktop.",
    "reduced_motion": "Nothing in the window moves, fades or blinks by itself.",
    "watch_folders": (
        "New, changed and deleted photos are noticed as it happens, while the window is open."
    ),
    "search_model": (
        "Answers searches in a library that has no model yet. The area Models changes the model "
        "of a library that has one."
    ),
    "chat_model": "Answers in the chat, unless a conversation has a model of its own.",
    "chat_memory_mb": (
        "What they may take together; one that was not used for long makes room for another. "
        "“Automatic” is most of this machine's memory."
    ),
    "hub_endpoint": (
        "Models that you choose to download come from here. Another address is for a mirror of "
        "your own."
    ),
    "provider": (
        "“Automatic” takes the fastest device that gives right results. One that is chosen here "
        "and does not work is never replaced in silence."
    ),
    "gpu_memory_mb": "The most a model may take. “Automatic” is its own size and some room.",
    "decode_workers": (
        "More are faster and take more memory. “Automatic” is one for each processor core."
    ),
    "encode_threads": "“Automatic” uses all processor cores.",
    "decode_memory_mb": "A picture that needs more is set aside, and the rest goes on.",
    "max_pixels": "Pictures with more pixels than this are set aside.",
    "decode_seconds": "A picture that takes longer to read is set aside.",
    "thumbnail_side": (
        "The longest side of the small pictures in the grid. Those that are there keep their size "
        "until they are made again."
    ),
    "ocr": "Indexing finds words on signs, menus and screens, and you can search for them.",
    "max_pages": "So many pages of each PDF are indexed, from the first.",
}

CHOICES = {
    "language.system": "As the desktop",
    "language.en": "English",
    "language.de": "Deutsch",
    "language.pseudo": "Longer words, to test",
    "theme.system": "As the desktop",
    "theme.light": "Light",
    "theme.dark": "Dark",
    "theme.contrast": "Strong contrast",
    "provider.auto": "Automatic",
    "provider.cuda": "NVIDIA graphics (CUDA)",
    "provider.directml": "Graphics (DirectML)",
    "provider.coreml": "Apple chip (Core ML)",
    "provider.openvino": "Intel chip (OpenVINO)",
    "provider.cpu": "Processor",
}

UNITS = {
    "": "",
    "percent": " %",
    "mebibytes": " MB",
    "megapixels": " megapixels",
    "seconds": " seconds",
    "pixels": " pixels",
    "processes": "",
    "threads": "",
    "pages": " pages",
}
AUTOMATIC = "Automatic"

ACTS = {
    "now": "",
    "next-indexing": "Used from the next indexing on.",
    "restart": "Used from the next start on.",
}
USE_THEME = "Colours: {theme}"
RESTART_NEEDED = "Changed: close the window and start again to use it."
RESET = "Reset {name} to: {value}"
ON = "on"
OFF = "off"
CHANGE = "Setting “{name}”"

# settings as a file
EXPORT_SETTINGS = "E&xport settings…"
IMPORT_SETTINGS = "&Import settings…"
RESET_SETTINGS = "&Reset all settings"
SETTINGS_FILTER = "Settings (*.json)"
SETTINGS_FILE = "VLM Desktop settings.json"
SETTINGS_EXPORTED = "The settings were written to {path}."
SETTINGS_IMPORTED = "The settings were taken over."
SETTINGS_LEFT_OUT = "The settings were taken over, except what is not understood: {names}."
CHANGE_IMPORT = "Import of settings"
CHANGE_RESET = "Reset of all settings"

HUB_HINT = "The public hub"

# devices
DEVICES = "Devices of this computer"
DEVICES_TEXT = "What can run the models here, tried with a small network, and why the rest cannot."
DEVICES_TRY = "Tr&y the devices"
DEVICES_TRYING = "Trying the devices…"
DEVICE = "Device"
DEVICE_STATE = "State"
DEVICE_WHY = "Why"
DEVICE_CHOSEN = "used"
DEVICE_SPARE = "works"
DEVICE_REJECTED = "not used"
DEVICE_ROW = "{device}: {state}. {why}"

# privacy
PRIVACY_TEXT = (
    "Everything stays on this computer: no photo, no word you type and no figure about you is "
    "sent anywhere. The only connections are downloads of models that you start yourself."
)
FORGET_TEXT = (
    "Forgetting removes all that the program knows of a photo: what it looks like, its thumbnail, "
    "the text read in it, what was marked in it, tags and albums. The photo itself stays as it is."
)
FORGET_PHOTOS = "For&get photos…"
FORGET_FOLDER = "Forget a f&older…"
FORGET_SELECTED = "For&get for good…"
FORGET_NOTHING = "Select the photos to forget first."
FORGET_TITLE = "Forget for good"
FORGET_ASK = "Forget what is known of the following? This cannot be undone."
FORGET_LIST = "What will be forgotten"
FORGET_KEEP_OUT = "Do not &index it again, although its folder is indexed"
FORGET_KEEP_OUT_TIP = "Only a fingerprint of the place is kept, from which it cannot be read."
FORGET_ALT_TEXTS = "Forget the &alt texts that people wrote, too"
FORGET_ALT_TEXTS_TIP = (
    "Otherwise they are kept with their history and the path of their image. What a model drafted "
    "and nobody touched is forgotten in any case."
)
FORGET_NOW = "Forget for good"
CANCEL = "Cancel"
FORGETTING = "Forgetting photos"
FORGOTTEN = "{photos:,} photos and {vectors:,} descriptions were removed for good."
FORGOTTEN_ONE = "1 photo was removed for good."
ALT_TEXTS_KEPT = "Alt texts that people wrote were kept: {count:,}."
FORGOTTEN_NOT_CLEAN = (
    "Another program was reading the library, so that traces may be left in its log. "
    "Close it and forget something again to remove them."
)
KEPT_OUT = "{count:,} files and folders are never indexed."
KEPT_OUT_ONE = "1 file or folder is never indexed."
KEPT_OUT_NONE = "No file or folder is kept out."
LET_IN = "&Allow them again"
LET_IN_DONE = "They are indexed again when their folders are looked through."
COPIES = "Older copies of the library lie beside it ({size}). They still hold what was forgotten."
DELETE_COPIES = "Delete older copies"
COPIES_DELETED = "{count:,} older copies were deleted."

# the library's file
LIBRARY_TEXT = "The library holds what was found out about the photos, not the photos themselves."
EXPORT_LIBRARY = "Export the &library…"
IMPORT_LIBRARY = "Import a li&brary…"
LIBRARY_FILTER = "Library (*.sqlite3)"
LIBRARY_FILE = "VLM Desktop library.sqlite3"
EXPORTING = "Copying the library"
EXPORTED = "The library was written to {path}."
IMPORTING = "Taking in the library"
IMPORT_TITLE = "Take in another library"
IMPORT_ASK = (
    "{path} takes the place of the library in use. The library in use is kept beside it, so "
    "nothing is lost."
)
IMPORT_NOW = "Take it in"
IMPORTED = "{photos:,} photos were taken in. The library before lies at {path}."
REBUILD = "Start a &new library beside it…"
REBUILD_TITLE = "Start a new library"
REBUILD_ASK = (
    "The library is put aside and a new one is started with all that can still be read of it. "
    "Index the folders again afterwards to fill the gaps."
)
REBUILD_NOW = "Start a new one"
REBUILDING = "Starting a new library"
REBUILT = "{photos:,} photos were taken over. The old library lies at {path}."
REBUILT_NOTHING = "A new library was started."
DAMAGED_TITLE = "The library is damaged"
DAMAGED_TEXT = (
    "The library {path} can no longer be read as a whole. It was not changed. A new one can be "
    "started beside it with all that can still be read."
)
DAMAGED_LATER = "Not now"

# sizes
SIZES = "Room on the disk"
SIZE_PART = "What"
SIZE_BYTES = "Size"
SIZE_NAMES = {
    "database": "Library",
    "copies": "Older copies of the library",
    "vectors": "What the photos look like",
    "thumbnails": "Thumbnails",
    "models": "Models",
    "log": "Log",
    "total": "Together",
    "free": "Free on this disk",
}
SIZES_WORKING = "Adding up…"
SIZES_FAILED = "The sizes could not be read: {reason}"
THUMBNAILS_DELETE = "Delete th&umbnails"
THUMBNAILS_MAKE = "&Make thumbnails again"
THUMBNAILS_DELETING = "Deleting thumbnails"
THUMBNAILS_MAKING = "Making thumbnails"
THUMBNAILS_DELETED = "{count:,} thumbnails were deleted."
THUMBNAILS_MADE = "{count:,} thumbnails were made."
BYTES = "{size:,.0f} bytes"
KILOBYTES = "{size:,.0f} kB"
MEGABYTES = "{size:,.1f} MB"
GIGABYTES = "{size:,.1f} GB"

# portable mode
PORTABLE_ON = "This program is portable: everything it keeps lies beside it, in {path}."
PORTABLE_OFF = (
    "To make the program portable, put an empty file called “portable” into {program}. From the "
    "next start on everything it keeps lies beside it."
)

# about
ABOUT = "&About VLM Desktop"
ABOUT_VERSION = "VLM Desktop {version}"
ABOUT_TEXT = "Find your own photos by what they show. On your own computer, and only there."
ABOUT_LICENCE = "Apache License 2.0"
ABOUT_DATA = "What it keeps lies in {path}"
OPEN_DATA = "Open the &data folder"
OPEN_LOG = "Open the log folder"
OPEN_README = "Manual"
OPEN_CHANGES = "What is ne&w"
OPEN_LICENCE = "Licence"
COPY_REPORT = "&Copy system report"
COPY_REPORT_TIP = (
    "Versions, devices, settings and sizes as text, to be put into a report of a problem. No photo "
    "and no path of one is in it."
)
REPORT_WORKING = "Looking at this computer…"
REPORT_COPIED = "The system report is in the clipboard."
PARTS = "Parts and models, and their licences"
PART_NAME = "Part"
PART_VERSION = "Version"
PART_LICENCE = "Licence"
LICENCE_UNKNOWN = "see the part itself"
NOT_OPENED = "No program on this computer opens {path}."
