"""What a decoder process is asked to make of a document beside pixels: files, attachments.

A person's files are opened there and nowhere else, also when a copy is written of them.
Importing this does not import numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from vlm_desktop.base.documentexports import RedactArea
    from vlm_desktop.base.types import Box


@dataclass(frozen=True, slots=True)
class PageWords:
    """Words to lay over a page (counted from 1), boxes in the page's own coordinates.

    `turns` are those of the page's view: quarter turns counter-clockwise that make it upright.
    """

    page: int
    words: tuple[tuple[str, Box], ...]
    turns: int = 0


@dataclass(frozen=True, slots=True)
class AddText:
    """Write a PDF with unseen text over these pages; a picture becomes a PDF first."""

    target: Path
    pages: tuple[PageWords, ...]


@dataclass(frozen=True, slots=True)
class CutOut:
    """Write a copy in which these areas are black and nothing else is left beside pages.

    A page with an area becomes a picture, and so do those of `pages`. `format` is "PDF", or of a
    picture with one page "PNG", "JPEG" or "TIFF".
    """

    target: Path
    areas: tuple[RedactArea, ...]
    pages: tuple[int, ...] = ()
    format: str = "PDF"


@dataclass(frozen=True, slots=True)
class ReadAttachments:
    """Give back the XML files attached to a PDF, unopened."""


@dataclass(frozen=True, slots=True)
class FindTexts:
    """Search everything a file holds for texts: contents, strings, names, attachments."""

    texts: tuple[str, ...]


PdfWork: TypeAlias = AddText | CutOut | ReadAttachments | FindTexts


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class WorkDone:
    """`pages` are the numbers of pages that were changed; the rest is what was asked for."""

    pages: tuple[int, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    found: tuple[str, ...] = ()


WRITING_FAILED = "writing failed: "
"""How the detail of a refusal begins that is about the target; the system's number follows."""
