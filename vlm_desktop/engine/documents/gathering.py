"""All candidates of all fields of a document, with their features.

What scoring and fitting share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.engine.documents.candidates import (
    Candidate,
    Claims,
    addresses,
    formed,
    names,
    pointed,
)
from vlm_desktop.engine.documents.features import Asked, Features, PageFacts, features_of
from vlm_desktop.engine.documents.labels import Hit, PageWords, Wanted, find_labels
from vlm_desktop.engine.documents.pageindex import PageIndex, Span, Token, index_page
from vlm_desktop.engine.documents.relations import Relations, relate, strongest
from vlm_desktop.engine.documents.vocabulary import apart, vocabulary

_ADDRESS_STARTS = 14
_LEAST_ADDRESS = 0.15


Place: TypeAlias = tuple[int, Hit]
"""A label on a page, counted from 0."""


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate of a field with what speaks for it."""

    candidate: Candidate
    features: Features
    relations: Relations


@dataclass(frozen=True, slots=True)
class Gathered:
    """A field with its options, and the places of its labels as (page from 0, hit)."""

    field: Wanted
    options: tuple[Option, ...]
    labels: tuple[tuple[int, Hit], ...]


@dataclass(frozen=True)
class Indexed:
    """A page ready for every field."""

    facts: PageFacts
    words: PageWords

    @property
    def page(self) -> PageIndex:
        return self.facts.page


def index_pages(
    pages: Sequence[PageReading], fields: Sequence[Wanted], locale: DocumentLocale
) -> list[Indexed]:
    """Pages ready for these fields."""
    words = frozenset(word for field in fields for word in field.own)
    glued = vocabulary().known | frozenset(
        word for word in words if word.isalpha() and len(word) > 2
    )

    def cut(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        return apart(tokens, glued)

    found = []
    for number, reading in enumerate(pages):
        page = index_page(reading, cut)
        facts = PageFacts(page, number, len(pages), locale)
        found.append(Indexed(facts, PageWords(page, words)))
    return found


def gather(
    indexed: Sequence[Indexed], fields: Sequence[Wanted], places: Sequence[Place] | None = None
) -> list[Gathered]:
    """Every field's options on all pages.

    `places` says for each field where its only label stands, for labels that are known already.
    """
    options: list[list[Option]] = [[] for _ in fields]
    labels: list[list[tuple[int, Hit]]] = [[] for _ in fields]
    for number, one in enumerate(indexed):
        if places is None:
            hits = [find_labels(one.words, field) for field in fields]
        else:
            hits = [(hit,) if page == number else () for page, hit in places]
        claims = Claims(hit for some in hits for hit in some)
        found = [
            _candidates(one, number, field, mine, claims)
            for field, mine in zip(fields, hits, strict=True)
        ]
        related = [relate(one.page, mine, some) for mine, some in zip(hits, found, strict=True)]
        rivals = _rivals(found, related)
        for place, field in enumerate(fields):
            labels[place] += [(number, hit) for hit in hits[place]]
            for candidate, relations in zip(found[place], related[place], strict=True):
                rival = rivals(place, candidate)
                asked = Asked(field, candidate, relations, rival)
                features = features_of(asked, one.facts, claims)
                options[place].append(Option(candidate, features, relations))
    return [
        Gathered(field, tuple(some), tuple(mine))
        for field, some, mine in zip(fields, options, labels, strict=True)
    ]


def _candidates(
    one: Indexed, number: int, field: Wanted, hits: Sequence[Hit], claims: Claims
) -> list[Candidate]:
    facts, page, kind = one.facts, one.page, field.form
    match kind:
        case FieldType.AMOUNT:
            found = list(facts.amounts)
        case FieldType.DATE:
            found = list(facts.dates)
        case FieldType.IBAN | FieldType.VAT_ID:
            found = formed(page, number, kind, facts.locale)
        case FieldType.ADDRESS:
            found = addresses(page, number, facts.strips, _address_starts(one, hits))
            found += pointed(page, number, hits, claims, kind)
        case _:
            found = pointed(page, number, hits, claims, kind)
            if "vendor" in field.roles:
                company = [cue.legal + cue.company > 0 for cue in facts.cues]
                found += names(page, number, facts.strips, company)
    return _unlike(found)


def _unlike(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each place once; what was found as lines of a name or an address comes first."""
    found: dict[tuple[Span, ...], Candidate] = {}
    for one in sorted(candidates, key=lambda one: not one.strips):
        found.setdefault(one.spans, one)
    return list(found.values())


def _address_starts(one: Indexed, hits: Sequence[Hit]) -> list[int]:
    """Strips an address may begin with: those that look like one, or under a label."""
    facts, page = one.facts, one.page
    looks = [place for place, cue in enumerate(facts.cues) if cue.addressness > _LEAST_ADDRESS][
        :_ADDRESS_STARTS
    ]
    strip_of = {line: place for place, lines in enumerate(facts.strips.lines) for line in lines}
    pointed_at = []
    for hit in hits[:4]:
        last = page.lines[hit.spans[-1].line]
        near = [*page.right_of(last)[:1], *list(page.below(hit.box, last.row, rows=2))[:1]]
        pointed_at += [strip_of[line.index] for line in near]
    return sorted({*looks, *pointed_at})


def _rivals(
    found: Sequence[Sequence[Candidate]], related: Sequence[Sequence[Relations]]
) -> "_Rivals":
    best: dict[tuple[Span, ...], list[tuple[float, int]]] = {}
    for place, (candidates, relations) in enumerate(zip(found, related, strict=True)):
        for candidate, mine in zip(candidates, relations, strict=True):
            named = strongest(mine)
            if named is not None and not named.hit.described:
                best.setdefault(candidate.spans, []).append((named.strength, place))
    for some in best.values():
        some.sort(reverse=True)
        del some[2:]
    return _Rivals(best)


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The two fields whose labels speak most for each place."""

    best: Mapping[tuple[Span, ...], Sequence[tuple[float, int]]]

    def __call__(self, place: int, candidate: Candidate) -> float:
        some = self.best.get(candidate.spans, ())
        return next((strength for strength, other in some if other != place), 0.0)
