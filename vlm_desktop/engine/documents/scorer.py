"""From features to probabilities, by weights that anybody can read.

`resources/documents/weights.toml` has a table for each kind of field: what each feature adds to a
candidate's score. The candidates of a field share one softmax with "it is not there", whose score
is 0, so a probability's log odds are the sum of what its features add, less what its rivals have.
`calibration` = [slope, offset] turns those log odds into ones that held on documents the weights
were not fitted on.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from vlm_desktop.base.documents import Cause, CauseKind, FieldType
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.documents.features import Features
from vlm_desktop.engine.documents.labels import Wanted

KINDS = ("total", "amount", "date", "name", "address", "number", "code", "text", "key")
"""`code` are numbers with check digits, `key` texts that are asked for as their label is printed:
by a name alone, without description or aliases."""
_CAUSES = {
    "offset": CauseKind.POSITION,
    "label": CauseKind.LABEL,
    "row": CauseKind.LABEL,
    "place": CauseKind.POSITION,
    "type": CauseKind.TYPE,
    "check": CauseKind.VALIDATOR,
    "ocr": CauseKind.OCR,
    "learned": CauseKind.LEARNED,
}
_MOST_ODDS = 12.0
_WORTH_TELLING = 0.05


@dataclass(frozen=True)
class Weights:
    """Of one kind of field. `slope` and `offset` are the calibration, `least` is the probability
    from which a value is told."""

    weights: Mapping[str, float]
    slope: float
    offset: float
    least: float

    def score(self, features: Features) -> float:
        """What the features add up to; 0 is as likely as that the field is not there."""
        weights = self.weights
        return sum(weights.get(name, 0.0) * value for name, value in features.items())


def kind_of(field: Wanted) -> str:
    """Which table of weights a field has."""
    match field.form:
        case FieldType.AMOUNT:
            return "total" if "total" in field.roles else "amount"
        case FieldType.DATE:
            return "date"
        case FieldType.ADDRESS:
            return "address"
        case FieldType.NUMBER:
            return "number"
        case FieldType.IBAN | FieldType.VAT_ID:
            return "code"
    if not field.spec.description and not field.spec.aliases:
        return "key"
    return "name" if "vendor" in field.roles else "text"


@cache
def weights_of(kind: str) -> Weights:
    """The bundled weights of one kind."""
    path = bundled("resources") / "documents" / "weights.toml"
    return weights_from(tomllib.loads(path.read_text(encoding="utf-8"))[kind])


def weights_from(table: Mapping[str, float | Sequence[float]]) -> Weights:
    """The weights of one table of the file."""
    numbers = {name: value for name, value in table.items() if isinstance(value, int | float)}
    calibration = table.get("calibration", (1.0, 0.0))
    assert isinstance(calibration, Sequence)
    least = numbers.pop("least", 0.3)
    return Weights(numbers, float(calibration[0]), float(calibration[1]), float(least))


def odds(groups: Sequence[Sequence[float]]) -> list[list[float]]:
    """The log odds of each score against all other groups and against none.

    A group are options that say the same: they are no rivals of each other, but that something is
    printed often makes it no likelier.
    """
    ceiling = max([0.0, *(score for group in groups for score in group)])
    parts = [sum(math.exp(score - ceiling) for score in group) for group in groups]
    whole = sum(parts) + math.exp(-ceiling)
    found = []
    for group, part in zip(groups, parts, strict=True):
        rest = math.log(max(whole - part, math.exp(-ceiling), 1e-12 * whole))
        found.append([score - ceiling - rest for score in group])
    return found


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def calibrated(weights: Weights, log_odds: float) -> float:
    """Log odds that hold, kept within what a finite sample can tell."""
    told = weights.slope * log_odds + weights.offset
    return max(-_MOST_ODDS, min(_MOST_ODDS, told))


def causes(
    weights: Weights, features: Features, log_odds: float, details: Mapping[CauseKind, str]
) -> tuple[Cause, ...]:
    """What a confidence is made of; the weights add up to its log odds.

    What rivals and "it is not there" take is one part, and so is what the calibration adds.
    """
    parts: dict[CauseKind, float] = {}
    for name, value in features.items():
        weight = weights.weights.get(name, 0.0)
        if weight:
            kind = _CAUSES[name.partition("_")[0]]
            parts[kind] = parts.get(kind, 0.0) + weights.slope * weight * value
    told = calibrated(weights, log_odds)
    parts[CauseKind.RIVALS] = told - sum(parts.values())
    return tuple(
        Cause(kind, round(weight, 3), details.get(kind, ""))
        for kind, weight in sorted(parts.items(), key=lambda one: -abs(one[1]))
        if abs(weight) >= _WORTH_TELLING
    )
