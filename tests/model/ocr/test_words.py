"""Words of the real reader: their places, their confidences, and pages that lie askew."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.flow.documents.pdfmaking import drawn, pdf_of
from vlm_desktop.backends.ocr.rapid import RapidReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import DrawnPage
from vlm_desktop.base.pagereading import PageReading, TextSource
from vlm_desktop.base.types import Box, DecodeLimits, MediaKind, Size
from vlm_desktop.engine.documents.ocrmetrics import measure_reading, read_known_pages
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.readpage import read_page
from vlm_desktop.media.pool import DecodePool

ROWS = (
    ("Harbour Stores Limited", ""),
    ("Receipt number", "40718"),
    ("Blue paint", "12.50"),
    ("Brushes and tape", "7.25"),
    ("Total amount", "19.75"),
)
SIZE = (900, 700)


@pytest.fixture(scope="module")
def reader() -> Iterator[RapidReader]:
    made = RapidReader(threads=1, look_pixels=0)
    yield made
    made.close()


def receipt() -> tuple[Image.Image, dict[str, Box]]:
    """A drawn receipt and the place of each of its words."""
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(34)
    places: dict[str, Box] = {}
    for row, parts in enumerate(ROWS):
        for x, text in zip((60, 640), parts, strict=True):
            for word in text.split():
                draw.text((x, 60 + 110 * row), word, fill="black", font=font)
                places[word] = Box(*draw.textbbox((x, 60 + 110 * row), word, font=font))
                x += round(draw.textlength(word + " ", font=font))
    return picture, places


def read(picture: Image.Image, reader: RapidReader) -> PageReading:
    pixels = np.asarray(picture)
    drawn = DrawnPage(
        path=Path("a.png"),
        content_hash="a",
        kind=MediaKind.PHOTO,
        number=1,
        pixels=pixels,
        size=Size(picture.width, picture.height),
        region=Box(0, 0, picture.width, picture.height),
    )
    return read_page(drawn, lambda: reader)


def test_every_word_has_its_own_place(reader: RapidReader) -> None:
    picture, places = receipt()
    page = read(picture, reader)
    assert sorted(word.text for word in page.words) == sorted(places)
    for word in page.words:
        truth = places[word.text]
        assert abs(word.box.x0 - truth.x0) <= 4
        assert abs(word.box.x1 - truth.x1) <= 4
        assert abs(word.box.y0 - truth.y0) <= 6
        assert -6 <= word.box.y1 - truth.y1 <= 14, "a word is as high as its line"
        assert len(word.characters) == len(word.text)
        assert all(0 < score <= 1 for score in word.characters)


def test_rows_are_read_across(reader: RapidReader) -> None:
    picture, _ = receipt()
    page = read(picture, reader)
    said = [page.text(line.words) for line in page.lines]
    assert said == [text for row in ROWS for text in row if text]
    pairs = {(page.text(pair.key), page.text(pair.value)) for pair in page.pairs}
    assert ("Total amount", "19.75") in pairs


@pytest.mark.parametrize("degrees", [180, 90, 270, 4, -20, 197])
def test_a_page_may_lie_anyhow_and_its_words_are_found_on_it(
    degrees: float, reader: RapidReader
) -> None:
    picture, places = receipt()
    lying = picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    page = read(lying, reader)
    assert sorted(word.text for word in page.words) == sorted(places)
    assert [page.text(line.words) for line in page.lines][0] == ROWS[0][0]
    pixels = np.asarray(lying)
    for word in page.words:
        box = page.view.box_to_page(word.box)
        inside = pixels[round(box.y0) : round(box.y1), round(box.x0) : round(box.x1)]
        assert inside.min() < 100, word


@pytest.mark.parametrize("turns", [0, 1])
def test_a_long_strip_is_read_whole(turns: int, reader: RapidReader) -> None:
    strip = Image.new("RGB", (500, 14_000), "white")
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(24)
    rows = range(100, 13_900, 360)
    for number, y in enumerate(rows):
        draw.text((40, y), f"article {100 + number}", fill="black", font=font)
    page = read(Image.fromarray(np.rot90(np.asarray(strip), turns)), reader)
    said = [page.text(line.words) for line in page.lines]
    assert said == [f"article {100 + number}" for number in range(len(rows))]


def test_a_pdf_of_our_own_is_believed_after_a_look(reader: RapidReader, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    rows = [(72, 700 - 40 * k, f"Row {k} says {k + 11} kinds of paint") for k in range(6)]
    pdf_of([drawn(*rows, size=14)]).save(path)
    pages = DocumentPages(lambda: DecodePool(1, DecodeLimits()))
    page = read_page(pages.read(path, 1, CancelToken()), lambda: reader)
    pages.close()
    assert page.layer == "used"
    assert [page.text(line.words) for line in page.lines] == [text for *_, text in rows]
    assert {word.source for word in page.words} == {TextSource.LAYER, TextSource.BOTH}


def test_known_places_are_read_without_looking_for_lines(reader: RapidReader) -> None:
    picture, places = receipt()
    boxes = [places["40718"], Box(700, 600, 800, 640)]
    known, empty = reader.read_at(np.asarray(picture), boxes)
    assert [word.text for word in known.words] == ["40718"]
    assert empty.words == ()


def test_a_photo_of_no_text_is_an_empty_page(reader: RapidReader, shared_data: Path) -> None:
    photo = min((shared_data / "coco_photos").rglob("*.jpg"))
    with Image.open(photo) as image:
        page = read(image.convert("RGB"), reader)
    assert len(page.words) <= 3


def test_mended_spaces_help_on_receipts(reader: RapidReader, shared_data: Path) -> None:
    known = read_known_pages(shared_data / "sroie_receipts" / "fields.jsonl")
    some = [page for page in known if Path(page.image).stem in ("251", "566")]
    pages = DocumentPages(lambda: DecodePool(1, DecodeLimits()))
    documents = DocumentReader(pages, lambda: reader)
    verb = measure_reading(some, documents, CancelToken())
    while True:
        try:
            next(verb)
        except StopIteration as done:
            report = done.value
            break
    pages.close()
    assert (report.pages, report.unreadable) == (2, 0)
    assert report.lines_found > 90
    assert report.repaired.word_f1 > 85
    assert report.repaired.word_f1 >= report.plain.word_f1
    assert report.repaired.cer <= report.plain.cer
