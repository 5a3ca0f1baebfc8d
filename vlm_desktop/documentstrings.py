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
    documenterrors.TextNotFound: (
        "“{text}” was not found on any page of {path}, so nothing was written. Mark its place with "
        "a box instead."
    ),
    documenterrors.NothingToRedact: "Say what to blacken in {path}: boxes or texts.",
    documenterrors.RedactionFailed: (
        "{path} was not written: read again, the copy still held {found}. Mark its place with a "
        "larger box."
    ),
    documenterrors.TargetIsSource: (
        "{path} is the document itself. Choose another name for the copy."
    ),
    documenterrors.TargetKind: (
        "{path} cannot hold this document. Choose a name that ends in .pdf, or for a single "
        "picture in .png, .jpg or .tif."
    ),
    documenterrors.EmbeddedUnreadable: (
        "The invoice data inside {path} cannot be read ({detail}). The pages can be read all the "
        "same."
    ),
    documenterrors.SchemaNotJson: "{path} is not JSON: line {line}, {detail}.",
    documenterrors.SchemaTooLarge: "{path} is too large for a schema; it may have 2 MB.",
    documenterrors.SchemaWithoutFields: (
        "{path} holds no schema: there must be a list “fields” with at least one field."
    ),
    documenterrors.SchemaNameBad: (
        "“{name}” cannot be the name of a schema; it must begin with a letter or a digit, and have "
        'at most 60 characters and none of / \\ : * ? " < > |.'
    ),
    documenterrors.SchemaFieldNameBad: (
        "“{name}” in {path} cannot be the name of a field; it may have 120 characters, but no / "
        "and no line breaks."
    ),
    documenterrors.SchemaFieldUnnamed: "Field {number} in {path} has no name.",
    documenterrors.SchemaFieldRepeated: "The field “{field}” is in {path} twice.",
    documenterrors.SchemaTypeUnknown: (
        "The field “{field}” in {path} has the unknown type “{type}”; the types are {known}."
    ),
    documenterrors.SchemaPatternBad: (
        "The pattern {pattern} of the field “{field}” in {path} is no regular expression: {detail}."
    ),
    documenterrors.SchemaFieldNotReadable: (
        "“{key}” of the field “{field}” in {path} cannot be read: descriptions and patterns are "
        "texts, aliases and options lists of texts, “required” is true or false, and only tables "
        "and groups have fields."
    ),
    documenterrors.SchemaUnknown: "There is no schema {name}. Give a file, or one of {known}.",
    documenterrors.SchemaIsPreset: (
        "{name} is the program's own schema; save yours under another name."
    ),
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
