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
