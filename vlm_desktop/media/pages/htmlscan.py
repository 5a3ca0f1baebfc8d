"""The images of an HTML page and what stands around each.

One pass over the tags. Of the text only the places are kept, so that a page of 20 MB takes little
more memory than itself; what is said around an image is read from there at the end.
"""

from array import array
from dataclasses import dataclass, field

from vlm_desktop.base.altpages import Spot
from vlm_desktop.base.alttext import PageContext
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.media.pages import words
from vlm_desktop.media.pages.htmltags import (
    BREAKOUT,
    VOID,
    Attribute,
    Characters,
    Tag,
    tokens,
    unescape_text,
    unescape_value,
)
from vlm_desktop.media.pages.references import candidates

MOST_IMAGES = 50_000
_MOST_PIECES = 60
"""Pieces of text put together at most, so that a page of tiny ones is no trap."""
_MOST_LABELS = 20
_LOOK = 2048
"""Tags between looks at the cancel token."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "source",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
_NOTICED = _HEADINGS | frozenset((
    "a", "area", "base", "button", "figcaption", "figure", "html", "image", "img", "input", "map",
    "picture", "source", "svg", "title",
))  # fmt: skip
_IMAGE_ROLES = frozenset(("img", "image"))
_JOINED, _BROKEN, _HEADING = 0, 1, 2


class TooManyImages(ValueError):
    """The page shows more than `MOST_IMAGES`."""


@dataclass(slots=True)
class Range:
    """Pieces of text from `start` up to `end`; -1 while it is still open."""

    start: int
    end: int = -1
    target: str = ""

    def covers(self, at: int) -> bool:
        return self.start <= at and (self.end < 0 or at < self.end)


@dataclass(slots=True)
class Figure:
    caption: Range | None = None


@dataclass(slots=True)
class Found:
    """One image as the tags say. `attribute` holds its text, or would beside `beside`."""

    spot: Spot
    tag: Tag
    piece: int
    attribute: Attribute | None = None
    beside: Attribute | None = None
    alt: str | None = None
    source: str = ""
    others: list[str] = field(default_factory=list)
    """Other addresses of the same image, for where the source is none of this machine."""
    title: str = ""
    role: str = ""
    label: str = ""
    labelled_by: str = ""
    described_by: str = ""
    hidden: bool = False
    use_map: str = ""
    map_name: str = ""
    why_not: str = ""
    heading: Range | None = None
    link: Range | None = None
    button: Range | None = None
    figure: Figure | None = None


@dataclass(slots=True)
class Scan:
    """What one pass found. Pieces of text are given by start, end and what is before them."""

    text: str
    found: list[Found] = field(default_factory=list)
    title: str = ""
    language: str = ""
    base: str = ""
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    breaks: bytearray = field(default_factory=bytearray)
    _last: tuple[int, int, str] = (-1, -1, "")

    def words(self, pieces: Range) -> str:
        """The text of a range, on one line; the last one is kept, for all images of a section."""
        end = len(self.starts) if pieces.end < 0 else pieces.end
        if self._last[:2] == (pieces.start, end):
            return self._last[2]
        said = [self._piece(at, words.SHORT * 4) for at in range(pieces.start, end)[:_MOST_PIECES]]
        self._last = (pieces.start, end, words.line("".join(said)))
        return self._last[2]

    def context(self, one: Found) -> PageContext:
        heading = self.words(one.heading) if one.heading else ""
        caption = one.figure.caption if one.figure else None
        link = one.link or one.button
        return PageContext(
            page_title=self.title,
            heading=heading,
            before=self._before(one.piece, caption),
            after=self._after(one.piece, caption),
            caption=self.words(caption) if caption else "",
            title=words.line(one.title),
            link_target=words.line(one.link.target, 2000) if one.link else _press(one),
            link_text=self.words(link) if link else "",
        )

    def _piece(self, at: int, most: int) -> str:
        start = self.starts[at]
        said = unescape_text(self.text[start : min(self.ends[at], start + most)])
        return " " + said if self.breaks[at] else said

    def _before(self, piece: int, skipped: Range | None) -> str:
        said: list[str] = []
        length, at = 0, piece - 1
        last = max(0, piece - _MOST_PIECES)
        while at >= last and length < words.BEFORE * 2 and self.breaks[at] != _HEADING:
            if not (skipped and skipped.covers(at)):
                start = max(self.starts[at], self.ends[at] - words.BEFORE * 4)
                text = unescape_text(self.text[start : self.ends[at]])
                said.append(" " + text if self.breaks[at] else text)
                length += len(text)
            at -= 1
        return words.tail(words.line("".join(reversed(said)), words.BEFORE * 8), words.BEFORE)

    def _after(self, piece: int, skipped: Range | None) -> str:
        said: list[str] = []
        length, at = 0, piece
        last = min(len(self.starts), piece + _MOST_PIECES)
        while at < last and length < words.AFTER * 2 and self.breaks[at] != _HEADING:
            if not (skipped and skipped.covers(at)):
                said.append(self._piece(at, words.AFTER * 4))
                length += len(said[-1])
            at += 1
        return words.line("".join(said), words.AFTER)


def _press(one: Found) -> str:
    return "button" if one.button or one.spot is Spot.INPUT else ""


def scan(text: str, cancel: CancelToken, *, xml: bool = False) -> Scan:
    """Raises Cancelled, TooManyImages."""
    walker = _Walker(text, xml=xml)
    for looked, token in enumerate(tokens(text, xml=xml), 1):
        if looked % _LOOK == 0:
            cancel.raise_if_cancelled()
        if isinstance(token, Characters):
            walker.characters(token)
        elif walker.passes(token):
            continue
        elif token.closing:
            walker.closes(token)
        else:
            walker.opens(token)
    return walker.finished()


class _Walker:
    """What is open around the place that has been reached. Names of prefixes are cut off."""

    def __init__(self, text: str, *, xml: bool) -> None:
        self._scan = Scan(text)
        self._xml = xml
        self._break = _BROKEN
        self._heading: Range | None = None
        self._link: Range | None = None
        self._button: Range | None = None
        self._figures: list[Figure] = []
        self._picture: list[str] = []
        self._map = ""
        self._in_title = False
        self._svg: Found | None = None
        self._svg_depth = 0
        self._svg_title = False
        self._hidden: tuple[str, int] | None = None

    @property
    def in_svg(self) -> bool:
        return self._svg_depth > 0

    def finished(self) -> Scan:
        scan = self._scan
        wanted = {name for one in scan.found for name in _ids(one)}
        if wanted:
            said = _texts_of(scan.text, wanted)
            for one in scan.found:
                given = [said.get(name, "") for name in one.labelled_by.split()]
                one.label = words.line(" ".join(filter(None, given))) or one.label
                given = [said.get(name, "") for name in one.described_by.split()]
                one.described_by = " ".join(filter(None, given))
        return scan

    def characters(self, piece: Characters) -> None:
        scan, text = self._scan, self._scan.text
        if self._in_title or piece.raw_of == "title":
            if not scan.title:
                said = text[piece.start : min(piece.end, piece.start + 4 * words.SHORT)]
                scan.title = words.line(unescape_text(said))
            return
        if self.in_svg:
            if self._svg_title and self._svg is not None and self._svg.alt is None:
                said = text[piece.start : min(piece.end, piece.start + words.LONG_TEXT)]
                self._svg.alt = words.plain(unescape_text(said)).strip()
            return
        if piece.raw_of == "textarea" or text[piece.start : piece.end].isspace():
            self._break = self._break or _BROKEN
            return
        scan.starts.append(piece.start)
        scan.ends.append(piece.end)
        in_heading = self._heading is not None and self._heading.end < 0
        scan.breaks.append(_HEADING if in_heading else self._break)
        self._break = _JOINED

    # --- tags ----------------------------------------------------------------------------

    def passes(self, tag: Tag) -> bool:
        """Whether a tag is one of the many that at most part two paragraphs."""
        name = tag.name
        if name in _NOTICED or self._hidden or self._svg_depth or ":" in name:
            return False
        if not (tag.closing or tag.is_bare):
            return False
        if name not in _INLINE:
            self._break = _BROKEN
        return True

    def opens(self, tag: Tag) -> None:
        name = tag.name.rpartition(":")[2]
        if self.in_svg and name in BREAKOUT:
            self._svg_depth, self._svg, self._svg_title = 0, None, False
        alone = name in VOID or (tag.empty and (self._xml or self.in_svg or name == "svg"))
        if self._hidden and self._hidden[0] == name and not alone:
            self._hidden = (name, self._hidden[1] + 1)
        if name not in _INLINE:
            self._break = _BROKEN
        self._begins(name, tag, alone=alone)
        if self._hidden is None and not alone and self._is_hidden(tag):
            self._hidden = (name, 1)

    def _begins(self, name: str, tag: Tag, *, alone: bool) -> None:
        here = len(self._scan.starts)
        if self.in_svg:
            self._opens_in_svg(name, tag, alone=alone)
        elif alone and name not in VOID and name != "svg":
            self._shows(name, tag)
        elif name in _HEADINGS:
            self._heading = Range(here)
        elif name == "a":
            href = tag.find("href")
            self._link = Range(here, target=self._value(href)) if href else None
        elif name == "button":
            self._button = Range(here)
        elif name == "figure":
            self._shows(name, tag)
            self._figures.append(Figure())
        elif name == "figcaption" and self._figures:
            self._figures[-1].caption = Range(here)
        elif name == "map":
            self._map = self._value(tag.find("name"))
        elif name == "title":
            self._in_title = not self._scan.title
        elif name in ("html", "base", "picture", "source"):
            self._notes(name, tag)
        else:
            self._shows(name, tag)

    def closes(self, tag: Tag) -> None:
        name = tag.name.rpartition(":")[2]
        if self._hidden and self._hidden[0] == name:
            depth = self._hidden[1] - 1
            self._hidden = (name, depth) if depth else None
        if name not in _INLINE:
            self._break = _BROKEN
        if self.in_svg and name not in ("svg", "title"):
            return
        here = len(self._scan.starts)
        if name == "svg":
            self._svg_depth = max(0, self._svg_depth - 1)
            self._svg = self._svg if self._svg_depth else None
        elif name == "title":
            self._in_title = self._svg_title = False
        elif name in _HEADINGS and self._heading:
            self._heading.end = here
        elif name == "a" and self._link:
            self._link.end = here
            self._link = None
        elif name == "button" and self._button:
            self._button.end = here
            self._button = None
        elif name == "figcaption" and self._figures and self._figures[-1].caption:
            self._figures[-1].caption.end = here
        elif name == "figure" and self._figures:
            self._figures.pop()
        elif name == "picture":
            self._picture = []
        elif name == "map":
            self._map = ""

    def _notes(self, name: str, tag: Tag) -> None:
        scan = self._scan
        if name == "html":
            lang = tag.find("lang") or tag.find("xml:lang")
            scan.language = scan.language or words.line(self._value(lang), 40)
        elif name == "base":
            scan.base = scan.base or self._value(tag.find("href")).strip()
        elif name == "picture":
            self._picture = []
        else:
            self._picture += candidates(self._value(tag.find("srcset")))[:8]

    def _opens_in_svg(self, name: str, tag: Tag, *, alone: bool) -> None:
        if name == "svg" and not alone:
            self._svg_depth += 1
        elif name == "title" and self._svg_depth == 1 and not alone:
            self._svg_title = True
        elif name == "image" and self._svg is not None and not self._svg.source:
            self._svg.source = self._value(tag.find("href") or tag.find("xlink:href"))

    def _shows(self, name: str, tag: Tag) -> None:
        role = self._value(tag.find("role")).strip().lower()
        if name in ("img", "image"):
            source, sets = tag.find("src"), candidates(self._value(tag.find("srcset")))[:8]
            later = self._value(tag.find("data-src"))
            others = [*sets, *self._picture, *([later] if later else [])]
            beside = source or tag.find("srcset")
            one = self._found(Spot.IMG, tag, "alt", beside, role)
            one.source = self._value(source) or (others[0] if others else "")
            one.others = others
            one.use_map = self._value(tag.find("usemap")).strip().lstrip("#")
        elif name == "input" and self._value(tag.find("type")).strip().lower() == "image":
            source = tag.find("src")
            self._found(Spot.INPUT, tag, "alt", source, role).source = self._value(source)
        elif name == "area" and (tag.find("href") or tag.find("alt")):
            href = tag.find("href")
            one = self._found(Spot.AREA, tag, "alt", href, role)
            one.source, one.map_name = self._value(href), self._map
            one.link = Range(one.piece, one.piece, one.source) if href else None
        elif name == "svg":
            one = self._found(Spot.SVG, tag, "aria-label", None, role)
            one.why_not = "" if one.attribute else "svg"
            if not tag.empty:
                self._svg, self._svg_depth = one, 1
        elif role in _IMAGE_ROLES:
            self._found(Spot.ROLE_IMG, tag, "aria-label", tag.find("role"), role)

    def _found(self, spot: Spot, tag: Tag, name: str, beside: Attribute | None, role: str) -> Found:
        if len(self._scan.found) >= MOST_IMAGES:
            raise TooManyImages
        attribute = tag.find(name)
        one = Found(
            spot, tag, len(self._scan.starts), attribute, beside,
            alt=None if attribute is None else words.plain(self._value(attribute)),
            title=self._value(tag.find("title")),
            role=words.line(role, 40),
            label=words.line(self._value(tag.find("aria-label"))),
            labelled_by=self._value(tag.find("aria-labelledby")),
            described_by=self._value(tag.find("aria-describedby")),
            hidden=self._hidden is not None or self._is_hidden(tag),
            heading=self._heading,
            link=self._link,
            button=self._button,
            figure=self._figures[-1] if self._figures else None,
        )  # fmt: skip
        self._scan.found.append(one)
        return one

    def _is_hidden(self, tag: Tag) -> bool:
        return self._value(tag.find("aria-hidden")).strip().lower() == "true"

    def _value(self, attribute: Attribute | None) -> str:
        return value_of(self._scan.text, attribute)


def value_of(text: str, attribute: Attribute | None) -> str:
    """What an attribute says; "" for none."""
    if attribute is None or attribute.value_start < 0:
        return ""
    return unescape_value(text[attribute.value_start : attribute.value_end])


def _ids(one: Found) -> list[str]:
    return [*one.labelled_by.split(), *one.described_by.split()]


def _texts_of(text: str, wanted: set[str]) -> dict[str, str]:
    """What the elements with those ids say, in a second pass."""
    said: dict[str, list[str]] = {}
    open_now: list[tuple[str, str, int]] = []
    for token in tokens(text):
        if isinstance(token, Characters):
            for name, _, _ in open_now:
                if len(said[name]) < _MOST_PIECES:
                    end = min(token.end, token.start + words.LONG_TEXT)
                    said[name].append(unescape_text(text[token.start : end]))
            continue
        open_now = [
            (name, kind, depth + (0 if token.name != kind else -1 if token.closing else 1))
            for name, kind, depth in open_now
        ]
        open_now = [one for one in open_now if one[2] > 0]
        if token.closing or token.name in VOID:
            continue
        name = value_of(text, token.find("id"))
        if name in wanted and name not in said and len(open_now) < _MOST_LABELS:
            said[name] = []
            open_now.append((name, token.name, 1))
    return {name: words.line(" ".join(pieces), words.LONG_TEXT) for name, pieces in said.items()}
