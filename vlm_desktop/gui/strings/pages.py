"""Words of the pages that stand where there are no photos to show."""

from vlm_desktop.base.language import fill

ADD_FOLDER_BUTTON = "Add folder…"
TRY_SAMPLES = "Try it with sample photos"
EMPTY_TITLE = "Find your photos by what they show"
EMPTY_TEXT = (
    "Add a folder with photos, or drop one here. They are read on this computer and never leave it."
)
READY_TITLE = "{count} ready to search"
READY_TEXT = "Type what you remember of a photo in the line above."
INDEXING_TITLE = "Getting to know your photos"
INDEXING_TEXT = "You can search as soon as the first ones are ready."
NO_HITS_TITLE = "Nothing here matches"
NO_HITS_TEXT = "Try other words, or look at the photos that come closest."
FAILED_TITLE = "This did not work"
SHOW_CLOSEST = "Show the closest photos"
PHOTOS = "{count:,} photos"
PHOTOS_ONE = "1 photo"


def photos(count: int) -> str:
    """ "1 photo", "12 photos"."""
    return PHOTOS_ONE if count == 1 else fill(PHOTOS, count=count)
