"""From a correction to a lesson, and from lessons to the values of the next document.

Lessons are gone by after a document was read in the usual way: a value that stands where a person
pointed on an earlier document of the layout takes the place of what was read, and says from where
it was learned. Nothing is taken that the field's type refuses. Of lessons for one field the latest
that finds something counts.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.documents import (
    Cause,
    CauseKind,
    DocumentLocale,
    Extraction,
    FieldSpec,
    FieldType,
    FieldValue,
    Looked,
    MissingField,
    Origin,
    Rival,
    Schema,
)
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.layouts import SAME_LAYOUT, likenesses, text_height
from vlm_desktop.engine.documents.lessons import ABSENT, PLACE, Column, Place, place_of
from vlm_desktop.engine.documents.recalling import Recalled, RecalledPage
from vlm_desktop.engine.documents.sheets import head_of
from vlm_desktop.engine.documents.tablerows import column_lesson, fill_columns
from vlm_desktop.engine.documents.values import ambiguous, readings_of

LEARNED_ABSENT = "learned_absent"
"""Why a field is missing (`Looked.reason`): a person said of this layout that what stands there is
not its value."""

_LEAST_AGREEMENT = 0.25
_SURE_AGREEMENT = 0.5
_LEAST_LIKELIHOOD = 0.3
_MOST_PAGES = 20
_LEARNED_BASE, _LEARNED_AGREED = -1.0, 4.5
"""Log odds of a value where no anchor, and what all anchors together add: a value where a person
pointed is right unless the layout moved, and then few anchors agree."""
_OF_FORM = 1.0
_MOST_OF_OCR = 3.0


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson to go by, and the name of the document that taught it."""

    id: int
    document: str
    name: str
    lesson: Place | Column


def nearest_layouts(fingerprint: str, layouts: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """The documents, of (id, fingerprint), that have the same layout."""
    likely = likenesses(fingerprint, [one for _, one in layouts])
    return tuple(
        key for (key, _), share in zip(layouts, likely, strict=True) if share >= SAME_LAYOUT
    )


# --- learning ----------------------------------------------------------------------------


def lesson_from(
    page: PageReading,
    page_count: int,
    spec: FieldSpec,
    value: FieldValue,
    others: Iterable[FieldValue],
    locale: DocumentLocale,
) -> Place | Column | None:
    """What a correction teaches that gave a field this value, by its words on the page.

    `others` are the document's other values. None where the value has no words on this page, or
    nothing near them stays.
    """
    words = words_on(page, [value])
    if not words:
        return None
    if "/" in value.name:
        return column_lesson(page, words)
    # Words that only others use: those of a wrong reading of this field do not count.
    taken = set(words_on(page, others)) - set(words)
    place = place_of(PLACE, page, words, page_count, taken)
    if place is None:
        return None
    return _as_said(place, page.text(tuple(words)), spec, value, locale)


def absence_from(
    page: PageReading, page_count: int, value: FieldValue, others: Iterable[FieldValue]
) -> Place | None:
    """What clearing a field teaches whose value was read on the page."""
    words = words_on(page, [value])
    taken = set(words_on(page, others)) - set(words)
    return place_of(ABSENT, page, words, page_count, taken) if words else None


def words_on(page: PageReading, values: Iterable[FieldValue]) -> list[int]:
    """The words of a page that values are made of, in order."""
    return [
        word
        for value in values
        for one in value.evidence
        if one.page == page.number
        for word in one.words
    ]


def _as_said(
    place: Place, raw: str, spec: FieldSpec, value: FieldValue, locale: DocumentLocale
) -> Place:
    """The place with how a person reads what is printed, where a reader would not have."""
    if value.value in _meanings(raw, spec, locale)[:1]:
        return place
    if spec.type is FieldType.DATE:
        for day_first in (True, False):
            if value.value in _meanings(raw, spec, replace(locale, day_first=day_first))[:1]:
                return replace(place, day_first=day_first)
    return replace(place, raw=raw, said=value.value)


def _meanings(raw: str, spec: FieldSpec, locale: DocumentLocale) -> list[str]:
    return [one.value for one in readings_of(raw, spec.type, locale, spec)]


# --- going by it -------------------------------------------------------------------------


def with_lessons(
    extraction: Extraction,
    reading: DocumentReading,
    schema: Schema,
    lessons: Sequence[Taught],
) -> Extraction:
    """What was read, with what earlier corrections teach about documents of its layout.

    `lessons` are those of its layout, the oldest first. Checks are to be made anew.
    """
    values = {(one.name, one.row): one for one in extraction.values}
    missing = {one.name: one for one in extraction.missing}
    pages = [RecalledPage(page) for page in reading.pages[:_MOST_PAGES]]
    settled: set[str] = set()
    for taught in reversed(lessons):
        spec = schema.spec(taught.name)
        if spec is None or taught.name in settled:
            continue
        lesson = taught.lesson
        if isinstance(lesson, Column):
            where = (reading, extraction.locale, schema)
            if fill_columns(values, where, taught.name, lesson, taught.document):
                settled.add(taught.name)
            continue
        at = (taught.name, 0)
        if lesson.kind == ABSENT:
            if _stands_there(pages, lesson, values.get(at)):
                gone = values.pop(at)
                missing[taught.name] = _learned_missing(spec, gone)
                settled.add(taught.name)
            continue
        found = _recalled(pages, reading.page_count, lesson, spec, extraction.locale)
        if found is not None:
            values[at] = _learned(found, taught, lesson, values.get(at), reading)
            missing.pop(taught.name, None)
            settled.add(taught.name)
    there = {head_of(name) for name, _ in values}
    return replace(
        extraction,
        values=tuple(values.values()),
        missing=tuple(one for one in missing.values() if one.name not in there),
    )


def _recalled(
    pages: Sequence[RecalledPage],
    page_count: int,
    place: Place,
    spec: FieldSpec,
    locale: DocumentLocale,
) -> Recalled | None:
    """The first value that the anchors agree on, on the page it should be on before others."""
    if place.day_first is not None:
        locale = replace(locale, day_first=place.day_first)
    last = page_count - place.from_end
    ordered = sorted(
        pages, key=lambda one: (one.page.number != place.page, one.page.number != last)
    )
    best: Recalled | None = None
    for page in ordered:
        for found in page.find(place, spec, locale):
            likely = found.readings[0].likelihood >= _LEAST_LIKELIHOOD
            if likely and found.agreement >= _LEAST_AGREEMENT:
                if found.agreement >= _SURE_AGREEMENT:
                    return found
                if best is None or found.agreement > best.agreement:
                    best = found
    return best


def _learned(
    found: Recalled,
    taught: Taught,
    place: Place,
    before: FieldValue | None,
    reading: DocumentReading,
) -> FieldValue:
    value, likely = found.readings[0].value, found.readings
    if place.said and _squeezed(found.raw) == _squeezed(place.raw):
        value, likely = place.said, found.readings[:1]
    causes = [
        Cause(CauseKind.OCR, _ocr_weight(found, reading), ""),
        Cause(
            CauseKind.LEARNED,
            round(_LEARNED_BASE + _LEARNED_AGREED * found.agreement, 3),
            taught.document,
        ),
    ]
    if len(found.readings) == 1 and found.readings[0].likelihood > 0.5:
        causes.append(Cause(CauseKind.TYPE, _OF_FORM, ""))
    confidence = round(1 / (1 + math.exp(-sum(one.weight for one in causes))), 4)
    if before is not None and before.value == value and before.origin is not Origin.LEARNED:
        # Both ways lead to it: nothing was learned that the page does not say by itself.
        return replace(
            before,
            confidence=max(before.confidence, confidence),
            causes=(*before.causes, causes[1]),
            ambiguous=tuple(one for one in ambiguous(likely) if one != value),
        )
    own = Rival(found.raw, value, confidence, found.evidence)
    if before is not None and before.confidence > confidence and found.agreement < _SURE_AGREEMENT:
        # Few anchors are left: perhaps this is another layout after all.
        return replace(before, rivals=(own, *before.rivals))
    rivals: tuple[Rival, ...] = ()
    if before is not None:
        others = [one for one in before.rivals if one.value != value]
        if before.value != value:
            read = Rival(before.raw, before.value, before.confidence, before.evidence)
            others.insert(0, read)
        rivals = tuple(others)
    return FieldValue(
        taught.name,
        found.raw,
        value,
        confidence,
        found.evidence,
        origin=Origin.LEARNED,
        causes=tuple(causes),
        ambiguous=tuple(one for one in ambiguous(likely) if one != value),
        rivals=rivals,
        currency=found.readings[0].currency or (before.currency if before is not None else ""),
        learned_from=taught.document,
    )


def _ocr_weight(found: Recalled, reading: DocumentReading) -> float:
    """Log odds of the least sure word, within limits: one misread word is enough."""
    least = 1.0
    for one in found.evidence:
        page = reading.page(one.page)
        if page is not None:
            least = min([least, *(page.words[word].confidence for word in one.words)])
    least = min(max(least, 0.01), 0.999)
    return round(min(math.log(least / (1 - least)), _MOST_OF_OCR), 3)


def _stands_there(pages: Sequence[RecalledPage], place: Place, value: FieldValue | None) -> bool:
    """Whether a value was read where a person said that it is not this field's."""
    if value is None or not value.evidence or value.origin is not Origin.READ:
        return False
    first = value.evidence[0]
    for one in pages:
        if one.page.number != first.page:
            continue
        box = one.page.view.box_to_view(first.box)
        height = text_height(one.page)
        for expected, agreement in one.expected(place.anchors)[:1]:
            off = abs((box.y0 + box.y1) - (expected.y0 + expected.y1)) / 2
            beside = min(abs(box.x0 - expected.x0), abs(box.x1 - expected.x1))
            if agreement >= _LEAST_AGREEMENT and off < 1.2 * height and beside < 3 * height:
                return True
    return False


def _learned_missing(spec: FieldSpec, gone: FieldValue) -> MissingField:
    one = gone.evidence[0]
    looked = Looked(one.page, one.box, LEARNED_ABSENT, gone.raw)
    return MissingField(spec.name, spec.required, (looked,))


def _squeezed(text: str) -> str:
    return "".join(text.split())
