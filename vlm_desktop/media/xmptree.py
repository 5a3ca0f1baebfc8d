"""An XMP packet as a tree that remembers where every tag lies in the bytes.

Editing splices bytes at those places, so that whatever else the packet holds, namespaces and
prefixes, comments, order and white space, stays as it was written by whoever wrote it.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_XML = "http://www.w3.org/XML/1998/namespace"
_ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([\w.-]+)[\"']")
_DECLARED = re.compile(rb"^(\s*<\?xml\s[^>]*?\bencoding\s*=\s*)([\"'])[\w.-]+[\"']")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class XmpUnreadable(ValueError):
    """The bytes are no well-formed XMP, so nothing in them may be replaced."""


@dataclass(slots=True)
class Attribute:
    """One attribute: `start` to `end` with the space before it, `value_at` inside the quotes."""

    name: str
    value: str
    start: int
    end: int
    value_at: tuple[int, int]


@dataclass(slots=True)
class Node:
    """One element. `name` is "{namespace}local", `raw` as it is written in the packet."""

    name: str
    raw: bytes
    start: int
    open_end: int
    is_empty_tag: bool
    attributes: list[Attribute]
    close_start: int = 0
    end: int = 0
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def attribute(self, name: str) -> Attribute | None:
        return next((one for one in self.attributes if one.name == name), None)

    def walk(self) -> Iterator["Node"]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:  # damaged packets nest deeper than Python's stack
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def as_utf8(packet: bytes) -> bytes:
    """The packet in UTF-8 without a mark, and saying so. Raises `XmpUnreadable`."""
    encoding = next((name for mark, name in _MARKS if packet.startswith(mark)), "")
    if encoding == "utf-8":
        packet = packet[len(codecs.BOM_UTF8) :]
    if not encoding:
        said = _DECLARATION.match(packet[:200].decode("latin-1"))
        encoding = said.group(1) if said else "utf-8"
    try:
        text = packet.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise XmpUnreadable(str(error)) from error
    return _DECLARED.sub(rb"\1\2UTF-8\2", text.encode("utf-8"))


def parse(packet: bytes) -> Node:
    """The root element of a packet in UTF-8. Raises `XmpUnreadable`."""
    return _Parser(packet).root()


class _Parser:
    """Expat with positions. Documents that declare entities are refused: none needs to."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._open: list[Node] = []
        self._scopes: list[dict[str, str]] = [{"xml": _XML}]
        self._root: Node | None = None
        self._expat = expat.ParserCreate("UTF-8")
        self._expat.buffer_text = False
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = self._doctype

    def root(self) -> Node:
        try:
            self._expat.Parse(self._packet, True)
        except (expat.ExpatError, ValueError) as error:
            raise XmpUnreadable(str(error)) from error
        assert self._root is not None
        return self._root

    def _start(self, raw: str, given: dict[str, str]) -> None:
        at = self._expat.CurrentByteIndex
        tag = _TAG.match(self._packet, at)
        if tag is None:
            raise XmpUnreadable(f"a tag at byte {at} that is not understood")
        scope = self._scopes[-1] | {
            name.partition(":")[2]: value
            for name, value in given.items()
            if name == "xmlns" or name.startswith("xmlns:")
        }
        self._scopes.append(scope)
        node = Node(
            name=_resolved(raw, scope, scope.get("", "")),
            raw=raw.encode("utf-8"),
            start=at,
            open_end=tag.end(),
            is_empty_tag=tag.group().endswith(b"/>"),
            attributes=_attributes(self._packet, tag, given, scope),
        )
        if self._open:
            self._open[-1].children.append(node)
        elif self._root is None:
            self._root = node
        self._open.append(node)

    def _end(self, raw: str) -> None:
        self._scopes.pop()
        node = self._open.pop()
        if node.is_empty_tag:
            node.close_start = node.end = node.open_end
            return
        node.close_start = self._expat.CurrentByteIndex
        node.end = self._packet.index(b">", node.close_start) + 1

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)

    def _doctype(self, *_: object) -> None:
        raise XmpUnreadable("it declares a document type")


def _attributes(
    packet: bytes, tag: re.Match[bytes], given: dict[str, str], scope: dict[str, str]
) -> list[Attribute]:
    found = []
    for match in _ATTRIBUTE.finditer(packet, tag.start(), tag.end()):
        raw = match.group(1).decode("utf-8")
        inside = (match.start(2) + 1, match.end(2) - 1)
        name = _resolved(raw, scope, "")
        found.append(Attribute(name, given[raw], match.start(), match.end(), inside))
    return found


def _resolved(raw: str, scope: dict[str, str], default: str) -> str:
    prefix, colon, local = raw.rpartition(":")
    namespace = scope.get(prefix, prefix) if colon else default
    return f"{{{namespace}}}{local}" if namespace else local
