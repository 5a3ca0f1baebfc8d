"""Labels on a page: misread, written otherwise, glued, told by a description."""

import pytest

from tests.unit.engine.documents.pagemaking import page
from vlm_desktop.base.documents import FieldSpec, FieldType
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.engine.documents.candidates import MOST_TYPED, typed
from vlm_desktop.engine.documents.gathering import gather, index_pages
from vlm_desktop.engine.documents.labels import MOST_HITS, Hit, find_labels, wanted
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.pageindex import index_page, tokens_of

NOWHERE = infer([])


def hits(spec: FieldSpec, reading: PageReading) -> tuple[Hit, ...]:
    field = wanted(spec)
    (one,) = index_pages([reading], [field], NOWHERE)
    return find_labels(one.words, field)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("total", "TOTAL: 5.00"),
        ("total amount", "T0TAL AMOUNT 5.00"),
        ("total amount", "TOTALAMOUNT 5.00"),
        ("invoice_number", "Invoice No. 17"),
        ("invoice_number", "lnvoice # 17"),
        ("invoiceNumber", "INVOICE NR 17"),
        ("datum", "Rechnungsdatum 1.2.2024"),
        ("montant", "Montant : 5,00"),
    ],
)
def test_a_label_is_found_however_it_is_written(name: str, printed: str) -> None:
    found = hits(FieldSpec(name), page(1, "Something else", printed))
    assert found
    assert found[0].spans[0].line == 1
    assert found[0].quality > 0.55


def test_the_whole_label_is_better_than_a_part_of_it() -> None:
    found = hits(FieldSpec("invoice date"), page(1, "Date: 1", "Invoice date: 2", "Invoice: 3"))
    assert found[0].spans[0].line == 1
    assert found[0].quality > 0.9
    assert all(other.quality < 0.8 for other in found[1:])


def test_words_beside_the_label_make_it_weaker() -> None:
    plain = hits(FieldSpec("total"), page(1, "Total 5.00"))[0]
    other = hits(FieldSpec("total"), page(1, "Total points earned 5"))[0]
    assert other.precision < plain.precision


def test_a_description_is_a_weaker_label() -> None:
    spec = FieldSpec("f1", FieldType.AMOUNT, "the total gross amount the advertiser pays")
    found = hits(spec, page(1, "Gross Amount 5.00"))
    assert found[0].described
    assert found[0].quality > 0.9


def test_a_label_goes_on_in_the_next_line() -> None:
    found = hits(FieldSpec("inventory depletion date"), page(1, "Inventory", "depletion date 5"))
    assert [span.line for span in found[0].spans] == [0, 1]


@pytest.mark.parametrize(
    ("name", "description", "kind", "role"),
    [
        ("flight_from", "", FieldType.DATE, "start"),
        ("flight", "The day the flight ends", FieldType.DATE, "end"),
        ("total", "", FieldType.AMOUNT, "total"),
        ("vendor", "", FieldType.TEXT, "vendor"),
    ],
)
def test_words_tell_what_is_asked_for(
    name: str, description: str, kind: FieldType, role: str
) -> None:
    assert role in wanted(FieldSpec(name, kind, description)).roles


def test_tax_and_net_are_no_totals() -> None:
    for name in ("tax_amount", "net_amount", "subtotal", "discount total"):
        assert "total" not in wanted(FieldSpec(name, FieldType.AMOUNT)).roles


def test_an_end_of_a_period_that_is_a_text_is_looked_for_as_a_date() -> None:
    spec = FieldSpec("flight_to", FieldType.TEXT, "The last day of the flight")
    assert wanted(spec).form is FieldType.DATE
    assert wanted(FieldSpec("to", FieldType.TEXT)).form is FieldType.TEXT


def test_runs_of_capitals_and_small_letters_are_parted() -> None:
    assert [one.text for one in tokens_of("AdvertiserName DATEMarch 5x")] == [
        "advertiser", "name", "date", "march", "5", "x",
    ]  # fmt: skip


def test_a_crowded_page_is_looked_at_within_bounds() -> None:
    crowded = page(1, *("total 1.00 02/03/2024    total 2.00    total 3.00" for _ in range(2500)))
    indexed = index_page(crowded)
    assert len(typed(indexed, 0, NOWHERE)) <= 2 * MOST_TYPED + 10
    field = wanted(FieldSpec("total"))
    ready = index_pages([crowded], [field], NOWHERE)
    assert len(find_labels(ready[0].words, field)) == MOST_HITS
    (gathered,) = gather(ready, [field])
    assert len(gathered.options) < 200
