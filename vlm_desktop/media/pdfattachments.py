"""XML files attached to a PDF, handed over as bytes; other attachments are not touched."""

import pikepdf

from vlm_desktop.base.pdfwork import Attachment
from vlm_desktop.media.pdfwriting import opened_for_writing
from vlm_desktop.media.sniff import Decoder, FileType
from vlm_desktop.media.source import Source

MOST_BYTES = 10 * 1024 * 1024
_MOST_FILES = 16
_MOST_NAMED = 1_000


def read_attachments(source: Source, found: FileType) -> tuple[Attachment, ...]:
    """The XML files in the order of their names, at most 16 of at most 10 MB each."""
    if found.decoder is not Decoder.PDF:
        return ()
    read: list[Attachment] = []
    with opened_for_writing(source) as document:
        for number, (name, spec) in enumerate(sorted(document.attachments.items())):
            if number >= _MOST_NAMED or len(read) >= _MOST_FILES:
                break
            if not name.lower().endswith(".xml"):
                continue
            data = _bytes_of(spec)
            if data:
                read.append(Attachment(name, data))
    return tuple(read)


def _bytes_of(spec: pikepdf.AttachedFileSpec) -> bytes:
    """The file's bytes; none for one that unpacks to more than is taken."""
    stream = spec.get_file().obj
    length = stream.get("/Params", pikepdf.Dictionary()).get("/Size", 0)
    if isinstance(length, int) and length > MOST_BYTES:
        return b""
    data = stream.read_bytes()
    return data if len(data) <= MOST_BYTES else b""
