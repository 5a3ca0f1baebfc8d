"""Every pair of label and value on the pages, whatever it is called: the values of a form.

`formmodel` reads each page; this makes fields with evidence of what it says.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import Cause, CauseKind, Evidence, FieldValue
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.formmodel import FormPair, form_model, logistic, pairs_on

_LONGEST_NAME = 120
_MOST_TAKEN = 0.3
"""Of a value's words, when other fields have them already."""
_WORTH_TELLING = 0.05
_ALIKE = 0.75
_LEAST_NAMED = 0.2
"""Below it, a value that was looked for by its label's name is the likelier one."""
_CAUSES = (
    (("label_", "asks_", "date_"), CauseKind.LABEL),
    (("value_",), CauseKind.TYPE),
    (("of_",), CauseKind.RIVALS),
)


def pairs_of_form(
    reading: DocumentReading, taken: frozenset[tuple[int, int]] = frozenset()
) -> tuple[FieldValue, ...]:
    """Values named by their labels as printed; a label that stands again counts as another row.

    `taken` are words, as (page number, index), that other fields have.
    """
    seen: dict[str, int] = {}
    found = []
    for page in reading.pages:
        for value in _values(page, taken):
            row = seen.get(value.name, 0)
            seen[value.name] = row + 1
            found.append(replace(value, row=row))
    return tuple(found)


def named_pairs(reading: DocumentReading, names: Sequence[str]) -> dict[str, FieldValue]:
    """The surest pair for each name whose label says nearly the same, letters and digits alone."""
    pairs = pairs_of_form(reading)
    labels = [_plain(one.name) for one in pairs]
    found: dict[str, FieldValue] = {}
    for name in names:
        plain = _plain(name)
        ranked = [
            (alike, one.confidence, place)
            for place, (label, one) in enumerate(zip(labels, pairs, strict=True))
            if (alike := Levenshtein.normalized_similarity(plain, label)) >= _ALIKE
            and one.confidence >= _LEAST_NAMED
        ]
        if ranked:
            found[name] = replace(pairs[max(ranked)[2]], name=name, row=0)
    return found


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum()) or text


def _values(page: PageReading, taken: frozenset[tuple[int, int]]) -> Iterator[FieldValue]:
    model = form_model()
    for pair in pairs_on(page, model):
        name = page.text(pair.label).strip(" :.;=-_*").strip()[:_LONGEST_NAME]
        held = sum((page.number, word) in taken for word in pair.value)
        if not name or held > _MOST_TAKEN * len(pair.value):
            continue
        raw = page.text(pair.value)
        yield FieldValue(
            name=name,
            raw=raw,
            value=" ".join(raw.split()),
            confidence=round(logistic(pair.log_odds) * _least_sure(page, pair), 4),
            evidence=tuple(_evidence(page, row) for row in pair.rows),
            causes=_causes(page, pair, name, model.calibration[0]),
        )


def _least_sure(page: PageReading, pair: FormPair) -> float:
    """How sure the reader was of the value's words, 0..1."""
    return math.prod(page.words[word].confidence for word in pair.value) ** (
        1 / max(1, len(pair.value))
    )


def _evidence(page: PageReading, words: tuple[int, ...]) -> Evidence:
    box = around(page.words[word].box for word in words)
    return Evidence(page.number, page.view.box_to_page(box), page.text(words), words)


def _causes(page: PageReading, pair: FormPair, name: str, slope: float) -> tuple[Cause, ...]:
    """What a confidence is made of; the weights add up to its log odds."""
    parts: dict[CauseKind, float] = {}
    for feature, weight in pair.speaks.items():
        kind = next((one for heads, one in _CAUSES if feature.startswith(heads)), None)
        kind = kind or (CauseKind.RIVALS if "_of_" in feature else CauseKind.POSITION)
        parts[kind] = parts.get(kind, 0.0) + slope * weight
    sure = logistic(pair.log_odds)
    told = min(max(sure * _least_sure(page, pair), 1e-6), 1 - 1e-6)
    ocr = math.log(told / (1 - told)) - pair.log_odds
    parts[CauseKind.OCR] = ocr
    parts[CauseKind.POSITION] = parts.get(CauseKind.POSITION, 0.0) + (
        pair.log_odds + ocr - sum(parts.values())
    )
    details = {CauseKind.LABEL: name}
    return tuple(
        Cause(kind, round(weight, 3), details.get(kind, ""))
        for kind, weight in sorted(parts.items(), key=lambda one: -abs(one[1]))
        if abs(weight) >= _WORTH_TELLING
    )
