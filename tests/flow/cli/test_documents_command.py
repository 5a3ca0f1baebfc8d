"""The command `documents`: what it keeps, tells and forgets."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import SignReader
from tests.flow.cli.conftest import Cli
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.documents import FieldSpec, FieldType, Schema
from vlm_desktop.base.ocrtext import ReadLine, ReadWord
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.schemas import write_schema

_PDF = b"""%%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R
/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length %d>>stream
%s
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


def pdf(path: Path, *lines: str) -> Path:
    """A page of text in a text layer."""
    drawn = "BT /F1 14 Tf 40 340 Td 30 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_PDF % (len(drawn), drawn.encode()))
    return path


_BILL = ("Geheim Works", "Invoice number: QX7788", "Total: 12.50 EUR")


class BillReader(SignReader):
    """Sees in the lines of `_BILL` what their text layer says."""

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        return tuple(self._line(box, image.shape[0] / 400) for box in boxes)

    def _line(self, box: Box, scale: float) -> ReadLine:
        text = _BILL[round(((box.y0 + box.y1) / 2 / scale - 55) / 30)]
        quad = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        words = tuple(ReadWord(word, quad, 0.9, (0.9,) * len(word)) for word in text.split())
        return ReadLine(quad, words)


@pytest.fixture
def reader() -> SignReader:
    return BillReader()


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "bill.json"
    fields = (
        FieldSpec("number", FieldType.NUMBER, aliases=("Invoice number",), required=True),
        FieldSpec("total", FieldType.AMOUNT, aliases=("Total",), required=True),
    )
    write_schema(Schema("bill", fields), path)
    return path


def test_a_folder_is_kept_listed_shown_and_forgotten(
    cli: Cli, tmp_path: Path, schema: Path
) -> None:
    folder = tmp_path / "in"
    pdf(folder / "one.pdf", *_BILL)
    (folder / "two.pdf").write_bytes(b"nothing")
    code, out, _ = cli("--json", "documents", "add", folder, "--schema", schema)
    assert code == 0
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(Path(row["file"]).name, row["state"]) for row in rows] == [
        ("one.pdf", "to-review"), ("two.pdf", "refused"),
    ]  # fmt: skip
    assert rows[1]["problem"]
    code, out, _ = cli("--json", "documents", "show", rows[0]["id"])
    shown = json.loads(out)
    assert shown["fields"]["number"]["value"] == "QX7788"
    assert shown["fields"]["total"]["value"] == "12.50"
    assert len(cli("documents", "list")[1].splitlines()) == 2
    assert cli("--json", "documents", "add", folder, "--schema", schema)[1].count("one.pdf") == 1
    assert cli("documents", "resume")[1] == ""
    home = tmp_path / "home"
    assert any(b"QX7788" in path.read_bytes() for path in home.glob("library*"))
    assert cli("documents", "unlearn")[0] == 2
    assert cli("documents", "unlearn", "1", "--like", rows[0]["id"])[0] == 2
    assert cli("documents", "unlearn", "--like", 99)[0] == 1
    assert cli("documents", "unlearn", "--like", rows[0]["id"])[:2] == (0, "")
    assert cli("documents", "forget", 99)[0] != 0
    assert cli("documents", "forget")[0] == 2
    code, out, _ = cli("--json", "documents", "forget", "--all")
    assert (code, json.loads(out)["clean"]) == (0, True)
    for path in home.rglob("*"):
        assert not path.is_file() or b"QX7788" not in path.read_bytes()
    assert cli("documents", "list")[1] == ""


def test_reading_without_keeping_keeps_nothing(cli: Cli, tmp_path: Path, schema: Path) -> None:
    made = pdf(tmp_path / "one.pdf", *_BILL)
    code, out, _ = cli("--json", "document", made, "--schema", schema)
    assert code == 0
    assert "QX7788" in out
    assert cli("documents", "list")[1] == ""
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or b"QX7788" not in path.read_bytes()
