"""Where an alt text stands in a file, and the splices of text that change it."""

from dataclasses import dataclass
from typing import Protocol

from vlm_desktop.media.pages.htmltags import Attribute
from vlm_desktop.media.pages.textfile import TextFile

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;", '"': "&quot;", "'": "&#39;"}


@dataclass(frozen=True, slots=True)
class Splice:
    """`text` is to stand from `start` to `end` of the part's text as it was read."""

    start: int
    end: int
    text: str


class Target(Protocol):
    """The place of one image's alt text; `start` to `end` is what shows the image.

    `regions` are all pieces of the text in which its splices lie.
    """

    @property
    def part(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def regions(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def one_line(self) -> bool:
        """Whether the format keeps no line breaks in an alt text."""

    def splices(self, source: TextFile, alt: str | None) -> tuple[Splice, ...]:
        """What says `alt` there, or with None that the image is decorative."""


def escaped(alt: str, quote: str, source: TextFile) -> str:
    """`alt` as the value of an attribute of HTML or XML between `quote`s."""
    other = "'" if quote == '"' else '"'
    return "".join(
        character
        if character == other
        else _ESCAPES.get(character)
        or (character if source.fits(character) else f"&#x{ord(character):X};")
        for character in alt
    )


@dataclass(frozen=True, slots=True)
class AttributeTarget:
    """An attribute of a tag of HTML.

    `attribute` is the one that is there; where there is none, `name` is put after `beside` (the
    image's source), or else at `name_end`, behind the tag's name.
    """

    part: str
    start: int
    end: int
    attribute: Attribute | None
    beside: Attribute | None
    name_end: int
    name: str = "alt"
    numbered: str = ""
    """Characters that must not stand as themselves: marks of Markdown around the tag."""
    one_line: bool = False

    @property
    def regions(self) -> tuple[tuple[int, int], ...]:
        return ((self.start, self.end),)

    def splices(self, source: TextFile, alt: str | None) -> tuple[Splice, ...]:
        made = spliced(alt or "", self.attribute, self.beside, self.name_end, self.name, source)
        for one in self.numbered if alt else "":
            made = Splice(made.start, made.end, made.text.replace(one, f"&#{ord(one)};"))
        return (made,)


def spliced(
    value: str,
    there: Attribute | None,
    beside: Attribute | None,
    name_end: int,
    name: str,
    source: TextFile,
) -> Splice:
    """What gives an attribute a value, in the manner of the tag it stands in."""
    if there is not None and there.quote:
        return Splice(there.value_start, there.value_end, escaped(value, there.quote, source))
    if there is not None:
        return Splice(there.start, there.end, f'{there.raw}="{escaped(value, chr(34), source)}"')
    quote = (beside.quote if beside else "") or '"'
    if beside is not None and beside.raw.isupper():
        name = name.upper()
    at = beside.end if beside else name_end
    return Splice(at, at, f" {name}={quote}{escaped(value, quote, source)}{quote}")
