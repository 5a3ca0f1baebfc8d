"""Reading and writing what a person types: words, -exclusions, "exact phrases", key:value filters.

A filter's value may stand in quotes (`camera:"Canon EOS"`), a quote in it is doubled. `parts` and
`TypedPart.written` are each other's inverse, so a query can be taken apart and put together.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import Filters, PlaceBox, Query

_WORD = re.compile(r"\w+", re.UNICODE)
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
_SIZE = re.compile(r"^(\d+)?(?:\.\.|-)?(\d+)?$")
_SHORTEST_WORD = 3
_WORDS_IN_SENTENCES = 3
_STOP_WORDS = frozenset(
    (
        "the", "and", "for", "with", "from", "into", "onto", "over", "near", "some", "that",
        "this", "are", "was", "has", "have", "his", "her", "its", "their", "out", "off", "who",
        "one", "two", "while",
    )
)  # fmt: skip

_EXPECTED = {
    "date": "date:2012, date:2012-08 or date:2012-01-01..2012-06-30",
    "place": "place:SOUTH,WEST,NORTH,EAST in degrees",
    "camera": "camera:NAME",
    "folder": "folder:PATH",
    "rating": "rating:3 (three stars or more)",
    "type": "type:photo, type:raw or type:pdf",
    "size": "size:1000.. or size:..500 (pixels of the shorter side)",
    "tag": "tag:NAME",
    "album": "album:NAME",
}
FILTER_KEYS = tuple(_EXPECTED)
_BEGUN = {
    "date": r"[\d.-]*",
    "place": r"[\d.,-]*",
    "size": r"[\d.-]*",
    "type": r"p|ph|pho|phot|pd|r|ra",
}
"""What the value of a filter looks like while it is being typed."""

_TOKEN = re.compile(
    r'(?P<minus>-?)"(?P<quoted>[^"]*)"'
    rf'|(?P<key>{"|".join(FILTER_KEYS)}):"(?P<value>(?:[^"]|"")*)"(?!\S)'
    r"|(?P<bare>\S+)",
    re.IGNORECASE,
)


class PartKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    EXCLUDE = "exclude"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class TypedPart:
    """One part of a typed query: what it says, and where it stands in the text.

    `text` has no quotes and no minus; of a filter it is KEY:VALUE.
    """

    kind: PartKind
    text: str
    start: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """A filter's key; "" for the others."""
        return self.text.partition(":")[0] if self.kind is PartKind.FILTER else ""

    @property
    def value(self) -> str:
        """A filter's value; all of the text for the others."""
        return self.text.partition(":")[2] if self.kind is PartKind.FILTER else self.text

    @property
    def written(self) -> str:
        """As it is typed, so that `parts` reads the same again."""
        match self.kind:
            case PartKind.PHRASE:
                return f'"{self.text}"'
            case PartKind.EXCLUDE:
                plain = re.fullmatch(r'[^\s"]+', self.text)
                return f"-{self.text}" if plain else f'-"{self.text}"'
            case PartKind.FILTER:
                quoted = self.value.replace('"', '""')
                plain = re.fullmatch(r'[^\s"]+', self.value)
                return self.text if plain else f'{self.key}:"{quoted}"'
        return self.text


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """The parts of a typed query."""

    text: str
    phrases: tuple[str, ...]
    exclude: tuple[str, ...]
    filters: Filters


def parse_query(typed: str) -> TypedQuery:
    """Split `rocky -beach "happy birthday" date:2012`. Raises BadFilter."""
    found = parts(typed)
    filters = Filters()
    for part in found:
        if part.kind is PartKind.FILTER:
            filters = add_filter(filters, part.text)

    def texts(kind: PartKind) -> tuple[str, ...]:
        return tuple(part.text for part in found if part.kind is kind)

    return TypedQuery(
        " ".join(texts(PartKind.WORD)), texts(PartKind.PHRASE), texts(PartKind.EXCLUDE), filters
    )


def asked_for(query: WrittenQuery, *, limit: int, show_all: bool = False) -> Query:
    """What the engine is asked for. Raises BadFilter."""
    typed = parse_query(query.typed)
    return Query(
        text=typed.text,
        text_weight=query.text_weight,
        phrases=typed.phrases,
        images=query.images,
        exclude=typed.exclude,
        filters=typed.filters,
        limit=limit,
        show_all=show_all,
    )


def parts(typed: str) -> tuple[TypedPart, ...]:
    """The parts of a text in their order. Any text has some; a filter's value may be wrong."""
    return tuple(part for part in map(_part, _TOKEN.finditer(typed)) if part is not None)


def _part(match: re.Match[str]) -> TypedPart | None:
    start, end = match.span()
    if match["key"] is not None:
        value = match["value"].replace('""', '"').strip()
        # `camera:""` asks for nothing.
        text = f"{match['key'].lower()}:{value}"
        return TypedPart(PartKind.FILTER, text, start, end) if value else None
    if match["bare"] is None:
        kind = PartKind.EXCLUDE if match["minus"] else PartKind.PHRASE
        return TypedPart(kind, match["quoted"], start, end) if match["quoted"] else None
    bare = match["bare"]
    key, _, value = bare.partition(":")
    if key.lower() in _EXPECTED and value:
        return TypedPart(PartKind.FILTER, f"{key.lower()}:{value}", start, end)
    if bare.startswith("-") and len(bare) > 1:
        return TypedPart(PartKind.EXCLUDE, bare[1:], start, end)
    return TypedPart(PartKind.WORD, bare, start, end)


def without_unfinished(typed: str) -> str:
    """The text without a filter that is still being typed at its end (`date:20`, `rating:`)."""
    found = parts(typed)
    if not found or found[-1].end != len(typed):
        return typed
    last = found[-1]
    begun = last.kind is PartKind.WORD and last.text.rstrip(":").lower() in _EXPECTED
    if begun and last.text.endswith(":"):
        return typed[: last.start]
    if last.kind is PartKind.FILTER:
        try:
            add_filter(Filters(), last.text)
        except BadFilter:
            begun = re.fullmatch(_BEGUN.get(last.key, ""), last.value.lower()) is not None
            return typed[: last.start] if begun else typed
    return typed


def place_value(box: PlaceBox) -> str:
    """SOUTH,WEST,NORTH,EAST in degrees."""
    return ",".join(f"{edge:.10g}" for edge in (box.south, box.west, box.north, box.east))


def query_prompts(text: str) -> tuple[str, ...]:
    """The sentences whose mean embedding stands for a query.

    Encoders learnt from whole sentences and place a bare word badly; a word or two is therefore
    also said in sentences ("prompt ensembling", Radford et al. 2021, section 3.1.4).
    """
    words = text.split()
    if not words or len(words) > _WORDS_IN_SENTENCES:
        return (text,)
    named = " ".join(words)
    if len(words) == 1:
        named = f"{'an' if named[0].lower() in 'aeiou' else 'a'} {named}"
    return (text, f"a photo of {named}", f"there is {named} in the picture .")


def search_words(text: str) -> tuple[str, ...]:
    """The words worth looking up in stored texts: letters and digits, no stop words."""
    words = (word.lower() for word in _WORD.findall(text))
    return tuple(word for word in words if len(word) >= _SHORTEST_WORD and word not in _STOP_WORDS)


def add_filter(filters: Filters, text: str) -> Filters:
    """`filters` narrowed by one KEY:VALUE. Raises BadFilter with an example of a good one."""
    key, separator, value = text.partition(":")
    value = value.strip()
    if not separator or key not in _EXPECTED or not value:
        raise BadFilter(text=text, expected="; ".join(_EXPECTED.values()))
    try:
        return _READERS[key](filters, value)
    except ValueError:
        raise BadFilter(text=text, expected=_EXPECTED[key]) from None


def _read_date(filters: Filters, value: str) -> Filters:
    start, separator, end = value.partition("..")
    if not separator:
        end = start
    if not (start or end) or any(part and not _DATE.match(part) for part in (start, end)):
        raise ValueError(value)
    return replace(filters, date_from=start, date_to=end)


def _read_place(filters: Filters, value: str) -> Filters:
    south, west, north, east = (float(part) for part in value.split(","))
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise ValueError(value)
    return replace(filters, place=PlaceBox(south, west, north, east))


def _read_rating(filters: Filters, value: str) -> Filters:
    rating = int(value)
    if not 0 <= rating <= 5:
        raise ValueError(value)
    return replace(filters, min_rating=rating)


def _read_type(filters: Filters, value: str) -> Filters:
    if value.lower() not in ("photo", "raw", "pdf"):
        raise ValueError(value)
    return replace(filters, kinds=(*filters.kinds, value.lower()))


def _read_size(filters: Filters, value: str) -> Filters:
    match = _SIZE.match(value)
    if match is None or not any(match.groups()):
        raise ValueError(value)
    low, high = match.groups()
    return replace(
        filters, min_side=int(low) if low else None, max_side=int(high) if high else None
    )


_READERS: dict[str, Callable[[Filters, str], Filters]] = {
    "date": _read_date,
    "place": _read_place,
    "camera": lambda filters, value: replace(filters, camera=value),
    "folder": lambda filters, value: replace(filters, folder=value),
    "rating": _read_rating,
    "type": _read_type,
    "size": _read_size,
    "tag": lambda filters, value: replace(filters, tag=value),
    "album": lambda filters, value: replace(filters, album=value),
}
