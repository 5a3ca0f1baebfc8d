"""Errors of pages and documents that show images; see `base.errors`."""

from pathlib import Path

from vlm_desktop.base.errors import RequestError


class PageRefused(RequestError):
    """Root of pages that are not taken, or not written; the next lines say which."""


class PageUnknown(PageRefused):
    """The file is none of the formats that are read."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageUnreadable(PageRefused):
    """The system does not let the file be read."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class PageEncrypted(PageRefused):
    """A password or rights management keeps it closed."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageOld(PageRefused):
    """A Word or PowerPoint file from before 2007."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageWithMacros(PageRefused):
    """The document carries programs."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageSigned(PageRefused):
    """A digital signature would be broken by any change."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageDamaged(PageRefused):
    """The file is not whole, or is not what it says it is."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class PageTooLarge(PageRefused):
    """More bytes, files or images than are taken; `detail` says of what and how many."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class PageWithEntities(PageRefused):
    """An XML part declares entities, by which a small file can be made to fill the memory."""

    def __init__(self, *, path: Path, part: str) -> None:
        super().__init__(path=path, part=part)


class PageEncodingRefused(PageRefused):
    """The text cannot be decoded so that every byte would come back the same."""

    def __init__(self, *, path: Path, encoding: str) -> None:
        super().__init__(path=path, encoding=encoding)


class PageChanged(RequestError):
    """The file is another one than was opened: what was planned may not fit any more."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PageCheckFailed(RequestError):
    """Reading back what was to be written showed something else; the file was left as it is."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)
