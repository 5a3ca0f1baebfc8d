"""How a document writes, inferred once from all of its texts.

Pure; importing it does not import numpy. Votes are counted, never guessed: a date like 25/12/2020
says that days stand first, 1.234,50 that the comma is decimal, "SDN BHD" where the vendor is.
What remains open is as in the country, and without a country stays open.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.amountvalues import amount_spans, currencies, decimal_mark
from vlm_desktop.engine.documents.datevalues import folded, numeric_parts
from vlm_desktop.engine.documents.validators import iban_ok, vat_id_ok
from vlm_desktop.engine.documents.values import spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_CHARACTERS = 200_000
_MOST_REASONS = 8
_WORD, _PHONE, _NUMBER, _MONEY = 2.0, 3.0, 3.0, 2.0
"""What a word, a phone prefix, an IBAN or VAT id, a currency is worth as a vote for a country."""
_AHEAD = 1.3
"""How far the first country or language must be ahead of the second."""
_PHONE_NUMBER = re.compile(r"(?<![\w+])\+\s?(\d{1,3})(?=[\s()./-]*\d{2,})")


@dataclass(slots=True)
class _Votes:
    """Votes for codes, each with the texts that gave them."""

    counts: dict[str, float] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, weight: float, text: str) -> None:
        seen = self.texts.setdefault(code, [])
        if text not in seen:  # the same words twice tell nothing new
            seen.append(text)
            self.counts[code] = self.counts.get(code, 0.0) + weight

    def winner(self, least: float, ahead: float = _AHEAD) -> str:
        ranked = sorted(self.counts.items(), key=lambda one: -one[1])[:2]
        if not ranked or ranked[0][1] < least:
            return ""
        if len(ranked) > 1 and ranked[0][1] < ahead * ranked[1][1]:
            return ""
        return ranked[0][0]


def infer(texts: Iterable[str]) -> DocumentLocale:
    """The locale of a document from the texts of its lines, in any order.

    Looks at the first 200,000 characters.
    """
    lines = _bounded(texts)
    whole = "\n".join(lines)
    language = _language(whole)
    signs = _signs(lines)
    region, region_texts = _region(whole, lines, language, signs)
    convention = regions().get(region, {})
    if not convention and language not in ("", "en"):
        convention = next((one for one in regions().values() if one["language"] == language), {})
    day_first, year_first, date_texts = _order(lines, convention)
    decimal, decimal_texts = _decimal(lines, convention)
    currency, sign = _currency(signs, region)
    reasons = [*date_texts, *decimal_texts, *([sign] if sign else []), *region_texts]
    return DocumentLocale(
        language,
        region,
        day_first,
        year_first,
        decimal,
        currency,
        tuple(dict.fromkeys(reasons))[:_MOST_REASONS],
    )


@lru_cache(maxsize=1)
def regions() -> Mapping[str, Mapping[str, Any]]:
    """The tables of `resources/documents/regions.toml`, by code."""
    path = bundled("resources") / "documents" / "regions.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, tuple[str, ...]]:
    """Word -> the languages it belongs to."""
    path = bundled("resources") / "documents" / "languages.toml"
    found: dict[str, tuple[str, ...]] = {}
    for language, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for word in dict.fromkeys(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found


@lru_cache(maxsize=1)
def _region_words() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, region in regions().items():
        for word in region["words"]:
            found[word] = (*found.get(word, ()), code)
    words = "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)"), found


def _bounded(texts: Iterable[str]) -> list[str]:
    lines, room = [], _MOST_CHARACTERS
    for text in texts:
        if room <= 0:
            break
        lines.append(text[:room])
        room -= len(text)
    return lines


def _language(whole: str) -> str:
    words = set(re.findall(r"[^\W\d_]+", folded(whole)))
    known = _languages()
    votes = _Votes()
    for word in words & known.keys():
        for language in known[word]:
            votes.add(language, 1 / len(known[word]), word)
    return votes.winner(2.0)


def _signs(lines: list[str]) -> Counter[str]:
    """Currency signs and words, as often as they stand beside an amount; codes alone count too."""
    pattern, _ = currencies()
    found: Counter[str] = Counter()
    for line in lines:
        for start, end in amount_spans(line):
            match = pattern.search(line, start, end)
            if match:
                found[match["sign"]] += 2
        for match in re.finditer(r"(?<![^\W_])(?:[A-Z]{3}|RM|\u20ac|\u00a3)(?![^\W_])", line):
            if pattern.fullmatch(match[0]):
                found[match[0]] += 1
    return found


def _region(
    whole: str, lines: list[str], language: str, signs: Counter[str]
) -> tuple[str, list[str]]:
    votes = _Votes()
    pattern, words = _region_words()
    for match in pattern.finditer(folded(whole)):
        for code in words[match[0]]:
            short = len(match[0]) <= 2
            votes.add(code, (_WORD / 4 if short else _WORD) / len(words[match[0]]), match[0])
    prefixes = {region.get("phone"): code for code, region in regions().items()}
    for match in _PHONE_NUMBER.finditer(whole):
        for length in (3, 2, 1):
            caller = prefixes.get(match[1][:length])
            if caller and len(match[1]) >= length:
                votes.add(caller, _PHONE, f"+{match[1][:length]}")
                break
    for line in lines:
        for kind, right in ((FieldType.IBAN, iban_ok), (FieldType.VAT_ID, vat_id_ok)):
            for start, end in spans(line, kind):
                if line[start : start + 2] in regions() and right(line[start:end]):
                    votes.add(line[start : start + 2], _NUMBER, line[start : start + 2])
    _, meant = currencies()
    for sign in signs:
        codes = set(meant[sign.casefold()])
        homes = [code for code, region in regions().items() if region["currency"] in codes]
        for code in homes:
            votes.add(code, _MONEY / len(homes), sign)
    for code, region in regions().items():
        if (
            language
            and region["language"] == language
            and (code in votes.counts or language != "en")
        ):
            votes.add(code, 1.0, language)
    winner = votes.winner(2.0)
    return winner, [text for text in votes.texts.get(winner, []) if text != language][:3]


def _order(
    lines: list[str], convention: Mapping[str, Any]
) -> tuple[bool | None, bool | None, list[str]]:
    """Whether days and whether years stand first, and the dates that tell."""
    days, months, years, told = set(), set(), set(), []
    for line in lines:
        for text, first, second, ahead in numeric_parts(line):
            if ahead and 1900 <= first <= 2100 and second <= 12:
                years.add(text)
            elif ahead:
                continue
            elif 12 < first <= 31 and second <= 12:
                days.add(text)
            elif 12 < second <= 31 and first <= 12:
                months.add(text)
            else:
                continue
            told.append(text)
    day_first: bool | None = convention.get("day_first")
    if len(days) != len(months):
        day_first = len(days) > len(months)
    year_first: bool | None = convention.get("year_first", False if convention else None)
    if years or days or months:
        year_first = bool(years) and not (days or months)
    return day_first, year_first, told[:2]


def _decimal(lines: list[str], convention: Mapping[str, Any]) -> tuple[str, list[str]]:
    votes = _Votes()
    for line in lines:
        dates = {start for start, _ in spans(line, FieldType.DATE)}
        for start, end in amount_spans(line):
            number = re.search(r"\d[\d.,]*\d", line[start:end])
            mark = decimal_mark(number[0]) if number and start not in dates else ""
            if mark and number:
                both = "." in number[0] and "," in number[0]
                votes.add(mark, 3.0 if both else 1.0, number[0])
    winner = votes.winner(1.0, 2.0)
    if winner:
        return winner, votes.texts[winner][:1]
    return convention.get("decimal", ""), []


def _currency(signs: Counter[str], region: str) -> tuple[str, str]:
    """The ISO code, and the sign on the page that tells it."""
    _, meant = currencies()
    convention = regions().get(region, {})
    own = convention.get("currency", "")
    weighed: Counter[str] = Counter({own: 1} if own else {})
    said: dict[str, str] = {}
    for sign, count in signs.items():
        codes = meant[sign.casefold()]
        loose = sign == "$" and convention.get("dollar", False)
        code = own if own in codes or loose else codes[0]
        weighed[code] += count
        said.setdefault(code, sign)
    if not weighed:
        return "", ""
    code = weighed.most_common(1)[0][0]
    return code, said.get(code, "")
