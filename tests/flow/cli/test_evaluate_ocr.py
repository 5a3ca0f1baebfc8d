"""`evaluate ocr`, with a reader that sees one word."""

import json
from pathlib import Path

from PIL import Image

from tests.fakes import SignReader
from tests.flow.cli.conftest import Cli


def test_evaluate_ocr_counts_words_and_lines(cli: Cli, tmp_path: Path, reader: SignReader) -> None:
    Image.new("RGB", (120, 40), "white").save(tmp_path / "sign.png")
    reader.word = "EXIT"
    rows = [
        {"image": "sign.png", "lines": [{"text": "Exit", "box": [0, 0, 120, 40]}]},
        {"image": "gone.png", "lines": []},
    ]
    data = tmp_path / "ocr.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, _ = cli("evaluate", "ocr", data, "--json")
    assert code == 0
    report = json.loads(out)
    assert (report["pages"], report["unreadable"], report["lines"]) == (1, 1, 1)
    assert report["repaired"]["word_f1"] == report["repaired"]["lines_exact"] == 100
    assert report["repaired"]["cer"] == 0
    code, out, _ = cli("evaluate", "ocr", data)
    assert (code, "spaces repaired" in out) == (0, True)


def test_evaluate_ocr_reads_boxes_beside_the_file(
    cli: Cli, tmp_path: Path, reader: SignReader
) -> None:
    Image.new("RGB", (120, 40), "white").save(tmp_path / "sign.png")
    reader.word = "EXIT"
    (tmp_path / "box").mkdir()
    corners = "0,0,120,0,120,40,0,40"
    (tmp_path / "box" / "sign.csv").write_text(f"{corners},EXIT, NOW\n", encoding="utf-8")
    data = tmp_path / "ocr.jsonl"
    data.write_text('{"image": "sign.png"}\n', encoding="utf-8")
    code, out, _ = cli("evaluate", "ocr", data, "--json")
    report = json.loads(out)
    assert (code, report["words"], report["repaired"]["word_recall"]) == (0, 2, 0)
    (tmp_path / "box" / "sign.csv").write_text("not eight numbers\n", encoding="utf-8")
    code, _, err = cli("evaluate", "ocr", data)
    assert (code, "sign.csv" in err) == (1, True)
