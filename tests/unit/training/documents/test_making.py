"""Documents that are made to learn from."""

import pytest

from vlm_desktop.training.documents.corpus import MAKERS, as_row, from_row, synthetic


@pytest.mark.parametrize("kind", MAKERS)
def test_a_document_depends_on_its_number_and_the_seed(kind: str) -> None:
    one, again = list(synthetic(kind, 3, 5)), list(synthetic(kind, 3, 5))
    assert one == again
    assert list(synthetic(kind, 1, 6)) != one[:1]
    assert one[0] != one[1]


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_asked_is_known(kind: str) -> None:
    for made in synthetic(kind, 12, 1):
        assert made.preset or {one.name for one in made.specs} >= set(made.truths)
        assert any(made.truths.values())
        assert all(len(page) > 10 for page in made.pages)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_row_gives_the_document_back(kind: str) -> None:
    for made in synthetic(kind, 3, 2):
        back = from_row(as_row(made))
        assert back.truths == made.truths
        assert back.specs == made.specs
        assert [[word.text for word in page] for page in back.pages] == [
            [word.text for word in page] for page in made.pages
        ]


def test_unworn_receipts_print_their_total() -> None:
    seen = 0
    for made in synthetic("receipt", 40, 3):
        printed = {word.text for page in made.pages for word in page}
        total = made.truths["total"]
        seen += any(total in text.replace(",", ".") for text in printed)
    assert seen >= 30
