"""HTML pages, and the pages of XHTML that e-books are made of."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from vlm_desktop.base.altpages import Page, PageFormat, PageImage, Spot
from vlm_desktop.base.pageerrors import PageEncodingRefused, PageTooLarge
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.htmlscan import (
    MOST_IMAGES,
    Found,
    Scan,
    TooManyImages,
    scan,
    value_of,
)
from vlm_desktop.media.pages.loaded import Loaded, Reading
from vlm_desktop.media.pages.references import (
    Places,
    Resolved,
    file_name,
    resolve,
    shortened,
)
from vlm_desktop.media.pages.targets import AttributeTarget, Target
from vlm_desktop.media.pages.textfile import Kind, Undecodable, decode

_SILENT = frozenset(("presentation", "none"))
_XHTML = (".xhtml", ".xht")

Resolver = Callable[[str], Resolved]


def load(reading: Reading, data: bytes) -> Loaded:
    """Raises PageEncodingRefused, PageTooLarge, Cancelled."""
    try:
        source = decode(data, Kind.HTML)
    except Undecodable as error:
        raise PageEncodingRefused(path=reading.path, encoding=str(error)) from error
    xml = reading.path.suffix.lower() in _XHTML
    scanned = scanned_page(reading, source.text, xml=xml)
    images, targets = [], {}
    for image, target in spotted(reading, scanned, Places()):
        images.append(image)
        targets[image.place] = target
    page = Page(
        path=reading.path,
        format=PageFormat.HTML,
        title=scanned.title,
        language=scanned.language,
        content_hash=reading.content_hash,
        images=tuple(images),
    )
    return Loaded(page, {"": source}, targets)


def scanned_page(reading: Reading, text: str, *, xml: bool) -> Scan:
    """Raises PageTooLarge, Cancelled."""
    try:
        return scan(text, reading.cancel, xml=xml)
    except TooManyImages as error:
        detail = f"more than {MOST_IMAGES:,} images"
        raise PageTooLarge(path=reading.path, detail=detail) from error


def spotted(
    reading: Reading,
    scanned: Scan,
    places: Places,
    part: str = "",
    resolver: Resolver | None = None,
) -> Iterator[tuple[PageImage, Target]]:
    """The images of a page with their keys, files and surroundings, in order.

    `resolver` says what a reference means where that is no file beside the page.
    """
    if resolver is None:

        def resolver(reference: str) -> Resolved:
            return resolve(reference, reading.path, scanned.base, reading.copies)

    lines = Lines(scanned.text)
    maps = {one.use_map: one for one in reversed(scanned.found) if one.use_map}
    for one in scanned.found:
        reading.cancel.raise_if_cancelled()
        shown = maps.get(one.map_name, one) if one.map_name else one
        resolved = _resolved(shown, resolver)
        image = _image(scanned, one, resolved, lines.of(one.tag.start))
        place = places.key(one.spot.value, image.source or _id(scanned, one), part)
        yield replace(image, place=place, part=part), target_of(one, part)


def target_of(one: Found, part: str = "") -> AttributeTarget:
    """Where its alt text goes."""
    name_end = one.tag.start + 1 + len(one.tag.name)
    name = "aria-label" if one.spot in (Spot.ROLE_IMG, Spot.SVG) else "alt"
    return AttributeTarget(
        part, one.tag.start, one.tag.end, one.attribute, one.beside, name_end, name
    )


def _image(scanned: Scan, one: Found, resolved: Resolved, line: int) -> PageImage:
    silent = one.role in _SILENT
    empty = one.alt is not None and not one.alt.strip()
    return PageImage(
        place="",
        spot=one.spot,
        source=shortened(one.source),
        path=resolved.path,
        name=words.line(file_name(one.source) or one.title or one.spot.value, 200),
        alt=one.alt,
        context=scanned.context(one),
        line=line,
        decorative=not one.label and (empty or (silent and one.alt is None)),
        hidden=one.hidden,
        role=one.role,
        label=one.label,
        description=one.described_by,
        missing=resolved.missing,
        writable=not one.why_not,
        why_not=one.why_not,
    )


def _resolved(one: Found, resolver: Resolver) -> Resolved:
    """Its file; where the source is none of this machine, that of another size of it."""
    if one.spot is Spot.AREA or not (one.source or one.others):
        return Resolved()
    first: Resolved | None = None
    for at, reference in enumerate(dict.fromkeys([one.source, *one.others])):
        inline = reference[:5].lower() == "data:"
        if inline and one.others and at == 0 and len(reference) < 2000:
            continue  # a grey dot that stands there until the image has been loaded
        resolved = resolver(reference)
        if resolved.path is not None:
            return resolved
        first = first or resolved
    return first or Resolved()


def _id(scanned: Scan, one: Found) -> str:
    return shortened(value_of(scanned.text, one.tag.find("id")))


class Lines:
    """Numbers of lines at ascending places."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._mark = "\n" if "\n" in text else "\r"
        self._at, self._line = 0, 1

    def of(self, at: int) -> int:
        self._line += self._text.count(self._mark, self._at, at)
        self._at = at
        return self._line
