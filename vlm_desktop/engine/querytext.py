"""Reading what a person types: words, -exclusions, "exact phrases", key:value filters."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.types import Filters, PlaceBox

_TOKEN = re.compile(r'(-?)"([^"]*)"|(\S+)')
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


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """The parts of a typed query."""

    text: str
    phrases: tuple[str, ...]
    exclude: tuple[str, ...]
    filters: Filters


def parse_query(typed: str) -> TypedQuery:
    """Split `rocky -beach "happy birthday" date:2012`. Raises BadFilter."""
    words: list[str] = []
    phrases: list[str] = []
    exclude: list[str] = []
    filters = Filters()
    for minus, quoted, bare in _TOKEN.findall(typed):
        key, _, value = bare.partition(":")
        if quoted:
            (exclude if minus else phrases).append(quoted)
        elif key in _EXPECTED and value:
            filters = add_filter(filters, bare)
        elif bare.startswith("-") and len(bare) > 1:
            exclude.append(bare[1:])
        elif bare:
            words.append(bare)
    return TypedQuery(" ".join(words), tuple(phrases), tuple(exclude), filters)


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
