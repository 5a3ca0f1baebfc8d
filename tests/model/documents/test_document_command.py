"""`document --ask --expect --report` with the real reader, on a PDF with text of its own."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.documents.pdfmaking import drawn, pdf_of, saved
from vlm_desktop.cli.main import main
from vlm_desktop.compose import build_services

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    lines = (
        (60, 780, "Northwind Traders Ltd"),
        (60, 700, "Invoice No: INV-2041"),
        (60, 680, "Invoice date: 14 March 2024"),
        (60, 400, "Total: EUR 119.00"),
    )
    return saved(pdf_of([drawn(*lines)]), tmp_path / "Rechnung ä.pdf")


@pytest.fixture
def document(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Run:
    def run(*words: object) -> tuple[int, str, str]:
        argv = ["--home", str(tmp_path / "home"), "document", *map(str, words)]
        code = main(argv, build_services)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_questions_are_answered_with_places_or_not_at_all(document: Run, invoice: Path) -> None:
    code, out, _ = document(
        invoice, "--schema", "invoice", "--json",
        "--ask", "What is the invoice date?", "--ask", "What is the passport number?",
    )  # fmt: skip
    dated, absent = json.loads(out)["answers"]
    assert code == 0
    assert (dated["stated"], dated["answer"], dated["value"]) == (
        True, "14 March 2024", "2024-03-14"
    )  # fmt: skip
    (place,) = dated["evidence"]
    assert place["page"] == 1
    x0, y0, x1, y1 = place["box"]
    assert 60 < x0 < x1 < 300
    assert 140 < y0 < y1 < 170
    assert (absent["stated"], absent["answer"], absent["evidence"]) == (False, None, [])


def test_a_comparison_and_its_page(document: Run, invoice: Path, tmp_path: Path) -> None:
    expected = tmp_path / "expected.csv"
    expected.write_text(
        f"file,invoice_number,total,date\n{invoice.name},X-1,,2024-03-14\n", "utf-8"
    )
    report = tmp_path / "report.html"
    code, out, _ = document(
        invoice, "--schema", "invoice", "--json", "--expect", expected,
        "--report", report, "--signed-by", "Ada",
    )  # fmt: skip
    rows = {row["field"]: row for row in json.loads(out)["expected"]}
    assert code == 0
    assert rows["date"]["result"] == "match"
    assert rows["invoice_number"]["result"] in ("mismatch", "missing")
    page = re.sub("</?mark>", "", report.read_text("utf-8"))
    assert "Signed off by Ada on" in page
    assert "X-1" in page


def test_as_text(document: Run, invoice: Path) -> None:
    _, out, _ = document(invoice, "--schema", "invoice", "--ask", "Who is the captain of the ship?")
    assert "Who is the captain of the ship? not stated in this document" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--report", "r.html"), "--expect"),
        (("--expect", "nothing.csv"), "nothing.csv"),
        (("--second", "no-such-model"), "no-such-model"),
    ],
)
def test_wrong_requests_are_a_sentence(
    document: Run, invoice: Path, options: tuple[str, ...], said: str
) -> None:
    code, out, err = document(invoice, "--schema", "invoice", *options)
    assert code in (1, 2)
    assert out == ""
    assert said in err
    assert "Traceback" not in err
