"""What a person expects documents to say, from a CSV, JSON or XLSX file."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from vlm_desktop.base.documentanswers import ExpectedDocument
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.destinations import unharmed

FILE_HEADS = ("file", "path", "document", "image", "pdf")
"""Heads of the column that names the document, the first that is there."""
_FIELD, _VALUE = "field", "value"
_LARGEST = 50 * 1024**2
_MOST_ROWS = 200_000
_MOST_COLUMNS = 1_000

Key = tuple[str, int]


def read_expected(path: Path) -> tuple[ExpectedDocument, ...]:
    """Documents in the file's order. Raises BadInputFile.

    A table has one row a document with the fields as columns, or with a column "field" and a
    column "value" one row a field. Several rows of one document are rows of its tables; a column
    that only the first of them fills is no table. JSON is an object of fields, a list of
    `{"file", "fields"}` (as `document --json` says them, too), or an object of such by file.
    A file that names no document is about the only one: its name is "".
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInputFile(path=path, line=None, detail="it is larger than 50 MB")
        kind = path.suffix.lower()
        if kind in (".json", ".jsonl"):
            return _from_json(path)
        rows = _sheet(path) if kind == ".xlsx" else _csv(path)
        return _from_table(path, rows)
    except OSError as error:
        raise BadInputFile(path=path, line=None, detail=str(error.strerror or error)) from error


# --- tables ----------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[Sequence[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputFile(path=path, line=None, detail="it is not UTF-8") from error
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=mark):
            yield [unharmed(cell) for cell in row]
    except csv.Error as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def _sheet(path: Path) -> Iterator[Sequence[str]]:
    """The first sheet. Formulas give what was last computed, nothing is computed here."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            bounds = {"max_row": _MOST_ROWS + 1, "max_col": _MOST_COLUMNS}
            for row in sheet.iter_rows(**bounds, values_only=True):
                yield [unharmed(_cell(value)) for value in row]
        finally:
            book.close()
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, IndexError
    ) as error:  # fmt: skip
        raise BadInputFile(path=path, line=None, detail="it is no workbook") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _from_table(path: Path, rows: Iterator[Sequence[str]]) -> tuple[ExpectedDocument, ...]:
    heads = [cell.strip() for cell in next(rows, ())]
    folded = [head.casefold() for head in heads]
    if not any(heads):
        raise BadInputFile(path=path, line=1, detail="its first row names no columns")
    at = next((folded.index(head) for head in FILE_HEADS if head in folded), None)
    long = {_FIELD, _VALUE} <= set(folded)
    columns = [k for k, head in enumerate(heads) if head and k != at]
    found: dict[str, list[dict[str, str]]] = {}
    name = ""
    for number, row in enumerate(rows, 2):
        if number > _MOST_ROWS:
            raise BadInputFile(path=path, line=number, detail="it has too many rows")
        cells = {k: row[k].strip() for k in columns if k < len(row) and row[k].strip()}
        name = (row[at].strip() if at is not None and at < len(row) else "") or name
        if long:
            field, value = cells.get(folded.index(_FIELD)), cells.get(folded.index(_VALUE))
            cells_by_name = {field: value} if field and value else {}
        else:
            cells_by_name = {heads[k]: value for k, value in cells.items()}
        if cells_by_name:
            found.setdefault(name, []).append(cells_by_name)
    return tuple(ExpectedDocument(name, dict(_numbered(said))) for name, said in found.items())


def _numbered(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[Key, str]]:
    """Rows of one document: members of tables ("items/amount") count up, the rest says it once."""
    counts: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            at = counts.get(name, 0)
            counts[name] = at + 1
            if at == 0 or "/" in name:
                yield (name, at), value


# --- JSON ------------------------------------------------------------------------------


def _from_json(path: Path) -> tuple[ExpectedDocument, ...]:
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".jsonl":
            said: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInputFile(path=path, line=None, detail=f"it is no JSON: {error}") from error
    if isinstance(said, list):
        return tuple(_document(path, one) for one in said)
    if not isinstance(said, dict):
        raise BadInputFile(path=path, line=None, detail="it is neither an object nor a list")
    if "fields" in said:
        return (_document(path, said),)
    if said and all(isinstance(one, dict) for one in said.values()):
        return tuple(ExpectedDocument(str(file), dict(_plain(one))) for file, one in said.items())
    return (ExpectedDocument("", dict(_plain(said))),)


def _document(path: Path, said: object) -> ExpectedDocument:
    if not isinstance(said, dict) or not isinstance(said.get("fields"), dict):
        detail = 'each document of the list needs "file" and "fields"'
        raise BadInputFile(path=path, line=None, detail=detail)
    name = next((str(said[head]) for head in FILE_HEADS if said.get(head)), "")
    return ExpectedDocument(name, dict(_plain(said["fields"])))


def _plain(fields: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Fields as text: values as they are or as `document --json` says them, rows as lists."""
    for name, said in fields.items():
        value = said.get("rows", said.get("value")) if isinstance(said, dict) else said
        if isinstance(value, list):
            for row, one in enumerate(value):
                members = one if isinstance(one, dict) else {"": one}
                for member, inner in members.items():
                    cell = inner.get("value") if isinstance(inner, dict) else inner
                    if cell is not None and not isinstance(cell, (dict, list)):
                        yield (f"{name}/{member}" if member else str(name), row), _said(cell)
        elif value is not None and not isinstance(value, dict):
            yield (str(name), 0), _said(value)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()
