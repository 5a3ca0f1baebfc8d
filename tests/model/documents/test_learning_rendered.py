"""Layouts learned on pages that were drawn and really read: no click on the second document."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.flow.documents.kept import Scripted, squeezed
from tests.flow.documents.vendors import SCHEMA, Printed, printed, vendor
from tests.flow.engine.conftest import drive
from vlm_desktop.backends.ocr.rapid import RapidReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentkeeping import OpenedDocument
from vlm_desktop.base.documents import Origin
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.documents.aligning import DocumentText
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

_SCALE, _TALL = 2, 1.1
_VENDORS = (1, 4, 9)


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[KeptDocuments]:
    """With an extractor that finds nothing: what is found was learned."""
    pages = DocumentPages(lambda: DecodePool(1, DecodeLimits(seconds=60)))
    reader = DocumentReader(pages, lambda: RapidReader(threads=1, look_pixels=0))
    with Library.open(HomePaths(tmp_path / "home")) as library:
        yield KeptDocuments(
            lambda: library, pages, reader, Scripted(), check, reader.close, lambda: ()
        )
    reader.close()
    pages.close()


def drawn(made: Printed, path: Path) -> Path:
    """The page as a picture."""
    page = made.reading.pages[0]
    size = page.view.page
    picture = Image.new("L", (size.width * _SCALE, size.height * _SCALE), 250)
    pen = ImageDraw.Draw(picture)
    for line in page.lines:
        font = ImageFont.load_default(size=int(_TALL * (line.box.y1 - line.box.y0) * _SCALE))
        place = (line.box.x0 * _SCALE, line.box.y0 * _SCALE)
        pen.text(place, page.text(line.words), 20, font=font)
    picture.save(path)
    return path


def opened(keeping: KeptDocuments, path: Path) -> OpenedDocument:
    return drive(keeping.open(path, SCHEMA, CancelToken()))[1]


@pytest.mark.parametrize("seed", _VENDORS)
def test_the_second_page_of_a_vendor_needs_no_click(
    keeping: KeptDocuments, tmp_path: Path, seed: int
) -> None:
    first, second = (printed(vendor(seed), number, noise=0.0) for number in (1, 2))
    taught = opened(keeping, drawn(first, tmp_path / "first.png"))
    page = taught.reading.pages[0]
    words = DocumentText(taught.reading)
    for name, text in first.shown.items():
        found = words.find(text) if name in first.truth else None
        if found is not None:
            keeping.assign(taught.sheet.document.id, page, found.evidence.words, name)
    later = opened(keeping, drawn(second, tmp_path / "second.png"))
    legible = DocumentText(later.reading)
    wrong = {}
    for name, truth in second.truth.items():
        value = later.sheet.extraction.value(name)
        there = legible.find(second.shown[name], 1.0) is not None
        if there and (value is None or squeezed(value.value) != squeezed(truth)):
            wrong[name] = (truth, value and value.value)
    assert wrong == {}
    learned = [one for one in later.sheet.extraction.values if one.origin is Origin.LEARNED]
    assert len(learned) >= 6
