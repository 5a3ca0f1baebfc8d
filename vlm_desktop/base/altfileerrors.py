"""Errors of writing alt text into files; see `base.errors`. The file is always as it was."""

from pathlib import Path

from vlm_desktop.base.errors import AppError


class WritingRefused(AppError):
    """Root of the reasons why nothing was written into a picture; the next lines say which."""

    def __init__(self, *, path: Path, detail: str = "") -> None:
        self.path = path
        super().__init__(path=path, detail=detail)


class PictureDamaged(WritingRefused):
    """The file is not built as its format asks, so nothing in it may be moved."""


class XmpDamaged(WritingRefused):
    """The file's own XMP is not whole; writing it anew would lose what it holds."""


class FormatHoldsNoText(WritingRefused):
    """`detail` is the format, which this program writes no XMP into."""


class PictureSigned(WritingRefused):
    """The file carries Content Credentials (C2PA) that writing would break."""


class PictureHasPointers(WritingRefused):
    """Something in it points to places that would move, and cannot be put right."""


class PictureTooLarge(WritingRefused):
    """The format has no room for more; `detail` says how much it takes."""


class FileChangedSince(WritingRefused):
    """The file is no longer the one that was described, or changed while it was written."""


class ReadBackDiffers(WritingRefused):
    """What was written did not read back as meant; it was thrown away."""


class BackupThere(WritingRefused):
    """A backup of that name is there, and backups are never written over."""


class LanguageRefused(AppError):
    """A language that is no BCP 47 tag."""

    def __init__(self, *, language: str) -> None:
        super().__init__(language=language)
