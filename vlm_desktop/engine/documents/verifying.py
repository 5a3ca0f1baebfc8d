"""Values beside what was expected of them: same, the same written otherwise, different, absent."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from vlm_desktop.base.documentanswers import (
    Compared,
    ExpectedDocument,
    MatchKind,
    Verification,
)
from vlm_desktop.base.documents import DocumentLocale, Extraction, FieldSpec, FieldType, Schema
from vlm_desktop.engine.documents.aligning import differences, fold
from vlm_desktop.engine.documents.fieldnames import field_called
from vlm_desktop.engine.documents.values import readings_of

_UNSURE = DocumentLocale()
_PLAIN = (FieldType.TEXT, FieldType.ADDRESS)
_MARKS = str.maketrans("", "", ".,;:-/'\"()")


def verify(
    extractions: Iterable[Extraction], schema: Schema, expected: Sequence[ExpectedDocument]
) -> Iterator[Verification]:
    """Each document against what was expected of it."""
    documents = tuple(extractions)
    for extraction in documents:
        found = expectation(extraction.path, expected, alone=len(documents) == 1)
        yield compare(extraction, schema, found)


def expectation(
    path: Path, expected: Sequence[ExpectedDocument], *, alone: bool = True
) -> ExpectedDocument | None:
    """What was expected of a file, by its path, the end of its path, or its name without folders.

    What names no file is expected of the only one (`alone`).
    """
    parts = [part.casefold() for part in path.absolute().parts]
    best: tuple[int, ExpectedDocument] | None = None
    for one in expected:
        wanted = [part.casefold() for part in PurePath(one.file.replace("\\", "/")).parts]
        if wanted and parts[-len(wanted) :] == wanted and (best is None or len(wanted) > best[0]):
            best = (len(wanted), one)
    if best is not None:
        return best[1]
    nameless = [one for one in expected if not one.file]
    return nameless[0] if alone and len(nameless) == 1 else None


def compare(
    extraction: Extraction, schema: Schema, expected: ExpectedDocument | None
) -> Verification:
    """Every field that is expected or found, the expected ones first and in their order."""
    if expected is None:
        return Verification(extraction.path, extraction.content_hash, expected=False)
    found = {(value.name, value.row): value for value in extraction.values}
    names = {said: _name(said, schema) for said, _ in expected.values}
    rows = []
    for (said, row), text in expected.values.items():
        name = names[said]
        value = found.pop((name, row), None)
        if value is None:
            rows.append(Compared(name, row, MatchKind.MISSING, text, None))
            continue
        spec = schema.spec(name) or FieldSpec(name)
        kind = match(text, value.raw, value.value, spec, extraction.locale)
        shown = value.value if kind is MatchKind.MISMATCH and _normal(text, spec) else value.raw
        apart = differences(text, shown) if kind is MatchKind.MISMATCH else ()
        rows.append(Compared(name, row, kind, text, value, apart))
    rows += [
        Compared(name, row, MatchKind.EXTRA, "", value) for (name, row), value in found.items()
    ]
    return Verification(extraction.path, extraction.content_hash, expected=True, rows=tuple(rows))


def match(
    expected: str, raw: str, value: str, spec: FieldSpec, locale: DocumentLocale
) -> MatchKind:
    """How a value compares with the expected text.

    The expected text may be written as on the page, normalised, or in the ways of this document's
    locale or of none: people type amounts with a point into tables about German invoices.
    """
    if " ".join(expected.split()) in (" ".join(raw.split()), value):
        return MatchKind.MATCH
    if fold(expected) in (fold(raw), fold(value)):
        return MatchKind.NORMALISED
    if spec.type in _PLAIN:
        alike = fold(expected).translate(_MARKS) == fold(raw).translate(_MARKS) != ""
        return MatchKind.NORMALISED if alike else MatchKind.MISMATCH
    meant = [readings_of(expected, spec.type, one)[:1] for one in (locale, _UNSURE)]
    same = any(reading.value == value for likeliest in meant for reading in likeliest)
    return MatchKind.NORMALISED if same else MatchKind.MISMATCH


def _normal(text: str, spec: FieldSpec) -> bool:
    """Whether an expected text is written as values are: "2024-03-04", "1234.50"."""
    return any(reading.value == text for reading in readings_of(text, spec.type, _UNSURE)[:1])


def _name(said: str, schema: Schema) -> str:
    """A field by how it is called in a table; of a column of the document's own tables, both."""
    head, _, rest = said.partition("/")
    spec = field_called(head, schema)
    if spec is None:
        return said
    inner = field_called(rest, Schema(spec.name, spec.fields)) if rest else None
    return f"{spec.name}/{inner.name if inner else rest}" if rest else spec.name
