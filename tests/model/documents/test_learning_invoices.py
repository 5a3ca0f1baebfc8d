"""One correction on a real invoice puts the next one of its vendor right."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.engine.conftest import drive
from vlm_desktop.backends.ocr.rapid import RapidReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import OpenedDocument
from vlm_desktop.base.documents import Origin
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.documents.aligning import DocumentText
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.schemafiles import preset
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

_FIRST, _SECOND = "coolblue1.pdf", "coolblue2.pdf"
_SAID = {"customer": "Pino Bluebird", "customer_address": "Sessamestreet 32 1025 RX Amsterdam"}


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[KeptDocuments]:
    pages = DocumentPages(lambda: DecodePool(1, DecodeLimits(seconds=30)))
    reader = DocumentReader(pages, lambda: RapidReader(threads=1, look_pixels=0))
    with Library.open(HomePaths(tmp_path / "home")) as library:
        yield KeptDocuments(
            lambda: library, pages, reader, Extractor(), check, reader.close, lambda: ()
        )
    reader.close()
    pages.close()


def opened(keeping: KeptDocuments, path: Path) -> OpenedDocument:
    return drive(keeping.open(path, preset("invoice"), CancelToken()))[1]


def test_the_next_invoice_of_a_vendor_is_right(keeping: KeptDocuments, shared_data: Path) -> None:
    folder = shared_data / "invoice2data_samples" / "pdfs"
    first = opened(keeping, folder / _FIRST)
    for name, text in _SAID.items():
        found = DocumentText(first.reading).find(text)
        assert found is not None
        page = first.reading.page(found.evidence.page)
        assert page is not None
        done = keeping.assign(first.sheet.document.id, page, found.evidence.words, name)
        assert done.taught
    second = opened(keeping, folder / _SECOND)
    for name, text in _SAID.items():
        value = second.sheet.extraction.value(name)
        assert value is not None
        assert value.raw == text
        if value.origin is not Origin.READ:
            assert value.learned_from == _FIRST
    other = opened(keeping, folder / "free_fiber.pdf")
    assert other.sheet.lessons == ()
