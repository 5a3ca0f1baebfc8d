"""What a document is, told without drawing it: pages, their sizes, and what else it holds."""

from vlm_desktop.base.documentfiles import MOST_SIZES, DocumentFacts
from vlm_desktop.base.types import DecodeLimits, MediaKind, Size
from vlm_desktop.media.decode import reader_of
from vlm_desktop.media.guard import check_pixels
from vlm_desktop.media.pdf import opened
from vlm_desktop.media.pdfhazards import hazards_of
from vlm_desktop.media.pictures import frame_sizes
from vlm_desktop.media.reading import Wish
from vlm_desktop.media.sniff import Decoder, FileType
from vlm_desktop.media.source import Source

_LITTLE = 64


def facts_of(
    source: Source, found: FileType, limits: DecodeLimits
) -> tuple[MediaKind, str, DocumentFacts]:
    """Kind, the format's name and the facts. Raises `MediaRefused` and what libraries raise."""
    if found.decoder is Decoder.PDF:
        return MediaKind.PDF, found.name, _of_pdf(source)
    if found.decoder is Decoder.PILLOW:
        count, sizes = frame_sizes(source, found.name, MOST_SIZES)
        for size in sizes:
            check_pixels(source.path, size.width, size.height, limits)
        return MediaKind.PHOTO, found.name, DocumentFacts(count, sizes)
    # Of these formats only reading tells the size of what is shown.
    reading = reader_of(found.decoder)(source, found.name, Wish(_LITTLE), limits)
    return reading.kind, reading.format, DocumentFacts(1, (reading.pages[0].size,))


def _of_pdf(source: Source) -> DocumentFacts:
    with opened(source) as document:
        count = len(document)
        points = [document.get_page_size(number) for number in range(min(count, MOST_SIZES))]
    sizes = tuple(Size(max(1, round(width)), max(1, round(height))) for width, height in points)
    return DocumentFacts(count, sizes, hazards_of(source))
