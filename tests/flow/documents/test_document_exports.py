"""Tables without formulas, PDFs that can be searched, copies from which things are gone."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import openpyxl
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.flow.documents.pdfmaking import drawn, pdf_of, picture_of, saved, with_picture
from tests.flow.documents.readers import FixedReader
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import (
    NothingToRedact,
    RedactionFailed,
    TargetIsSource,
    TargetKind,
    TextNotFound,
)
from vlm_desktop.base.documentexports import RedactArea, TableKind
from vlm_desktop.base.documentfiles import LayerVerdict
from vlm_desktop.base.documents import (
    Check,
    CheckKind,
    Evidence,
    Extraction,
    FieldValue,
    MissingField,
    Origin,
)
from vlm_desktop.base.errors import DestinationNotWritable
from vlm_desktop.base.events import Event
from vlm_desktop.base.pdfwork import AddText, PageWords
from vlm_desktop.base.types import Box, DecodeLimits
from vlm_desktop.engine.documents.exporting import DocumentExports
from vlm_desktop.engine.documents.pages import DocumentPages, document_limits
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.media.pool import DecodePool

Result = TypeVar("Result")
CANCEL = CancelToken()
SECRET = "DE89370400440532013000"


def finish(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            result: Result = end.value
            return result


@pytest.fixture(scope="module")
def pages() -> Iterator[DocumentPages]:
    made = DocumentPages(lambda: DecodePool(1, document_limits(DecodeLimits())))
    yield made
    made.close()


@pytest.fixture
def exports(pages: DocumentPages) -> Callable[..., DocumentExports]:
    """Exports whose OCR sees these words in every picture."""
    return lambda *words: DocumentExports(pages, DocumentReader(pages, lambda: FixedReader(*words)))


# --- tables --------------------------------------------------------------------------------


def extraction(path: str = "a.pdf") -> Extraction:
    place = Evidence(1, Box(10, 20, 110.5, 32), "=cmd|'/c calc'!A1")
    return Extraction(
        Path(path),
        "ab" * 20,
        "invoice",
        (
            FieldValue("issuer", "=cmd|'/c calc'!A1", "=cmd|'/c calc'!A1", 0.91, (place,)),
            FieldValue("gross_amount", "-1.234,50", "-1234.50", 0.8, (place,), currency="EUR"),
            FieldValue("customer", "guess", "guess", 0.9, origin=Origin.MODEL),
            FieldValue("date", "x", "2024-03-04", 1.0, origin=Origin.HUMAN, accepted=True),
            FieldValue("items/amount", "1", "1.00", 0.7, (place,), row=0),
            FieldValue("items/amount", "2", "2.00", 0.6, (place, place), row=1),
        ),
        (MissingField("iban", True),),
        (Check(CheckKind.SUM, False, (("gross_amount", 0),), "3.00", "-1234.50", "+sum"),),
    )


def test_csv_has_a_line_for_every_place_and_no_formula(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    target = tmp_path / "a.csv"
    done = finish(exports().table([extraction()], TableKind.CSV, target, CANCEL))
    assert (done.documents, done.values, done.left_out) == (1, 5, 1)
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    assert [row["field"] for row in rows] == [
        "issuer", "gross_amount", "date", "items/amount", "items/amount", "items/amount",
    ]  # fmt: skip
    assert rows[0]["value"] == rows[0]["text"] == "'=cmd|'/c calc'!A1"
    assert rows[1]["value"] == "-1234.50"
    assert rows[1]["raw"] == "'-1.234,50"
    assert [rows[0][key] for key in ("page", "x0", "y0", "x1", "y1", "confidence", "origin")] == [
        "1", "10", "20", "110.5", "32", "0.91", "read",
    ]  # fmt: skip
    assert rows[2]["page"] == ""
    assert not any(cell[:1] in "=+@" for row in rows for cell in row.values() if cell)


def test_json_is_what_the_command_tells(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    target = tmp_path / "a.json"
    finish(exports().table([extraction()], TableKind.JSON, target, CANCEL, ungrounded=True))
    told = json.loads(target.read_text("utf-8"))["documents"][0]
    assert told["fields"]["customer"]["grounded"] is False
    assert told["fields"]["gross_amount"]["currency"] == "EUR"
    assert [row["amount"]["value"] for row in told["fields"]["items"]["rows"]] == ["1.00", "2.00"]
    assert told["fields"]["issuer"]["evidence"] == [
        {"page": 1, "box": [10, 20, 110.5, 32], "text": "=cmd|'/c calc'!A1"}
    ]
    assert told["missing"] == ["iban"]
    assert told["checks"][0]["ok"] is False


def test_xlsx_has_values_evidence_and_checks_and_no_formula(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    target = tmp_path / "a.xlsx"
    finish(
        exports().table(
            [extraction("a.pdf"), extraction("b\x07.pdf")], TableKind.XLSX, target, CANCEL
        )
    )
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Values", "Evidence", "Checks"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))
    heads = [cell.value for cell in book["Values"][1]]
    first = dict(zip(heads, [cell.value for cell in book["Values"][2]], strict=True))
    assert first["gross_amount"] == -1234.5
    assert first["date"] == "2024-03-04"
    assert "customer" not in heads
    assert book["Values"].max_row == 3
    assert book["Checks"]["C2"].value == "no"


def test_a_folder_that_takes_nothing_is_told(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    for kind in TableKind:
        target = tmp_path / "nowhere" / f"a.{kind.value}"
        with pytest.raises(DestinationNotWritable):
            finish(exports().table([extraction()], kind, target, CANCEL))
    source = saved(pdf_of([b""]), tmp_path / "a.pdf")
    with pytest.raises(DestinationNotWritable):
        finish(exports().searchable(source, tmp_path / "nowhere" / "b.pdf", CANCEL))


# --- searchable PDFs -----------------------------------------------------------------------

WORDS = (
    ("Rechnung", Box(100, 100, 300, 130)),
    ("Größe", Box(310, 100, 400, 130)),
    ("Привет", Box(100, 200, 250, 240)),
    ("日本語", Box(300, 200, 420, 240)),
    ("שלום", Box(100, 300, 200, 340)),
    ("عربي", Box(100, 400, 200, 440)),
)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_unseen_words_are_found_where_they_were_laid(
    turn: int, pages: DocumentPages, tmp_path: Path
) -> None:
    source = saved(pdf_of([b"0.9 g 0 0 595 842 re f"], Rotate=turn), tmp_path / "a.pdf")
    target = tmp_path / "b.pdf"
    work = AddText(target, (PageWords(1, WORDS),))
    assert pages.work(source, work, CANCEL).pages == (1,)
    found = {word.text: word.box for word in pages.words(target, 1, CANCEL).words}
    assert set(found) == {text for text, _ in WORDS}
    for text, box in WORDS:
        seen = found[text]
        assert (seen.x0, seen.y0, seen.x1, seen.y1) == pytest.approx(
            (box.x0, box.y0, box.x1, box.y1), abs=1.0
        )
    before = pages.render(source, 1, CANCEL, scale=1.0).pixels
    assert np.array_equal(before, pages.render(target, 1, CANCEL, scale=1.0).pixels)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_words_of_a_turned_page_run_as_they_are_read(
    turns: int, pages: DocumentPages, tmp_path: Path
) -> None:
    source = saved(pdf_of([b""]), tmp_path / "a.pdf")
    box = Box(100, 300, 140, 500) if turns % 2 else Box(300, 100, 500, 140)
    words = (("Betrag", box),)
    pages.work(source, AddText(tmp_path / "b.pdf", (PageWords(1, words, turns),)), CANCEL)
    (word,) = pages.words(tmp_path / "b.pdf", 1, CANCEL).words
    assert word.text == "Betrag"
    assert (word.box.x0, word.box.y0, word.box.x1, word.box.y1) == pytest.approx(
        (box.x0, box.y0, box.x1, box.y1), abs=1.0
    )


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not here")
def test_another_program_finds_them_too(pages: DocumentPages, tmp_path: Path) -> None:
    source = saved(pdf_of([b""]), tmp_path / "a.pdf")
    target = tmp_path / "b.pdf"
    pages.work(source, AddText(target, (PageWords(1, WORDS),)), CANCEL)
    said = subprocess.run(["pdftotext", target, "-"], capture_output=True, check=True)
    text = said.stdout.decode("utf-8")
    assert all(word in text for word, _ in WORDS)
    assert not said.stderr


def test_a_jpeg_becomes_its_page_byte_for_byte(
    exports: Callable[..., DocumentExports], pages: DocumentPages, tmp_path: Path
) -> None:
    source, target = tmp_path / "scan.jpg", tmp_path / "scan.pdf"
    exif = Image.Exif()
    exif[274] = 6
    image = picture_of([(100, 100, "Total")], (600, 400))
    image.save(source, exif=exif, dpi=(100, 100))
    done = finish(exports(("Total", Box(50, 60, 150, 90))).searchable(source, target, CANCEL))
    assert (done.pages, done.read, done.words) == (1, 1, 1)
    assert source.read_bytes() in target.read_bytes()
    (size,) = pages.open(target, CANCEL).sizes
    assert (size.width, size.height) == (288, 432)
    shown = pages.render(target, 1, CANCEL, longest=600).pixels.astype(int)
    original = pages.render(source, 1, CANCEL).pixels.astype(int)
    assert np.abs(shown - original).mean() < 2
    layer = pages.read(target, 1, CANCEL).layer
    assert layer is not None
    (word,) = layer.words
    assert (word.box.x0, word.box.y1) == pytest.approx((36, 64.8), abs=0.5)


def test_pages_with_text_stay_as_they_are(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    document = pdf_of([b""])
    with_picture(document, 1, picture_of([(100, 100, "Receipt")]))
    source, target = saved(document, tmp_path / "a.pdf"), tmp_path / "b.pdf"
    done = finish(exports(("Receipt", Box(100, 100, 400, 160))).searchable(source, target, CANCEL))
    assert done.read == 1
    with pikepdf.open(source) as before, pikepdf.open(target) as after:
        old = before.pages[0].Resources.XObject.Im0.read_raw_bytes()
        assert old == after.pages[0].Resources.XObject.Im0.read_raw_bytes()
        first = before.pages[0].Contents.read_raw_bytes()
        assert first in [part.read_raw_bytes() for part in after.pages[0].Contents]
    again = finish(exports().searchable(target, tmp_path / "c.pdf", CANCEL))
    assert again.read == 0


def test_copies_never_replace_the_document(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    source = saved(pdf_of([b""]), tmp_path / "a.pdf")
    area = RedactArea(1, Box(0, 0, 10, 10))
    with pytest.raises(TargetIsSource):
        finish(exports().searchable(source, source, CANCEL))
    with pytest.raises(TargetIsSource):
        finish(exports().redact(source, source, CANCEL, areas=[area]))
    with pytest.raises(TargetKind):
        finish(exports().searchable(source, tmp_path / "a.txt", CANCEL))
    with pytest.raises(TargetKind):
        finish(exports().redact(source, tmp_path / "a.png", CANCEL, areas=[area]))
    with pytest.raises(NothingToRedact):
        finish(exports().redact(source, tmp_path / "b.pdf", CANCEL))


# --- redaction -----------------------------------------------------------------------------


def talkative() -> pikepdf.Pdf:
    """The secret is drawn, hidden, named, attached, noted and described."""
    document = pdf_of(
        [
            drawn((50, 700, "Account DE89 3704 0044 0532 0130 00"), (50, 650, "Thank you")),
            drawn((50, 700, "Nothing here")),
            drawn((50, 700, "Hidden below")) + drawn((50, 600, SECRET), mode=3),
        ]
    )
    name = pikepdf.Name
    note = pikepdf.Dictionary(
        Type=name.Annot, Subtype=name.Text, Rect=[9, 9, 30, 30], Contents=SECRET
    )
    document.pages[0].Annots = [document.make_indirect(note)]
    document.pages[1].Thumb = document.make_stream(SECRET.encode(), Width=1, Height=1)
    document.pages[1].PieceInfo = pikepdf.Dictionary(X=SECRET)
    document.docinfo["/Title"] = SECRET
    document.attachments["account.txt"] = SECRET.encode()
    document.Root.Names.JavaScript = pikepdf.Dictionary(
        Names=["a", pikepdf.Dictionary(S=name.JavaScript, JS=SECRET)]
    )
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(SECRET, 0))
    with document.open_metadata() as metadata:
        metadata["dc:title"] = SECRET
    return document


def test_a_text_is_gone_from_everywhere(
    exports: Callable[..., DocumentExports], pages: DocumentPages, tmp_path: Path
) -> None:
    source, target = saved(talkative(), tmp_path / "a.pdf"), tmp_path / "b.pdf"
    before = source.read_bytes()
    done = finish(exports().redact(source, target, CANCEL, texts=["de89 3704 0044 0532 0130 00"]))
    assert done.pages == (1, 3)
    assert source.read_bytes() == before
    with pikepdf.open(target) as after:
        assert set(after.Root.keys()) <= {"/Type", "/Pages"}
        assert not after.attachments
        for page in after.pages:
            assert not {"/Annots", "/Thumb", "/PieceInfo", "/Metadata"} & set(page.obj.keys())
    raw = pikepdf.open(target)
    streams = [one.read_raw_bytes() for one in raw.objects if isinstance(one, pikepdf.Stream)]
    assert not any(SECRET.encode() in data for data in (target.read_bytes(), *streams))
    shown = pypdfium2.PdfDocument(target)
    said = [page.get_textpage().get_text_range() for page in shown]
    assert said == ["", "Nothing here", ""]
    left = pages.render(target, 1, CANCEL, scale=2.0)
    whole = pages.render(source, 1, CANCEL, scale=2.0)
    # The account is a black bar, the rest of the page is what it was.
    assert left.pixels[264:286, 206:500].max() < 60
    assert np.abs(left.pixels[300:].astype(int) - whole.pixels[300:].astype(int)).mean() < 3


def test_a_box_takes_pixels_away(
    exports: Callable[..., DocumentExports], pages: DocumentPages, tmp_path: Path
) -> None:
    source = tmp_path / "scan.png"
    image = picture_of([(100, 100, "Card 4111"), (100, 300, "Total")], (600, 500))
    image.save(source, pnginfo=None)
    area = RedactArea(1, Box(90, 90, 400, 150))
    for name in ("b.png", "b.jpg", "b.tif", "b.pdf"):
        done = finish(exports().redact(source, tmp_path / name, CANCEL, areas=[area]))
        assert (done.pages, done.areas) == ((1,), (area,))
        shown = pages.render(tmp_path / name, 1, CANCEL, longest=600).pixels
        assert shown[95:145, 95:395].max() < 40
        assert np.ptp(shown[290:350, 90:300]) > 100


def test_metadata_of_a_picture_is_gone(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    source, target = tmp_path / "a.jpg", tmp_path / "b.jpg"
    exif = Image.Exif()
    exif[270] = SECRET
    picture_of([], (200, 200)).save(source, exif=exif, comment=SECRET.encode())
    finish(exports().redact(source, target, CANCEL, areas=[RedactArea(1, Box(0, 0, 50, 50))]))
    assert SECRET.encode() in source.read_bytes()
    assert SECRET.encode() not in target.read_bytes()
    with Image.open(target) as copy:
        assert not copy.getexif()


def test_a_copy_in_which_something_is_still_read_is_thrown_away(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    source = saved(pdf_of([drawn((50, 700, "Account 12345678"))]), tmp_path / "a.pdf")
    stubborn = exports(("12345678", Box(300, 300, 500, 340)))
    with pytest.raises(RedactionFailed):
        finish(stubborn.redact(source, tmp_path / "b.pdf", CANCEL, texts=["12345678"]))
    area = RedactArea(1, Box(50, 50, 400, 400))
    with pytest.raises(RedactionFailed):
        finish(stubborn.redact(source, tmp_path / "b.pdf", CANCEL, areas=[area]))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_text_that_is_nowhere_is_told(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    source = saved(pdf_of([drawn((50, 700, "Account 12345"))]), tmp_path / "a.pdf")
    for texts in (["nobody"], ["Account", "nobody"], ["234"]):
        with pytest.raises(TextNotFound):
            finish(exports().redact(source, tmp_path / "b.pdf", CANCEL, texts=texts))


def test_layers_that_can_be_switched_become_pictures(
    exports: Callable[..., DocumentExports], tmp_path: Path
) -> None:
    document = pdf_of([drawn((50, 700, "one")), drawn((50, 700, "two"))])
    group = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="secret"))
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary())
    source = saved(document, tmp_path / "a.pdf")
    area = RedactArea(1, Box(0, 0, 10, 10))
    done = finish(exports().redact(source, tmp_path / "b.pdf", CANCEL, areas=[area]))
    assert done.pages == (1, 2)


def test_a_layer_verdict_after_searchable_is_that_of_a_scan(
    exports: Callable[..., DocumentExports], pages: DocumentPages, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b.pdf"
    picture_of([(100, 100, "Receipt")], (600, 400)).save(source)
    finish(exports(("Receipt", Box(100, 100, 250, 145))).searchable(source, target, CANCEL))
    layer = pages.read(target, 1, CANCEL).layer
    assert layer is not None
    assert layer.verdict is LayerVerdict.SCAN
