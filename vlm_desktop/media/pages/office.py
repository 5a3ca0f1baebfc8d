"""What Word and PowerPoint readers share: from drawings to images with keys and surroundings."""

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm_desktop.base.altpages import PageImage, Spot
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.pageerrors import PageTooLarge
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.htmlscan import MOST_IMAGES
from vlm_desktop.media.pages.loaded import Reading
from vlm_desktop.media.pages.ooxml import Drawings, Object, OfficeTarget, Paragraph
from vlm_desktop.media.pages.package import Package, Relation
from vlm_desktop.media.pages.references import Places, Resolved
from vlm_desktop.media.pages.textfile import TextFile
from vlm_desktop.media.pages.words import AFTER, BEFORE

if TYPE_CHECKING:
    from vlm_desktop.media.pages.targets import Target

_NEXT_SLIDE = "ppaction://"


@dataclass(slots=True)
class Part:
    """A part that was scanned. `after_all` follows its text: the notes of a slide."""

    name: str
    source: TextFile
    drawings: Drawings
    relations: dict[str, Relation]
    after_all: str = ""


class Office:
    """Gathers the images of a document's parts, in the order they are given."""

    def __init__(self, reading: Reading, package: Package, title: str) -> None:
        self._reading = reading
        self._package = package
        self._title = title
        self._places = Places()
        self.images: list[PageImage] = []
        self.targets: dict[str, Target] = {}
        self.sources: dict[str, TextFile] = {}

    def scan(self, name: str) -> Part:
        """Raises PageDamaged, PageWithEntities, PageTooLarge, Cancelled."""
        source = self._package.text(name)
        drawings = Drawings(source.text)
        self._package.scan(name, drawings, source)
        return Part(name, source, drawings, self._package.relations(name))

    def add(self, part: Part, surroundings: "Surroundings") -> None:
        """The images of a part. Raises PageTooLarge, PageDamaged, OSError."""
        self.sources[part.name] = part.source
        strict = "http://purl.oclc.org/ooxml/" in part.source.text[:20_000]
        for one in part.drawings.shown:
            self._reading.cancel.raise_if_cancelled()
            if len(self.images) >= MOST_IMAGES:
                detail = f"more than {MOST_IMAGES:,} images"
                raise PageTooLarge(path=self._reading.path, detail=detail)
            image = self._image(part, one, surroundings)
            self.images.append(image)
            if one.properties is not None:
                name = "alt" if one.spot is Spot.VML else "descr"
                self.targets[image.place] = OfficeTarget(
                    part.name, one.properties, one.second, name, strict
                )

    def _image(self, part: Part, one: Object, surroundings: "Surroundings") -> PageImage:
        name, resolved, what = self._shown(part, one)
        given = one.properties.given if one.properties else {}
        said = given.get("alt" if one.spot is Spot.VML else "descr")
        alt = None if said is None else words.plain(said)
        decorative = one.properties is not None and one.properties.decorative
        empty_vml = one.spot is Spot.VML and said == ""
        title = words.line(given.get("title", ""))
        return PageImage(
            place=self._places.key(one.spot.value, what, part.name),
            spot=one.spot,
            source=name,
            path=resolved.path,
            name=words.line(given.get("name", "") or name or one.spot.value, 200),
            # Office keeps an empty text for "nothing said", and marks what is decorative.
            alt="" if decorative else (alt if alt or empty_vml else None),
            context=surroundings.of(part, one, self._title, title),
            part=part.name,
            decorative=decorative or empty_vml,
            hidden=given.get("hidden", "") in ("1", "true"),
            description=title,
            missing=resolved.missing,
            writable=one.properties is not None,
            why_not="" if one.properties else "office",
        )

    def _shown(self, part: Part, one: Object) -> tuple[str, Resolved, str]:
        """The name of what is shown, its file, and what it is known by in the place's key."""
        relation = part.relations.get(one.embedded or one.linked or one.chart_id)
        if one.is_chart and not one.embedded:
            return "", Resolved(), posixpath.basename(relation.target) if relation else ""
        name, resolved = self._package.image(relation)
        if relation is not None and not relation.external and resolved.path is not None:
            return name, resolved, resolved.path.name[:16]
        return name, resolved, relation.target if relation else name


class Surroundings:
    """What stands around pictures. Kinds of documents say what is a heading."""

    def __init__(self) -> None:
        self._above: dict[str, list[int]] = {}

    def is_heading(self, paragraph: Paragraph) -> bool:
        return paragraph.is_title

    def is_caption(self, paragraph: Paragraph) -> bool:
        return False

    def heading(self, part: Part, at: int) -> str:
        """The heading above the paragraph with that index."""
        paragraphs = part.drawings.paragraphs
        if part.name not in self._above:
            above, last = [], -1
            for index, paragraph in enumerate(paragraphs):
                last = index if self.is_heading(paragraph) else last
                above.append(last)
            self._above[part.name] = above
        headings = self._above[part.name]
        last = headings[at] if 0 <= at < len(headings) else -1
        return words.line(paragraphs[last].text) if last >= 0 else ""

    def of(self, part: Part, one: Object, page_title: str, title: str) -> PageContext:
        caption_at, caption = self._caption(part, one)
        target, text = _link(part, one)
        return PageContext(
            page_title=page_title,
            heading=self.heading(part, one.paragraph),
            before=self._before(part, one, caption_at),
            after=self._after(part, one, caption_at),
            caption=caption,
            title=title,
            link_target=target,
            link_text=text,
        )

    def _caption(self, part: Part, one: Object) -> tuple[int, str]:
        """The caption in or below its paragraph, else what is said of the picture's group."""
        paragraphs = part.drawings.paragraphs
        for at in (one.paragraph + 1, one.paragraph):
            if 0 <= at < len(paragraphs) and self.is_caption(paragraphs[at]):
                return at, words.line(paragraphs[at].text)
        group = one.group
        return -1, words.line(group.given.get("descr", "")) if group else ""

    def _before(self, part: Part, one: Object, skipped: int) -> str:
        paragraphs, at = part.drawings.paragraphs, one.paragraph
        said: list[str] = []
        if one.piece >= 0 and at < len(paragraphs):
            said.append("".join(paragraphs[at].pieces[: one.piece]))
            at -= 1
        while at >= 0 and sum(map(len, said)) < BEFORE and one.paragraph - at < BEFORE:
            if self.is_heading(paragraphs[at]):
                break
            if at != skipped:
                said.append(paragraphs[at].text)
            at -= 1
        return words.tail(words.line(" ".join(reversed(said)), 20 * BEFORE), BEFORE)

    def _after(self, part: Part, one: Object, skipped: int) -> str:
        paragraphs, at = part.drawings.paragraphs, one.paragraph
        said: list[str] = []
        if one.piece >= 0 and at < len(paragraphs):
            said.append("".join(paragraphs[at].pieces[one.piece :]))
        at += 1
        last = min(len(paragraphs), at + AFTER)
        while at < last and sum(map(len, said)) < AFTER:
            if self.is_heading(paragraphs[at]):
                break
            if at != skipped:
                said.append(paragraphs[at].text)
            at += 1
        return words.line(" ".join([*said, part.after_all]), AFTER)


def _link(part: Part, one: Object) -> tuple[str, str]:
    """Where the picture leads, and the other words of its link."""
    properties = one.properties
    if properties is not None and (properties.link_id or properties.link_action):
        relation = part.relations.get(properties.link_id)
        if relation is not None and relation.external:
            return words.line(relation.target, 2000), ""
        if relation is not None:
            return posixpath.basename(relation.target), ""
        return "button" if properties.link_action.startswith(_NEXT_SLIDE) else "", ""
    if one.link is not None:
        relation = part.relations.get(one.link.target_id)
        target = relation.target if relation else f"#{one.link.anchor}" if one.link.anchor else ""
        return words.line(target, 2000), words.line("".join(one.link.pieces))
    return "", ""
