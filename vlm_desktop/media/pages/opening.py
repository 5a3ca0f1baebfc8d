"""Which reader reads a file, and how large a file may be."""

from pathlib import Path
from typing import BinaryIO

from vlm_desktop.base.altpages import PAGE_ENDINGS, Page, PageFormat
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.pageerrors import (
    PageOld,
    PageTooLarge,
    PageUnknown,
    PageUnreadable,
)
from vlm_desktop.media.pages import docx, epub, html, markdown, pptx
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.references import Copies
from vlm_desktop.media.pages.zipparts import Archive
from vlm_desktop.media.sidecar import translated
from vlm_desktop.media.source import content_hash

_MB = 1024 * 1024
MOST = {
    PageFormat.HTML: 64 * _MB,
    PageFormat.MARKDOWN: 8 * _MB,
    PageFormat.DOCX: 512 * _MB,
    PageFormat.PPTX: 512 * _MB,
    PageFormat.EPUB: 512 * _MB,
}
"""Bytes of a file that is read."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = {PageFormat.DOCX: docx.load, PageFormat.PPTX: pptx.load, PageFormat.EPUB: epub.load}


def open_page(path: Path, copies: Path, cancel: CancelToken) -> Page:
    """Read a page. Images inside it are put into the folder `copies`, named by their content.

    Raises the errors of `base.pageerrors`, DestinationNotWritable and DiskFull (for the copies),
    Cancelled.
    """
    return load(path, read(path), copies, cancel).page


def format_of(path: Path) -> PageFormat:
    """By its ending. Raises PageUnknown, PageOld."""
    found = PAGE_ENDINGS.get(path.suffix.lower())
    if found is None:
        with _opened(path) as file:
            if file.read(len(_OLE)) == _OLE:
                raise PageOld(path=path)
        raise PageUnknown(path=path)
    return found


def read(path: Path) -> bytes:
    """The bytes of a page. Raises PageUnreadable, PageTooLarge, PageUnknown, PageOld."""
    most = MOST[format_of(path)]
    with _opened(path) as file:
        try:
            data = file.read(most + 1)
        except OSError as error:
            raise PageUnreadable(path=path, detail=error.strerror or str(error)) from error
    if len(data) > most:
        raise PageTooLarge(path=path, detail=f"more than {most // _MB} MB")
    return data


def load(path: Path, data: bytes, copies: Path, cancel: CancelToken) -> Loaded:
    """What `data`, the bytes of the file `path`, shows. Raises as `open_page` does."""
    kind = format_of(path)
    reading = Reading(path, content_hash(data), Copies(copies), cancel)
    with translated(copies):
        if kind is PageFormat.HTML:
            return html.load(reading, data)
        if kind is PageFormat.MARKDOWN:
            return markdown.load(reading, data)
        archive = Archive(path, data)
        try:
            return _ARCHIVES[kind](reading, archive)
        finally:
            archive.close()


def _opened(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            raise PageUnreadable(path=path, detail="there is no such file")
        return path.open("rb")
    except OSError as error:
        raise PageUnreadable(path=path, detail=error.strerror or str(error)) from error
