"""CSV with a heading, as spreadsheets and data sets write it. Pure.

    image,caption        filename;alt        path<tab>label        image,question,answer

The columns are found by their names (`plainrows`), whatever stands between them.
"""

import csv
import io
from collections.abc import Iterator

from vlm_desktop.base.trainingdata import SkippedRow, SkipReason
from vlm_desktop.engine.train.formats.plainrows import is_row, read
from vlm_desktop.engine.train.formats.rows import LONGEST_TEXT, Row

_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 1_000


def is_table(text: str) -> bool:
    """Whether its first line names a column of pictures and one of what is said of them."""
    return _heading(text) is not None


def read_table(text: str) -> Iterator[Row]:
    """The rows below the heading. Rows that cannot be told apart end it, and are told."""
    found = _heading(text)
    if found is None:
        return
    delimiter, names = found
    csv.field_size_limit(10 * LONGEST_TEXT)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(lines)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                # A cell that is empty says nothing; a row may be longer than its heading.
                said = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
                yield from read(said, f"line {lines.line_num}")
    except csv.Error as error:
        yield SkippedRow(f"line {lines.line_num}", SkipReason.MALFORMED, str(error))


def _heading(text: str) -> tuple[str, list[str]] | None:
    first = text.lstrip("\ufeff").partition("\n")[0]
    for delimiter in sorted(_DELIMITERS, key=first.count, reverse=True):
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [cell.strip().casefold().replace(" ", "_") for cell in cells[:_MOST_COLUMNS]]
        if is_row(dict.fromkeys(names)):
            return delimiter, names
    return None
