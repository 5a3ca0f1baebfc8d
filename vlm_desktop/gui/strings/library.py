"""Words of the library tools."""

SET_ASIDE_MENU = "Files set a&side…"
SET_ASIDE_TITLE = "Files set aside"
SET_ASIDE_TEXT = "These files could not be read. They are tried again when they change."
SET_ASIDE_LIST = "Files set aside and why"
SET_ASIDE_FILE = "File"
SET_ASIDE_REASON = "Why"
CLOSE = "Close"
