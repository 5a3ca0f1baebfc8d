"""How well fields were read: field F1, exact match, ANLS, calibration. Pure; safe in any thread.

- exact: equal as the SROIE task compares, in capitals with single spaces; amounts and dates also
  when they mean the same ("RM 6.70" and "6.70", "04/09/2017" and 2017-09-04);
- lenient: equal in letters and digits alone;
- field F1: of exact matches; a wrong value counts against precision and recall, a missing one
  against recall only;
- ANLS: 1 less the edit distance as a share of the longer text, 0 where that is 0.5 or more;
- pairs of forms: the ANLS of the value that was found for the label most like the true one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rapidfuzz.distance import Levenshtein

from vlm_desktop.base.documents import DocumentLocale, FieldType
from vlm_desktop.engine.documents.values import readings_of

ANLS_CUT = 0.5
BINS = 10
PAIR_ALIKE = 0.8
_FORMED = (FieldType.AMOUNT, FieldType.DATE, FieldType.NUMBER, FieldType.IBAN, FieldType.VAT_ID)


@dataclass(frozen=True, slots=True)
class Scored:
    """One field of one document. `found` is "" when nothing was told, `truth` when there is none.

    `confidence` is None where nothing was told.
    """

    name: str
    truth: str
    found: str
    exact: bool
    lenient: bool
    anls: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """Percent; `fields` is how many have a truth, `told` how many were told."""

    name: str
    fields: int
    told: int
    precision: float
    recall: float
    f1: float
    exact: float
    lenient: float
    anls: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error` is the expected calibration error over `BINS` bins of even width, in percent;
    `brier` the mean squared one of exact matches."""

    told: int
    error: float
    brier: float
    mean_confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Labels with values that were found without being told what to look for; percent.

    Labels are compared by their letters and digits. To each true pair belongs the found one whose
    label is most alike, each once. `anls` is over the true pairs: that of the value where the label
    is alike by `ANLS_CUT` or more, else 0; `anls_alike` asks labels for `PAIR_ALIKE`. A pair is
    right when label and value are alike by `PAIR_ALIKE`.
    """

    true: int
    found: int
    precision: float
    recall: float
    f1: float
    anls: float
    anls_alike: float


Pairs: TypeAlias = Sequence[tuple[str, str]]


def pair_figures(documents: Sequence[tuple[Pairs, Pairs]]) -> PairFigures:
    """From (found, true) of each document."""
    right = true_count = found_count = 0
    likeness = strict = 0.0
    for found, true in documents:
        left = [(_label(name), text) for name, text in found]
        true_count += len(true)
        found_count += len(found)
        for key, value in true:
            label = _label(key)
            ranked = [(_alike(name, label), anls(text, [value])) for name, text in left]
            best = max(range(len(ranked)), key=lambda one: ranked[one], default=None)
            if best is None or ranked[best][0] < ANLS_CUT:
                continue
            named, said = ranked[best]
            likeness += said
            strict += said if named >= PAIR_ALIKE else 0.0
            right += min(named, said) >= PAIR_ALIKE
            del left[best]
    precision, recall = _share(right, found_count), _share(right, true_count)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    shares = _share(likeness, true_count), _share(strict, true_count)
    return PairFigures(true_count, found_count, precision, recall, f1, *shares)


def _label(text: str) -> str:
    """A label's letters and digits, its words apart; signs where it has nothing else."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return " ".join(words) or text.strip()


def _alike(one: str, other: str) -> float:
    return Levenshtein.normalized_similarity(one, other)


def exact(found: Sequence[str], truth: str, kind: FieldType, locale: DocumentLocale) -> bool:
    """Whether one of the writings of a value (raw, normalised) is the true one."""
    if any(_tidy(one) == _tidy(truth) for one in found):
        return True
    if kind not in _FORMED:
        return False
    meant = {one.value for one in readings_of(truth, kind, locale)}
    return any(one in meant for one in found)


def lenient(found: str, truth: str) -> bool:
    """Whether letters and digits agree."""
    return bool(_plain(truth)) and _plain(found) == _plain(truth)


def anls(found: str, truths: Iterable[str]) -> float:
    """The best normalised similarity, 0..1; spaces are single and letter case does not count."""
    best = 0.0
    for truth in truths:
        one, other = _tidy(found).casefold(), _tidy(truth).casefold()
        if not one and not other:
            return 1.0
        best = max(best, 1.0 - Levenshtein.normalized_distance(one, other))
    return best if best > ANLS_CUT else 0.0


def figures(scored: Sequence[Scored]) -> tuple[FieldFigures, ...]:
    """Of each field by name in order of appearance, and of all, named ""."""
    names = [*dict.fromkeys(one.name for one in scored)]
    groups = [[one for one in scored if one.name == name] for name in names]
    return tuple(
        _figures(name, some) for name, some in zip([*names, ""], [*groups, scored], strict=True)
    )


def _figures(name: str, scored: Sequence[Scored]) -> FieldFigures:
    asked = [one for one in scored if one.truth]
    told = [one for one in scored if one.found]
    right = sum(one.exact for one in asked)
    precision, recall = _share(right, len(told)), _share(right, len(asked))
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return FieldFigures(
        name,
        len(asked),
        len(told),
        precision,
        recall,
        f1,
        recall,
        _share(sum(one.lenient for one in asked), len(asked)),
        _share(sum(one.anls for one in asked), len(asked)),
    )


def calibration(scored: Sequence[Scored]) -> Calibration:
    """Whether confidences hold: a value is right when it is exact."""
    told = [(one.confidence, one.exact) for one in scored if one.confidence is not None]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in told:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    gap = sum(
        abs(sum(confidence for confidence, _ in some) - sum(right for _, right in some))
        for some in bins
    )
    return Calibration(
        len(told),
        _share(gap, len(told)),
        sum((confidence - right) ** 2 for confidence, right in told) / max(1, len(told)),
        sum(confidence for confidence, _ in told) / max(1, len(told)),
        _share(sum(right for _, right in told), len(told)),
    )


def _share(part: float, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0


def _tidy(text: str) -> str:
    return " ".join(text.upper().split())


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
