"""Words of alt text on its way out and in: into files and pages, exports, reports, imports."""

from vlm_desktop.base.altfiles import Naming, Where
from vlm_desktop.base.altpages import AltExportKind
from vlm_desktop.base.language import fill

MORE = "More for this image"

# --- into files ------------------------------------------------------------------------------

WRITE = "&Write into the file…"
WRITE_TIP = "Put approved texts into the images’ own metadata, or beside them (Ctrl+Shift+W)"
WRITE_TITLE = "Write alt text into files"
WRITE_HINT = (
    "Approved texts go into the metadata of the image files, where other programs find them. The "
    "picture itself stays as it is, byte for byte, and what was written is read back. Ctrl+Z takes "
    "it back."
)
WRITE_WHICH = "Which images"
WRITE_THIS = "This image: {name}"
WRITE_ALL = "All approved images of this set ({count:,})"
WRITE_THIS_NOT = "{name} is not approved, so it is not written."
WRITE_NONE = "No image of this set is approved. Approve a text first."
WRITE_LEFT_OUT_ONE = "1 image is left out: it stands on a page. Write that page instead."
WRITE_LEFT_OUT = "{count:,} images are left out: they stand on pages. Write those pages instead."
WRITE_WHERE = "Where"
WHERE = {
    Where.AUTO: "Into the file where it can hold the text, else beside it",
    Where.SIDECAR: "Only beside the file, in a sidecar; the file is not touched",
}
WHERE_TIPS = {
    Where.AUTO: "JPEG, PNG, WebP and TIFF hold texts; a sidecar that is there is kept in step",
    Where.SIDECAR: "An XMP file of its own, as Lightroom and digiKam read it",
}
WRITE_NAMING = "Name of new sidecars"
NAMINGS = {
    Naming.FULL: "{name}.xmp, for this file alone",
    Naming.STEM: "{stem}.xmp, for every file of that name",
}
WRITE_BACKUP = "Keep each file as it was, as “{name}.original”"
WRITE_TIMES = "Keep the time of the last change"
WRITE_SIGNED = "Signed files too: their Content Credentials are then no longer valid"
WRITE_GO_ONE = "Write 1 image"
WRITE_GO = "Write {count:,} images"
WRITE_WORK = "Writing alt text"
CHANGE_WRITE_ONE = "Writing alt text into {name}"
CHANGE_WRITE = "Writing alt text of {count:,} images"
WRITTEN_ONE = "Alt text of 1 image is written and was read back."
WRITTEN = "Alt text of {count:,} images is written and was read back."
WRITTEN_NONE = "Nothing was written."
UNCHANGED_ONE = "1 said it already."
UNCHANGED = "{count:,} said it already."
REFUSED_ONE = "1 was refused and is as it was."
REFUSED = "{count:,} were refused and are as they were."
WRITE_STOPPED = "Stopped. {words}"
WRITE_REPORT = "What was written, and what was not"
WRITE_REPORT_LIST = "Files"
NOTE_ROW = "{name}: {note}"
BACKUP_ROW = "{name}: the file as it was is {backup}"

# --- pages -----------------------------------------------------------------------------------

OPEN_PAGE = "Page or &document…"
OPEN_PAGE_TITLE = "Choose a page or document with images"
PAGE_FILES = "Pages and documents"
ALL_FILES = "All files"
READING_PAGE = "Looking for images in {name}"
PAGE_FAR = (
    "The picture of this place is not on this computer: {name}. Nothing is fetched. Its text can "
    "still be written."
)
WRITE_PAGE = "Write back into the &page…"
WRITE_PAGE_TIP = "Put approved texts into the page or document they are for (Ctrl+Shift+B)"
PAGE_TITLE = "Write back into {name}"
PAGE_HINT = (
    "This is all that will change in the file; everything else stays, byte for byte. Lines with − "
    "go, lines with + come. Ctrl+Z does not take this back, so keep a copy."
)
PAGE_PLAN_WORK = "Comparing {name} with the approved texts"
PAGE_CHANGES = "Changes"
PAGE_COUNT_ONE = "1 image will say something else."
PAGE_COUNT = "{count:,} images will say something else."
PAGE_NOTHING = "{name} already says what is approved. There is nothing to write."
PAGE_NONE = "Nothing of {name} is approved yet."
PAGE_NO_PAGE = "This image does not stand on a page."
PAGE_STAYS = "Stays as it is"
PAGE_STAYS_ROW = "{name}: {reason}."
PAGE_AT_LINE = "Line {line:,}: {name}"
PAGE_IN_PART = "{part}: {name}"
PAGE_LINE_GOES = "− {line}"
PAGE_LINE_COMES = "+ {line}"
PAGE_BACKUP = "Keep the page as it was beside it"
PAGE_GO_ONE = "Write 1 change"
PAGE_GO = "Write {count:,} changes"
PAGE_WORK = "Writing {name}"
PAGE_DONE_ONE = "1 image of {name} says something else now."
PAGE_DONE = "{count:,} images of {name} say something else now."
PAGE_BACKUP_AT = "The page as it was: {backup}."

# --- exports ---------------------------------------------------------------------------------

EXPORT = "&Export texts or a report…"
EXPORT_TIP = "As a table, as snippets, for WordPress, or as a report (Ctrl+Shift+X)"
EXPORT_TITLE = "Export from “{name}”"
EXPORT_HINT = "Names and texts go out, nothing of what the image files hold besides."
EXPORT_KIND = "As"
KINDS = {
    AltExportKind.CSV: "Table (CSV)",
    AltExportKind.JSON: "JSON",
    AltExportKind.HTML: "HTML snippets",
    AltExportKind.WORDPRESS: "For WordPress",
    "report-html": "Coverage report (HTML)",
    "report-csv": "Coverage report (CSV)",
}
KIND_HINTS = {
    AltExportKind.CSV: "For spreadsheets. No cell can be taken for a formula.",
    AltExportKind.JSON: "For other programs, and for importing again.",
    AltExportKind.HTML: "One image element a line, to be pasted into a page.",
    AltExportKind.WORDPRESS: "A file that WordPress imports under Tools, Import, WordPress.",
    "report-html": "Counts, findings and all texts as a page. It is no claim of conformance.",
    "report-csv": "A row for each image and language. It is no claim of conformance.",
}
EXPORT_LANGUAGE = "Languages"
EXPORT_ALL_LANGUAGES = "All"
EXPORT_DRAFTS = "Drafts too, marked as such"
EXPORT_PATHS = "Where the files lie, too"
EXPORT_SITE = "Address of the images"
EXPORT_GO = "Export…"
EXPORT_TARGET = "Export as"
EXPORT_FILE = "alt texts"
REPORT_FILE = "alt text report"
EXPORT_WORK = "Exporting from “{name}”"
EXPORTED_ONE = "1 text is in {name}."
EXPORTED = "{count:,} texts are in {name}."
EXPORT_LEFT_OUT = "{count:,} were left out: not approved, or empty."
REPORTED = "The report is in {name}."
COVERAGE = {
    "title": "Alt text of {name}",
    "disclaimer": (
        "This report counts what was written and approved. It is not a claim of conformance with "
        "WCAG or any other standard: only people can judge whether a text serves its image."
    ),
    "made": "Made on {date}",
    "summary": "Summary",
    "images_by_state": "Images by state and language",
    "images_by_decision": "Images by decision",
    "findings": "Findings",
    "no_findings": "No findings.",
    "rows": "Images",
    "count": "Count",
    "share": "Share",
    "total": "Images",
    "missing": "Without approved text, though they need one",
    "decorative": "Decorative",
    "image": "Image",
    "document": "Page",
    "decision": "Decision",
    "state": "State",
    "text_language": "Language",
    "alt": "Alt text",
    "extended": "Extended description",
    "risk": "Look at it because",
    "finding": "Finding",
    "no_alt": "none",
    "on_purpose": "empty on purpose",
    "file_missing": "its file is not there",
}
RULES = {
    "image-of": "Begins with “image of”",
    "file-name": "Looks like a file name",
    "extension": "Contains the ending of a file",
    "camera-name": "Contains the name of a camera",
    "credit": "Contains a credit line",
    "placeholder": "Is a placeholder",
    "markup": "Contains markup",
    "repeats-caption": "Repeats the caption",
    "repeats-title": "Repeats the title",
    "repeats-link": "Repeats the link",
    "repeats-in-set": "Is the same as another of the set",
    "no-action": "Does not name the action",
    "trailing-noise": "Begins or ends with noise",
    "all-capitals": "Is in capitals",
    "no-full-stop": "Has no full stop",
    "emoji-run": "Contains a run of emoji",
    "double-spaces": "Contains double spaces",
    "too-long": "Is too long",
    "too-short": "Is very short",
    "language": "Looks like another language",
    "decorative-text": "Is decorative, and yet there is a text",
    "no-text": "There is no text yet",
    "no-extended": "Needs an extended description",
    "repeats-alt": "Repeats the alt text",
}

# --- imports ---------------------------------------------------------------------------------

IMPORT = "&Import texts from a table…"
IMPORT_TIP = "A CSV or JSON file with names and texts (Ctrl+Shift+I)"
IMPORT_TITLE = "Choose a table of alt texts"
TABLE_FILES = "Tables"
IMPORT_FILES = "Read texts from the image &files"
CHANGE_IMPORT = "Importing alt texts"
IMPORT_NO_MATCH = "No row of {name} fits an image of this set."
IMPORT_NOTHING = "Nothing new was found."
IMPORT_TAKEN_ONE = "1 text was taken over."
IMPORT_TAKEN = "{count:,} texts were taken over."
IMPORT_SAME_ONE = "1 said nothing new."
IMPORT_SAME = "{count:,} said nothing new."
IMPORT_KEPT_ONE = "1 differs from what a person wrote: yours stays, the other is among its drafts."
IMPORT_KEPT = (
    "{count:,} differ from what a person wrote: yours stay, the others are among their drafts."
)
IMPORT_UNKNOWN_ONE = "No image of this set is called {name}."
IMPORT_UNKNOWN = "{count:,} names fit no image of this set, such as {name}."
IMPORT_REPORT = "Texts that differ"
IMPORT_REPORT_LIST = "Images"
IMPORT_SHOW = "Show only these"
ONLY_THESE = "Texts that differ ({count:,})"


def counted(one: str, many: str, count: int, **values: object) -> str:
    """The sentence for 1, or the one for several."""
    return fill(one if count == 1 else many, count=count, **values)
