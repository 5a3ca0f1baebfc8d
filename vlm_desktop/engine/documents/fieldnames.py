"""Which field of a schema somebody means by a name of their own."""

from collections.abc import Iterator

from vlm_desktop.base.documents import FieldSpec, Schema
from vlm_desktop.engine.documents.aligning import fold
from vlm_desktop.engine.documents.pageindex import tokens_of
from vlm_desktop.engine.documents.vocabulary import vocabulary


def field_called(name: str, schema: Schema) -> FieldSpec | None:
    """By its name or an alias, in any letter case and with the usual abbreviations.

    Of a path ("total/total_price") the parts are tried from the last to the first, so that a
    reader's groups do not matter.
    """
    parts = [part for part in name.split("/") if part]
    for said in (name, *reversed(parts)):
        wanted, words = fold(said), _words(said)
        for spec in schema.fields:
            if any(fold(one) == wanted for one in _names(spec)):
                return spec
        for spec in schema.fields:
            if words and any(_words(one) == words for one in _names(spec)):
                return spec
    return None


def _names(spec: FieldSpec) -> Iterator[str]:
    yield spec.name
    yield from spec.aliases


def _words(text: str) -> frozenset[str]:
    """Words that tell something, in the writing that stands for each."""
    book = vocabulary()
    words = [book.one(token.text) for token in tokens_of(text.replace("_", " "))]
    return frozenset(word for word in words if word not in book.passing)
