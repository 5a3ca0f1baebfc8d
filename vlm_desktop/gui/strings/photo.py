"""Words about one photo: opening, showing, editing it."""

OPEN_PHOTO = "&Open"
SHOW_IN_FOLDER = "Show in &folder"
PHOTO_GONE = "{path} is not there any more."
PHOTO_NOT_OPENED = "No program on this computer opens {path}."
