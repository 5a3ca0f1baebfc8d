"""From options to values: scores, competition, confidence and its causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import (
    CauseKind,
    DocumentLocale,
    Evidence,
    FieldType,
    FieldValue,
    Looked,
    MissingField,
    Rival,
)
from vlm_desktop.engine.documents.assigning import Bid, assign
from vlm_desktop.engine.documents.candidates import Candidate
from vlm_desktop.engine.documents.gathering import Gathered, Indexed, Option
from vlm_desktop.engine.documents.pageindex import PageIndex, Span
from vlm_desktop.engine.documents.relations import strongest
from vlm_desktop.engine.documents.scorer import (
    Weights,
    calibrated,
    causes,
    kind_of,
    odds,
    probability,
    weights_of,
)
from vlm_desktop.engine.documents.validators import fits
from vlm_desktop.engine.documents.values import ambiguous, readings_of
from vlm_desktop.engine.documents.vocabulary import words_of

MOST_RIVALS = 4
_BIDS = 12
_FULL = 0.99
_REQUIRED = 0.5
"""What a field that has to be there needs of the probability that others need."""
_LOOKED = 3
_LEAST_RIVAL = 0.01


@dataclass(frozen=True)
class Judged:
    """A field's options, the best first, with their scores and the log odds of what they say.

    Options that say the same are no rivals of each other.
    """

    gathered: Gathered
    weights: Weights
    options: tuple[Option, ...]
    scores: tuple[float, ...]
    log_odds: tuple[float, ...]

    @property
    def name(self) -> str:
        return self.gathered.field.spec.name


def judge(gathered: Gathered, locale: DocumentLocale, weights: Weights | None = None) -> Judged:
    """Score a field's options; those that cannot be its value are left out."""
    weights = weights or weights_of(kind_of(gathered.field))
    options = [one for one in gathered.options if _possible(gathered, one, locale)]
    scores = [weights.score(one.features) for one in options]
    groups: dict[str, list[int]] = {}
    for place, option in enumerate(options):
        groups.setdefault(same_value(option.candidate), []).append(place)
    together = [[scores[place] for place in places] for places in groups.values()]
    log_odds = [0.0] * len(options)
    for places, values in zip(groups.values(), odds(together), strict=True):
        for place, value in zip(places, values, strict=True):
            log_odds[place] = value
    order = sorted(range(len(options)), key=lambda one: -log_odds[one])
    return Judged(
        gathered,
        weights,
        tuple(options[one] for one in order),
        tuple(scores[one] for one in order),
        tuple(log_odds[one] for one in order),
    )


def same_value(candidate: Candidate) -> str:
    """Equal for candidates that say the same."""
    return candidate.value or "".join(candidate.raw.casefold().split())


def _possible(gathered: Gathered, option: Option, locale: DocumentLocale) -> bool:
    spec = gathered.field.spec
    if spec.pattern and not fits(option.candidate.raw, spec):
        return False
    is_edge = spec.aliases and {"start", "end"} & set(words_of(spec.name))
    if is_edge and not option.candidate.side and not _is_labelled(option):
        # Any date of a document begins or ends something: only a range or a label says what.
        return False
    if spec.type in (FieldType.NUMBER, FieldType.ENUM):
        return bool(readings_of(option.candidate.raw, spec.type, locale, spec))
    return True


def _is_labelled(option: Option) -> bool:
    """Whether one of the field's own labels, printed in full, points at it."""
    return any(
        not one.hit.described and one.hit.recall >= _FULL for one in option.relations.values()
    )


def choose(
    indexed: Sequence[Indexed],
    gathered: Sequence[Gathered],
    locale: DocumentLocale,
    taken: Sequence[tuple[int, Span]] = (),
    known: frozenset[str] = frozenset(),
) -> dict[int, FieldValue]:
    """The value of each field that is there, by its place. Fields compete for words.

    `taken` words are given away already; `known` fields may have them all the same.
    """
    judged = [judge(one, locale) for one in gathered]
    bids: list[list[Bid]] = []
    apart: list[list[Bid]] = []
    for place, one in enumerate(judged):
        mine = [
            Bid(place, number, option.candidate, calibrated(one.weights, one.log_odds[number]))
            for number, option in enumerate(one.options[:_BIDS])
        ]
        (apart if one.name in known else bids).append(mine)
    held = assign([bid for mine in bids for bid in mine if _enough(judged, bid)], taken)
    for mine in apart:
        held |= assign([bid for bid in mine if _enough(judged, bid)])
    return {
        place: _value(indexed, judged[place], bid.option, locale) for place, bid in held.items()
    }


def _enough(judged: Sequence[Judged], bid: Bid) -> bool:
    one = judged[bid.field]
    required = one.gathered.field.spec.required
    return probability(bid.log_odds) >= one.weights.least * (_REQUIRED if required else 1.0)


def _value(
    indexed: Sequence[Indexed], judged: Judged, place: int, locale: DocumentLocale
) -> FieldValue:
    option, spec = judged.options[place], judged.gathered.field.spec
    candidate = option.candidate
    readings = readings_of(candidate.raw, spec.type, locale, spec)
    value = readings[0].value if readings else candidate.value or candidate.raw
    told = calibrated(judged.weights, judged.log_odds[place])
    best = strongest(option.relations)
    label = indexed[candidate.page].page.text(best.hit.spans) if best else ""
    details = {CauseKind.LABEL: label, CauseKind.TYPE: spec.type.value}
    return FieldValue(
        name=spec.name,
        raw=candidate.raw,
        value=value,
        confidence=round(probability(told), 4),
        evidence=evidence_of(indexed[candidate.page].page, candidate.spans),
        causes=causes(judged.weights, option.features, judged.log_odds[place], details),
        ambiguous=ambiguous(readings),
        rivals=tuple(_rivals(indexed, judged, place, locale)),
        currency=readings[0].currency if readings else "",
    )


def _rivals(
    indexed: Sequence[Indexed], judged: Judged, place: int, locale: DocumentLocale
) -> Iterator[Rival]:
    """The best other values, each once; together they are as likely as the value is not."""
    spec = judged.gathered.field.spec
    best: dict[str, tuple[Option, float]] = {}
    for option, log_odds in zip(judged.options, judged.log_odds, strict=True):
        chance = probability(calibrated(judged.weights, log_odds))
        best.setdefault(same_value(option.candidate), (option, chance))
    _, own = best.pop(same_value(judged.options[place].candidate))
    share = min(1.0, (1.0 - own) / max(1e-9, sum(chance for _, chance in best.values())))
    ranked = sorted(best.values(), key=lambda one: -one[1])[:MOST_RIVALS]
    for option, chance in ranked:
        if chance * share < _LEAST_RIVAL:
            return
        readings = readings_of(option.candidate.raw, spec.type, locale, spec)
        yield Rival(
            option.candidate.raw,
            readings[0].value if readings else option.candidate.raw,
            round(chance * share, 4),
            evidence_of(indexed[option.candidate.page].page, option.candidate.spans),
        )


def evidence_of(page: PageIndex, spans: Sequence[Span]) -> tuple[Evidence, ...]:
    """Parts of lines as evidence, one for each row, boxes in the page's own coordinates."""
    rows: dict[int, list[Span]] = {}
    for span in spans:
        rows.setdefault(page.lines[span.line].row, []).append(span)
    return tuple(
        Evidence(
            page=page.reading.number,
            box=page.reading.view.box_to_page(around([page.box_of(span) for span in some])),
            text=page.text(some),
            words=tuple(word for span in some for word in page.words(span)),
        )
        for some in rows.values()
    )


def missing_of(indexed: Sequence[Indexed], gathered: Gathered) -> MissingField:
    """Where a field that was not found was looked for: at its labels, or everywhere in vain."""
    spec = gathered.field.spec
    looked = []
    for number, hit in sorted(gathered.labels, key=lambda one: -one[1].quality)[:_LOOKED]:
        page = indexed[number].page
        near = [one for one in gathered.options if _points_at(one, number, hit.spans)]
        looked.append(
            Looked(
                page=page.reading.number,
                box=page.reading.view.box_to_page(hit.box),
                reason="unsure" if near else "no_value_at_label",
                text=near[0].candidate.raw if near else page.text(hit.spans),
            )
        )
    if not looked:
        looked = [Looked(one.page.reading.number, None, "no_label") for one in indexed[:_LOOKED]]
    return MissingField(spec.name, spec.required, tuple(looked))


def _points_at(option: Option, page: int, label: Sequence[Span]) -> bool:
    return option.candidate.page == page and any(
        relation.hit.spans == tuple(label) for relation in option.relations.values()
    )
