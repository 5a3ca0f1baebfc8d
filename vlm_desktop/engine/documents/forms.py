"""Every pair of label and value on the pages, whatever it is called: forms.

The reading proposes what may be a label; its value is found and judged as that of any field whose
name is printed as it is, all labels competing for the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vlm_desktop.base.boxes import around
from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldValue
from vlm_desktop.base.pagereading import DocumentReading, KeyValue
from vlm_desktop.engine.documents.choosing import choose
from vlm_desktop.engine.documents.gathering import Indexed, Place, gather, index_pages
from vlm_desktop.engine.documents.labels import Hit, value_at, wanted
from vlm_desktop.engine.documents.pageindex import PageIndex, Span

MOST_LABELS = 250
"""Labels of one page that are asked for."""
LEAST_SCORE = 0.25
_LONGEST_NAME = 120


def pairs_of_form(
    reading: DocumentReading,
    locale: DocumentLocale,
    taken: Sequence[tuple[int, Span]] = (),
) -> tuple[FieldValue, ...]:
    """Values named by their labels as printed; a label that stands again counts as another row."""
    indexed = index_pages(reading.pages, (), locale)
    labels = [place for number, one in enumerate(indexed) for place in _labels(number, one)]
    if not labels:
        return ()
    fields = [wanted(FieldSpec(_name(indexed[number].page, hit))) for number, hit in labels]
    chosen = choose(indexed, gather(indexed, fields, labels), locale, taken)
    seen: dict[str, int] = {}
    found = []
    for place in sorted(chosen):
        value = chosen[place]
        row = seen.get(value.name, 0)
        seen[value.name] = row + 1
        found.append(replace(value, row=row))
    return tuple(found)


def _name(page: PageIndex, hit: Hit) -> str:
    return page.text(hit.spans).strip(" :.;=-_*").strip()[:_LONGEST_NAME]


def _labels(number: int, one: Indexed) -> Iterator[Place]:
    """The labels that the reading proposes, the best first, none of them twice."""
    page = one.page
    line_of = {word: line.index for line in page.lines for word in line.words}
    used: set[int] = set()
    count = 0
    for pair in page.reading.pairs:
        if count >= MOST_LABELS:
            return
        if pair.score < LEAST_SCORE or used & set(pair.key):
            continue
        hit = _hit(page, pair, line_of)
        if hit is not None and _name(page, hit):
            used |= set(pair.key)
            count += 1
            yield number, hit


def _hit(page: PageIndex, pair: KeyValue, line_of: dict[int, int]) -> Hit | None:
    """A proposed label as one that agrees in full."""
    spans = []
    for index in dict.fromkeys(line_of[word] for word in pair.key if word in line_of):
        line = page.lines[index]
        places = [place for place, word in enumerate(line.words) if word in pair.key]
        last = line.starts[places[-1]] + len(page.reading.words[line.words[places[-1]]].text)
        spans.append(Span(index, line.starts[places[0]], last))
    if not spans:
        return None
    box = around([page.box_of(span) for span in spans])
    after = value_at(page.lines[spans[-1].line], spans[-1].end)
    return Hit(tuple(spans), box, after, 1.0, 1.0, described=False)
