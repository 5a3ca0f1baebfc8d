"""A comparison as a page that a person signs."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from vlm_desktop.base.documentanswers import (
    Compared,
    Difference,
    MatchKind,
    SignOff,
    Verification,
)
from vlm_desktop.base.documents import Evidence, FieldValue
from vlm_desktop.base.types import Box
from vlm_desktop.base.verificationwords import VerificationWords
from vlm_desktop.engine.documents.verificationreport import digest, write_report

TOTAL = FieldValue("total", "5.O0", "5.00", 0.75, (Evidence(2, Box(0, 0, 1, 1), "5.O0"),))
SAID = Verification(
    Path("/in/<b>a.png"),
    "abc123",
    expected=True,
    rows=(
        Compared("total", 0, MatchKind.MISMATCH, "5.10", TOTAL,
                 (Difference("5.", "5."), Difference("1", "O"), Difference("0", "0"))),
        Compared("items/name", 1, MatchKind.MISSING, "<script>x</script>", None),
    ),
)  # fmt: skip


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags and self.tags[-1] == "mark":
            self.marked.append(data)
            self.tags.append("")


def _read(path: Path) -> _Cells:
    cells = _Cells()
    cells.feed(path.read_text("utf-8"))
    return cells


def test_a_signed_report(tmp_path: Path) -> None:
    signed = SignOff("Ada <x>", "2026-11-21T10:00+00:00", "one is a typing error")
    target = write_report(
        [SAID], tmp_path / "r.html", VerificationWords(), expectations_hash="e1", sign_off=signed
    )
    page = _read(target)
    assert "script" not in page.tags
    assert page.marked == ["1", "O"]
    for part in ("<script>x</script>", "<b>a.png", "abc123", "e1", digest([SAID]), "75%",
                 "Signed off by Ada <x> on 2026-11-21T10:00+00:00", "one is a typing error",
                 "items/name 2"):  # fmt: skip
        assert part in page.text


def test_without_a_signature_it_says_so(tmp_path: Path) -> None:
    nothing = replace(SAID, expected=False, rows=())
    words = VerificationWords()
    page = _read(write_report([nothing], tmp_path / "r.html", words, expectations_hash=""))
    assert words.not_signed in page.text
    assert words.nothing_expected in page.text


def test_another_value_is_another_digest() -> None:
    row = SAID.rows[0]
    changed = replace(SAID, rows=(replace(row, expected="5.11"), *SAID.rows[1:]))
    assert digest([changed]) != digest([SAID])
