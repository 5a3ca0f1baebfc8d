"""Fields proposed from boxes that were drawn on a page."""

from dataclasses import replace

import pytest

from tests.unit.engine.documents.pagemaking import GAP, page
from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.base.pagereading import Cell, Checkbox, KeyValue, PageReading, Table
from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.drawing import Proposal, propose


def over(reading: PageReading, *texts: str) -> Box:
    """The box around words of the page, on the page."""
    boxes = [word.box for word in reading.words if word.text in texts]
    return reading.view.box_to_page(
        Box(
            min(box.x0 for box in boxes) - 2,
            min(box.y0 for box in boxes) - 2,
            max(box.x1 for box in boxes) + 2,
            max(box.y1 for box in boxes) + 2,
        )
    )


def drawn(reading: PageReading, *texts: str, taken: tuple[str, ...] = ()) -> Proposal:
    found = propose(reading, over(reading, *texts), DocumentLocale(day_first=True), taken)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("row", "words", "name", "kind", "value"),
    [
        ("Rechnungsdatum: 04.09.2017", ["04.09.2017"], "rechnungsdatum", FieldType.DATE,
         "2017-09-04"),
        (f"Amount due{GAP}RM 15.90", ["RM", "15.90"], "amount_due", FieldType.AMOUNT, "15.90"),
        ("IBAN NL50INGB0683251309", ["NL50INGB0683251309"], "iban", FieldType.IBAN,
         "NL50INGB0683251309"),
        ("USt-IdNr. DE232446240", ["DE232446240"], "ust_idnr", FieldType.VAT_ID, "DE232446240"),
        ("Kundennummer 6669263", ["6669263"], "kundennummer", FieldType.NUMBER, "6669263"),
        ("Advertiser: Smith for Senate", ["Smith", "for", "Senate"], "advertiser", FieldType.TEXT,
         "Smith for Senate"),
    ],
)  # fmt: skip
def test_name_and_type_from_one_line(
    row: str, words: list[str], name: str, kind: FieldType, value: str
) -> None:
    found = drawn(page(1, "HEAD", row), *words)
    assert (found.spec.name, found.spec.type) == (name, kind)
    assert found.readings[0].value == value


def test_a_label_above() -> None:
    found = drawn(page(1, f"Invoice No{GAP}Date", f"CS-00067741{GAP}14/03/2018"), "CS-00067741")
    assert found.spec.name == "invoice_no"
    assert found.spec.type is FieldType.NUMBER


def test_a_label_within_the_box() -> None:
    found = drawn(page(1, "Total: 15.90"), "Total:", "15.90")
    assert (found.raw, found.spec.name) == ("15.90", "total")
    assert found.label == (0,)


def test_the_pair_that_was_read_outranks_the_nearest_words() -> None:
    reading = page(1, "Name", "x Anna")
    reading = replace(reading, pairs=(KeyValue((0,), (2,), 1.0),))
    assert drawn(reading, "Anna").spec.name == "name"


def test_presets_lend_their_aliases() -> None:
    found = drawn(page(1, "Rechnungsdatum: 04.09.2017"), "04.09.2017")
    assert found.spec.aliases[0] == "Rechnungsdatum"
    assert {"invoice date", "date de facture"} <= set(found.spec.aliases)
    assert found.spec.description


def test_an_address_over_two_lines() -> None:
    found = drawn(page(1, "12, JALAN TAMPOI", "81200 JOHOR"), "12,", "JOHOR")
    assert found.spec.type is FieldType.ADDRESS


def test_names_stay_apart() -> None:
    reading = page(1, "Total: 15.90")
    assert drawn(reading, "15.90", taken=("total", "total_2")).spec.name == "total_3"


def test_a_value_alone_is_named_after_its_type() -> None:
    assert drawn(page(1, "15.90"), "15.90").spec.name == "amount"


def test_a_box_over_nothing() -> None:
    assert propose(page(1, "Total"), Box(500, 500, 600, 600)) is None


def test_a_turned_page_is_drawn_on_as_it_is_shown() -> None:
    found = drawn(page(1, "Total: 15.90", turns=1), "15.90")
    assert (found.spec.name, found.raw) == ("total", "15.90")


def test_a_box_to_tick() -> None:
    reading = page(1, "x I agree")
    box = Box(0, 0, 10, 16)
    ticked = Checkbox(box, True, 0.9, 0.4, (1, 2))
    found = propose(replace(reading, checkboxes=(ticked,)), box)
    assert found is not None
    assert (found.spec.name, found.spec.type) == ("i_agree", FieldType.CHECKBOX)
    assert found.raw == "yes"


def test_a_table_gives_its_columns() -> None:
    reading = page(
        1, f"Artikel{GAP}Menge{GAP}Betrag", f"Brot{GAP}2{GAP}5,00", f"Milch{GAP}1{GAP}1,20"
    )
    cells = tuple(
        Cell(at // 3, at % 3, line.box, line.words) for at, line in enumerate(reading.lines)
    )
    table = Table(Box(0, 0, 400, 60), (0, 20, 40, 60), (0, 100, 200, 400), cells, False, 1)
    found = propose(replace(reading, tables=(table,)), Box(0, 0, 380, 58))
    assert found is not None
    assert found.spec.type is FieldType.TABLE
    assert [(one.name, one.type) for one in found.spec.fields] == [
        ("artikel", FieldType.TEXT),
        ("menge", FieldType.NUMBER),
        ("betrag", FieldType.AMOUNT),
    ]
