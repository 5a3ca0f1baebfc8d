"""`document` and `evaluate documents`, with a reader that sees one word and with made documents."""

import json
from pathlib import Path

from PIL import Image

from tests.fakes import SignReader
from tests.flow.cli.conftest import Cli
from vlm_desktop.training.documents.corpus import as_row, synthetic


def test_document_tells_values_with_evidence(cli: Cli, tmp_path: Path, reader: SignReader) -> None:
    Image.new("RGB", (200, 60), "white").save(tmp_path / "sign.png")
    reader.word = "Total:12.50"
    code, out, _ = cli("document", tmp_path / "sign.png", "--schema", "receipt", "--json")
    assert code == 0
    (line,) = out.splitlines()
    told = json.loads(line)
    assert told["file"] == str(tmp_path / "sign.png")
    total = told["fields"]["total"]
    assert (total["value"], total["raw"], total["grounded"]) == ("12.50", "12.50", True)
    (evidence,) = total["evidence"]
    assert (evidence["page"], evidence["text"]) == (1, "12.50")
    assert 0 < evidence["box"][0] < evidence["box"][2] <= 200
    assert "date" in told["missing"]
    assert isinstance(told["checks"], list)


def test_document_takes_a_schema_from_a_file(cli: Cli, tmp_path: Path, reader: SignReader) -> None:
    Image.new("RGB", (200, 60), "white").save(tmp_path / "sign.png")
    reader.word = "Gross:12.50"
    schema = tmp_path / "schema.json"
    fields = [{"name": "gross", "type": "amount", "description": "The gross amount"}]
    schema.write_text(json.dumps({"name": "mine", "fields": fields}), encoding="utf-8")
    code, out, _ = cli("document", tmp_path / "sign.png", "--schema", schema, "--json")
    assert code == 0
    assert json.loads(out)["fields"]["gross"]["value"] == "12.50"


def test_a_bad_file_among_others_is_said_and_passed_over(
    cli: Cli, tmp_path: Path, reader: SignReader
) -> None:
    Image.new("RGB", (200, 60), "white").save(tmp_path / "sign.png")
    (tmp_path / "empty.png").write_bytes(b"")
    reader.word = "Total:12.50"
    files = (tmp_path / "empty.png", tmp_path / "sign.png")
    code, out, err = cli("document", *files, "--schema", "receipt", "--json")
    assert (code, len(out.splitlines())) == (0, 1)
    assert "empty.png" in err
    code, out, err = cli("document", tmp_path / "empty.png", "--schema", "receipt", "--json")
    assert (code, out) == (1, "")
    assert "empty.png" in err


def test_an_unknown_schema_is_said(cli: Cli, tmp_path: Path) -> None:
    code, _, err = cli("document", tmp_path / "a.png", "--schema", "nonsense")
    assert (code, "nonsense" in err) == (1, True)


def test_documents_are_measured(cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "made.jsonl"
    made = [one for kind in ("receipt", "broadcast") for one in synthetic(kind, 4, 9)]
    data.write_text("".join(json.dumps(as_row(one)) + "\n" for one in made), encoding="utf-8")
    kept = tmp_path / "examples.npz"
    code, out, _ = cli("evaluate", "documents", data, "--save", kept, "--json")
    assert code == 0
    report = json.loads(out)
    assert (report["n"], report["unreadable"]) == (8, 0)
    told = report["kinds"]["made"]
    assert told["field_f1"] > 50
    assert told["fields"]["total"]["fields"] == 4
    assert 0 <= told["calibration"]["error"] <= 100
    assert kept.stat().st_size > 1000
    code, out, _ = cli("evaluate", "documents", data, "--limit", "2")
    assert (code, "calibration error" in out) == (0, True)


def test_real_rows_choose_their_schema(cli: Cli, tmp_path: Path, reader: SignReader) -> None:
    Image.new("RGB", (200, 60), "white").save(tmp_path / "sign.png")
    reader.word = "Total:12.50"
    rows = [
        {"image": "sign.png", "fields": {"company": "X", "date": "1/2/24", "total": "RM 12.50"}},
        {"image": "sign.png", "fields": {"issuer": "X", "amount": 12.5}},
        {
            "image": "sign.png",
            "fields": {"Total": "12.50"},
            "pairs": [{"key": "Total:", "value": "12.50"}],
        },
        {"image": "gone.png", "fields": {"total": "1.00"}},
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, _ = cli("evaluate", "documents", data, "--json")
    assert code == 0
    report = json.loads(out)
    assert report["unreadable"] == 1
    assert set(report["kinds"]) == {"receipt", "invoice", "form"}
    assert report["kinds"]["receipt"]["fields"]["total"]["exact"] == 100
    assert report["kinds"]["form"]["pairs"]["true"] == 1


def test_a_line_that_does_not_read_is_named(cli: Cli, tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    data.write_text('{"image": "a.png"}\n', encoding="utf-8")
    code, _, err = cli("evaluate", "documents", data)
    assert (code, "rows.jsonl" in err, "1" in err) == (1, True, True)
