"""Errors of documents: their pages, fields and exports; see `base.errors`.

Their sentences are in `vlm_desktop.documentstrings`.
"""

from pathlib import Path

from vlm_desktop.base.errors import RequestError


class DocumentRefused(RequestError):
    """Root of what cannot be done with a document as asked; the next lines say which."""


class PageNotThere(DocumentRefused):
    """A page beyond the last, or before the first."""

    def __init__(self, *, path: Path, page: int, count: int) -> None:
        super().__init__(path=path, page=page, count=count)


class DocumentUnknown(DocumentRefused):
    """The document was forgotten, or never was kept."""


class DocumentBatchUnknown(DocumentRefused):
    """The batch was removed, or never was."""


class FieldUnknown(DocumentRefused):
    """The schema has no such field."""

    def __init__(self, *, name: str, schema: str) -> None:
        super().__init__(name=name, schema=schema)


# --- schemas ---------------------------------------------------------------------------


class SchemaFileBad(DocumentRefused):
    """Root of what is wrong with a file that should hold a schema."""


class SchemaNotJson(SchemaFileBad):
    def __init__(self, *, path: Path, line: int, detail: str) -> None:
        super().__init__(path=path, line=line, detail=detail)


class SchemaTooLarge(SchemaFileBad):
    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class SchemaWithoutFields(SchemaFileBad):
    """It is no object, or holds no list of fields."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class SchemaFieldNameBad(SchemaFileBad):
    """A field has a name that it may not have."""

    def __init__(self, *, path: Path, name: str) -> None:
        super().__init__(path=path, name=name)


class SchemaFieldUnnamed(SchemaFileBad):
    """`number` counts the fields from 1."""

    def __init__(self, *, path: Path, number: int) -> None:
        super().__init__(path=path, number=number)


class SchemaFieldRepeated(SchemaFileBad):
    def __init__(self, *, path: Path, field: str) -> None:
        super().__init__(path=path, field=field)


class SchemaTypeUnknown(SchemaFileBad):
    def __init__(self, *, path: Path, field: str, type: str, known: str) -> None:  # noqa: A002
        super().__init__(path=path, field=field, type=type, known=known)


class SchemaPatternBad(SchemaFileBad):
    def __init__(self, *, path: Path, field: str, pattern: str, detail: str) -> None:
        super().__init__(path=path, field=field, pattern=pattern, detail=detail)


class SchemaFieldNotReadable(SchemaFileBad):
    """`key` of a field holds something of another kind than it should."""

    def __init__(self, *, path: Path, field: str, key: str) -> None:
        super().__init__(path=path, field=field, key=key)


class SchemaUnknown(DocumentRefused):
    """Neither a preset, nor one of the user's schemas, nor a file."""

    def __init__(self, *, name: str, known: str) -> None:
        super().__init__(name=name, known=known)


class SchemaIsPreset(DocumentRefused):
    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class SchemaNameBad(DocumentRefused):
    """A schema cannot be kept under this name."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class TextNotFound(DocumentRefused):
    """What is to be blackened was not found on any page; nothing was written."""

    def __init__(self, *, path: Path, text: str) -> None:
        super().__init__(path=path, text=text)


class NothingToRedact(DocumentRefused):
    """Neither areas nor texts were given."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class RedactionFailed(DocumentRefused):
    """The copy was read again and still holds something; it was thrown away."""

    def __init__(self, *, path: Path, found: str) -> None:
        super().__init__(path=path, found=found)


class TargetIsSource(DocumentRefused):
    """A copy is to be written over the document itself."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class TargetKind(DocumentRefused):
    """The name of the target asks for a format that cannot hold the document."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class EmbeddedUnreadable(DocumentRefused):
    """The invoice inside a file is no XML that is taken; `detail` says why."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)
