"""Words about what leaves the Documents pane: tables, searchable PDFs, redacted copies."""

from vlm_desktop.base.language import fill

EXPORT_COMMAND = "E&xport…"
EXPORT_TITLE = "Export"
EXPORT_HINT = "The documents themselves stay as they are."
KIND = "&As"
KINDS = {
    "csv": "Table (CSV)",
    "xlsx": "Spreadsheet (XLSX)",
    "json": "Data (JSON)",
    "searchable": "Searchable PDF",
    "redacted": "Redacted copy",
}
KIND_HINTS = {
    "csv": "A line for each value and each place it stands at: page, box and text. Cells that look "
    "like formulas are made harmless.",
    "xlsx": "Three sheets: values, where each stands, and checks.",
    "json": "All values with places, confidence and checks, for other programs.",
    "searchable": "The same pages, with the words that were read laid unseen over those that have "
    "no text of their own.",
    "redacted": "A copy in which what you choose is gone, pixels and text; it is read again to "
    "prove it. Its changed pages are pictures.",
}
WHICH = "&Documents"
WHICH_ONE = "This one"
WHICH_REVIEWED = "All that are reviewed ({count:,})"
WHICH_ALL = "All that were read ({count:,})"
UNGROUNDED = "Also values that no words on a page &carry"
UNGROUNDED_TIP = "They are marked as ungrounded; without this they are left out and counted"
REDACT = "&Gone are"
REDACT_NAME = "Fields to redact"
REDACT_ROW = "{field}: {text}"
REDACT_TEXT = "And &wherever it says"
REDACT_TEXT_HINT = "A name or a number, with ; between several"
GO = "Choose file and export…"
TARGET = "Export as"
NOTHING_CHOSEN = "Choose a field or type what is to be gone."
TABLE_FILE = "documents"
COPY_FILE = "{name} searchable"
REDACTED_FILE = "{name} redacted"
EXPORT_WORK = "Exporting {name}"
EXPORT_MANY = "Exporting documents"
EXPORTED = "{count:,} values of {documents:,} documents are in {name}."
EXPORTED_ONE = "{count:,} values of this document are in {name}."
EXPORTED_LEFT_OUT = "{count:,} without evidence were left out."
SEARCHABLE = "{name} can be searched: {words:,} words were laid over {pages:,} pages."
SEARCHABLE_NONE = "{name} is written. All its pages had text of their own."
REDACTED = "{name} is written and was read again: {areas:,} places are gone from {pages:,} pages."
EXPORT_STOPPED = "Stopped. Nothing was written."


def exported(name: str, values: int, documents: int, left_out: int) -> str:
    form = EXPORTED_ONE if documents == 1 else EXPORTED
    said = fill(form, count=values, documents=documents, name=name)
    return f"{said} {fill(EXPORTED_LEFT_OUT, count=left_out)}" if left_out else said
