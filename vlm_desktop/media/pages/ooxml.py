"""Pictures of Word and PowerPoint documents: what is said of each, and where it is said.

Sources: ECMA-376 part 1, 20.1.2.2.8 (cNvPr) and 20.4.2.5 (docPr); [MS-ODRAWXML] 2.30 (decorative);
part 4 for VML.
"""

from dataclasses import dataclass, field

from vlm_desktop.base.altpages import Spot
from vlm_desktop.media.pages.htmltags import Attribute, Tag, tag_at
from vlm_desktop.media.pages.targets import Splice, spliced
from vlm_desktop.media.pages.textfile import TextFile

_DECORATIVE_URI = "{C183D7F6-B498-43B3-948B-1728B52AA6E4}"
_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_STRICT_DRAWING = "http://purl.oclc.org/ooxml/drawingml/main"
_OBJECTS = frozenset((
    "wp:inline", "wp:anchor", "pic:pic", "p:pic", "p:graphicFrame", "p:sp", "p:grpSp", "p:cxnSp",
    "wpg:grpSp", "wpg:wgp", "wps:wsp", "v:shape", "v:rect", "v:roundrect", "v:oval",
))  # fmt: skip
_PROPERTIES = frozenset(("wp:docPr", "pic:cNvPr", "p:cNvPr", "wpg:cNvPr", "wps:cNvPr"))
_WHOLE = ("wp:inline", "wp:anchor")
_FILLS = ("pic:blipFill", "p:blipFill")
_SKIPPED = frozenset(("mc:Fallback", "w:del", "w:moveFrom"))
_CHARTS = frozenset(("c:chart", "cx:chart", "dgm:relIds"))
_TRUE = ("1", "true", "on")


@dataclass(slots=True)
class Properties:
    """The element that says of an object what it shows. Places are those in the part's text."""

    tag: Tag
    given: dict[str, str]
    close_at: int = 0
    """Where its closing tag begins, which an empty one has not."""
    end: int = 0
    list_tag: Tag | None = None
    """The list of extensions in it, and where that one's closing tag begins."""
    list_close_at: int = 0
    mark: Tag | None = None
    """The tag that says whether it is decorative."""
    decorative: bool = False
    link_id: str = ""
    link_action: str = ""


@dataclass(slots=True)
class Paragraph:
    pieces: list[str] = field(default_factory=list)
    style: str = ""
    is_title: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(slots=True)
class Link:
    """A hyperlink around pictures and words, by the id of what it leads to."""

    target_id: str
    anchor: str
    pieces: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Object:
    """Something drawn. `paragraph` is the index of the one it stands in or after."""

    kind: str
    parent: "Object | None"
    paragraph: int
    piece: int
    properties: Properties | None = None
    second: Properties | None = None
    embedded: str = ""
    linked: str = ""
    chart_id: str = ""
    is_chart: bool = False
    is_title: bool = False
    link: Link | None = None

    @property
    def shows(self) -> bool:
        return bool(self.embedded or self.linked or self.is_chart)

    @property
    def spot(self) -> Spot:
        if self.kind.startswith("v:"):
            return Spot.VML
        return Spot.CHART if self.is_chart and not self.embedded else Spot.PICTURE

    @property
    def group(self) -> Properties | None:
        """What is said of the group it belongs to."""
        outer = self.parent
        while outer is not None and outer.properties is None:
            outer = outer.parent
        return outer.properties if outer is not None else None


class Drawings:
    """Hears a part's XML and gathers its paragraphs and pictures, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[str] = []
        self._objects: list[Object] = []
        self._properties: list[tuple[int, Properties]] = []
        self._open: list[int] = []
        self._links: list[Link] = []
        self._skipped = 0
        self.paragraphs: list[Paragraph] = []
        self.shown: list[Object] = []
        self.language = ""

    # --- what the parser says ------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str], at: int) -> None:
        self._stack.append(name)
        if name in _SKIPPED:
            self._skipped += 1
        if self._skipped:
            return
        if name in ("w:p", "a:p"):
            self._open.append(len(self.paragraphs))
            is_title = bool(self._objects) and self._objects[-1].is_title
            self.paragraphs.append(Paragraph(is_title=is_title))
        elif name == "w:pStyle" and self._open:
            self.paragraphs[self._open[-1]].style = attributes.get("w:val", "")
        elif name in ("w:tab", "w:br", "w:cr", "a:br"):
            self._said(" ")
        elif name in ("a:rPr", "a:endParaRPr"):
            self.language = self.language or attributes.get("lang", "")
        elif name == "w:hyperlink":
            anchor = attributes.get("w:anchor", "")
            self._links.append(Link(attributes.get("r:id", ""), anchor))
        elif name in _OBJECTS:
            self._object(name, attributes, at)
        elif self._objects:
            self._inside(name, attributes, at)

    def end(self, name: str, at: int) -> None:
        self._stack.pop()
        if name in _SKIPPED:
            self._skipped -= 1
        if self._skipped or name in _SKIPPED:
            return
        if name in ("w:p", "a:p") and self._open:
            self._open.pop()
        elif name == "w:hyperlink" and self._links:
            self._links.pop()
        elif name in _OBJECTS and self._objects:
            self._ended(self._objects.pop())
        elif self._properties:
            self._property_ended(name, at)

    def characters(self, text: str) -> None:
        if not self._skipped and self._stack and self._stack[-1] in ("w:t", "a:t"):
            self._said(text)

    # --- what it means -------------------------------------------------------------------

    def _said(self, text: str) -> None:
        if self._open:
            self.paragraphs[self._open[-1]].pieces.append(text)
        if self._links:
            self._links[-1].pieces.append(text)

    def _object(self, name: str, attributes: dict[str, str], at: int) -> None:
        parent = self._objects[-1] if self._objects else None
        index = self._open[-1] if self._open else len(self.paragraphs) - 1
        piece = len(self.paragraphs[index].pieces) if self._open else -1
        link = self._links[-1] if self._links else None
        made = Object(name, parent, index, piece, link=link)
        if name.startswith("v:"):
            tag = tag_at(self._text, at, xml=True)
            if tag is not None:
                made.properties = Properties(tag, attributes, end=tag.end)
        self._objects.append(made)

    def _inside(self, name: str, attributes: dict[str, str], at: int) -> None:
        one = self._objects[-1]
        if name in _PROPERTIES and one.properties is None:
            tag = tag_at(self._text, at, xml=True)
            if tag is not None:
                one.properties = Properties(tag, attributes, end=tag.end)
                if not tag.empty:
                    self._properties.append((len(self._stack), one.properties))
        elif name == "a:blip" and self._is_fill() and not one.embedded:
            one.embedded = attributes.get("r:embed", "")
            one.linked = attributes.get("r:link", "")
        elif name == "v:imagedata":
            one.embedded = one.embedded or attributes.get("r:id", "")
        elif name in _CHARTS:
            one.is_chart = True
            one.chart_id = attributes.get("r:id", "") or attributes.get("r:dm", "")
        elif name == "p:ph":
            one.is_title = attributes.get("type") in ("title", "ctrTitle")
        elif self._properties:
            self._in_properties(name, attributes, at)

    def _in_properties(self, name: str, attributes: dict[str, str], at: int) -> None:
        depth, owner = self._properties[-1]
        if name == "a:hlinkClick" and len(self._stack) == depth + 1:
            owner.link_id = attributes.get("r:id", "")
            owner.link_action = attributes.get("action", "")
        elif name == "a:extLst" and len(self._stack) == depth + 1 and owner.list_tag is None:
            owner.list_tag = tag_at(self._text, at, xml=True)
        elif name == "adec:decorative":
            owner.mark = tag_at(self._text, at, xml=True)
            owner.decorative = attributes.get("val", "1").strip().lower() in _TRUE

    def _property_ended(self, name: str, at: int) -> None:
        depth, owner = self._properties[-1]
        here = len(self._stack) + 1
        if name == "a:extLst" and here == depth + 1 and owner.list_tag is not None:
            owner.list_close_at = at
        elif here == depth:
            owner.close_at = at
            owner.end = self._text.index(">", at) + 1
            self._properties.pop()

    def _is_fill(self) -> bool:
        """Whether the blip that begins is the object's picture, and no bullet or pattern."""
        above = self._stack[-2] if len(self._stack) > 1 else ""
        if above in _FILLS:
            return True
        return above == "a:blipFill" and self._stack[-3:][0].endswith(":spPr")

    def _ended(self, one: Object) -> None:
        if not one.shows:
            return
        parent = one.parent
        if parent is not None and parent.kind in _WHOLE:
            # Word says it of the drawing that holds the picture.
            parent.embedded, parent.linked = one.embedded, one.linked
            parent.second = one.properties
            return
        self.shown.append(one)


@dataclass(frozen=True, slots=True)
class OfficeTarget:
    """What says of a picture what it shows. `second` is the picture's own, inside its drawing,
    which follows where it says something.
    """

    part: str
    properties: Properties
    second: Properties | None = None
    name: str = "descr"
    strict: bool = False
    one_line: bool = False

    @property
    def start(self) -> int:
        return self.properties.tag.start

    @property
    def end(self) -> int:
        return self.properties.end

    @property
    def regions(self) -> tuple[tuple[int, int], ...]:
        first = ((self.start, self.end),)
        if self.second is None or self._follows is None:
            return first
        return (*first, (self.second.tag.start, self.second.tag.end))

    @property
    def _follows(self) -> Attribute | None:
        return self.second.tag.find(self.name) if self.second else None

    def splices(self, source: TextFile, alt: str | None) -> tuple[Splice, ...]:
        tag, text = self.properties.tag, alt or ""
        there = tag.find(self.name)
        made = []
        if there is not None or text:
            made.append(_attribute(tag, there, self.name, text, source))
        if self._follows is not None and self.second is not None:
            made.append(_attribute(self.second.tag, self._follows, self.name, text, source))
        if self.name == "descr" and self.properties.decorative != (alt is None):
            made.append(self._marked(source, decorative=alt is None))
        return tuple(made)

    def _marked(self, source: TextFile, *, decorative: bool) -> Splice:
        """What says whether it is decorative."""
        properties = self.properties
        if properties.mark is not None:
            mark = properties.mark
            value = "1" if decorative else "0"
            return _attribute(mark, mark.find("val"), "val", value, source)
        drawing = _STRICT_DRAWING if self.strict else _DRAWING
        extension = (
            f'<a:ext xmlns:a="{drawing}" uri="{_DECORATIVE_URI}">'
            f'<adec:decorative xmlns:adec="{_DECORATIVE}" val="1"/></a:ext>'
        )
        there = properties.list_tag
        if there is not None and not there.empty:
            return Splice(properties.list_close_at, properties.list_close_at, extension)
        if there is not None:
            opening = source.text[there.start : there.end - 2].rstrip()
            return Splice(there.start, there.end, f"{opening}>{extension}</{there.name}>")
        whole = f'<a:extLst xmlns:a="{drawing}">{extension}</a:extLst>'
        tag = properties.tag
        if tag.empty:
            return Splice(tag.end - 2, tag.end, f">{whole}</{tag.name}>")
        return Splice(properties.close_at, properties.close_at, whole)


def _attribute(
    tag: Tag, there: Attribute | None, name: str, value: str, source: TextFile
) -> Splice:
    beside = tag.find("name") or tag.find("id")
    return spliced(value, there, beside, tag.start + 1 + len(tag.name), name, source)
