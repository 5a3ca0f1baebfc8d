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
_SIMPLE = re.compile(rf"<(/?)([a-zA-Z][^{_WS}/>]*)[{_WS}]*(/?)>")
_OPEN = re.compile(rf"<(/?)([a-zA-Z][^{_WS}/>]*)")
_ATTRIBUTE = re.compile(
    rf"[{_WS}/]*(?:(>)|(=[^{_WS}/>=]*|[^{_WS}/>=]+)"
    rf"(?:[{_WS}]*=[{_WS}]*(?:\"([^\"]*)\"|'([^']*)'|([^{_WS}>\"'][^{_WS}>]*)|(?=>)))?)"
)
_EQUALS = re.compile(rf"[{_WS}]*=")
_COMMENT_END = re.compile(r"--!?>")
_SCRIPT = re.compile(rf"<!--|-->|<(/?)script(?=[{_WS}/>])", re.IGNORECASE | re.ASCII)
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([a-zA-Z][a-zA-Z0-9]*;?))(=?)")
_RAW = frozenset({"style", "xmp", "iframe", "noembed", "noframes"})
_ESCAPABLE = frozenset({"textarea", "title"})
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


@dataclass(slots=True)  # not frozen: a large page has millions
class Tag:
    """One tag. `name` is in lower case but for XML; so are the names of attributes."""

    name: str
    start: int
    end: int
    closing: bool
    empty: bool
    """It ends in "/>", which only XML and SVG heed."""
    attributes: tuple[Attribute, ...]

    def find(self, name: str) -> Attribute | None:
        """The first of that name: the one that counts."""
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
        found = text.find("<", at)
        if found < 0:
            found = len(text)
        if found > at:
            yield Characters(at, found)
        if found == len(text):
            return
        if not _OPEN.match(text, found):
            if text[found + 1 : found + 2] not in ("!", "?", "/"):
                yield Characters(found, found + 1)
                at = found + 1
                continue
            at = _passed(text, found, xml=xml, foreign=foreign > 0)
            if at < 0:
                return
            if text.startswith("<![CDATA[", found) and (xml or foreign):
                yield Characters(found + 9, max(found + 9, at - 3), "cdata")
            continue
        tag = tag_at(text, found, xml=xml)
        if tag is None:  # a tag that never ends takes the rest of the page
            return
        yield tag
        at = tag.end
        if foreign and not xml and tag.name in BREAKOUT:
            foreign = 0
        if tag.name in _FOREIGN:
            foreign = max(0, foreign + (-1 if tag.closing else not tag.empty))
        elif not (xml or foreign or tag.closing):
            end = _raw_end(text, tag)
            if end is not None:
                if tag.name in _ESCAPABLE:
                    yield Characters(at, end, tag.name)
                at = end


def tag_at(text: str, at: int, *, xml: bool = False) -> Tag | None:
    """The tag that begins at `at`; None where none does, or where it does not end."""
    simple = _SIMPLE.match(text, at)
    if simple:
        name = simple[2] if xml else simple[2].lower()
        return Tag(name, at, simple.end(), bool(simple[1]), bool(simple[3]), ())
    opening = _OPEN.match(text, at)
    if opening is None:
        return None
    attributes: list[Attribute] = []
    position = opening.end()
    while True:
        match = _ATTRIBUTE.match(text, position)
        if match is None:
            return None
        if match[1]:
            break
        one = _attribute(match, xml=xml)
        if match.end() == one.end and one.value_start < 0 and _EQUALS.match(text, one.end):
            return None  # a quote that is never closed
        attributes.append(one)
        position = match.end()
    end = match.end()
    last = attributes[-1].end if attributes else opening.end()
    empty = text[end - 2] == "/" and last < end - 1
    name = opening[2] if xml else opening[2].lower()
    return Tag(name, at, end, bool(opening[1]), empty, tuple(attributes))


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
