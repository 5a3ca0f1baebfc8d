"""What is read on the pages of a document, before anyone asks what it means.

Importing it does not import numpy.

    DocumentReading 1-n PageReading 1-n Word; lines, blocks, tables, pairs name words by index

All boxes in a `PageReading` are in the coordinates of its view (`PageReading.view`), where the
page stands upright and straight; `view.box_to_page` leads back to the page of the file. What
leaves the reading of documents (evidence, answers, exports) is told in the page's coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.pageview import PageView
    from vlm_desktop.base.types import Box, MediaKind


class TextSource(StrEnum):
    """Where a word comes from."""

    LAYER = "layer"
    """The page's own text."""
    OCR = "ocr"
    BOTH = "both"
    """Layer and OCR say the same."""
    DISPUTED = "disputed"
    """They differ: the word is the layer's, `other` is what OCR read."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters between spaces. `confidence` is 0..1, 1.0 for a sane text layer.

    `characters` has the confidence of each character of `text` where the reader tells them, else
    it is empty. `other` is what the second source read where the sources differ.
    """

    text: str
    box: Box
    confidence: float
    source: TextSource = TextSource.OCR
    characters: tuple[float, ...] = ()
    other: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Words beside each other that belong together: the cells of a table row are several lines.

    `words` are indices into `PageReading.words`, from left to right (right to left in scripts
    that run so).
    """

    words: tuple[int, ...]
    box: Box


class BlockKind(StrEnum):
    TEXT = "text"
    HEADING = "heading"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that form a paragraph, a heading or a table; blocks stand in reading order.

    `lines` are indices into `PageReading.lines`; of a table, `table` indexes `tables`.
    """

    kind: BlockKind
    lines: tuple[int, ...]
    box: Box
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, counted from 0; it may span rows and columns."""

    row: int
    column: int
    box: Box
    words: tuple[int, ...]
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table, found by its rules or by the alignment of its words.

    `row_edges` (y, n_rows + 1) and `column_edges` (x, n_columns + 1) can be dragged by a person;
    `head_rows` is how many rows from the top name the columns.
    """

    box: Box
    row_edges: tuple[float, ...]
    column_edges: tuple[float, ...]
    cells: tuple[Cell, ...]
    ruled: bool
    head_rows: int = 0


@dataclass(frozen=True, slots=True)
class Checkbox:
    """A box to tick; `ink` is the dark share of its inside 0..1, `label` the words beside it."""

    box: Box
    checked: bool
    confidence: float
    ink: float
    label: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A candidate: words that look like a label and words that look like its value.

    `score` orders candidates and is no probability. `value` may be empty: a label that stands
    alone.
    """

    key: tuple[int, ...]
    value: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page, counted from 1. `lines` and `blocks` are in reading order.

    `layer` says whether the page's own text layer was used, by code: "" (there is none),
    "used", "insane" (set aside for OCR), "disputed" (some words differ from OCR).
    """

    number: int
    view: PageView
    words: tuple[Word, ...]
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    checkboxes: tuple[Checkbox, ...] = ()
    pairs: tuple[KeyValue, ...] = ()
    layer: str = ""

    def text(self, words: tuple[int, ...]) -> str:
        """Words by index, as they are read, with single spaces."""
        return " ".join(self.words[word].text for word in words)


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """All pages of a file that were asked for. `content_hash` is the library's: hex blake2b-160.

    `page_count` may exceed `len(pages)`: pages are read when they are needed. `hazards` names, by
    code, what the file holds beside pages and what was left alone: "javascript", "attachments",
    "launch", "forms".
    """

    path: Path
    content_hash: str
    kind: MediaKind
    page_count: int
    pages: tuple[PageReading, ...]
    hazards: tuple[str, ...] = ()

    def page(self, number: int) -> PageReading | None:
        """The page with that number, when it was read."""
        return next((page for page in self.pages if page.number == number), None)
