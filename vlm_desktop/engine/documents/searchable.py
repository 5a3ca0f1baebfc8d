"""Searchable PDFs: what OCR read, laid unseen over pages that have no text of their own."""

from collections.abc import Generator
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.documenterrors import TargetIsSource, TargetKind
from vlm_desktop.base.documentexports import SearchableMade
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.pagereading import PageReading, TextSource
from vlm_desktop.base.pdfwork import AddText, PageWords
from vlm_desktop.engine.destinations import part_of, writing_to
from vlm_desktop.engine.documents.pages import DocumentPages
from vlm_desktop.engine.documents.reading import DocumentReader


def make_searchable(
    pages: DocumentPages,
    reader: DocumentReader,
    path: Path,
    target: Path,
    cancel: CancelToken,
) -> Generator[Event, None, SearchableMade]:
    """Read the document and write a PDF of it with an unseen text layer.

    Pages of a PDF stay as they are, to the coded bytes of their pictures; words are added only
    where the page's own text lacks them. A JPEG becomes the picture of its page byte for byte.

    Raises TargetIsSource, TargetKind, DestinationNotWritable, DiskFull, and what reading raises.
    """
    path = path.absolute()
    if target.suffix.lower() != ".pdf":
        raise TargetKind(path=target)
    if target.absolute() == path or (target.exists() and target.samefile(path)):
        raise TargetIsSource(path=target)
    reading = yield from reader.read(path, cancel)
    layers = tuple(layer for layer in map(_unseen, reading.pages) if layer.words)
    yield Progress(Phase.EXPORT, 0, 1)
    with writing_to(target), part_of(target) as part:
        done = pages.work(path, AddText(part, layers), cancel).pages
        cancel.raise_if_cancelled()
        part.replace(target)
    yield Progress(Phase.EXPORT, 1, 1)
    words = sum(len(layer.words) for layer in layers if layer.page in done)
    return SearchableMade(target, reading.page_count, len(done), words)


def _unseen(page: PageReading) -> PageWords:
    """The words that only OCR knows, in reading order."""
    order = [word for line in page.lines for word in line.words]
    chosen = [page.words[word] for word in order if page.words[word].source is TextSource.OCR]
    return PageWords(
        page.number,
        tuple((word.text, page.view.box_to_page(word.box)) for word in chosen),
        page.view.turns,
    )
