"""Word documents: the text, headers and footers, footnotes and endnotes."""

import re

from vlm_desktop.base.altpages import Page, PageFormat
from vlm_desktop.base.pageerrors import PageUnknown
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.office import Office, Part, Surroundings
from vlm_desktop.media.pages.ooxml import Paragraph
from vlm_desktop.media.pages.package import Package, elements
from vlm_desktop.media.pages.zipparts import Archive

_OTHERS = ("header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
_HEADING = re.compile(r"heading \d|title|subtitle", re.IGNORECASE)


class _Styles(Surroundings):
    """Styles by their ids; names of the built-in ones are English in every language's files."""

    def __init__(self, package: Package) -> None:
        super().__init__()
        self._headings: set[str] = set()
        self._captions: set[str] = set()
        self._titles: set[str] = set()
        self.language = ""
        styles = [one for one in package.relations(package.main).values() if one.kind == "styles"]
        if styles:
            self._read(package, styles[0].target)

    def is_heading(self, paragraph: Paragraph) -> bool:
        return paragraph.style in self._headings

    def is_caption(self, paragraph: Paragraph) -> bool:
        return paragraph.style in self._captions

    def title(self, part: Part) -> str:
        """The first paragraph in the style of titles."""
        found = (one for one in part.drawings.paragraphs if one.style in self._titles)
        return words.line(next((one.text for one in found), ""))

    def _read(self, package: Package, part: str) -> None:
        root = package.xml(part)
        for style in elements(root, "style"):
            names = [_value(one) for one in elements(style, "name")]
            name, key = (names or [""])[0], _attribute(style.attrib, "styleId")
            if _HEADING.fullmatch(name):
                self._headings.add(key)
            if name.lower() in ("caption", "image caption"):
                self._captions.add(key)
            if name.lower() == "title":
                self._titles.add(key)
        for defaults in elements(root, "rPrDefault"):
            languages = [_value(one) for one in elements(defaults, "lang")]
            self.language = (languages or [""])[0]


def load(reading: Reading, archive: Archive) -> Loaded:
    """Raises as `Package` does, and Cancelled."""
    package = Package(reading, archive)
    if not package.of_type("wordprocessingml.document.main+xml") and not package.of_type(
        "wordprocessingml.template.main+xml"
    ):
        raise PageUnknown(path=reading.path)
    styles = _Styles(package)
    title = package.property("title")
    office = Office(reading, package, title)
    main = office.scan(package.main)
    if not title:
        title = styles.title(main)
        office = Office(reading, package, title)
    office.add(main, styles)
    for ending in _OTHERS:
        for name in package.of_type(ending):
            office.add(office.scan(name), styles)
    page = Page(
        path=reading.path,
        format=PageFormat.DOCX,
        title=title,
        language=styles.language or package.property("language"),
        content_hash=reading.content_hash,
        images=tuple(office.images),
    )
    return Loaded(page, office.sources, office.targets, package.signed)


def _value(element: object) -> str:
    return _attribute(getattr(element, "attrib", {}), "val")


def _attribute(attributes: dict[str, str], local: str) -> str:
    found = (value for name, value in attributes.items() if name.rpartition("}")[2] == local)
    return next(found, "")
