"""What is expected of documents, read from tables and JSON."""

import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.engine.documents.expected import read_expected


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_row_a_document(tmp_path: Path) -> None:
    table = "File;Datum;total\nä.png;2024-03-04;1,50\n;;\nb.pdf;;'-3.00\n"
    first, second = read_expected(written(tmp_path, "e.csv", "\ufeff" + table))
    assert (first.file, first.values) == (
        "ä.png",
        {("Datum", 0): "2024-03-04", ("total", 0): "1,50"},
    )
    assert (second.file, second.values) == ("b.pdf", {("total", 0): "-3.00"})


def test_rows_of_a_table_count_up(tmp_path: Path) -> None:
    table = "file,total,items/amount\na,3,1\n,,2\na,3,\nb,,9\n"
    first, second = read_expected(written(tmp_path, "e.csv", table))
    assert first.values == {
        ("total", 0): "3",
        ("items/amount", 0): "1",
        ("items/amount", 1): "2",
    }
    assert second.values == {("items/amount", 0): "9"}


def test_a_row_a_field(tmp_path: Path) -> None:
    (only,) = read_expected(written(tmp_path, "e.csv", "field,value\ntotal,5.00\ndate,\n"))
    assert (only.file, only.values) == ("", {("total", 0): "5.00"})


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["file", "date", "total", "count"])
    sheet.append(["a.png", datetime(2024, 3, 4, 0, 0), 1.5, 2.0])
    book.save(tmp_path / "e.xlsx")
    (only,) = read_expected(tmp_path / "e.xlsx")
    assert only.values == {("date", 0): "2024-03-04", ("total", 0): "1.5", ("count", 0): "2"}


@pytest.mark.parametrize(
    "said",
    [
        {"total": "5", "paid": True, "none": None, "items": [{"amount": 2}, {"amount": 3}]},
        [{"file": "", "fields": {
            "total": {"value": "5", "raw": "RM5"}, "paid": "yes",
            "items": {"rows": [{"amount": {"value": "2"}}, {"amount": {"value": "3"}}]}}}],
        {"": {"total": 5, "paid": "yes", "items": [{"amount": 2}, {"amount": 3}]}},
    ],
)  # fmt: skip
def test_shapes_of_json(tmp_path: Path, said: object) -> None:
    (only,) = read_expected(written(tmp_path, "e.json", json.dumps(said)))
    assert only.values == {
        ("total", 0): "5",
        ("paid", 0): "yes",
        ("items/amount", 0): "2",
        ("items/amount", 1): "3",
    }


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [
        ("e.csv", b""),
        ("e.csv", b"\xff\xfe\x00"),
        ("e.json", b"{"),
        ("e.json", b"[" * 100_000),
        ("e.json", b"3"),
        ("e.json", b'[{"file": "a"}]'),
        ("e.xlsx", b"PK nothing"),
        ("e.xlsx", b""),
    ],
)
def test_files_that_do_not_read_are_refused(tmp_path: Path, name: str, bytes_: bytes) -> None:
    (tmp_path / name).write_bytes(bytes_)
    with pytest.raises(BadInputFile):
        read_expected(tmp_path / name)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(BadInputFile):
        read_expected(tmp_path / "gone.csv")
