"""From a reading and a schema to values with evidence: `services.documents.extractor`.

    index pages -> labels of every field -> candidates -> features -> scores -> who has which words

`gathering` does the first four, `choosing` the rest. Pure computing: nothing is read or kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vlm_desktop.base.documents import (
    DocumentLocale,
    Evidence,
    Extraction,
    FieldType,
    FieldValue,
    MissingField,
    Rival,
    Schema,
)
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.choosing import choose, missing_of
from vlm_desktop.engine.documents.forms import named_pairs, pairs_of_form
from vlm_desktop.engine.documents.gathering import Gathered, Indexed, gather, index_pages
from vlm_desktop.engine.documents.labels import Wanted, wanted
from vlm_desktop.engine.documents.layouts import fingerprint
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.pageindex import Span
from vlm_desktop.engine.documents.scorer import kind_of
from vlm_desktop.engine.documents.tabular import group_values, members_of, table_values
from vlm_desktop.engine.documents.ticking import ticked

_REPEATING = (FieldType.TABLE, FieldType.GROUP)


class Extractor:
    """Finds the fields of a schema on pages that were read. Keeps nothing; safe in any thread."""

    def extract(
        self, reading: DocumentReading, schema: Schema, learned: Sequence[FieldValue] = ()
    ) -> Extraction:
        """What the pages say for a schema.

        `learned` are values that are known from elsewhere, with their evidence: they are taken as
        they are, no other field gets their words, and what the page would have given instead is
        among their rivals.
        """
        locale = infer(line for page in reading.pages for line in _texts(page))
        simple = [wanted(one) for one in schema.fields if one.type not in _REPEATING]
        repeating = [one for one in schema.fields if one.type in _REPEATING]
        members = [member for one in repeating for member in members_of(one)]
        indexed = index_pages(reading.pages, [*simple, *members], locale)
        known = {(one.name, one.row): one for one in learned}
        taken = _held(indexed, learned)
        found, missing = _simple_values(indexed, simple, locale, taken, known)
        found, missing = _with_pairs(reading, simple, found, missing, known)
        for spec in repeating:
            rows = (table_values if spec.type is FieldType.TABLE else group_values)(
                indexed, spec, locale
            )
            found += [one for one in rows if (one.name, one.row) not in known]
            if not rows:
                missing.append(MissingField(spec.name, spec.required))
        told = {(one.name, one.row) for one in found}
        found += [one for key, one in known.items() if key not in told]
        if schema.any_pairs:
            held = {
                (where.page, word)
                for one in found
                for where in one.evidence
                for word in where.words
            }
            found += pairs_of_form(reading, frozenset(held))
        return Extraction(
            path=reading.path,
            content_hash=reading.content_hash,
            schema=schema.name,
            values=tuple(found),
            missing=tuple(missing),
            locale=locale,
            fingerprint=fingerprint(reading.pages[0]) if reading.pages else "",
        )


def _simple_values(
    indexed: Sequence[Indexed],
    fields: Sequence[Wanted],
    locale: DocumentLocale,
    taken: Sequence[tuple[int, Span]],
    known: Mapping[tuple[str, int], FieldValue],
) -> tuple[list[FieldValue], list[MissingField]]:
    """The fields that stand once, and those that were not found."""
    boxes = {field.spec.name: ticked(indexed, field) for field in fields if _is_box(field)}
    gathered = gather(indexed, [field for field in fields if not _is_box(field)])
    names = frozenset(name for name, row in known if row == 0)
    chosen = choose(indexed, gathered, locale, taken, names)
    options = {one.field.spec.name: (place, one) for place, one in enumerate(gathered)}
    values, missing = [], []
    for field in fields:
        name = field.spec.name
        place, one = options.get(name, (-1, Gathered(field, (), ())))
        value = boxes[name] if name in boxes else chosen.get(place)
        if (name, 0) in known:
            values.append(_beside(known[name, 0], value))
        elif value is not None:
            values.append(value)
        else:
            missing.append(missing_of(indexed, one))
    return values, missing


def _with_pairs(
    reading: DocumentReading,
    fields: Sequence[Wanted],
    values: Sequence[FieldValue],
    missing: Sequence[MissingField],
    known: Mapping[tuple[str, int], FieldValue],
) -> tuple[list[FieldValue], list[MissingField]]:
    """Fields that are asked for as their label is printed, where the page read as a form has them;
    what was found by the name alone is a rival then."""
    names = [
        field.spec.name
        for field in fields
        if field.form is FieldType.TEXT
        and field.spec.type is FieldType.TEXT
        and kind_of(field) == "key"
        and (field.spec.name, 0) not in known
        and not field.spec.pattern
    ]
    pairs = named_pairs(reading, names) if names else {}
    before = {one.name: one for one in values}
    named = [_beside(pair, before.get(name)) for name, pair in pairs.items()]
    return (
        [one for one in values if one.name not in pairs] + named,
        [one for one in missing if one.name not in pairs],
    )


def _beside(learned: FieldValue, read: FieldValue | None) -> FieldValue:
    """A value known otherwise, with what the page would have given among its rivals."""
    if read is None:
        return learned
    same = read.value == learned.value
    mine = () if same else (Rival(read.raw, read.value, read.confidence, read.evidence),)
    return replace(learned, rivals=(*mine, *read.rivals) or learned.rivals)


def _is_box(field: Wanted) -> bool:
    return field.spec.type is FieldType.CHECKBOX


def _texts(page: PageReading) -> Iterator[str]:
    for line in page.lines:
        yield page.text(line.words)


def _held(indexed: Sequence[Indexed], values: Sequence[FieldValue]) -> list[tuple[int, Span]]:
    """The words that some values have."""
    return [span for one in values for span in _spans(indexed, one.evidence)]


def _spans(indexed: Sequence[Indexed], evidence: Sequence[Evidence]) -> list[tuple[int, Span]]:
    """The places in lines of the words that some evidence names."""
    found = []
    for one in evidence:
        for number, index in enumerate(indexed):
            if index.page.reading.number != one.page:
                continue
            wanted_words = set(one.words)
            for line in index.page.lines:
                for word, start in zip(line.words, line.starts, strict=True):
                    if word in wanted_words:
                        end = start + len(index.page.reading.words[word].text)
                        found.append((number, Span(line.index, start, end)))
    return found
