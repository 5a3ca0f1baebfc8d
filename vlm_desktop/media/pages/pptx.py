"""PowerPoint documents: slides in the order they are shown, with their notes."""

from vlm_desktop.base.altpages import Page, PageFormat
from vlm_desktop.base.pageerrors import PageUnknown
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.office import Office, Part, Surroundings
from vlm_desktop.media.pages.package import Package, elements
from vlm_desktop.media.pages.zipparts import Archive

_KINDS = ("presentation.main+xml", "slideshow.main+xml", "template.main+xml")
_NUMBER = "‹#›"


class _Slide(Surroundings):
    """A slide has one heading, wherever it is drawn."""

    def heading(self, part: Part, at: int) -> str:
        return slide_title(part)


def load(reading: Reading, archive: Archive) -> Loaded:
    """Raises as `Package` does, and Cancelled."""
    package = Package(reading, archive)
    if not any(package.of_type(f"presentationml.{kind}") for kind in _KINDS):
        raise PageUnknown(path=reading.path)
    scanner = Office(reading, package, "")
    slides = [scanner.scan(name) for name in _slides(package)]
    title = package.property("title") or next(filter(None, map(slide_title, slides)), "")
    office = Office(reading, package, title)
    for slide in slides:
        slide.after_all = _notes(scanner, package, slide)
        office.add(slide, _Slide())
    languages = (slide.drawings.language for slide in slides if slide.drawings.language)
    page = Page(
        path=reading.path,
        format=PageFormat.PPTX,
        title=title,
        language=package.property("language") or next(languages, ""),
        content_hash=reading.content_hash,
        images=tuple(office.images),
    )
    return Loaded(page, office.sources, office.targets, package.signed)


def slide_title(part: Part) -> str:
    """The words in the slide's placeholder for its title."""
    said = (one.text for one in part.drawings.paragraphs if one.is_title)
    return words.line(" ".join(said))


def _slides(package: Package) -> list[str]:
    """The slides' parts in the order they are shown."""
    relations = package.relations(package.main)
    found = []
    for one in elements(package.xml(package.main), "sldId"):
        keys = [value for name, value in one.attrib.items() if name.endswith("}id")]
        relation = relations.get(keys[0]) if keys else None
        if relation is not None and relation.kind == "slide" and not relation.external:
            found.append(relation.target)
    return list(dict.fromkeys(found))


def _notes(scanner: Office, package: Package, slide: Part) -> str:
    """What the speaker's notes of a slide say."""
    for relation in slide.relations.values():
        if relation.kind == "notesSlide" and not relation.external:
            paragraphs = scanner.scan(relation.target).drawings.paragraphs
            said = (one.text for one in paragraphs if one.text.strip() not in ("", _NUMBER))
            return words.line(" ".join(said))
    return ""
