"""Pages and documents that show images: what was found in them, and what is to be written back.

A page is HTML, Markdown, a Word or PowerPoint document or an e-book. All texts here are plain
text, whatever the file wrote them as: nothing of them is markup to be interpreted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vlm_desktop.base.alttext import AltState, Decision, PageContext

if TYPE_CHECKING:
    from pathlib import Path


class PageFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "markdown"
    DOCX = "docx"
    PPTX = "pptx"
    EPUB = "epub"


PAGE_ENDINGS: dict[str, PageFormat] = {
    ".html": PageFormat.HTML,
    ".htm": PageFormat.HTML,
    ".xhtml": PageFormat.HTML,
    ".xht": PageFormat.HTML,
    ".md": PageFormat.MARKDOWN,
    ".markdown": PageFormat.MARKDOWN,
    ".mdown": PageFormat.MARKDOWN,
    ".mkd": PageFormat.MARKDOWN,
    ".docx": PageFormat.DOCX,
    ".dotx": PageFormat.DOCX,
    ".docm": PageFormat.DOCX,
    ".pptx": PageFormat.PPTX,
    ".potx": PageFormat.PPTX,
    ".ppsx": PageFormat.PPTX,
    ".pptm": PageFormat.PPTX,
    ".epub": PageFormat.EPUB,
}
"""Endings of files that `AltPages.open` takes, in lower case. Those with macros are then refused
with a sentence that says so."""


class Spot(StrEnum):
    """What kind of thing on a page shows the image."""

    IMG = "img"
    INPUT = "input"
    AREA = "area"
    """A part of an image map: `path` is the image of the map."""
    SVG = "svg"
    ROLE_IMG = "role-img"
    """Any other element that says of itself that it is an image."""
    MARKDOWN = "markdown"
    PICTURE = "picture"
    """A picture in a Word or PowerPoint document; also a shape that is filled with one."""
    CHART = "chart"
    """A chart or diagram in such a document, which has no picture of its own."""
    VML = "vml"
    """A picture in the way Word kept them before 2007."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One image where it stands on a page.

    `place` is the key by which it is found again, also after unrelated edits of the page:
    made of what it shows and how often the same was shown before. `alt` None means that nothing
    is said; "" says on purpose that there is nothing to say. `path` is where its bytes can be
    read: a file beside the page, or a copy taken out of it; None where they are far away
    (nothing is ever fetched), gone, or drawn by the document itself.
    """

    place: str
    spot: Spot
    source: str
    """The reference as it is written, shortened where it holds the image itself."""
    path: Path | None
    name: str
    """For a person: the file's name, or what the document calls it."""
    alt: str | None
    context: PageContext = PageContext()
    line: int = 0
    """Line of the text, from 1; 0 in documents that have none."""
    part: str = ""
    """Of documents made of several files: which one, "word/header1.xml"."""
    decorative: bool = False
    """The page says on purpose that it carries nothing: empty alt, presentation, decorative."""
    hidden: bool = False
    """It is hidden from assistive technology, by itself or by what is around it."""
    role: str = ""
    label: str = ""
    """aria-label or aria-labelledby: what is read out instead of `alt`."""
    description: str = ""
    """What an extended description says (aria-describedby, or the title of an Office picture)."""
    missing: bool = False
    """It refers to a file of this machine that is not there."""
    writable: bool = True
    """Whether its alt text can be written back; `why_not` is a code, see `strings.PAGE_SKIPPED`."""
    why_not: str = ""

    @property
    def needs_text(self) -> bool:
        """Nothing is said of it in any way."""
        return self.alt is None and not (self.label or self.hidden or self.decorative)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read. `content_hash` is the library's of its bytes then."""

    path: Path
    format: PageFormat
    title: str
    language: str
    """BCP 47; "" where the page does not say."""
    content_hash: str
    images: tuple[PageImage, ...]

    def image(self, place: str) -> PageImage | None:
        return next((one for one in self.images if one.place == place), None)


@dataclass(frozen=True, slots=True)
class AltChange:
    """What is to stand at a place: a text, or None for "it is decorative"."""

    place: str
    alt: str | None


@dataclass(frozen=True, slots=True)
class PageEdit:
    """One change as a person is shown it before it is written.

    `before` and `after` are the piece of the source around the image (whole lines of HTML and
    Markdown, the element of an Office document), as plain text; `alt` is the text as it will be
    read back: without control characters, and in Markdown on one line.
    """

    place: str
    name: str
    part: str
    line: int
    old: str | None
    alt: str
    decorative: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What writing would do. `skipped` are places that stay, each with a code: "same" (it says so
    already), "gone" (no such place), "role" (it needs a text) or one of `PageImage.why_not`.
    """

    path: Path
    format: PageFormat
    content_hash: str
    edits: tuple[PageEdit, ...]
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageWritten:
    """A page was written and read back. `backup` is the copy of what was there before."""

    path: Path
    written: int
    content_hash: str
    """Of the page as it is now."""
    backup: Path | None = None


class AltExportKind(StrEnum):
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    """Snippets to paste into a page."""
    WORDPRESS = "wordpress"
    """A WXR file that WordPress imports."""


@dataclass(frozen=True, slots=True)
class AltRow:
    """One text on its way out or in. Holds nothing that was read from a file's metadata.

    `path` is None unless the person asked for paths; `name` is the file's name.
    """

    name: str
    alt: str
    extended: str = ""
    decision: Decision = Decision.UNDECIDED
    state: AltState = AltState.EMPTY
    language: str = "en"
    path: str = ""
    document: str = ""
    """Name of the page it stands on."""
    place: str = ""

    @property
    def decorative(self) -> bool:
        return self.decision is Decision.DECORATIVE


@dataclass(frozen=True, slots=True)
class AltExportOptions:
    """`drafts` takes along what nobody approved, marked with its state. `site` is the address
    under which WordPress finds the images. An existing file is refused unless `overwrite`.
    """

    kind: AltExportKind
    target: Path
    drafts: bool = False
    paths: bool = False
    overwrite: bool = False
    title: str = "Alt text"
    site: str = "http://localhost/wp-content/uploads"


@dataclass(frozen=True, slots=True)
class AltExported:
    """`left_out` rows were not approved, or had nothing to say."""

    target: Path
    written: int
    left_out: int
