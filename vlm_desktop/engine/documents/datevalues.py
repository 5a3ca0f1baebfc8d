"""Dates as documents print them: what they can mean and where they stand in a text.

Pure; importing it does not import numpy. `date_readings` weighs the orders of day, month and year
by the document's locale and says every one that is possible; `date_spans` finds dates in a line.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.lookalikes import LETTERS_FOR_DIGITS, digits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vlm_desktop.base.documents import DocumentLocale

_LONGEST = 120
_SLIP = 0.85
"""What a letter read as a digit leaves of a reading's likelihood."""
_DAY_FIRST = {".": 0.95, "-": 0.7}
"""How likely the day stands first where nothing else tells, by separator."""
_CENTURY = 50
"""Two-digit years below it are of this century: due dates lie ahead, births lie behind."""

_D = f"[0-9{re.escape(LETTERS_FOR_DIGITS)}]"
_SEPARATOR = r"\s?[-/.,'\u2019\u00b7\u2022\u2013\\]\s?(?:[-/]\s?)?"
_END = r"(?!\w|[./]\d|-\d+(?![\d./]))"
"""No number goes on; a second date may follow a dash."""
_NUMERIC = re.compile(
    rf"(?<![\w./,])(?<!\D-)(?P<a>{_D}{{1,4}})(?P<s>{_SEPARATOR})(?P<b>{_D}{{1,2}})"
    rf"(?P<r>{_SEPARATOR})(?P<c>{_D}{{4}}(?=\d\d:\d\d|[A-Z][a-z])|{_D}{{1,4}}(?=T\d)|{_D}{{1,4}}{_END})"
)
_SPACED = re.compile(r"(?<![\w.,])(?P<a>\d\d)(?P<s> )(?P<b>\d\d) (?P<c>(?:19|20)\d\d)(?!\w)")
_CJK = re.compile(
    r"(?P<a>\d{4})(?P<s>\s?[\u5e74\ub144]\s?)(?P<b>\d{1,2})\s?[\u6708\uc6d4]\s?"
    r"(?P<c>\d{1,2})\s?[\u65e5\uc77c]"
)
_GLUE = r"[\s\-/.,'\u2019]*"
_OF = r"(?:(?:de|del|of|d|di)\b\s*)?"
_MONTH = r"(?P<m>[^\W\d_]{3,12})"
_YEAR = rf"['\u2019]?(?P<y>{_D}{{4}}(?=\d\d:\d\d)|{_D}{{4}}|{_D}{{2}})(?![^\W_])"
_ANOTHER_DAY = r"(?!\s?,\s?(?:19|20)\d\d(?!\d))"
"""In "July 1 - July 31, 2014" no year stands after the second name, but the day before one."""
_DAY_NAME_YEAR = re.compile(
    rf"(?<!\w)(?P<d>{_D}{{1,2}})(?:st|nd|rd|th|er|e|\u00ba|\u00aa|\u00b0)?{_GLUE}{_OF}{_MONTH}"
    rf"{_GLUE}{_OF}{_YEAR}{_ANOTHER_DAY}",
    re.IGNORECASE,
)
_NAME_DAY_YEAR = re.compile(
    rf"(?<!\w){_MONTH}{_GLUE}(?P<d>{_D}{{1,2}})(?:st|nd|rd|th)?[\s\-/.,'\u2019]+{_OF}{_YEAR}",
    re.IGNORECASE,
)
_YEAR_NAME_DAY = re.compile(
    rf"(?<!\w)(?P<y>(?:19|20)\d\d){_GLUE}{_MONTH}{_GLUE}(?P<d>{_D}{{1,2}})(?!\w)", re.IGNORECASE
)
_NAMED = (_DAY_NAME_YEAR, _NAME_DAY_YEAR, _YEAR_NAME_DAY)
_STROKE = re.compile(r"(?<!\d)(\d\d)([/1l|])(\d\d)([/1l|])((?:19|20)\d\d)(?!\d)")
"""A stroke of the date read as a one: "15/0712017"."""
_COMPACT = re.compile(r"\d{8}")

_MONTH_SLIPS = re.compile(r"(?<![A-Z])(0CT|0KT|N0V|5EP|AU6|AUQ|JU1|JU[|]|MAV|D[E3]C|FE8)(?![A-Z])")
_MONTH_MEANT = {
    "0CT": "OCT", "0KT": "OKT", "N0V": "NOV", "5EP": "SEP", "AU6": "AUG", "AUQ": "AUG",
    "JU1": "JUL", "JU|": "JUL", "MAV": "MAY", "D3C": "DEC", "DEC": "DEC", "FE8": "FEB",
}  # fmt: skip

_TIME = re.compile(
    r"[T,]?\s*(?<![\d.])(?:[01]?\d|2[0-3])(?:\s?[:hH]\s?[0-5]\d(?:\s?:\s?[0-5]\d)?(?:[.,]\d{1,6})?"
    r"|\.[0-5]\d(?![.\d]))\s*(?:[ap]\.?\s?m\b\.?|uhr|hrs?|h|z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_BESIDE = {
    "am", "at", "den", "der", "the", "le", "el", "il", "dia", "on", "of", "um", "uhr", "op", "date",
    "t", "pada", "y", "r", "g", "ano",
}  # fmt: skip
"""Words that may stand beside a date within its text."""
_WEEKDAYS = {
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "mo", "di", "mi", "do", "fr", "sa",
    "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lun",
    "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
    "samedi", "dimanche", "ma", "wo", "vr", "za", "zo", "maandag", "dinsdag", "woensdag",
    "donderdag", "vrijdag", "zaterdag", "zondag", "lunes", "martes", "miercoles", "jueves",
    "viernes", "sabado", "domingo", "lunedi", "martedi", "mercoledi", "giovedi", "venerdi",
    "sabato", "domenica", "segunda", "terca", "quarta", "quinta", "sexta", "feira", "isnin",
    "selasa", "rabu", "khamis", "jumaat", "sabtu", "ahad", "senin", "kamis", "jumat", "minggu",
    "poniedzialek", "wtorek", "sroda", "czwartek", "piatek", "sobota", "niedziela",
}  # fmt: skip


def folded(text: str) -> str:
    """Small letters without accents."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return plain.translate(_PLAIN)


_PLAIN = str.maketrans({"\u0142": "l", "\u0131": "i", "\u00f8": "o", "\u0111": "d"})


@lru_cache(maxsize=1)
def month_names() -> Mapping[str, Mapping[int, tuple[str, ...]]]:
    """Folded name -> month -> the languages that call it so."""
    path = bundled("resources") / "documents" / "months.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    names: dict[str, dict[int, tuple[str, ...]]] = {}
    for language, months in tables.items():
        for number, words in enumerate(months, start=1):
            for word in words.split():
                found = names.setdefault(word, {})
                found[number] = (*found.get(number, ()), language)
    return names


def date_readings(text: str, locale: DocumentLocale) -> dict[str, float]:
    """Every day that `text` may mean, ISO 8601, with how likely; their sum is at most 1.

    Empty when the text is no date, or holds more than a date with its weekday and time.
    """
    text = _prepared(text[:_LONGEST])
    for start, end, readings in _matches(text, locale):
        if _only_beside(text[:start]) and _only_beside(text[end:]):
            return readings
    return _unsure(text.strip())


def date_spans(text: str, locale: DocumentLocale) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Where dates stand in a line of text, from left to right, with their readings."""
    end = 0
    for start, stop, readings in sorted(_matches(_prepared(text), locale), key=lambda one: one[:2]):
        if start >= end:
            yield start, stop, readings
            end = stop


def numeric_parts(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """The numeric dates of a text for who infers their order: (as printed, the first number, the
    second number, whether a four-digit year stands in front)."""
    for match in _NUMERIC.finditer(text):
        first, second = match["a"], match["b"]
        if (first + second + match["c"]).isdigit():
            ahead = len(first) == 4
            if ahead or len(match["c"]) in (2, 4):
                yield match[0], int(first), int(second), ahead


def _prepared(text: str) -> str:
    """Of the same length: signs as one kind, and months as they were meant."""
    text = "".join(
        unicodedata.normalize("NFKC", sign) if ord(sign) > 0xFF00 else sign for sign in text
    )
    return _MONTH_SLIPS.sub(lambda match: _MONTH_MEANT.get(match[0], match[0]), text)


def _matches(text: str, locale: DocumentLocale) -> Iterator[tuple[int, int, dict[str, float]]]:
    for pattern in (_CJK, _NUMERIC, _SPACED):
        for match in pattern.finditer(text):
            if pattern is _NUMERIC and _is_uneven(match):
                continue
            readings = _numeric(match["a"], match["b"], match["c"], match["s"].strip()[:1], locale)
            if readings:
                yield match.start(), match.end(), readings
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            readings = _named(match["d"], match["m"], match["y"], locale)
            if readings:
                yield match.start(), match.end(), readings
    for match in _STROKE.finditer(text):
        if "/" in (match[2], match[4]) and match[2] != match[4]:
            readings = _numeric(match[1], match[3], match[5], "/", locale)
            if readings:
                yield match.start(), match.end(), _scaled(readings, 0.7)


def _is_uneven(match: re.Match[str]) -> bool:
    """Whether separators differ or are commas and the year is short: "07 - 6/24" is no date."""
    first, second = match["s"].strip()[:1], match["r"].strip()[:1]
    return (first != second or first in ",'\u2019") and 4 not in (len(match["a"]), len(match["c"]))


def _numeric(a: str, b: str, c: str, separator: str, locale: DocumentLocale) -> dict[str, float]:
    written = a + b + c
    (a, first), (b, second), (c, third) = digits_of(a), digits_of(b), digits_of(c)
    slips = first + second + third
    if slips * 2 > len(written) or 3 in (len(a), len(c)) or len(c) == 1 and len(a) != 4:
        return {}
    day_first = _DAY_FIRST.get(separator, 0.6)
    if locale.day_first is not None:
        day_first = 0.97 if locale.day_first else 0.03
    if len(a) == 4:
        if len(c) == 4:
            return {}
        weighed = [((a, b, c), 0.97), ((a, c, b), 0.03 if len(c) <= 2 else 0.0)]
    else:
        weighed = [((c, b, a), day_first), ((c, a, b), 1 - day_first)]
        if len(a) == 2 and len(c) == 2:
            ahead = {None: 0.06, True: 0.9, False: 0.01}[locale.year_first]
            weighed = [(parts, weight * (1 - ahead)) for parts, weight in weighed]
            weighed.append(((a, b, c), ahead))
    return _scaled(_weighed(weighed), _SLIP**slips)


def _named(day: str, name: str, year: str, locale: DocumentLocale) -> dict[str, float]:
    day, slips = digits_of(day)
    year, more = digits_of(year)
    if slips == len(day) or 2 * more > len(year):  # the S of September is no 5
        return {}
    months, likelihood = _months(folded(name), locale.language)
    weighed = [((year, str(month), day), weight) for month, weight in months.items()]
    return _scaled(_weighed(weighed), likelihood * _SLIP ** (slips + more))


def _months(name: str, language: str) -> tuple[dict[int, float], float]:
    """The months a name may mean with their shares, and how sure the name itself is."""
    names = month_names()
    likelihood = 1.0
    if name not in names and len(name) >= 5:
        close = _close_month(name)
        if close:
            name, likelihood = close, 0.8
    found = names.get(name, {})
    spoken = {month: 1.0 for month, languages in found.items() if language in languages}
    if spoken and len(found) > 1:
        return spoken, likelihood
    voices = {month: float(len(languages)) for month, languages in found.items()}
    whole = sum(voices.values())
    return {month: share / whole for month, share in voices.items()}, likelihood


@lru_cache(maxsize=4096)
def _close_month(name: str) -> str:
    """The month that a misread name is closest to, "" when none is close."""
    long = [one for one in month_names() if len(one) >= 5]
    close = get_close_matches(name, long, n=1, cutoff=0.8)
    return close[0] if close else ""


def _weighed(parts: list[tuple[tuple[str, str, str], float]]) -> dict[str, float]:
    """Days that exist, with shares that sum to 1 over them."""
    found: dict[str, float] = {}
    for (year, month, day), weight in parts:
        for full, share in _years(year):
            try:
                iso = date(full, int(month), int(day)).isoformat()
            except ValueError:
                continue
            found[iso] = found.get(iso, 0.0) + weight * share
    whole = sum(found.values())
    return {iso: weight / whole for iso, weight in found.items()} if whole > 0 else {}


def _years(year: str) -> Iterator[tuple[int, float]]:
    """The years that digits may mean: two digits are of this century or the last."""
    if not year.isdigit():  # letters in small type look like no digit
        return
    number = int(year)
    if len(year) == 2:
        near, far = (2000, 1900) if number < _CENTURY else (1900, 2000)
        doubt = 0.04 if 30 <= number < 70 else 0.0
        yield near + number, 1 - doubt
        if doubt:
            yield far + number, doubt
    elif 1900 <= number <= 2100:
        yield number, 1.0
    elif 2443 <= number <= 2643:  # the Buddhist calendar of Thai documents
        yield number - 543, 0.95


def _unsure(text: str) -> dict[str, float]:
    """Eight digits in a row, which more often are a number than a date."""
    if not _COMPACT.fullmatch(text):
        return {}
    ahead = _weighed([((text[:4], text[4:6], text[6:]), 1.0)])
    behind = _weighed([((text[4:], text[2:4], text[:2]), 1.0)])
    readings = _scaled(ahead, 0.6)
    for iso, weight in _scaled(behind, 0.25).items():
        readings[iso] = readings.get(iso, 0.0) + weight
    return readings


def _only_beside(text: str) -> bool:
    """Whether a text holds nothing but a time, a weekday and small words."""
    words = re.findall(r"[^\W_]+", folded(_TIME.sub(" ", text)))
    return all(word in _BESIDE or word in _WEEKDAYS for word in words)


def _scaled(readings: dict[str, float], factor: float) -> dict[str, float]:
    return {value: weight * factor for value, weight in readings.items()}
