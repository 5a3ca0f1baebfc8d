"""Words of the Ground pane about many pictures: labelling, review, export, import, forgetting."""

from collections.abc import Sequence

from vlm_desktop.base.language import fill

# --- pictures with objects -------------------------------------------------------------------

PICTURES = "Pictures with objects"
NO_PICTURES = "No picture has objects yet."
PICTURES_WORKING = "Looking for pictures with objects…"
PICTURES_FAILED = "The pictures cannot be listed."
TRY_AGAIN = "Try again"
ROW_PAGE = "{name}, page {page:,}"
ROW_COUNT = "{count:,} objects"
ROW_COUNT_ONE = "1 object"
ROW_PROPOSED = "{count:,} to review"
ROW_SAID = "{name}, {state}, {labels}"
ROW_SAID_BARE = "{name}, {state}"
LABEL_FOLDER = "La&bel a folder…"
LABEL_FOLDER_TIP = "Look for phrases in all pictures of a folder; you review what was found"
LABEL_MANY = "Label a &folder by phrases…"
LABEL_SELECTION = "Label the photos selected in &Search…"

# --- labelling -------------------------------------------------------------------------------

LABEL_TITLE = "Label pictures by phrases"
LABEL_HINT = (
    "Each phrase is looked for in every picture. What is found is proposed: nothing counts before "
    "you have reviewed it."
)
LABEL_WHERE = "Pictures of {name}"
LABEL_PHOTOS = "Photos of the library: {count:,}"
LABEL_PHRASES = "&Phrases, one a line"
LABEL_PHRASES_HINT = "dog\nred cup\nbicycle"
LABEL_MODEL = "&Found by"
LABEL_MASKS = "&Outline what is found"
LABEL_MASKS_TIP = "Without it objects are boxes, which takes less time"
LABEL_GO = "Label"
LABEL_CHOOSE = "Choose a folder with pictures"
LABEL_WORK = "Labelling {name}"
LABEL_LOOKING = "Looking for pictures in {name}"
LABEL_OF = "Labelling {name}: {done:,} of {total:,}"
LABEL_DONE = "Found and waiting to be reviewed: {found:,}."
LABEL_DONE_NONE = "Nothing was found."
LABEL_REFUSED = "Pictures that cannot be read: {count:,}."
LABEL_REFUSED_ONE = "{name} cannot be read."
LABEL_STOPPED = "Stopped. What was found is kept; it goes on where it was."
LABEL_EMPTY = "There are no pictures in {name}."
LABEL_GO_ON = "&Go on labelling"
LABEL_GO_ON_NONE = "Everything has been labelled."

# --- review ----------------------------------------------------------------------------------

REVIEW = "{count:,} proposed objects to review"
REVIEW_ONE = "1 proposed object to review"
REVIEW_DONE = "All objects of this picture are reviewed."
REVIEW_ALL_DONE = "Everything is reviewed."
ACCEPT = "Accept"
ACCEPT_TIP = "This is right: keep it, and go to the next (A)"
REJECT = "Reject"
REJECT_TIP = "This is wrong: it is not proposed again (R)"
ACCEPT_ALL = "Accept all"
ACCEPT_ALL_TIP = "All proposed objects of this picture are right"
NEXT_PICTURE = "Ne&xt picture"
NEXT_PICTURE_TIP = "The next picture with objects to review (Ctrl+J)"
NEXT_REVIEW = "Go to the next picture to &review"
ACCEPT_COMMAND = "&Accept the proposed object"
REJECT_COMMAND = "&Reject the proposed object"
ACCEPTED = "{name} accepted."
REJECTED = "{name} rejected."
CHANGE_ACCEPTED_MANY = "Accepting {count:,} objects"

# --- export and import -----------------------------------------------------------------------

EXPORT_COMMAND = "E&xport objects…"
IMPORT_COMMAND = "&Import objects…"
EXPORT_TITLE = "Export objects"
EXPORT_HINT = "Only objects that you kept or accepted go out."
FORMAT = "&Format"
FORMATS = {
    "coco": "COCO (one JSON file)",
    "yolo": "YOLO boxes",
    "yolo-segment": "YOLO outlines",
    "labelme": "labelme",
    "voc": "Pascal VOC",
    "masks": "Masks as PNG",
    "cutouts": "Cut-outs as PNG",
    "refcoco": "Phrases (RefCOCO)",
    "jsonl": "Training data (JSONL)",
}
FORMAT_HINTS = {
    "coco": "Boxes and masks with their holes and parts (RLE), readable by pycocotools.",
    "yolo": "A text file of boxes for each picture, and a list of the labels.",
    "yolo-segment": "A text file of outlines for each picture. An outline has no holes.",
    "labelme": "A JSON file for each picture, with polygons.",
    "voc": "An XML file of boxes for each picture.",
    "masks": "A picture of labels for each picture, and a mask for each object.",
    "cutouts": "Each object by itself, with transparency around it.",
    "refcoco": "Phrases that name an object, with its box and mask.",
    "jsonl": "A row for each object: picture, box, phrases. For training.",
}
WHICH = "&Which pictures"
WHICH_ONE = "This one"
WHICH_ALL = "All with objects ({count:,})"
WITH_PICTURES = "&Copy the pictures too"
WITH_PICTURES_TIP = "Into the folder of the export, where the format has a place for them"
SAVE_CUTOUT = "Save as c&ut-out…"
SAVE_MASK = "Save its &mask…"
SAVED = "{name} is written."
EXPORT_GO = "Export…"
EXPORT_TARGET = "Export to"
EXPORT_FOLDER = "Choose an empty folder for the export"
EXPORT_WORK = "Exporting objects"
EXPORTED = "Exported to {name}. Objects: {objects:,}, pictures: {pictures:,}."
EXPORTED_LEFT = "Left out, because this format has no way to say them: {count:,}."
EXPORT_STOPPED = "The export was stopped."
IMPORT_TITLE = "Import objects"
IMPORT_FILES = "Objects (COCO, YOLO, labelme, VOC, RefCOCO, JSONL)"
IMPORT_FOLDER = "Import objects from a folder…"
IMPORT_CHOOSE_FOLDER = "Choose a folder with YOLO, labelme, VOC or mask files"
IMPORT_WORK = "Importing objects from {name}"
IMPORTED = "Objects added: {added:,}. There already: {known:,}."
IMPORTED_OFFERED = "Waiting to be reviewed, since they lie where you have objects: {count:,}."
IMPORTED_ABSENT = "Pictures that were not found: {count:,}."
IMPORT_STOPPED = "The import was stopped."
CHANGE_IMPORT = "Import of {name}"

# --- forgetting ------------------------------------------------------------------------------

FORGET = "For&get the objects of this picture…"
FORGET_ALL = "Forget all ob&jects…"
FORGET_TITLE = "Forget objects"
FORGET_ASK = "Forget all objects of {name}?"
FORGET_ASK_ALL = "Forget the objects of all pictures ({count:,})?"
FORGET_TEXT = (
    "Outlines, labels and phrases go for good. The picture files stay as they are. This cannot be "
    "undone."
)
FORGET_GO = "Forget"
FORGET_STAY = "Keep"
FORGETTING = "Forgetting objects"
FORGOTTEN = "The objects of {count:,} pictures are forgotten."
FORGOTTEN_ONE = "The objects of the picture are forgotten."
FORGOTTEN_NOT_CLEAN = (
    "Another program was reading the library, so that traces may be left in its log until the next "
    "start."
)
FORGOTTEN_COPIES = "Older copies of the library still hold them: {copies}."


def row_count(count: int) -> str:
    return ROW_COUNT_ONE if count == 1 else fill(ROW_COUNT, count=count)


def review_words(count: int) -> str:
    if not count:
        return REVIEW_DONE
    return REVIEW_ONE if count == 1 else fill(REVIEW, count=count)


def refused_words(names: Sequence[str]) -> str:
    """Which picture cannot be read, or how many."""
    if len(names) == 1:
        return fill(LABEL_REFUSED_ONE, name=names[0])
    return fill(LABEL_REFUSED, count=len(names))


def forgotten_words(count: int) -> str:
    return FORGOTTEN_ONE if count == 1 else fill(FORGOTTEN, count=count)
