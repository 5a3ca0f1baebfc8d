"""What a document has in common with earlier ones, and what is unlike them."""

from dataclasses import replace

from tests.flow.documents.kept import Desk, Scripted, findable
from tests.flow.documents.vendors import SCHEMA, Printed, vendor
from vlm_desktop.base.documents import CheckKind


def odd(desk: Desk, document_id: int) -> list[tuple[str, str]]:
    checks = desk.extraction(document_id).checks
    return [
        (check.detail, check.found)
        for check in checks
        if check.kind in (CheckKind.DUPLICATE, CheckKind.ANOMALY) and check.ok is False
    ]


def test_a_copy_of_a_file_is_a_duplicate(desk: Desk, one: Printed) -> None:
    first = desk.kept(one)
    assert odd(desk, first.id) == []
    copy = desk.files / "copy.png"
    copy.write_bytes(one.reading.path.read_bytes())
    second = desk.keeping.keep(replace(one.reading, path=copy), SCHEMA)
    assert second.id != first.id
    assert odd(desk, second.id) == [("same-file", one.reading.path.name)]
    assert second.doubt > first.doubt
    assert odd(desk, first.id) == [], "the first is nobody's copy"


def test_the_same_number_of_the_same_vendor_is_a_duplicate(
    desk: Desk, one: Printed, scripted: Scripted
) -> None:
    desk.kept(one)
    other = findable(desk.printed(vendor(1), 2), scripted)
    kept = desk.kept(other)
    assert odd(desk, kept.id) == []
    done = desk.keeping.override(kept.id, "number", one.truth["number"].lower())
    assert odd(desk, kept.id) == [("same-number", one.reading.path.name)]
    (check,) = [one for one in done.sheet.extraction.checks if one.kind is CheckKind.DUPLICATE]
    assert ("number", 0) in check.fields
    foreign = findable(desk.printed(vendor(2), 1), scripted)
    kept = desk.kept(foreign)
    desk.keeping.override(kept.id, "number", one.truth["number"])
    assert odd(desk, kept.id) == []


def test_the_same_day_and_amount_is_a_duplicate_where_no_number_says_otherwise(
    desk: Desk, one: Printed, scripted: Scripted
) -> None:
    desk.kept(one)
    kept = desk.kept(findable(desk.printed(vendor(1), 2), scripted))
    desk.keeping.override(kept.id, "date", one.truth["date"])
    desk.keeping.override(kept.id, "total", one.truth["total"])
    assert odd(desk, kept.id) == []
    desk.keeping.clear(kept.id, "number")
    assert odd(desk, kept.id) == [("same-amount-and-date", one.reading.path.name)]


def test_another_account_and_ten_times_the_amount_are_told(desk: Desk, scripted: Scripted) -> None:
    by = vendor(1)
    for number in range(1, 5):
        kept = desk.kept(findable(desk.printed(by, number), scripted))
        desk.keeping.override(kept.id, "total", f"{100 + number}.00")
        desk.keeping.override(kept.id, "subtotal", "1.00")
        assert "amount-unusual" not in dict(odd(desk, kept.id))
    last = desk.kept(findable(desk.printed(by, 9), scripted))
    desk.keeping.override(last.id, "total", "1030.00")
    assert odd(desk, last.id) == [("amount-unusual", "1030.00")]
    desk.keeping.override(last.id, "total", "1020.00")
    assert odd(desk, last.id) == []
    desk.keeping.override(last.id, "account", "NL91ABNA0417164300")
    assert odd(desk, last.id) == [("account-changed", "NL91ABNA0417164300")]


def test_the_same_file_by_another_schema_is_no_duplicate(desk: Desk, one: Printed) -> None:
    first = desk.kept(one)
    other = desk.keeping.keep(one.reading, replace(SCHEMA, name="other"))
    assert other.id != first.id
    assert odd(desk, other.id) == odd(desk, first.id) == []


def test_a_duplicate_of_the_same_name_is_told_by_its_path(desk: Desk, one: Printed) -> None:
    desk.kept(one)
    copy = desk.files / "copies" / one.reading.path.name
    copy.parent.mkdir()
    copy.write_bytes(b"")
    second = desk.keeping.keep(replace(one.reading, path=copy), SCHEMA)
    assert odd(desk, second.id) == [("same-file", str(one.reading.path))]
