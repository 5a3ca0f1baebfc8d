"""XML read by its tags and their places. Documents that declare entities are refused."""

from typing import Protocol
from xml.parsers import expat

from vlm_desktop.base.cancel import CancelToken

_LOOK = 4096
_MAIN = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_WORD = "http://schemas.microsoft.com/office/word/2010/"

PREFIXES = {
    f"{_MAIN}wordprocessingml/2006/main": "w",
    f"{_STRICT}wordprocessingml/main": "w",
    f"{_MAIN}drawingml/2006/wordprocessingDrawing": "wp",
    f"{_STRICT}drawingml/wordprocessingDrawing": "wp",
    f"{_MAIN}drawingml/2006/main": "a",
    f"{_STRICT}drawingml/main": "a",
    f"{_MAIN}drawingml/2006/picture": "pic",
    f"{_STRICT}drawingml/picture": "pic",
    f"{_MAIN}drawingml/2006/chart": "c",
    f"{_STRICT}drawingml/chart": "c",
    f"{_MAIN}drawingml/2006/diagram": "dgm",
    f"{_STRICT}drawingml/diagram": "dgm",
    f"{_MAIN}officeDocument/2006/relationships": "r",
    f"{_STRICT}officeDocument/relationships": "r",
    f"{_MAIN}presentationml/2006/main": "p",
    f"{_STRICT}presentationml/main": "p",
    f"{_MAIN}markup-compatibility/2006": "mc",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "cx",
    "http://schemas.microsoft.com/office/drawing/2017/decorative": "adec",
    f"{_WORD}wordprocessingGroup": "wpg",
    f"{_WORD}wordprocessingShape": "wps",
    "urn:schemas-microsoft-com:vml": "v",
}
"""Namespaces of Office by the prefixes they usually have, which is how tags are named here."""


class XmlRefused(ValueError):
    """The text is no well-formed XML."""


class EntitiesDeclared(XmlRefused):
    """It declares a document type, which no part of an Office document has a use for."""


class Handler(Protocol):
    """Hears of every tag. `at` is its place in the text."""

    def start(self, name: str, attributes: dict[str, str], at: int) -> None: ...
    def end(self, name: str, at: int) -> None: ...
    def characters(self, text: str) -> None: ...


def read_xml(text: str, handler: Handler, cancel: CancelToken) -> None:
    """Raises XmlRefused, EntitiesDeclared, Cancelled."""
    _Reader(text, handler, cancel).read()


class _Reader:
    def __init__(self, text: str, handler: Handler, cancel: CancelToken) -> None:
        self._text = text
        self._handler = handler
        self._cancel = cancel
        self._ascii = text.isascii()
        self._names: dict[str, str] = {}
        self._byte = self._at = self._seen = 0
        try:
            self._data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise XmlRefused(str(error)) from error
        self._expat = expat.ParserCreate("UTF-8", " ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = handler.characters
        self._expat.StartDoctypeDeclHandler = self._doctype

    def read(self) -> None:
        try:
            self._expat.Parse(self._data, True)
        except expat.ExpatError as error:
            raise XmlRefused(str(error)) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._seen += 1
        if self._seen % _LOOK == 0:
            self._cancel.raise_if_cancelled()
        named = {self._named(key): value for key, value in attributes.items()}
        self._handler.start(self._named(name), named, self._place())

    def _end(self, name: str) -> None:
        self._handler.end(self._named(name), self._place())

    def _named(self, name: str) -> str:
        short = self._names.get(name)
        if short is None:
            namespace, gap, local = name.rpartition(" ")
            prefix = PREFIXES.get(namespace, "?" if gap else "")
            short = self._names[name] = f"{prefix}:{local}" if prefix else local
        return short

    def _place(self) -> int:
        """The place in the text of the byte that the parser is at; it only goes on."""
        byte = self._expat.CurrentByteIndex
        if self._ascii:
            return byte
        self._at += len(self._data[self._byte : byte].decode("utf-8"))
        self._byte = byte
        return self._at

    def _doctype(self, *_: object) -> None:
        raise EntitiesDeclared("it declares a document type")
