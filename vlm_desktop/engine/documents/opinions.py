"""A second reader's words beside the first reader's values: grounded, compared, never averaged.

A value that agrees makes the first reader's surer, one that differs makes it doubtful and both are
shown. What no words on the page carry is shown as ungrounded.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from vlm_desktop.base.documentanswers import (
    Agreement,
    MatchKind,
    Opinion,
    SecondReading,
)
from vlm_desktop.base.documents import (
    Cause,
    CauseKind,
    Evidence,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Origin,
    Schema,
)
from vlm_desktop.base.pagereading import DocumentReading
from vlm_desktop.engine.documents.aligning import DocumentText, differences, evidence_of, fold
from vlm_desktop.engine.documents.fieldnames import field_called
from vlm_desktop.engine.documents.pageindex import Span, index_page
from vlm_desktop.engine.documents.secondwords import second_words
from vlm_desktop.engine.documents.values import readings_of, spans
from vlm_desktop.engine.documents.verifying import match

Pairs = Sequence[tuple[str, str]]
"""(name, text) as a second reader says them."""

_NOTHING = frozenset({"", "none", "n/a", "null", "unknown", "not stated", "-"})


def compare(
    pairs: Pairs,
    text: str,
    reading: DocumentReading,
    extraction: Extraction,
    schema: Schema,
) -> SecondReading:
    """A second reader's pairs, and its text of the pages, beside the first reader's values.

    A page as text names no fields: a value whose text stands in it is confirmed, about the others
    it is silent.
    """
    document = DocumentText(reading)
    opinions: dict[str, Opinion] = {}
    unplaced = []
    for name, said in pairs:
        spec = field_called(name, schema)
        if spec is None:
            unplaced.append((name, said))
        elif spec.name not in opinions and said.strip().casefold() not in _NOTHING:
            opinions[spec.name] = _opinion(said.strip(), spec, reading, document, extraction)
    written = unicodedata.normalize("NFKC", text).casefold()
    for value in extraction.values:
        if value.name not in opinions and value.row == 0 and "/" not in value.name:
            there = _stands_in(value.raw, written)
            agreement = Agreement.SAME if there else Agreement.SILENT
            said = value.raw if there else ""
            opinions[value.name] = Opinion(
                value.name, said, value.value if there else "", agreement, value.evidence
            )
    return SecondReading("", "", tuple(opinions.values()), tuple(unplaced), text)


def _opinion(
    said: str,
    spec: FieldSpec,
    reading: DocumentReading,
    document: DocumentText,
    extraction: Extraction,
) -> Opinion:
    meant = readings_of(said, spec.type, extraction.locale)
    value = meant[0].value if meant else said
    evidence = ground(said, value, spec.type, reading, document, extraction)
    first = extraction.value(spec.name)
    if first is None:
        return Opinion(spec.name, said, value, Agreement.ONLY_SECOND, evidence)
    kind = match(said, first.raw, first.value, spec, extraction.locale)
    if kind is not MatchKind.MISMATCH:
        return Opinion(spec.name, said, first.value, Agreement.SAME, first.evidence or evidence)
    apart = differences(said, first.raw)
    return Opinion(spec.name, said, value, Agreement.DIFFERS, evidence, apart)


def ground(
    said: str,
    value: str,
    kind: FieldType,
    reading: DocumentReading,
    document: DocumentText,
    extraction: Extraction,
) -> tuple[Evidence, ...]:
    """The words that carry a text: as it is written or, of dates and amounts, what means the same.

    Empty where no page says it.
    """
    for page in reading.pages:
        index = index_page(page)
        for line in index.lines:
            for start, end in spans(line.text, kind, extraction.locale):
                found = readings_of(line.text[start:end], kind, extraction.locale)
                if found and found[0].value == value:
                    words = index.words(Span(line.index, start, end))
                    return (evidence_of(page, words),)
    if kind in (FieldType.AMOUNT, FieldType.DATE):
        return ()
    found_text = document.find(said)
    return (found_text.evidence,) if found_text else ()


def merged(extraction: Extraction, second: SecondReading) -> Extraction:
    """The first reader's values with the second one's word as a cause, and what only it found.

    Values that a person gave or accepted stay as they are, and so do all texts: a difference is a
    doubt and a rival, never a replacement. What is ungrounded does not come in.
    """
    weights = second_words()["weights"]
    by_name = {one.name: one for one in second.opinions}
    values = [_weighed(value, by_name.get(value.name), second.model) for value in extraction.values]
    added = [
        FieldValue(
            one.name, one.said, one.value, float(weights["alone"]), one.evidence,
            origin=Origin.MODEL, causes=(Cause(CauseKind.SECOND_READER, 0.0, second.model),),
        )
        for one in second.opinions
        if one.agreement is Agreement.ONLY_SECOND
        and one.evidence
        and extraction.value(one.name) is None
    ]  # fmt: skip
    found = {one.name for one in added}
    missing = tuple(one for one in extraction.missing if one.name not in found)
    return replace(extraction, values=(*values, *added), missing=missing)


def _weighed(value: FieldValue, opinion: Opinion | None, model: str) -> FieldValue:
    settled = value.accepted or value.origin is Origin.HUMAN or value.row or "/" in value.name
    compared = (Agreement.SAME, Agreement.DIFFERS)
    if opinion is None or settled or opinion.agreement not in compared:
        return value
    weight = float(second_words()["weights"][opinion.agreement.value])
    cause = Cause(CauseKind.SECOND_READER, weight, model)
    others = tuple(one for one in value.causes if one.kind is not CauseKind.SECOND_READER)
    before = sum(one.weight for one in value.causes if one.kind is CauseKind.SECOND_READER)
    share = min(max(value.confidence, 1e-4), 1 - 1e-4)
    odds = math.log(share / (1 - share)) - before + weight
    return replace(value, confidence=round(1 / (1 + math.exp(-odds)), 4), causes=(*others, cause))


def _stands_in(raw: str, text: str) -> bool:
    """Whether a text stands in another by itself: "5" is no part of "15.00". Spaces may differ."""
    letters = fold(raw)
    if not letters or not text:
        return False
    spelled = r"\s*".join(map(re.escape, letters))
    return re.search(rf"(?<![\w])(?<!\d[.,]){spelled}(?!\w)(?![.,]\d)", text) is not None
