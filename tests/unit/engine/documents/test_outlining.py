"""Central sentences, dates, amounts and numbers, each quoted."""

from dataclasses import replace

from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.documents import FieldType
from vlm_desktop.base.pagereading import KeyValue
from vlm_desktop.engine.documents.outlining import KEY_POINTS, outline

INVOICE = page(
    1,
    "Order 17 of 20095 Hamburg",
    "Customer code:    KX-20417",
    "Invoice date:    14 March 2024",
    "Pay to DE89 3704 0044 0532 0130 00",
    "Subtotal    1,100.00",
    "Total    $ 1,309.00",
)


def test_dates_amounts_and_numbers_with_their_labels() -> None:
    pair = KeyValue(key=(5, 6), value=(7,), score=1.0)
    assert INVOICE.text(pair.key + pair.value) == "Customer code: KX-20417"
    found = outline(document(replace(INVOICE, pairs=(pair,))))
    assert [(one.label, one.value) for one in found.dates] == [("Invoice date", "2024-03-14")]
    assert [(one.label, one.value) for one in found.amounts] == [
        ("Subtotal", "1100.00"),
        ("Total", "1309.00"),
    ]
    assert [(one.type, one.label, one.raw) for one in found.numbers] == [
        (FieldType.IBAN, "Pay to", "DE89 3704 0044 0532 0130 00"),
        (FieldType.NUMBER, "Customer code", "KX-20417"),
    ]
    assert found.dates[0].evidence.text == "14 March 2024"


def test_key_points_are_central_and_differ() -> None:
    rows = (
        "The harbour was closed after the storm damaged the northern pier.",
        "Engineers inspected the northern pier of the harbour on Monday.",
        "Engineers inspected the northern pier of the harbour on Monday.",
        "Repairs of the damaged pier of the harbour will take until June.",
        "My cat sleeps all day long under warm blankets upstairs.",
        "Total    12.00",
    )
    found = outline(document(page(1, *rows)))
    said = [one.text for one in found.key_points]
    assert 0 < len(said) <= KEY_POINTS
    assert len(set(said)) == len(said)
    assert said[0] == rows[0]
    assert "Total" not in said
    assert all(one.evidence[0].text == one.text for one in found.key_points)


def test_an_empty_document_has_no_outline() -> None:
    found = outline(document(page(1)))
    assert (found.key_points, found.dates, found.amounts, found.numbers) == ((), (), (), ())
