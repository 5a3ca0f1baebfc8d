"""Documents with what is true of them: what the weights are fitted on and measured with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from vlm_desktop.base.documents import DocumentLocale, FieldSpec, FieldType
from vlm_desktop.base.pagereading import PageReading
from vlm_desktop.engine.documents.candidates import Candidate
from vlm_desktop.engine.documents.values import readings_of

ALIKE = 0.6
"""Likeness from which a text that was read is taken for the one that is true."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is asked for and what is right: texts as printed, any of which will do.

    `right` is empty when the document does not say it, None when that is not known: such a field
    competes with others, and nothing is learned of it.
    """

    spec: FieldSpec
    right: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One document. `layout` names what it was made after, so that layouts can be held out."""

    layout: str
    pages: tuple[PageReading, ...]
    truths: tuple[Truth, ...]
    weight: float = 1.0
    locale: DocumentLocale = field(default_factory=DocumentLocale)


def grades(candidates: Sequence[Candidate], truth: Truth, locale: DocumentLocale) -> list[float]:
    """How right each candidate is, 0..1. All 0 when the truth is not among them."""
    if not truth.right:
        return [0.0] * len(candidates)
    kind = truth.spec.type
    if kind in (FieldType.AMOUNT, FieldType.DATE):
        meant = {
            reading.value
            for text in truth.right
            for reading in readings_of(text, kind, locale)[: 1 if kind is FieldType.AMOUNT else 2]
        }
        return [float(one.value in meant) for one in candidates]
    wanted = [plain(text) for text in truth.right]
    alike = [max(fuzz.ratio(plain(one.raw), text) / 100 for text in wanted) for one in candidates]
    best = max(alike, default=0.0)
    if best < (0.9 if kind is FieldType.NUMBER else ALIKE):
        return [0.0] * len(candidates)
    return [(one / best) ** 24 for one in alike]


def plain(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
