"""Sentences about documents that both fronts say.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from vlm_desktop.base import documenterrors
from vlm_desktop.base.errors import AppError

DOCUMENT_ERRORS: dict[type[AppError], str] = {
    documenterrors.DocumentUnknown: "This document is not kept any more.",
    documenterrors.DocumentBatchUnknown: "This batch of documents is not kept any more.",
    documenterrors.FieldUnknown: "The schema {schema} has no field “{name}”.",
    documenterrors.PageNotThere: "{path} has no page {page}; its pages are 1 to {count}.",
}
"""`strings.sentence` looks here for what is not in its own table."""

HAZARDS: dict[str, str] = {
    "javascript": "JavaScript",
    "attachments": "attached files",
    "launch": "commands that start programs or open files",
    "forms": "form fields",
}
"""What a document holds beside its pages, by code (`DocumentFile.hazards`)."""

HAZARDS_FOUND = "It holds {hazards}. None of it was run or opened."
