"""Tiny networks of true architectures as second readers of a page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes import SignReader
from vlm_desktop.backends.protocols import ChatModel, WordReader
from vlm_desktop.backends.shelf import WORD_READER, ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentanswers import Agreement, ReadWords, SecondReading
from vlm_desktop.base.documents import (
    Evidence,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Schema,
)
from vlm_desktop.base.errors import Cancelled, OptionUnsupported
from vlm_desktop.base.pagereading import DocumentReading, Line, PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Box, DecodeLimits, MediaKind, Size
from vlm_desktop.engine.answering import Answerer
from vlm_desktop.engine.documents.opinions import merged
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.secondreader import SecondReader
from vlm_desktop.engine.residents import Budgets, Residents
from vlm_desktop.media.pool import DecodePool

SCHEMA = Schema("receipt", (FieldSpec("vendor"), FieldSpec("total", FieldType.AMOUNT)))


def no_words(model_id: str) -> WordReader:
    raise AssertionError(model_id)


@pytest.fixture(scope="module")
def pages() -> Iterator[DocumentPages]:
    opened = DocumentPages(lambda: DecodePool(1, DecodeLimits()))
    yield opened
    opened.close()


@pytest.fixture
def reading(tmp_path: Path) -> DocumentReading:
    Image.new("RGB", (60, 90), "white").save(tmp_path / "page.png")
    words = (Word("Total", Box(0, 0, 30, 10), 0.9), Word("5.00", Box(35, 0, 60, 10), 0.9))
    lines = (Line((0, 1), Box(0, 0, 60, 10)),)
    page = PageReading(1, PageView(Size(60, 90), turns=1), words, lines)
    return DocumentReading(tmp_path / "page.png", "hash", MediaKind.PHOTO, 1, (page,))


@pytest.fixture
def second(
    lend_tiny: Callable[[str], ChatModel], pages: DocumentPages, reading: DocumentReading
) -> Callable[..., SecondReading]:
    here = (Evidence(1, Box(35, 0, 60, 10), "5.00", (1,)),)
    first = Extraction(
        reading.path, "hash", "receipt", (FieldValue("total", "5.00", "5.00", 0.9, here),)
    )

    def read(name: str, cancel: CancelToken | None = None) -> SecondReading:
        residents = Residents(lambda _: lend_tiny(name), lambda: Budgets(10**10), lambda _: "")
        answerer = Answerer(residents, SignReader)
        reader = SecondReader(lambda: answerer, pages, lambda: (), no_words)
        verb = reader.read(reading, first, SCHEMA, name, cancel or CancelToken())
        while True:
            try:
                next(verb)
            except StopIteration as end:
                said: SecondReading = end.value
                break
        together = merged(first, said)
        assert all(one.grounded for one in together.values)
        assert together.value("total").raw == "5.00"
        return said

    return read


@pytest.mark.parametrize("name", ["smolvlm", "qwen2.5-vl", "donut-vqa", "pix2struct-vqa"])
def test_models_that_are_asked_say_something_of_fields(name: str, second: Callable) -> None:
    said = second(name)
    assert said.model == name
    assert said.revision
    assert {one.name for one in said.opinions} >= {"total"}
    for one in said.opinions:
        assert one.agreement is not Agreement.SAME, "noise agrees with nothing"


@pytest.mark.parametrize("name", ["donut", "nougat"])
def test_models_that_write_a_page_confirm_or_are_silent(name: str, second: Callable) -> None:
    said = second(name)
    assert [(one.name, one.agreement) for one in said.opinions] == [("total", Agreement.SILENT)]
    assert said.text


def test_a_classifier_reads_no_documents(second: Callable) -> None:
    with pytest.raises(OptionUnsupported):
        second("vilt")


class _Chooser:
    """A `WordReader` that knows one answer."""

    revision = "r"

    def __init__(self, *, asks: bool) -> None:
        self.asks, self.closed = asks, False

    def answer(self, question: str, words: list[str], *_: object) -> ReadWords | None:
        return ReadWords("", (1,)) if question == "What is the total?" else None

    def labelled(self, words: list[str], *_: object) -> tuple[ReadWords, ...]:
        assert words == ["Total", "5.00"]
        return (ReadWords("total/total_price", (1,)), ReadWords("menu/nm", (0,)))

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("asks", [True, False])
def test_models_that_choose_among_words(
    asks: bool, pages: DocumentPages, reading: DocumentReading
) -> None:
    card = ModelCard("forms", "Forms", ("document",), WORD_READER, path=reading.path)
    chooser = _Chooser(asks=asks)
    reader = SecondReader(lambda: None, pages, lambda: (card,), lambda _: chooser)  # type: ignore
    assert [one.id for one in reader.models()] == ["forms"]
    first = Extraction(reading.path, "hash", "receipt", ())
    verb = reader.read(reading, first, SCHEMA, "forms", CancelToken())
    while True:
        try:
            next(verb)
        except StopIteration as end:
            said = end.value
            break
    (total,) = said.opinions
    assert (total.said, total.agreement) == ("5.00", Agreement.ONLY_SECOND)
    assert total.evidence[0].words == (1,)
    assert chooser.closed


def test_it_stops(second: Callable) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        second("donut", cancel)
