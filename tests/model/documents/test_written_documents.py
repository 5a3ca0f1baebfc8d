"""What is written is read again with the real OCR: redaction is proven, scans become searchable."""

import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.flow.documents.pdfmaking import drawn, pdf_of, picture_of, saved, with_picture
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documentfiles import LayerVerdict
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import bundled
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.engine.documents.exporting import DocumentExports
from vlm_desktop.engine.documents.pages import DocumentPages, document_limits
from vlm_desktop.engine.documents.reading import DocumentReader
from vlm_desktop.media.pool import DecodePool

Result = TypeVar("Result")
CANCEL = CancelToken()
CARD = "4111 1111 1111 1111"
SEEN = [(100, 100, "Receipt of ACME"), (100, 200, "Total 12.50"), (100, 300, f"Card {CARD}")]


def finish(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            result: Result = end.value
            return result


@pytest.fixture(scope="module")
def parts(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DocumentPages, DocumentReader, DocumentExports]]:
    folder = bundled("models")
    registry = Registry(
        bundled=folder,
        home_models=tmp_path_factory.mktemp("models"),
        manifest=folder / "manifest.toml",
    )
    pages = DocumentPages(lambda: DecodePool(1, document_limits(DecodeLimits())))
    reader = DocumentReader(pages, lambda: registry.open_reader(close_look=True))
    yield pages, reader, DocumentExports(pages, reader)
    reader.close()
    pages.close()


def said(reader: DocumentReader, path: Path) -> str:
    page = finish(reader.read(path, CANCEL)).pages[0]
    return " ".join(page.text(line.words) for line in page.lines)


def test_a_number_in_a_scan_is_gone(
    parts: tuple[DocumentPages, DocumentReader, DocumentExports], tmp_path: Path
) -> None:
    _, reader, exports = parts
    source, target = tmp_path / "scan.jpg", tmp_path / "copy.png"
    picture_of(SEEN, (1240, 500)).save(source)
    assert CARD in said(reader, source)
    finish(exports.redact(source, target, CANCEL, texts=[CARD]))
    left = said(reader, target)
    assert "4111" not in left
    assert "1111" not in left
    assert "Total 12.50" in left


def test_a_text_that_only_a_picture_shows_is_cut_too(
    parts: tuple[DocumentPages, DocumentReader, DocumentExports], tmp_path: Path
) -> None:
    """Beside drawn text that is sane, and that says the same."""
    _, reader, exports = parts
    document = pdf_of([drawn((300, 400, f"Charged to {CARD}"))])
    with_picture(document, 1, picture_of(SEEN))
    source, target = saved(document, tmp_path / "a.pdf"), tmp_path / "b.pdf"
    finish(exports.redact(source, target, CANCEL, texts=[CARD]))
    left = said(reader, target)
    assert "1111" not in left
    assert "Charged to" in left
    assert "Receipt" in left


def test_a_scan_becomes_searchable(
    parts: tuple[DocumentPages, DocumentReader, DocumentExports], tmp_path: Path
) -> None:
    pages, _, exports = parts
    source, target = tmp_path / "scan.png", tmp_path / "scan.pdf"
    picture_of(SEEN, (1240, 500)).save(source, dpi=(150, 150))
    done = finish(exports.searchable(source, target, CANCEL))
    assert done.read == 1
    layer = pages.read(target, 1, CANCEL).layer
    assert layer is not None
    assert layer.verdict is LayerVerdict.SCAN
    assert " ".join(word.text for word in layer.words).startswith("Receipt of ACME Total 12.50")
    total = next(word.box for word in layer.words if word.text == "12.50")
    assert total.x0 < (100 + 130) * 0.48 < total.x1 + 20
    assert total.y0 < 225 * 0.48 < total.y1
    if shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", target, "-"], capture_output=True, check=True).stdout
        assert b"Total 12.50" in told
