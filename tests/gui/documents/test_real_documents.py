"""A PDF made here, drawn, read and understood by the real engine, in the window."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, QPointF, QSizeF, Qt
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter
from pytestqt.qtbot import QtBot

from tests.flow.documents.readers import FixedReader
from tests.gui.documents.fake_documents import FakeDocuments, receipt_page
from tests.gui.fake_services import FakeServices
from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.ocrtext import ReadLine, ReadWord
from vlm_desktop.base.types import Box, DecodeLimits
from vlm_desktop.engine.documents.batch import DocumentBatch
from vlm_desktop.engine.documents.checks import check
from vlm_desktop.engine.documents.extracting import Extractor
from vlm_desktop.engine.documents.keeping import KeptDocuments
from vlm_desktop.engine.documents.pages import DocumentPages, document_limits
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.gui.panes.documents.documents_pane import DocumentsPane
from vlm_desktop.media.pool import DecodePool


class ReceiptReader(FixedReader):
    """Reads at a place what the receipt says there, and nothing else."""

    def read_at(self, image: PixelArray, boxes: Sequence[Box]) -> tuple[ReadLine, ...]:
        page = receipt_page()
        scale = image.shape[1] / page.view.page.width
        lines = []
        for box in boxes:
            inside = [
                word
                for word in page.words
                if box.x0 <= (word.box.x0 + word.box.x1) / 2 * scale <= box.x1
                and box.y0 <= (word.box.y0 + word.box.y1) / 2 * scale <= box.y1
            ]
            quad = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
            found = (ReadWord(one.text, quad, 0.9, (0.9,) * len(one.text)) for one in inside)
            lines.append(ReadLine(quad, tuple(found)))
        return tuple(lines)


@pytest.fixture
def documents(tmp_path: Path, services: FakeServices) -> Iterator[FakeDocuments]:
    """The engine's own parts; only the reader of pictures is missing."""
    made = FakeDocuments(tmp_path / "home")
    limits = document_limits(DecodeLimits())
    made.pages = DocumentPages(lambda: DecodePool(1, limits))  # type: ignore[assignment]
    made.reader = DocumentReader(made.pages, ReceiptReader)  # type: ignore[assignment, arg-type]
    made.extractor = Extractor()  # type: ignore[assignment]
    made.keeping = KeptDocuments(
        made.library, made.pages, made.reader, made.extractor, check, lambda: None, lambda: ()
    )
    made.batch = DocumentBatch(made.library, made.pages, made.keeping)
    services.documents = made  # type: ignore[assignment]
    yield made
    made.pages.close()
    made.close()


@pytest.fixture
def receipt(tmp_path: Path, qapp: object) -> Path:
    """Three pages; the first is the receipt of the other tests, the others are empty."""
    path, page = tmp_path / "receipt.pdf", receipt_page()
    writer = QPdfWriter(str(path))
    writer.setResolution(144)
    size = QPageSize(QSizeF(page.view.page.width, page.view.page.height), QPageSize.Unit.Point)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    with QPainter(writer) as painter:
        painter.scale(2, 2)
        font = QFont("DejaVu Sans Mono")
        font.setPixelSize(20)
        painter.setFont(font)
        for word in page.words:
            painter.drawText(QPointF(word.box.x0, word.box.y1 - 5), word.text)
        for _ in range(2):
            writer.newPage()
    return path


def test_a_receipt_is_read_corrected_and_looked_at_closely(
    open_pane: Callable[[], DocumentsPane], receipt: Path, qtbot: QtBot
) -> None:
    pane = open_pane()
    pane.session.open(receipt, "receipt")
    qtbot.waitUntil(lambda: pane.session.shapes is not None, timeout=30_000)
    sheet, canvas = pane.session.sheet, pane.page_panel.canvas
    assert sheet is not None
    total = sheet.extraction.value("total")
    assert total is not None
    assert (total.value, total.evidence[0].page) == ("17.90", 1)
    qtbot.waitUntil(lambda: canvas.image.width() > 500)
    pane.fields.go_to(("total", 0))
    (mark,) = [one for one in canvas.marks if one.key == canvas.lit]
    assert canvas.region_in_sight.contains(mark.box)
    # A look at it closely: the part in sight is drawn anew, and only that.
    canvas.zoom_to(6.0, canvas.geometry_of_photo.to_view(mark.box).center())
    pane.page_panel.light(pane.fields.entries.entry(("total", 0)), scroll=True)
    qtbot.waitUntil(lambda: not canvas._detail.isNull(), timeout=10_000)
    assert canvas._detail_region.width() < 600, "only what is in sight"
    canvas.fit()
    # What was misread is put right by pointing at it; the sum tells at once.
    box = canvas.shapes.around([canvas.shapes.at(mark.box.center())])
    at = canvas.geometry_of_photo.transform().map(box.center()).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: pane.session.sheet.extraction.value("total").origin.value == "human")
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    assert pane.session.page == 2
    qtbot.waitUntil(lambda: pane.session.shapes is not None, timeout=30_000)
    assert pane.session.shapes.order == ()
