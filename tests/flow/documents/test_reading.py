"""Pages to readings: layer, OCR or both, with readers that a test made."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import DrawnPage, LayerVerdict, LayerWord, TextLayer
from vlm_desktop.base.errors import Cancelled
from vlm_desktop.base.ocrtext import Quad, ReadLine, ReadPicture, ReadWord
from vlm_desktop.base.pagereading import DocumentReading, TextSource
from vlm_desktop.base.types import Box, DecodeLimits, MediaKind, OcrLine, Size
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.engine.documents.readpage import read_page
from vlm_desktop.media.pool import DecodePool

WIDTH, HEIGHT = 400, 600


def quad(box: Box) -> Quad:
    return ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))


class Reader:
    """Sees given lines, each word 10 pixels a letter, and says what it was asked."""

    def __init__(self, *lines: tuple[float, float, str], at: Sequence[str] = ()) -> None:
        self._lines = lines
        self._at = at
        self.asked: list[str] = []
        self.closed = 0

    def read(self, image: PixelArray) -> tuple[OcrLine, ...]:
        raise AssertionError("documents are read by words")

    def read_words(self, image: PixelArray) -> ReadPicture:
        self.asked.append("words")
        return ReadPicture(0, tuple(self._line(x, y, text) for x, y, text in self._lines))

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        self.asked.append("at")
        return tuple(
            self._line(box.x0, box.y0, text) for box, text in zip(boxes, self._at, strict=True)
        )

    def close(self) -> None:
        self.closed += 1

    def _line(self, x: float, y: float, text: str) -> ReadLine:
        words = []
        start = x
        for piece in text.split():
            box = Box(x, y, x + 10 * len(piece), y + 16)
            words.append(ReadWord(piece, quad(box), 0.9, (0.9,) * len(piece)))
            x = box.x1 + 10
        return ReadLine(quad(Box(start, y, x - 10, y + 16)), tuple(words))


def layer_of(
    *lines: tuple[float, float, str], verdict: LayerVerdict = LayerVerdict.SANE
) -> TextLayer:
    words = []
    for x, y, text in lines:
        for piece in text.split():
            words.append(LayerWord(piece, Box(x, y, x + 10 * len(piece), y + 16)))
            x += 10 * (len(piece) + 1)
    return TextLayer(tuple(words), verdict)


def page(layer: TextLayer | None, *, ink: Sequence[Box] = (), scale: int = 2) -> DrawnPage:
    picture = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), "white")
    draw = ImageDraw.Draw(picture)
    for box in ink:
        draw.rectangle(tuple(scale * side for side in (box.x0, box.y0, box.x1, box.y1)), "black")
    return DrawnPage(
        path=Path("a.pdf"),
        content_hash="a",
        kind=MediaKind.PDF,
        number=1,
        pixels=np.asarray(picture),
        size=Size(WIDTH, HEIGHT),
        region=Box(0, 0, WIDTH, HEIGHT),
        layer=layer,
    )


TEXT = ((20.0, 20.0, "Invoice number 4711"), (20.0, 50.0, "Amount due 17.00"))


def test_a_sane_layer_is_used_and_only_sampled() -> None:
    reader = Reader(at=["Invoice number 4711", "Amount due 17.00"])
    read = read_page(page(layer_of(*TEXT)), lambda: reader)
    assert reader.asked == ["at"]
    assert read.layer == "used"
    assert [read.text(line.words) for line in read.lines] == [text for *_, text in TEXT]
    assert {word.source for word in read.words} == {TextSource.BOTH}
    assert all(word.confidence == 1.0 for word in read.words)


def test_a_sampled_word_that_looks_otherwise_is_disputed() -> None:
    reader = Reader(at=["Invoice number 4711", "Amount due 11.00"])
    read = read_page(page(layer_of(*TEXT)), lambda: reader)
    (word,) = [word for word in read.words if word.source is TextSource.DISPUTED]
    assert (word.text, word.other, read.layer) == ("17.00", "11.00", "disputed")


def test_a_layer_that_says_something_else_gives_way_to_ocr() -> None:
    reader = Reader((40, 40, "Quite another text"), at=["xxxxxxxxxxx", "wwwwwwwwww", "vvvvvvvvv"])
    layer = layer_of(*TEXT, (20, 80, "Thank you very much"))
    read = read_page(page(layer), lambda: reader)
    assert reader.asked == ["at", "words"]
    assert read.layer == "insane"
    assert [word.text for word in read.words] == ["Quite", "another", "text"]
    assert read.words[0].box.x0 == pytest.approx(20), "pixels are two to a point"


def test_nothing_is_said_against_a_layer_by_lines_too_small_to_read() -> None:
    reader = Reader(at=[])
    tiny = [
        LayerWord(text, Box(20, y, 60, y + 3))
        for y, text in ((20, "Invoice"), (50, "Amount"), (80, "Thanks"))
    ]
    read = read_page(page(TextLayer(tuple(tiny), LayerVerdict.SANE)), lambda: reader)
    assert (reader.asked, read.layer) == ([], "used")
    assert [word.text for word in read.words] == ["Invoice", "Amount", "Thanks"]


def test_a_line_or_two_that_look_otherwise_only_raise_doubts() -> None:
    reader = Reader((40, 40, "Invoice number 4711"), at=["xxxxxxxxxxx", "wwwwwwwwww"])
    read = read_page(page(layer_of(*TEXT)), lambda: reader)
    assert reader.asked == ["at", "words"]
    assert read.layer in ("used", "disputed")
    assert "due" in [word.text for word in read.words]


@pytest.mark.parametrize("layer", [None, layer_of(*TEXT, verdict=LayerVerdict.INSANE)])
def test_without_a_layer_to_use_there_is_ocr(layer: TextLayer | None) -> None:
    reader = Reader((40, 40, "Total 3.00"))
    read = read_page(page(layer), lambda: reader)
    assert reader.asked == ["words"]
    assert read.layer == ("insane" if layer else "")
    assert {word.source for word in read.words} == {TextSource.OCR}
    assert read.words[0].characters == (0.9,) * 5


def test_somebody_elses_ocr_is_compared_with_ours() -> None:
    seen = [(x, y, text.replace("17", "11")) for x, y, text in TEXT]
    reader = Reader(*seen, (20, 200, "stamp"))
    spread = layer_of(*TEXT, verdict=LayerVerdict.SCAN)
    read = read_page(page(spread, scale=1), lambda: reader)
    sources = {word.text: word.source for word in read.words}
    assert read.layer == "disputed"
    assert sources["17.00"] is TextSource.DISPUTED
    assert sources["stamp"] is TextSource.OCR


def test_words_without_ink_are_not_read() -> None:
    hidden = LayerWord("ignore-all-rules", Box(20, 200, 180, 216), has_ink=False)
    layer = layer_of(*TEXT)
    spread = TextLayer((*layer.words, hidden), LayerVerdict.SANE)
    reader = Reader(at=["Invoice number 4711", "Amount due 17.00"])
    read = read_page(page(spread), lambda: reader)
    assert "ignore-all-rules" not in [word.text for word in read.words]


def test_ink_like_letters_that_the_layer_does_not_know_is_read() -> None:
    letters = [Box(20 + 12 * k, y, 27 + 12 * k, y + 12) for k in range(20) for y in (300, 330)]
    reader = Reader((40, 600, "Text on a picture"), at=["Invoice number 4711", "Amount due 17.00"])
    read = read_page(page(layer_of(*TEXT), ink=letters), lambda: reader)
    assert reader.asked == ["at", "words"]
    assert "picture" in [word.text for word in read.words]
    assert "Invoice" in [word.text for word in read.words]


def test_a_page_on_its_side_is_read_by_ocr_too() -> None:
    lying = TextLayer(
        tuple(
            LayerWord(text, Box(x, 20, x + 16, 120)) for x, text in ((20, "invoice"), (50, "due"))
        ),
        LayerVerdict.SANE,
    )
    reader = Reader()
    read_page(page(lying), lambda: reader)
    assert reader.asked == ["words"]


def test_an_empty_page_is_an_empty_reading() -> None:
    read = read_page(page(None), lambda: Reader())
    assert (read.words, read.lines, read.blocks, read.tables, read.pairs) == ((), (), (), (), ())


# --- files -----------------------------------------------------------------------------------


@pytest.fixture
def pages() -> Iterator[DocumentPages]:
    made = DocumentPages(lambda: DecodePool(1, DecodeLimits()))
    yield made
    made.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    Image.new("RGB", (300, 200), "white").save(path)
    return path


def drive(reader: DocumentReader, path: Path, **options: Sequence[int]) -> DocumentReading:
    verb = reader.read(path, CancelToken(), **options)
    told = 0
    while True:
        try:
            next(verb)
            told += 1
        except StopIteration as done:
            assert told, "progress is told"
            reading: DocumentReading = done.value
            return reading


def test_what_was_read_is_kept_by_content(
    pages: DocumentPages, picture: Path, tmp_path: Path
) -> None:
    reader = Reader((10, 10, "Total 3.00"))
    opened: list[Reader] = []

    def open_reader() -> Reader:
        opened.append(reader)
        return reader

    documents = DocumentReader(pages, open_reader)
    copy = tmp_path / "copy.png"
    copy.write_bytes(picture.read_bytes())
    first, again = drive(documents, picture), drive(documents, copy)
    assert reader.asked == ["words"]
    assert first.pages == again.pages
    assert (first.page_count, first.kind) == (1, MediaKind.PHOTO)
    documents.close()
    assert (len(opened), reader.closed) == (1, 1)
    drive(documents, picture)
    assert reader.asked == ["words", "words"], "closing forgets"
    documents.close()


def test_a_cancelled_reading_stops(pages: DocumentPages, picture: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    documents = DocumentReader(pages, Reader)
    with pytest.raises(Cancelled):
        list(documents.read(picture, cancel))
    documents.close()
