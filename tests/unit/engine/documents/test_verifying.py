"""Values compared with what was expected of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from vlm_desktop.base.documentanswers import ExpectedDocument, MatchKind
from vlm_desktop.base.documents import (
    DocumentLocale,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Schema,
)
from vlm_desktop.engine.documents.verifying import compare, expectation, match, verify

SCHEMA = Schema(
    "invoice",
    (
        FieldSpec("date", FieldType.DATE, aliases=("Rechnungsdatum",)),
        FieldSpec("total", FieldType.AMOUNT),
        FieldSpec("vendor"),
        FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("amount", FieldType.AMOUNT),)),
    ),
)
GERMAN = DocumentLocale(language="de", day_first=True, decimal=",")
FOUND = Extraction(
    Path("/in/März/a.pdf"),
    "",
    "invoice",
    (
        FieldValue("date", "04.03.2024", "2024-03-04", 0.9),
        FieldValue("total", "1.234,50", "1234.50", 0.9),
        FieldValue("vendor", "ACME GmbH & Co.", "ACME GmbH & Co.", 0.9),
        FieldValue("items/amount", "7,00", "7.00", 0.9, row=1),
    ),
    locale=GERMAN,
)


@pytest.mark.parametrize(
    ("expected", "name", "kind"),
    [
        ("04.03.2024", "date", MatchKind.MATCH),
        ("2024-03-04", "date", MatchKind.MATCH),
        ("4. März 2024", "date", MatchKind.NORMALISED),
        ("2024-04-03", "date", MatchKind.MISMATCH),
        ("1234.50", "total", MatchKind.MATCH),
        ("1234.5", "total", MatchKind.NORMALISED),
        ("1.234,50 EUR", "total", MatchKind.NORMALISED),
        ("1,234.51", "total", MatchKind.MISMATCH),
        ("acme gmbh&co", "vendor", MatchKind.NORMALISED),
        ("Acme AG", "vendor", MatchKind.MISMATCH),
        ("...", "vendor", MatchKind.MISMATCH),
    ],
)
def test_one_value(expected: str, name: str, kind: MatchKind) -> None:
    value, spec = FOUND.value(name), SCHEMA.spec(name)
    assert value is not None
    assert spec is not None
    assert match(expected, value.raw, value.value, spec, GERMAN) is kind


def test_a_document() -> None:
    expected = ExpectedDocument(
        "a.pdf",
        {
            ("rechnungsdatum", 0): "2024-03-04",
            ("Total", 0): "1234.60",
            ("number", 0): "17",
            ("items/amount", 1): "7",
        },
    )
    said = compare(FOUND, SCHEMA, expected)
    assert [(row.name, row.row, row.kind) for row in said.rows] == [
        ("date", 0, MatchKind.MATCH),
        ("total", 0, MatchKind.MISMATCH),
        ("number", 0, MatchKind.MISSING),
        ("items/amount", 1, MatchKind.NORMALISED),
        ("vendor", 0, MatchKind.EXTRA),
    ]
    pieces = said.rows[1].differences
    assert "".join(piece.found for piece in pieces) == "1234.50"
    assert [(one.expected, one.found) for one in pieces if one.expected != one.found] == [
        ("6", "5")
    ]
    assert said.count(MatchKind.EXTRA) == 1


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("a.pdf", True),
        ("A.PDF", True),
        ("März/a.pdf", True),
        ("märz\\a.pdf", True),
        ("/in/März/a.pdf", True),
        ("b/a.pdf", False),
        ("a", False),
        ("", True),
    ],
)
def test_which_document_is_meant(file: str, found: bool) -> None:
    assert (expectation(FOUND.path, [ExpectedDocument(file)]) is not None) is found


def test_the_nearest_name_wins() -> None:
    both = [ExpectedDocument("a.pdf"), ExpectedDocument("März/a.pdf")]
    assert expectation(FOUND.path, both) is both[1]


def test_nothing_is_expected_of_others() -> None:
    other = replace(FOUND, path=Path("/in/b.pdf"))
    first, second = verify(
        [FOUND, other], SCHEMA, [ExpectedDocument("a.pdf"), ExpectedDocument("")]
    )
    assert (first.expected, second.expected) == (True, False)
    assert second.rows == ()
