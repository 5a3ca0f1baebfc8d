"""Tags of HTML and where they lie in the text.

Follows the tokenizer of the HTML standard (section 13.2.5) as far as the borders of tags,
attributes, comments and raw text go, which is what must not be mistaken when a page is edited.
Every character is looked at a bounded number of times: what is not closed ends the page, as the
standard says, instead of being looked for again.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

_WS = " \t\n\f\r"
_MARK = re.compile(r"<(?=[a-zA-Z/!?])")
# Tags as nearly all are written. Nothing in it is tried twice (atomic groups); what it does not
# match is read attribute by attribute, with all that the standard puts up with.
_USUAL = re.compile(
    rf"<(/?)([a-zA-Z][^{_WS}/>]*+)"
    rf"((?>[{_WS}]++[^{_WS}/>=\"'<]++"
    rf"(?>[{_WS}]*=[{_WS}]*(?>\"[^\"]*\"|'[^']*'|[^{_WS}>\"'=<`]++))?)*+)[{_WS}]*+(/?)>"
)
_OPEN = re.compile(rf"<(/?)([a-zA-Z][^{_WS}/>]*)")
_ATTRIBUTE = re.compile(
    rf"[{_WS}/]*(?:(>)|(=[^{_WS}/>=]*|[^{_WS}/>=]+)"
    rf"(?:[{_WS}]*=[{_WS}]*(?:\"([^\"]*)\"|'([^']*)'|([^{_WS}>\"'][^{_WS}>]*)|(?=>)))?)"
)
_EQUALS = re.compile(rf"[{_WS}]*=")
_COMMENT_END = re.compile(r"--!?>")
_SCRIPT = re.compile(rf"<!--|-->|<(/?)script(?=[{_WS}/>])", re.IGNORECASE | re.ASCII)
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([a-zA-Z][a-zA-Z0-9]*;?))(=?)")
MOST_ATTRIBUTES = 500
"""Attributes of one tag that are kept."""
_RAW = frozenset({"style", "xmp", "iframe", "noembed", "noframes"})
_ESCAPABLE = frozenset({"textarea", "title"})
_WITHOUT_TAGS = frozenset({"script", "plaintext"}) | _RAW | _ESCAPABLE
_ENDS = {
    name: re.compile(rf"</{name}(?=[{_WS}/>])", re.IGNORECASE | re.ASCII)
    for name in _RAW | _ESCAPABLE
}
_FOREIGN = frozenset({"svg", "math"})
BREAKOUT = frozenset((
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em",
    "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing",
    "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong",
    "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
))  # fmt: skip
"""Tags that end an SVG which was never closed."""
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr", "image",
))  # fmt: skip


@dataclass(slots=True)  # not frozen: a large page has millions
class Attribute:
    """`start` to `end` covers name and value; `value_start` is -1 where it has no value.

    `quote` is the mark around the value, "" for none; the value's place is inside of it.
    """

    name: str
    raw: str
    start: int
    end: int
    value_start: int = -1
    value_end: int = -1
    quote: str = ""


class Tag:
    """One tag, from `start` to `end`. Names are in lower case but for XML.

    `empty`: it ends in "/>", which only XML and SVG heed. Attributes are read when asked for.
    """

    __slots__ = (
        "_attributes", "_inside", "_lowered", "_text", "_xml", "closing", "empty", "end", "name",
        "start",
    )  # fmt: skip

    def __init__(
        self, text: str, opening: re.Match[str], end: int, *, empty: bool, xml: bool
    ) -> None:
        """`opening` matches "<" or "</" and the name."""
        self.name = opening[2] if xml else opening[2].lower()
        self.start, self.end = opening.start(), end
        self.closing, self.empty = bool(opening[1]), empty
        self._text, self._xml, self._inside = text, xml, opening.end(2)
        self._attributes: tuple[Attribute, ...] | None = None
        self._lowered: str | None = None

    @property
    def is_bare(self) -> bool:
        """It has no attributes."""
        return self.end - self._inside <= 1 + self.empty

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """In order; only the first `MOST_ATTRIBUTES`."""
        if self._attributes is None:
            found = _attributes(self._text, self._inside, xml=self._xml)
            self._attributes = found[0] if found else ()
        return self._attributes

    def find(self, name: str) -> Attribute | None:
        """The first of that name: the one that counts."""
        if self._attributes is None:
            if self._lowered is None:
                self._lowered = self._text[self._inside : self.end].lower()
            if name.lower() not in self._lowered:
                return None
        return next((one for one in self.attributes if one.name == name), None)


@dataclass(slots=True)  # not frozen: a large page has millions
class Characters:
    """Text between tags. `raw_of` names the element that takes no tags inside."""

    start: int
    end: int
    raw_of: str = ""


def tokens(text: str, *, xml: bool = False) -> Iterator[Tag | Characters]:
    """All tags and texts of a page, in order; comments, scripts and styles are passed over."""
    at, foreign = 0, 0
    while True:
        mark = _MARK.search(text, at)
        found = mark.start() if mark else len(text)
        if found > at:
            yield Characters(at, found)
        if mark is None:
            return
        usual = _USUAL.match(text, found)
        if usual is None and not _OPEN.match(text, found):
            at = _passed(text, found, xml=xml, foreign=foreign > 0)
            if at < 0:
                return
            if text.startswith("<![CDATA[", found) and (xml or foreign):
                yield Characters(found + 9, max(found + 9, at - 3), "cdata")
            continue
        if usual is not None:
            tag: Tag | None = Tag(text, usual, usual.end(), empty=bool(usual[4]), xml=xml)
        else:
            tag = tag_at(text, found, xml=xml)
        if tag is None:  # a tag that never ends takes the rest of the page
            return
        yield tag
        at = tag.end
        if foreign and not xml and tag.name in BREAKOUT:
            foreign = 0
        if tag.name in _FOREIGN:
            foreign = max(0, foreign + (-1 if tag.closing else not tag.empty))
        elif tag.name in _WITHOUT_TAGS and not (xml or foreign or tag.closing):
            end = _raw_end(text, tag)
            if end is not None:
                if tag.name in _ESCAPABLE:
                    yield Characters(at, end, tag.name)
                at = end


def tag_at(text: str, at: int, *, xml: bool = False) -> Tag | None:
    """The tag that begins at `at`; None where none does, or where it does not end."""
    usual = _USUAL.match(text, at)
    if usual:
        return Tag(text, usual, usual.end(), empty=bool(usual[4]), xml=xml)
    opening = _OPEN.match(text, at)
    found = _attributes(text, opening.end(), xml=xml) if opening else None
    if opening is None or found is None:
        return None
    attributes, end, last = found
    return Tag(text, opening, end, empty=text[end - 2] == "/" and last < end - 1, xml=xml)


def _attributes(text: str, at: int, *, xml: bool) -> tuple[tuple[Attribute, ...], int, int] | None:
    """The attributes from `at` on, where the tag ends and where the last of them does.

    None where the tag has no end.
    """
    found: list[Attribute] = []
    last = at
    while True:
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match[1]:
            return tuple(found), at, last
        one = _attribute(match, xml=xml)
        if at == one.end and one.value_start < 0 and _EQUALS.match(text, at):
            return None  # a quote that is never closed
        last = one.end
        if len(found) < MOST_ATTRIBUTES:
            found.append(one)


def _attribute(match: re.Match[str], *, xml: bool) -> Attribute:
    raw = match[2]
    name = raw if xml else raw.lower()
    for group, quote in ((3, '"'), (4, "'"), (5, "")):
        if match[group] is not None:
            start, end = match.span(group)
            return Attribute(name, raw, match.start(2), end + len(quote), start, end, quote)
    return Attribute(name, raw, match.start(2), match.end())


def _passed(text: str, at: int, *, xml: bool, foreign: bool) -> int:
    """The end of a comment, declaration or the like; -1 where it takes the rest of the page."""
    if text.startswith("<!--", at):
        if not xml and text.startswith((">", "->"), at + 4):
            return text.index(">", at) + 1
        if xml:
            found = text.find("-->", at + 4)
            return found + 3 if found >= 0 else -1
        end = _COMMENT_END.search(text, at + 4)
        return end.end() if end else -1
    if text.startswith("<![CDATA[", at) and (xml or foreign):
        found = text.find("]]>", at)
        return found + 3 if found >= 0 else -1
    if xml and text.startswith("<?", at):
        found = text.find("?>", at)
        return found + 2 if found >= 0 else -1
    found = text.find(">", at)
    return found + 1 if found >= 0 else -1


def _raw_end(text: str, tag: Tag) -> int | None:
    """Where the text ends that takes no tags inside; None for elements that do."""
    if tag.name == "plaintext":
        return len(text)
    if tag.name == "script":
        return _script_end(text, tag.end)
    if tag.name not in _RAW and tag.name not in _ESCAPABLE:
        return None
    found = _ENDS[tag.name].search(text, tag.end)
    return found.start() if found else len(text)


def _script_end(text: str, at: int) -> int:
    """A script ends at its end tag, but not at one of a script inside a comment inside of it."""
    escaped = doubly = False
    while True:
        found = _SCRIPT.search(text, at)
        if found is None:
            return len(text)
        at = found.end()
        if found[0] == "<!--":
            escaped = True
            at -= 2  # "<!-->" is closed at once
        elif found[0] == "-->":
            escaped = doubly = False
        elif not found[1]:
            doubly = escaped
        elif doubly:
            doubly = False
        else:
            return found.start()


def unescape_value(text: str) -> str:
    """The value of an attribute as a browser takes it.

    Unlike in text, "&copy=" and "&copyright" stay as they are there.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" not in text:
        return text

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name is not None and (name not in html5 or (match[2] and name[-1] != ";")):
            return match[0]
        return html.unescape(match[0])

    return _ENTITY.sub(put, text)


def unescape_text(text: str) -> str:
    """Text between tags as a browser takes it."""
    return html.unescape(text) if "&" in text else text
