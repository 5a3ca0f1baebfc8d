"""A page that was read, with what is needed to write into it."""

from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.base.altpages import Page
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.media.pages.references import Copies
from vlm_desktop.media.pages.targets import Target
from vlm_desktop.media.pages.textfile import TextFile


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader is handed: the file, the folder for copies, whom to ask whether to stop."""

    path: Path
    content_hash: str
    copies: Copies
    cancel: CancelToken


@dataclass(frozen=True, slots=True)
class Loaded:
    """`sources` are the texts of the parts ("" for a page that is one file), `targets` the places
    of alt text by the keys of the page's images. `signed` documents are not written.
    """

    page: Page
    sources: dict[str, TextFile]
    targets: dict[str, Target]
    signed: bool = False
