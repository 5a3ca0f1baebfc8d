"""What leaves the reading of documents: tables, searchable PDFs, redacted copies, embedded data.

Importing it does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.documents import FieldValue
    from vlm_desktop.base.types import Box


class TableKind(StrEnum):
    """How values of documents are written."""

    CSV = "csv"
    """A line for every value and every place it stands at."""
    JSON = "json"
    """A list of documents, each as the command `document` tells it."""
    XLSX = "xlsx"
    """Three sheets: values (a line a document), evidence (a line a place), checks."""


@dataclass(frozen=True, slots=True)
class TableExported:
    """`left_out` values stand nowhere on a page and were not asked for."""

    target: Path
    documents: int
    values: int
    left_out: int


@dataclass(frozen=True, slots=True)
class SearchableMade:
    """`pages` pages, of which `read` got an unseen text layer of `words` words.

    Pages that have a text of their own stay as they are.
    """

    target: Path
    pages: int
    read: int
    words: int


@dataclass(frozen=True, slots=True)
class RedactArea:
    """A box on a page (counted from 1, in the page's own coordinates) that must go."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Redacted:
    """A copy without what was marked. `pages` are the numbers of the pages that were changed, as
    pictures without text; `areas` all boxes that were blackened, `texts` what the copy was
    searched for, by OCR and in its bytes, and not found."""

    target: Path
    pages: tuple[int, ...]
    areas: tuple[RedactArea, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmbeddedInvoice:
    """An invoice as data inside a PDF (Factur-X, ZUGFeRD, Order-X) or an XML file beside it.

    `syntax` is "CII" or "UBL", `profile` the guideline it names, `file_name` that of the
    attachment. `values` have `Origin.EMBEDDED`, the names of the preset "invoice", and no evidence.
    """

    path: Path
    file_name: str
    syntax: str
    profile: str
    values: tuple[FieldValue, ...]
