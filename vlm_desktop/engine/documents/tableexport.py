"""Values of documents as CSV, JSON and XLSX, each with where they stand and how sure they are."""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from vlm_desktop.base.documents import Extraction
from vlm_desktop.engine.destinations import harmless
from vlm_desktop.engine.documents.plain import ValueRow, as_json, box_list, is_exported, value_rows

Cell: TypeAlias = str | int | float

COLUMNS = (
    "file", "schema", "field", "row", "value", "raw", "currency", "confidence", "origin",
    "accepted", "ambiguous", "page", "x0", "y0", "x1", "y1", "text", "content_hash",
)  # fmt: skip
CHECK_COLUMNS = ("file", "check", "holds", "fields", "expected", "found", "detail", "repairs")

_RISKY = ("=", "+", "-", "@")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_CELL = 32_767
_AMOUNT = re.compile(r"-?(0|[1-9]\d{0,11})\.\d{2}")
_HOLDS = {True: "yes", False: "no", None: ""}


def csv_text(extractions: Sequence[Extraction], *, ungrounded: bool) -> str:
    """A line a value and place. No cell is taken for a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for extraction in extractions:
        for row in value_rows(extraction, ungrounded=ungrounded):
            writer.writerow([_harmless(cell) for cell in _cells(row)])
    return buffer.getvalue()


def json_text(extractions: Sequence[Extraction], *, ungrounded: bool) -> str:
    """A list of documents."""
    told = [as_json(extraction, ungrounded=ungrounded) for extraction in extractions]
    return json.dumps({"documents": told}, ensure_ascii=False, indent=2) + "\n"


def write_xlsx(target: Path, extractions: Sequence[Extraction], *, ungrounded: bool) -> None:
    """Values, evidence and checks on three sheets. Raises OSError."""
    book = Workbook(write_only=True)
    values = book.create_sheet("Values")
    evidence = book.create_sheet("Evidence")
    checks = book.create_sheet("Checks")
    names = _names(extractions, ungrounded)
    _append(values, ["file", *names, "least confidence", "missing"])
    _append(evidence, COLUMNS)
    _append(checks, CHECK_COLUMNS)
    for extraction in extractions:
        _append(values, _summary(extraction, names, ungrounded))
        for row in value_rows(extraction, ungrounded=ungrounded):
            _append(evidence, _cells(row))
        for cells in _check_rows(extraction):
            _append(checks, cells)
    book.save(target)


def _harmless(cell: Cell) -> Cell:
    """Amounts may begin with a minus and are nothing but digits: they stay as they are."""
    if not isinstance(cell, str) or _AMOUNT.fullmatch(cell):
        return cell
    return harmless(cell)


def _cells(row: ValueRow) -> list[Cell]:
    value, evidence = row.value, row.evidence
    place: list[Cell] = [""] * 6
    if evidence is not None:
        place = [evidence.page, *box_list(evidence.box), evidence.text]
    return [
        str(row.extraction.path),
        row.extraction.schema,
        value.name,
        value.row,
        value.value,
        value.raw,
        value.currency,
        round(value.confidence, 4),
        value.origin.value,
        _HOLDS[value.accepted],
        " | ".join(value.ambiguous),
        *place,
        row.extraction.content_hash,
    ]


def _names(extractions: Sequence[Extraction], ungrounded: bool) -> list[str]:
    """Fields that are no members of tables, in the order they are met."""
    names: dict[str, None] = {}
    for extraction in extractions:
        for value in extraction.values:
            if "/" not in value.name and (ungrounded or is_exported(value)):
                names.setdefault(value.name)
        for missing in extraction.missing:
            if "/" not in missing.name:
                names.setdefault(missing.name)
    return list(names)


def _summary(extraction: Extraction, names: Sequence[str], ungrounded: bool) -> list[Cell]:
    counted = [one for one in extraction.values if ungrounded or is_exported(one)]
    by_name: dict[str, str] = {}
    for value in counted:
        by_name.setdefault(value.name, value.value or value.raw)
    least = min((value.confidence for value in counted), default=0.0)
    missing = ", ".join(one.name for one in extraction.missing)
    return [
        str(extraction.path),
        *(by_name.get(name, "") for name in names),
        round(least, 4),
        missing,
    ]


def _check_rows(extraction: Extraction) -> list[list[str]]:
    rows = []
    for check in extraction.checks:
        fields = ", ".join(f"{name}[{row}]" if row else name for name, row in check.fields)
        repairs = " | ".join(
            " & ".join(f"{one.name}[{one.row}]: {one.old} > {one.new}" for one in repair)
            for repair in check.repairs
        )
        rows.append(
            [str(extraction.path), check.kind.value, _HOLDS[check.ok], fields, check.expected,
             check.found, check.detail, repairs]
        )  # fmt: skip
    return rows


def _append(sheet: WriteOnlyWorksheet, cells: Sequence[Cell]) -> None:
    sheet.append([_shown(sheet, cell) for cell in cells])


def _shown(sheet: WriteOnlyWorksheet, content: Cell) -> object:
    """A number for a number or an amount, else a text: never a formula, even once edited."""
    if not isinstance(content, str):
        return content
    if _AMOUNT.fullmatch(content):
        cell = WriteOnlyCell(sheet, value=float(content))
        cell.number_format = "0.00"
        return cell
    text = _NO_XML.sub("", content)[:_MOST_CELL]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if text.startswith(_RISKY):
        cell.quotePrefix = True
    return cell
