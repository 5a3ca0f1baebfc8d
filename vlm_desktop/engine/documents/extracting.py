"""From a reading and a schema to values with evidence: `services.documents.extractor`.

    index pages -> labels of every field -> candidates -> features -> scores -> who has which words

`gathering` does the first four, `choosing` the rest. Pure computing: nothing is read or kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vlm_desktop.base.documents import (
    Evidence,
    Extraction,
    FieldType,
    FieldValue,
    MissingField,
    Schema,
)
from vlm_desktop.base.pagereading import DocumentReading, PageReading
from vlm_desktop.engine.documents.choosing import choose, missing_of
from vlm_desktop.engine.documents.forms import pairs_of_form
from vlm_desktop.engine.documents.gathering import Indexed, gather, index_pages
from vlm_desktop.engine.documents.labels import wanted
from vlm_desktop.engine.documents.layouts import fingerprint
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.pageindex import Span

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
        simple = [spec for spec in schema.fields if spec.type not in _REPEATING]
        fields = [wanted(spec) for spec in simple]
        indexed = index_pages(reading.pages, fields, locale)
        gathered = gather(indexed, fields)
        known = {one.name: one for one in learned}
        taken = _held(indexed, learned)
        chosen = choose(indexed, gathered, locale, taken, frozenset(known))
        values: list[FieldValue] = []
        missing: list[MissingField] = []
        for place, one in enumerate(gathered):
            name = one.field.spec.name
            found = chosen.get(place)
            if name in known:
                rivals = (found.rivals if found else ()) or known[name].rivals
                values.append(replace(known[name], rivals=rivals))
            elif found is not None:
                values.append(found)
            else:
                missing.append(missing_of(indexed, one))
        if schema.any_pairs:
            values += pairs_of_form(reading, locale, _held(indexed, values))
        return Extraction(
            path=reading.path,
            content_hash=reading.content_hash,
            schema=schema.name,
            values=tuple(values),
            missing=tuple(missing),
            locale=locale,
            fingerprint=fingerprint(reading.pages[0]) if reading.pages else "",
        )


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
