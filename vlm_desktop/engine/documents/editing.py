"""What a person says of a document: the half of `KeptDocuments` that changes what is kept.

Quick methods, from any thread; each is one act, kept with its history before it returns. Those
that assign words need the page as it was read, which the front has from opening the document.
"""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from vlm_desktop.base.documenterrors import FieldUnknown
from vlm_desktop.base.documentkeeping import DocumentAct, DocumentDone, DocumentState, Said
from vlm_desktop.base.documents import Evidence, FieldSpec, FieldValue, Origin, Repair
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.acts import Acts, spec_of
from vlm_desktop.engine.documents.aligning import PageText, evidence_of, fold
from vlm_desktop.engine.documents.lessons import Column, Place, encode_lesson
from vlm_desktop.engine.documents.teaching import absence_from, lesson_from
from vlm_desktop.engine.documents.values import ambiguous, readings_of, spans
from vlm_desktop.store.docrecords import DocumentRecord, NewLesson

_ALIKE_ENOUGH = 0.6
"""Of what is typed and what was read: from here on a person corrects the reading of those words."""


class Editing(Acts):
    """Each verb raises DocumentUnknown, FieldUnknown, LibraryError."""

    def assign(
        self,
        document_id: int,
        page: PageReading,
        words: Sequence[int],
        name: str,
        row: int = 0,
    ) -> DocumentDone:
        """Say that a field's value stands in these words of a page; the layout is learned.

        The value is what the field's type makes of them, or their text where it refuses them.
        """
        with self._writing:
            record = self._library().document_record(document_id)
            spec = spec_of(record.schema, name)
            ordered = tuple(words)
            raw = page.text(ordered)
            value = _human(name, row, raw, spec, record, _by_line(page, ordered))
            lesson = self._taught(record, page, spec, value)
            change = self._change(record, name, row, Said(value))
            return self._write(record, DocumentAct.ASSIGNED, [change], lessons=lesson)

    def override(
        self,
        document_id: int,
        name: str,
        text: str,
        row: int = 0,
        *,
        page: PageReading | None = None,
    ) -> DocumentDone:
        """Say a field's value by typing it.

        Where it stands on `page`, or is like what was read, those words stay its evidence, and the
        layout is learned from them.
        """
        with self._writing:
            record = self._library().document_record(document_id)
            spec = spec_of(record.schema, name)
            before = self._standing(record).value(name, row)
            value = _human(name, row, text, spec, record, ())
            if before is not None and _may_mean(before, value, spec):
                value = replace(value, raw=before.raw, evidence=before.evidence)
            else:
                value = replace(value, evidence=_typed_at(text, page, before))
            lesson = self._taught(record, page, spec, value) if page is not None else []
            change = self._change(record, name, row, Said(value))
            return self._write(record, DocumentAct.TYPED, [change], lessons=lesson)

    def choose(
        self, document_id: int, name: str, row: int, value: str, *, page: PageReading | None = None
    ) -> DocumentDone:
        """Take another reading that is offered: a rival's value, or one of an ambiguous text.

        With the `page` it stands on, the layout is learned.
        """
        with self._writing:
            record = self._library().document_record(document_id)
            spec = spec_of(record.schema, name)
            before = self._standing(record).value(name, row)
            if before is None:
                raise FieldUnknown(name=name, schema=record.schema.name)
            rival = next((one for one in before.rivals if one.value == value), None)
            chosen = replace(
                before,
                raw=rival.raw if rival is not None else before.raw,
                value=value,
                evidence=rival.evidence if rival is not None else before.evidence,
                confidence=1.0,
                origin=Origin.HUMAN,
                causes=(),
                ambiguous=(),
                accepted=True,
                learned_from="",
            )
            lesson = self._taught(record, page, spec, chosen) if page is not None else []
            change = self._change(record, name, row, Said(chosen))
            return self._write(record, DocumentAct.CHOSEN, [change], lessons=lesson)

    def repair(self, document_id: int, repairs: Sequence[Repair]) -> DocumentDone:
        """Make the changes of one offered repair, all together. They are slips of the reader, not
        of the layout: nothing is learned."""
        with self._writing:
            record = self._library().document_record(document_id)
            stands = self._standing(record)
            changes = []
            for one in repairs:
                spec_of(record.schema, one.name)
                before = stands.value(one.name, one.row)
                made = before or FieldValue(one.name, one.new, one.value, 1.0, row=one.row)
                made = replace(
                    made, raw=one.new, value=one.value, confidence=1.0, origin=Origin.HUMAN,
                    causes=(), ambiguous=(), accepted=True, learned_from="",
                )  # fmt: skip
                changes.append(self._change(record, one.name, one.row, Said(made)))
            return self._write(record, DocumentAct.CHOSEN, changes, detail="repair")

    def accept(self, document_id: int, name: str, row: int = 0) -> DocumentDone:
        """Say that a value is right as it stands; no later reading changes it. A missing field is
        accepted as missing."""
        with self._writing:
            record = self._library().document_record(document_id)
            spec_of(record.schema, name)
            value = self._standing(record).value(name, row)
            said = Said(replace(value, accepted=True) if value is not None else None)
            change = self._change(record, name, row, said)
            return self._write(record, DocumentAct.ACCEPTED, [change])

    def finish(self, document_id: int, reading: DocumentReading | None = None) -> DocumentDone:
        """Say that the document is right as it stands: all is accepted, and it is reviewed.

        With its `reading` the places of all values are learned, those that were right by
        themselves included: the next document of the layout may be harder to read.
        """
        with self._writing:
            record = self._library().document_record(document_id)
            stands = self._standing(record)
            changes = [
                self._change(record, one.name, one.row, Said(replace(one, accepted=True)))
                for one in stands.values
                if not one.accepted
            ]
            changes += [
                self._change(record, one.name, 0, Said(None))
                for one in stands.missing
                if one.required
            ]
            lessons = [
                lesson
                for one in stands.values
                if "/" not in one.name and one.evidence and reading is not None
                if (spec := record.schema.spec(one.name)) is not None
                if (page := reading.page(one.evidence[0].page)) is not None
                for lesson in self._taught(record, page, spec, one)
            ]
            return self._write(
                record,
                DocumentAct.ACCEPTED,
                changes,
                state=DocumentState.REVIEWED,
                lessons=lessons,
            )

    def clear(
        self, document_id: int, name: str, row: int = 0, *, page: PageReading | None = None
    ) -> DocumentDone:
        """Say that the document has no such value. With the `page` its words are on, the layout is
        learned: what stands there is not taken for this field again."""
        with self._writing:
            record = self._library().document_record(document_id)
            spec_of(record.schema, name)
            stands = self._standing(record)
            value = stands.value(name, row)
            lessons = []
            if page is not None and value is not None and "/" not in name:
                others = [one for one in stands.values if one is not value]
                lesson = absence_from(page, record.document.pages, value, others)
                lessons = _kept(name, lesson)
            change = self._change(record, name, row, Said(None))
            return self._write(record, DocumentAct.CLEARED, [change], lessons=lessons)

    def _taught(
        self, record: DocumentRecord, page: PageReading, spec: FieldSpec, value: FieldValue
    ) -> list[NewLesson]:
        others = [
            one
            for one in self._standing(record).values
            if (one.name, one.row) != (value.name, value.row)
        ]
        lesson = lesson_from(page, record.document.pages, spec, value, others, record.read.locale)
        return _kept(value.name, lesson)


def _human(
    name: str,
    row: int,
    raw: str,
    spec: FieldSpec,
    record: DocumentRecord,
    evidence: tuple[Evidence, ...],
) -> FieldValue:
    """A value by a person. Their words count, also where the type would have refused them."""
    locale = record.read.locale
    readings = readings_of(raw, spec.type, locale, spec)
    if not readings and len(inside := list(spans(raw, spec.type, locale))) == 1:
        # A label and its value that were read as one word.
        raw = raw[slice(*inside[0])]
        readings = readings_of(raw, spec.type, locale, spec)
    return FieldValue(
        name,
        raw,
        readings[0].value if readings else " ".join(raw.split()),
        1.0,
        evidence,
        row,
        origin=Origin.HUMAN,
        ambiguous=ambiguous(readings),
        currency=readings[0].currency if readings else "",
        accepted=not ambiguous(readings),
    )


def _by_line(page: PageReading, words: Sequence[int]) -> tuple[Evidence, ...]:
    """Words as evidence, a piece a line."""
    wanted = set(words)
    pieces = [[at for at in line.words if at in wanted] for line in page.lines]
    found = [piece for piece in pieces if piece]
    loose = wanted - {at for piece in found for at in piece}
    return tuple(evidence_of(page, piece) for piece in [*found, *([at] for at in sorted(loose))])


def _may_mean(before: FieldValue, value: FieldValue, spec: FieldSpec) -> bool:
    """Whether a person said how to read what was read there."""
    meanings = readings_of(before.raw, spec.type, None, spec)
    return bool(before.evidence) and value.value in [one.value for one in meanings]


def _typed_at(
    text: str, page: PageReading | None, before: FieldValue | None
) -> tuple[Evidence, ...]:
    """The words that carry what was typed: where it stands as it is, else what was read there
    wrongly."""
    if page is not None and fold(text):
        found = PageText(page).find(fold(text), 1.0)
        if found is not None:
            return _by_line(page, found[1])
    if before is not None and _likeness(before.raw, text) >= _ALIKE_ENOUGH:
        return before.evidence
    return ()


def _likeness(one: str, other: str) -> float:
    return fuzz.ratio(fold(one), fold(other)) / 100


def _kept(name: str, lesson: Place | Column | None) -> list[NewLesson]:
    return [] if lesson is None else [NewLesson(name, encode_lesson(lesson))]
