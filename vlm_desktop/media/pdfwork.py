"""Work on documents that ends in files or bytes instead of pixels; run in a decoder process."""

from vlm_desktop.base.documentfiles import DocumentFacts
from vlm_desktop.base.errors import MediaRefused, Refusal
from vlm_desktop.base.pdfwork import (
    WRITING_FAILED,
    AddText,
    CutOut,
    FindTexts,
    PdfWork,
    WorkDone,
)
from vlm_desktop.base.types import DecodeLimits
from vlm_desktop.media.pdfattachments import read_attachments
from vlm_desktop.media.pdfcutting import cut_out
from vlm_desktop.media.pdfsearching import find_texts
from vlm_desktop.media.pdftext import add_text
from vlm_desktop.media.pdfwriting import WritingFailed
from vlm_desktop.media.sniff import FileType
from vlm_desktop.media.source import Source


def do_work(
    source: Source, found: FileType, facts: DocumentFacts, work: PdfWork, limits: DecodeLimits
) -> WorkDone:
    """Do it. Raises `MediaRefused`; one whose detail begins with `WRITING_FAILED` is about the
    target, not the file."""
    try:
        if isinstance(work, AddText):
            return WorkDone(pages=add_text(source, found, facts, work, limits))
        if isinstance(work, CutOut):
            return WorkDone(pages=cut_out(source, found, facts, work, limits))
        if isinstance(work, FindTexts):
            return WorkDone(found=find_texts(source, work.texts))
        return WorkDone(attachments=read_attachments(source, found))
    except WritingFailed as error:
        raise MediaRefused(
            path=source.path, reason=Refusal.UNREADABLE, detail=f"{WRITING_FAILED}{error.number}"
        ) from error
