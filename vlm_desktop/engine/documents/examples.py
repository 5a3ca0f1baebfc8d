"""Documents whose truth is known as examples to fit the scorer on."""

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from vlm_desktop.base.documents import DocumentLocale, FieldType, Schema
from vlm_desktop.base.pagereading import PageReading, Word
from vlm_desktop.base.pageview import PageView
from vlm_desktop.base.types import Size
from vlm_desktop.engine.documents.candidates import Candidate
from vlm_desktop.engine.documents.gathering import gather, index_pages
from vlm_desktop.engine.documents.labels import wanted
from vlm_desktop.engine.documents.layout import layout_of
from vlm_desktop.engine.documents.lines import lines_of
from vlm_desktop.engine.documents.locales import infer
from vlm_desktop.engine.documents.schemafiles import preset
from vlm_desktop.engine.documents.scorer import kind_of
from vlm_desktop.engine.documents.values import readings_of
from vlm_desktop.training.documents.exampletable import Example
from vlm_desktop.training.documents.samples import Made

ALIKE = 0.6
"""Likeness from which a text that was read is taken for the one that is true."""
_ALIKE_NUMBER = 0.9
_ABSENT = 0.5
"""Weight of a field whose truth is among no candidates: it can only be told to be silent."""
_SHARPNESS = 24
"""How fast a text that is less like the truth than the best one loses."""
_REPEATING = (FieldType.TABLE, FieldType.GROUP)


def arranged(words: Sequence[Word], number: int) -> PageReading:
    """Words that no picture belongs to, as a page that was read."""
    lines = lines_of(words)
    layout = layout_of(words, lines, [])
    right = max((word.box.x1 for word in words), default=10.0)
    bottom = max((word.box.y1 for word in words), default=10.0)
    view = PageView(Size(round(right) + 20, round(bottom) + 20))
    return PageReading(number, view, tuple(words), layout.lines)


def schema_of(made: Made) -> Schema:
    """What a made document is asked for."""
    return preset(made.preset) if made.preset else Schema("own", made.specs)


def examples_of(
    pages: Sequence[PageReading],
    schema: Schema,
    truths: Mapping[str, str],
    layout: str,
    document: str,
) -> list[Example]:
    """Every field whose truth is known ("" where the document does not say it)."""
    specs = [one for one in schema.fields if one.type not in _REPEATING]
    fields = [wanted(spec) for spec in specs]
    locale = infer(page.text(line.words) for page in pages for line in page.lines)
    found = []
    for gathered in gather(index_pages(pages, fields, locale), fields):
        spec = gathered.field.spec
        if spec.name not in truths:
            continue
        candidates = [one.candidate for one in gathered.options]
        right = grades(candidates, gathered.field.form, truths[spec.name], locale)
        silent = not any(right)
        found.append(
            Example(
                layout=layout,
                document=document,
                kind=kind_of(gathered.field),
                features=tuple(one.features for one in gathered.options),
                right=tuple(right),
                none=float(silent),
                weight=_ABSENT if silent and truths[spec.name] else 1.0,
            )
        )
    return found


def grades(
    candidates: Sequence[Candidate], kind: FieldType, truth: str, locale: DocumentLocale
) -> list[float]:
    """How right each candidate is, 0..1. All 0 when the truth is not among them."""
    if not truth:
        return [0.0] * len(candidates)
    if kind in (FieldType.AMOUNT, FieldType.DATE):
        most = 1 if kind is FieldType.AMOUNT else 2
        meant = {reading.value for reading in readings_of(truth, kind, locale)[:most]}
        return [float(one.value in meant) for one in candidates]
    alike = [fuzz.ratio(_plain(one.raw), _plain(truth)) / 100 for one in candidates]
    best = max(alike, default=0.0)
    if best < (_ALIKE_NUMBER if kind is FieldType.NUMBER else ALIKE):
        return [0.0] * len(candidates)
    return [float((one / best) ** _SHARPNESS) for one in alike]


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
