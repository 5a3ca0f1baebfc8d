"""Text of a file, with all that is needed to get its very bytes back."""

import codecs
import re
from dataclasses import dataclass
from enum import Enum

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PRESCAN = 4096
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta\s[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")

# What browsers take for a label, where Python's codec of that name is narrower.
# Source: WHATWG Encoding Standard, "Names and labels".
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_ASCII_LIKE = "~ aZ09<>&\"'"
"""What must be the same bytes in an encoding that a page names inside itself."""


class Kind(Enum):
    HTML = 1
    XML = 2
    PLAIN = 3


class Undecodable(ValueError):
    """The bytes are no text in the encoding that they say; the argument is its name."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """`text` without its byte order mark. Bytes that are no text became lone surrogates.

    `narrow` is what a new character must fit, too, since some readers go by the label.
    """

    text: str
    encoding: str
    narrow: str
    mark: bytes = b""

    def encoded(self, text: str) -> bytes:
        """`text` as it stands in the file; for the text that was read, the very bytes."""
        return self.mark + text.encode(self.encoding, _errors(self.encoding))

    def fits(self, character: str) -> bool:
        """Whether every reader will see that character; others must be written as numbers."""
        try:
            return character.encode(self.encoding) == character.encode(self.narrow)
        except UnicodeEncodeError:
            return False


def decode(data: bytes, kind: Kind) -> TextFile:
    """The text of a page: by its mark, else by what it says, else UTF-8, else Windows-1252.

    Raises `Undecodable`.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return TextFile(_decoded(data[len(mark) :], name), name, name, mark)
    label = _label(data, kind)
    if label:
        wide = _WIDER.get(label, label)
        return TextFile(_decoded(data, wide), wide, label)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if kind is Kind.XML:
            raise Undecodable("utf-8") from None
        return TextFile(_decoded(data, "cp1252"), "cp1252", "cp1252")
    # Browsers take a page that does not say its encoding for Windows-1252 until told otherwise.
    narrow = "ascii" if kind is Kind.HTML and text.isascii() else "utf-8"
    return TextFile(text, "utf-8", narrow)


def _label(data: bytes, kind: Kind) -> str:
    """The encoding a page names, by Python's name; "" where it names none that is usable."""
    if kind is Kind.PLAIN:
        return ""
    if data[:4] in (b"<\0?\0", b"\0<\0?"):  # XML in UTF-16 without a mark
        return "utf-16-le" if data[:2] == b"<\0" else "utf-16-be"
    head = data[:_PRESCAN]
    said = _XML.match(head.decode("latin-1"))
    label = said.group(1) if said else ""
    if not label and kind is Kind.HTML:
        found = _META.search(_COMMENT.sub(b"", head))
        label = found.group(1).decode("ascii", "replace") if found else ""
    try:
        name = codecs.lookup(label).name if label else ""
        if not name or name.startswith("utf-16"):  # it was readable as ASCII, so it is not
            return "utf-8" if name else ""
        same = _ASCII_LIKE.encode(name) == _ASCII_LIKE.encode("ascii")
        return name if same and name != "utf-7" else ""
    except (LookupError, UnicodeError, AttributeError, TypeError):
        return ""


def _errors(encoding: str) -> str:
    return "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, _errors(encoding))
    except (UnicodeDecodeError, LookupError) as error:
        raise Undecodable(encoding) from error
