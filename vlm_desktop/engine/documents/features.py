"""What speaks for a candidate, as numbers with names.

Names begin with the cause they belong to: `label_`, `row_` (words beside the value), `place_`,
`type_`, `check_`, `ocr_`, `learned_`. Most lie in 0..1; what does not apply is left out, which
counts nothing. `resources/documents/weights.toml` says what each adds to the log odds.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.engine.documents.candidates import Candidate, Claims, Strips, strips_of, typed
from vlm_desktop.engine.documents.labels import Wanted
from vlm_desktop.engine.documents.linecues import LineCues, cues_of
from vlm_desktop.engine.documents.pageindex import PageIndex, Span
from vlm_desktop.engine.documents.relations import Relation, Relations
from vlm_desktop.engine.documents.validators import iban_ok, vat_id_ok
from vlm_desktop.engine.documents.vocabulary import vocabulary

Features = dict[str, float]
_HAS_CENTS = re.compile(r"[.,]\s?\d\d(?!\d)")
_CURRENCY = re.compile(r"[$\u20ac\u00a3\u00a5\u20b9]|\b(?:RM|USD|EUR|GBP|CHF|INR|SGD|MYR)", re.I)
_TIME = re.compile(r"\d{1,2}:\d\d")
_MOST_SUMS = 60
"""Amounts among which pairs are tried for sums."""


@dataclass(frozen=True)
class PageFacts:
    """What is true of a page, whatever is asked. Made once for all fields."""

    page: PageIndex
    number: int
    pages: int
    locale: DocumentLocale
    _beside: dict[tuple[Span, ...], frozenset[str]] = field(default_factory=dict)
    _shared: dict[tuple[Span, ...], Features] = field(default_factory=dict)

    @cached_property
    def typed(self) -> tuple[Candidate, ...]:
        return tuple(typed(self.page, self.number, self.locale))

    @cached_property
    def amounts(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.typed if one.form is FieldType.AMOUNT)

    @cached_property
    def dates(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.typed if one.form is FieldType.DATE)

    @cached_property
    def strips(self) -> Strips:
        return strips_of(self.page)

    @cached_property
    def cues(self) -> tuple[LineCues, ...]:
        return tuple(map(cues_of, self.strips.texts))

    @cached_property
    def row_words(self) -> tuple[frozenset[str], ...]:
        """The groups of decoys that each line's words belong to."""
        book = vocabulary()
        groups: dict[str, frozenset[str]] = {}
        for text in self.page.positions:
            named = {
                group
                for group, words in book.decoys.items()
                if text in words or book.one(text) in words
            }
            groups[text] = frozenset(named)
        return tuple(
            frozenset(group for token in line.tokens for group in groups[token.text])
            for line in self.page.lines
        )

    @cached_property
    def cents(self) -> Counter[int]:
        """Amounts with decimals that stand on the page, in hundredths, and how often."""
        found: Counter[int] = Counter()
        for one in self.amounts:
            if _HAS_CENTS.search(one.raw):
                found[_hundredths(one.value)] += 1
        return found

    @cached_property
    def sums(self) -> frozenset[int]:
        """Amounts that are the sum of two others on the page."""
        some = [value for value, _ in self.cents.most_common(_MOST_SUMS) if value > 0]
        pairs = {first + second for first in some for second in some if first != second}
        return frozenset(pairs & set(self.cents))

    @cached_property
    def largest(self) -> int:
        return max(self.cents, default=0)

    @cached_property
    def largest_unpaid(self) -> int:
        """The largest amount in rows that do not speak of payment, change or discount."""
        least = [
            _hundredths(one.value)
            for one in self.amounts
            if _HAS_CENTS.search(one.raw)
            and not self.beside(one) & {"cash", "change", "discount", "points"}
        ]
        return max(least, default=0)

    def shared(self, candidate: Candidate) -> Features:
        """The features of a candidate that are the same for every field."""
        found = self._shared.get(candidate.spans)
        if found is None:
            found = _place(candidate, self)
            found["ocr_sure"] = min(self.page.confidence(span) for span in candidate.spans)
            if candidate.form is FieldType.AMOUNT:
                found |= _amount(candidate, self)
            self._shared[candidate.spans] = found
        return found

    def beside(self, candidate: Candidate) -> frozenset[str]:
        """Groups of decoys among the words left of a value; of those above it if it is alone."""
        found = self._beside.get(candidate.spans)
        if found is None:
            found = self._beside[candidate.spans] = self._groups_beside(candidate)
        return found

    def _groups_beside(self, candidate: Candidate) -> frozenset[str]:
        page = self.page
        line = page.lines[candidate.first.line]
        lead = line.text[: candidate.first.start]
        found: frozenset[str] = frozenset()
        letters = any(sign.isalpha() for sign in lead)
        if letters:
            found |= self._groups_before(candidate)
        for other in page.left_of(line)[:3]:
            found |= self.row_words[other.index]
            letters = letters or any(sign.isalpha() for sign in other.text)
        if not letters:
            for other in page.above(candidate.box, line.row, rows=3):
                if any(sign.isalpha() for sign in other.text):
                    return found | self.row_words[other.index]
        return found

    def _groups_before(self, candidate: Candidate) -> frozenset[str]:
        book = vocabulary()
        line = self.page.lines[candidate.first.line]
        before = [one.text for one in line.tokens if one.end <= candidate.first.start]
        return frozenset(
            group
            for group, words in book.decoys.items()
            if any(text in words or book.one(text) in words for text in before)
        )


def _hundredths(value: str) -> int:
    try:
        return round(float(value) * 100)
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One candidate for one field, with all that its features are made of.

    `rival` is the strength of the best label of another field; `learned` how well the candidate
    lies where a person pointed on an earlier document, 0..1.
    """

    field: Wanted
    candidate: Candidate
    relations: Relations
    rival: float = 0.0
    learned: float = 0.0


def features_of(asked: Asked, facts: PageFacts, claims: Claims) -> Features:
    """All that is known to speak for or against a candidate."""
    found: Features = {"offset": 1.0}
    found |= _labels(asked, claims)
    found |= facts.shared(asked.candidate)
    found["type_likelihood"] = asked.candidate.likelihood
    if asked.learned:
        found["learned_place"] = asked.learned
    kind = asked.candidate.form
    if kind in (FieldType.IBAN, FieldType.VAT_ID):
        found["check_valid"] = float(_valid(asked.candidate, facts.locale))
    if kind is FieldType.AMOUNT:
        found |= _row(asked, facts)
    elif kind is FieldType.DATE:
        found |= _date(asked, facts)
    elif asked.candidate.strips:
        found |= _stack(asked.candidate, facts)
    if kind in (FieldType.TEXT, FieldType.ADDRESS):
        found |= _text(asked, facts, claims)
    return found


def _valid(candidate: Candidate, locale: DocumentLocale) -> bool:
    if candidate.form is FieldType.IBAN:
        return iban_ok(candidate.value)
    return vat_id_ok(candidate.value, locale.region) is True


def _labels(asked: Asked, claims: Claims) -> Features:
    relations = asked.relations
    found = {f"label_{way}": one.strength for way, one in relations.items()}
    best = _named(relations)
    if best is None:
        found["label_none"] = 1.0
    else:
        found["label_recall"] = best.hit.recall
        found["label_precision"] = best.hit.precision
        found["label_full"] = float(best.hit.recall > 0.9 and best.hit.precision > 0.9)
        found["label_strength"] = best.strength
    if asked.rival:
        own = best.strength if best else 0.0
        found["label_rival"] = max(0.0, asked.rival - own)
    found["label_is_label"] = claims.overlap(asked.candidate.spans)
    return found


def _named(relations: Mapping[str, Relation]) -> Relation | None:
    named = [one for way, one in relations.items() if way != "described"]
    return max(named, key=lambda one: one.strength, default=None)


def _place(candidate: Candidate, facts: PageFacts) -> Features:
    page = facts.page
    height = max(page.box.y1 - page.box.y0, 1e-6)
    width = max(page.box.x1 - page.box.x0, 1e-6)
    line = page.lines[candidate.first.line]
    down = (candidate.box.y0 - page.box.y0) / height
    size = math.log(max(0.3, min(4.0, line.height / page.body)))
    row = page.rows[line.row]
    return {
        "place_down": down,
        "place_right": (candidate.box.x1 - page.box.x0) / width,
        "place_size": size,
        "place_last_in_row": float(row[-1] == candidate.spans[-1].line),
        "place_first_page": float(facts.number == 0),
        "place_last_page": float(facts.number == facts.pages - 1),
    }


def _row(asked: Asked, facts: PageFacts) -> Features:
    """Words beside a value that speak of something else than the field does."""
    book = vocabulary()
    found: Features = {}
    for group in facts.beside(asked.candidate):
        words = book.decoys[group]
        mine = asked.field.own & words or asked.field.own & set(map(book.one, words))
        if not mine:
            found[f"row_{group}"] = 1.0
    return found


def _amount(candidate: Candidate, facts: PageFacts) -> Features:
    raw, value = candidate.raw, _hundredths(candidate.value)
    cents = bool(_HAS_CENTS.search(raw))
    found: Features = {"type_cents": float(cents)}
    found["type_currency"] = float(bool(_CURRENCY.search(raw)))
    found["type_negative"] = float(value < 0)
    found["type_zero"] = float(value == 0)
    if cents:
        found["check_largest"] = float(value == facts.largest)
        found["check_largest_unpaid"] = float(value == facts.largest_unpaid)
        found["check_repeated"] = min(3, facts.cents[value] - 1) / 3
        found["check_sum"] = float(value in facts.sums)
        largest = max(facts.largest_unpaid, 1)
        found["check_share"] = max(0.0, min(1.0, value / largest))
    found["place_column"] = min(6, _mates(candidate, facts)) / 6
    return found


def _mates(candidate: Candidate, facts: PageFacts) -> int:
    """Amounts right above each other with it: a column of items."""
    count = 0
    for other in facts.amounts:
        if other is not candidate and abs(other.box.x1 - candidate.box.x1) < 0.8 * facts.page.body:
            near = abs(other.box.y0 - candidate.box.y0) < 8 * facts.page.body
            count += near
    return count


def _date(asked: Asked, facts: PageFacts) -> Features:
    candidate, roles = asked.candidate, asked.field.roles
    dates = facts.dates
    found = _row(asked, facts)
    line = facts.page.lines[candidate.first.line]
    found["type_time_beside"] = float(bool(_TIME.search(line.text[candidate.first.end :])))
    found["place_first_date"] = float(bool(dates) and dates[0].spans == candidate.spans)
    found["check_only_value"] = float(len({one.value for one in dates}) == 1)
    found["check_repeated"] = min(3, sum(one.value == candidate.value for one in dates) - 1) / 3
    year = int(candidate.value[:4]) if candidate.value[:4].isdecimal() else 0
    found["check_odd_year"] = float(not 1950 <= year <= 2040)
    if roles & {"start", "end"}:
        wanted = 1 if "start" in roles else 2
        found["type_side"] = float(candidate.side == wanted)
        found["type_other_side"] = float(candidate.side == 3 - wanted)
        values = sorted(one.value for one in dates)
        edge = values[0] if wanted == 1 else values[-1]
        found["check_edge"] = float(candidate.value == edge)
    else:
        found["type_range"] = float(candidate.side > 0)
    return found


def _stack(candidate: Candidate, facts: PageFacts) -> Features:
    """Lines of a name or an address, and those around them."""
    mine = [facts.cues[place] for place in candidate.strips]
    first = candidate.strips[0]
    inner = mine[:-1]
    found: Features = {
        "place_order": 1 / (1 + first),
        "place_first": float(first == 0),
        "place_lines": len(mine) - 1.0,
        "type_legal": max(one.legal for one in mine),
        "type_legal_last": mine[-1].legal,
        "type_legal_inner": max((one.legal for one in inner), default=0.0),
        "type_company": max(one.company for one in mine),
        "type_company_first": mine[0].company,
        "type_company_last": mine[-1].company,
        "type_street": sum(one.street for one in mine) / len(mine),
        "type_street_first": mine[0].street,
        "type_street_last": mine[-1].street,
        "type_postcode": max(one.postcode for one in mine),
        "type_postcode_last": mine[-1].postcode,
        "type_place_last": mine[-1].place,
        "type_title": max(one.title for one in mine),
        "type_phrase": max(one.phrase for one in mine),
        "type_contact": max(one.contact for one in mine),
        "type_registration": max(one.registration for one in mine),
        "type_money": max(one.money for one in mine),
        "type_digits": max(one.digits for one in mine),
        "type_colon": max(one.colon for one in mine),
        "type_dated": max(one.dated for one in mine),
        "type_capitals": sum(one.capitals for one in mine) / len(mine),
        "type_short": float(len(candidate.raw) < 4),
        "type_ends_open": mine[-1].open_end,
        "type_ends_open_inner": sum(one.open_end for one in inner) / max(1, len(inner)),
        "type_weakest": min(one.addressness for one in mine),
        "type_first_address": mine[0].addressness,
        "type_last_address": mine[-1].addressness,
    }
    return found | _around(candidate, facts) | _sizes(candidate, facts)


def _around(candidate: Candidate, facts: PageFacts) -> Features:
    """What stands above and below lines."""
    first, following = candidate.strips[0], facts.strips.below[candidate.strips[-1]]
    after = facts.cues[following] if following is not None else None
    before = facts.cues[first - 1] if first else None
    found: Features = {}
    if after:
        found |= {
            "place_before_address": after.addressness,
            "place_before_registration": after.registration,
            "place_before_company": after.company,
            "place_before_legal": after.legal,
            "place_before_contact": after.contact,
            "place_before_place": after.place,
        }
    else:
        found["place_alone"] = 1.0
    if before:
        found |= {
            "place_after_address": before.addressness,
            "place_after_company": before.company,
            "place_after_legal": before.legal,
            "place_after_registration": before.registration,
            "place_after_open": before.open_end,
            "place_after_words": float(before.digits == 0 and before.title < 0.5),
        }
    return found


def _sizes(candidate: Candidate, facts: PageFacts) -> Features:
    boxes = facts.strips.boxes
    heights = [boxes[place].y1 - boxes[place].y0 for place in candidate.strips]
    found = {
        "place_biggest": float(max(heights) >= 0.95 * max(box.y1 - box.y0 for box in boxes)),
        "place_uneven": min(1.0, max(heights) / max(min(heights), 1e-6) - 1),
    }
    first = candidate.strips[0]
    if first:
        own, box = boxes[first], boxes[first - 1]
        ratio = (box.y1 - box.y0) / max(own.y1 - own.y0, 1e-6)
        found["place_same_size_above"] = float(0.8 < ratio < 1.25)
        found["place_gap_above"] = min(2.0, max(0.0, own.y0 - box.y1) / facts.page.body)
    following = facts.strips.below[candidate.strips[-1]]
    if following is not None:
        box = boxes[following]
        own = boxes[candidate.strips[-1]]
        ratio = (box.y1 - box.y0) / max(own.y1 - own.y0, 1e-6)
        found["place_same_size_below"] = float(0.8 < ratio < 1.25)
        found["place_gap_below"] = min(2.0, max(0.0, box.y0 - own.y1) / facts.page.body)
    return found


def _text(asked: Asked, facts: PageFacts, claims: Claims) -> Features:
    candidate, page = asked.candidate, facts.page
    raw = candidate.raw
    digits = sum(sign.isdigit() for sign in raw) / max(1, len(raw))
    rows = {page.lines[span.line].row for span in candidate.spans}
    found: Features = {
        "type_digit_share": digits,
        "type_has_digit": float(digits > 0),
        "type_many_digits": min(8, sum(sign.isdigit() for sign in raw)) / 8,
        "type_one_word": float(" " not in raw),
        "type_long": min(1.0, len(raw) / 120),
        "type_ends_colon": float(raw.rstrip().endswith(":")),
        "type_inner_colon": float(": " in raw[:-1] or " :" in raw[:-1]),
        "place_rows": min(8, len(rows) - 1) / 8,
        "place_several": float(len(rows) > 1),
        "place_pieces": min(6, len(candidate.spans) - len(rows)) / 6,
    }
    found |= _ends(candidate, page, claims)
    found["type_label_words"] = _label_words(candidate, page)
    lines = {span.line for span in candidate.spans}
    dates = sum(one.first.line in lines and one.raw in raw for one in facts.dates)
    amounts = sum(one.first.line in lines and one.raw in raw for one in facts.amounts)
    found["type_dated_text"] = float(dates > 0)
    found["type_money_text"] = float(amounts > 0)
    hint = _hint(asked.field)
    if hint is not None:
        seen = {FieldType.DATE: dates, FieldType.AMOUNT: amounts}.get(hint, digits)
        found["type_hinted" if seen else "type_not_hinted"] = 1.0
    if "range" in asked.field.roles:
        found["type_range" if dates > 1 else "type_no_range"] = 1.0
    return found


def _label_words(candidate: Candidate, page: PageIndex) -> float:
    """The share of a text's words that labels are mostly made of."""
    naming = vocabulary().naming
    words = [
        token.text
        for span in candidate.spans[:2]
        for token in page.lines[span.line].tokens
        if token.start >= span.start and token.end <= span.end and token.text.isalpha()
    ]
    return sum(word in naming for word in words) / len(words) if words else 0.0


def _ends(candidate: Candidate, page: PageIndex, claims: Claims) -> Features:
    """Whether a text stops where it goes on, or goes on beyond its end."""
    last = candidate.spans[-1]
    line = page.lines[last.line]
    found: Features = {"type_stops_inside": float(line.text[last.end :].strip(" .,;:_-") != "")}
    if found["type_stops_inside"]:
        return found
    beside = page.right_of(line)[:1]
    if beside and not claims.begins(beside[0].index):
        gap = (beside[0].box.x0 - line.box.x1) / page.body
        found["place_more_right"] = 1 / (1 + max(0.0, gap) / 4)
    top = min(page.lines[span.line].box.x0 for span in candidate.spans)
    for below in page.below(candidate.box, line.row, rows=1):
        gap = (below.box.y0 - line.box.y1) / page.body
        if gap < 1.0 and not claims.begins(below.index) and abs(below.box.x0 - top) < 2 * page.body:
            label = ":" in below.text[:30]
            found["place_labelled_below" if label else "place_more_below"] = 1.0 - max(0.0, gap) / 2
            break
    return found


def _hint(field: Wanted) -> FieldType | None:
    """The form that a text field's own name speaks of."""
    own = set(field.phrases[0].words) if field.phrases else set()
    if "date" in own:
        return FieldType.DATE
    if own & {"number", "telephone", "phone", "fax", "code", "zip"}:
        return FieldType.NUMBER
    return FieldType.AMOUNT if own & {"amount", "total", "cost", "price"} else None
