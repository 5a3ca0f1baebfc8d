"""A comparison as a table and as JSON lines."""

import csv
import json
from pathlib import Path

import pytest

from vlm_desktop.base.adapters import (
    Answered,
    ColumnCompared,
    ItemCompared,
    ModelsCompared,
)
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.base.training import Interval
from vlm_desktop.engine.train.comparedfiles import save_comparison

NONE = Interval(0.0, 0.0, 0.0)
FOUND = ModelsCompared(
    "CIDEr",
    (
        ColumnCompared("base", 0.1, 0, 0, 1, 1.0, NONE),
        ColumnCompared("=Läden", 0.5, 1, 0, 0, 1.0, NONE),
    ),
    (
        ItemCompared(
            "k", "/a.png", "", "tea", (Answered("=1+1", 0.1), Answered("tea\nfor two", 0.5)), 0.4
        ),
    ),
)


def test_a_table_opens_in_spreadsheets_and_is_harmless(tmp_path: Path) -> None:
    with save_comparison(FOUND, tmp_path / "a.CSV").open(encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file)
    assert head[:4] == ["image", "ask", "expected", "change"]
    assert head[5] == "'=Läden"
    assert row[3:] == ["0.4", "'=1+1", "tea\nfor two", "0.1", "0.5"]


def test_json_lines_hold_every_answer(tmp_path: Path) -> None:
    (line,) = save_comparison(FOUND, tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    row = json.loads(line)
    assert row["expected"] == "tea"
    assert row["said"]["=Läden"] == {"answer": "tea\nfor two", "score": 0.5}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DestinationNotWritable):
        save_comparison(FOUND, tmp_path / "none" / "a.csv")
