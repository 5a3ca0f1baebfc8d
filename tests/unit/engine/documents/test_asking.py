"""Questions answered by what stands on the pages, or not at all."""

import pytest

from tests.unit.engine.documents.pagemaking import document, page
from vlm_desktop.base.documents import FieldType
from vlm_desktop.engine.documents.asking import Asker
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.questions import understand

INVOICE = document(
    page(
        1,
        "Northwind Traders Ltd",
        "12 Harbour Street, 20095 Hamburg",
        "Invoice No:    INV-2041",
        "Invoice date:    14 March 2024",
        "Due date:    13 April 2024",
        "Subtotal    EUR 100.00",
        "VAT 19%    EUR 19.00",
        "Total    EUR 119.00",
    ),
    page(
        2,
        "All devices carry a warranty period of twenty-four months from the",
        "day of delivery. Batteries are excluded from the warranty. Claims go",
        "to the service desk in Bremen.",
        paragraphs=[range(3)],
    ),
)
ASKER = Asker(Extractor())


@pytest.mark.parametrize(
    ("question", "text", "value", "page_number"),
    [
        ("When was the invoice issued? Give the invoice date", "14 March 2024", "2024-03-14", 1),
        ("What is the due date?", "13 April 2024", "2024-04-13", 1),
        ("How much is the total?", "EUR 119.00", "119.00", 1),
    ],
)
def test_fields_that_nobody_asked_for_before(question, text, value, page_number) -> None:
    answer = ASKER.ask(INVOICE, question)
    assert answer.stated
    (said,) = answer.statements
    assert said.text == text
    assert (said.evidence[0].page, said.evidence[0].text) == (page_number, text)
    assert answer.value == value
    assert answer.confidence is not None


def test_a_passage_is_quoted_in_full() -> None:
    answer = ASKER.ask(INVOICE, "How long is the warranty period of devices?")
    assert answer.stated
    assert answer.confidence is None
    (said,) = answer.statements
    assert said.text.startswith("All devices carry a warranty period of twenty-four months")
    assert said.text.endswith("delivery.")
    assert {one.page for one in said.evidence} == {2}


def test_what_follows_the_words_asked_for_is_the_answer() -> None:
    notes = document(page(1, "Recommended storage temperature of wine: below eighteen degrees"))
    answer = ASKER.ask(notes, "What is the recommended storage temperature of wine?")
    assert [one.text for one in answer.statements] == ["below eighteen degrees"]


@pytest.mark.parametrize(
    "question",
    [
        "What is the passport number?",
        "Who is the captain of the ship?",
        "What is the IBAN?",
        "When does the insurance policy expire?",
        "warranty",
        "",
        "???",
        "What is the",
        "x" * 100_000,
    ],
)
def test_what_is_not_there_is_not_stated(question: str) -> None:
    answer = ASKER.ask(INVOICE, question)
    assert not answer.stated
    assert answer.statements == ()


def test_an_empty_document_states_nothing() -> None:
    assert not ASKER.ask(document(page(1)), "What is the total?").stated


@pytest.mark.parametrize(
    ("question", "label", "first"),
    [
        ("What is the total amount?", "total amount", FieldType.AMOUNT),
        ("Wann wurde die Rechnung bezahlt?", "Rechnung bezahlt", FieldType.DATE),
        ("Quel est le montant TTC ?", "montant TTC", FieldType.AMOUNT),
        ("Wie lautet die IBAN?", "lautet IBAN", FieldType.IBAN),
        ('What is "Name / Phone Ext."?', "Name / Phone Ext.", FieldType.TEXT),
        ("Who signed the contract?", "signed contract", FieldType.TEXT),
    ],
)
def test_what_a_question_asks_for(question: str, label: str, first: FieldType) -> None:
    understood = understand(question)
    assert (understood.label, understood.types[0]) == (label, first)
    assert understood.types[-1] is FieldType.TEXT
