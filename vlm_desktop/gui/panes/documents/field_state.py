"""What a form says of a value: who says it, how sure that is and why, as a dot, words and marks."""

from enum import StrEnum

from vlm_desktop.base.documents import Cause, CauseKind, FieldValue, Origin
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import documents as strings
from vlm_desktop.gui.tokens import Colours

_MOST_CAUSES = 6


class FieldState(StrEnum):
    """In the order of a legend."""

    HUMAN = "human"
    """A person typed it, pointed at it, or agreed to it."""
    READ = "read"
    LEARNED = "learned"
    EMBEDDED = "embedded"
    DOUBTFUL = "doubtful"
    """Read or learned, and a person should look."""
    UNGROUNDED = "ungrounded"
    MISSING = "missing"
    ABSENT = "absent"
    """A person says that the document does not have it."""


def state_of(value: FieldValue | None, *, doubted: bool, absent: bool = False) -> FieldState:
    """Of a field with this value; None for no value."""
    if value is None:
        return FieldState.ABSENT if absent else FieldState.MISSING
    if value.origin is Origin.HUMAN or value.accepted:
        return FieldState.HUMAN
    if not value.grounded and value.origin is not Origin.EMBEDDED:
        return FieldState.UNGROUNDED
    if doubted:
        return FieldState.DOUBTFUL
    return {
        Origin.LEARNED: FieldState.LEARNED,
        Origin.EMBEDDED: FieldState.EMBEDDED,
    }.get(value.origin, FieldState.READ)


def state_colour(chosen: Colours, state: FieldState) -> str:
    """Of the dot beside the state's word, and of its box on the page."""
    return {
        FieldState.HUMAN: chosen.accent,
        FieldState.READ: chosen.good,
        FieldState.LEARNED: chosen.good,
        FieldState.EMBEDDED: chosen.good,
        FieldState.DOUBTFUL: chosen.careful,
        FieldState.UNGROUNDED: chosen.bad,
        FieldState.MISSING: chosen.disabled,
        FieldState.ABSENT: chosen.disabled,
    }[state]


def state_words(value: FieldValue | None, state: FieldState) -> str:
    """The word beside the dot; "learned from X" where it is."""
    if value is not None and value.origin is Origin.LEARNED and value.learned_from:
        said = fill(strings.LEARNED_FROM, name=value.learned_from)
        return said if state is not FieldState.DOUBTFUL else fill(strings.DOUBTED, state=said)
    if value is not None and state is FieldState.HUMAN and value.origin is not Origin.HUMAN:
        return strings.ACCEPTED
    return strings.STATES[state]


def percent(value: float) -> int:
    return round(100 * min(max(value, 0.0), 1.0))


def why_words(value: FieldValue) -> str:
    """How sure it is and what speaks for and against it, the weightiest first."""
    if value.origin is Origin.HUMAN:
        return strings.SAID_BY_HUMAN
    parts = [fill(strings.SURE, percent=percent(value.confidence))]
    if not value.grounded:
        parts.append(strings.NO_EVIDENCE)
    causes = sorted(value.causes, key=lambda one: -abs(one.weight))[:_MOST_CAUSES]
    for form, found in (
        (strings.SPEAKS_FOR, [one for one in causes if one.weight > 0]),
        (strings.SPEAKS_AGAINST, [one for one in causes if one.weight < 0]),
    ):
        if found:
            parts.append(fill(form, reasons="; ".join(cause_words(one) for one in found)))
    if value.ambiguous:
        parts.append(fill(strings.AMBIGUOUS, values=", ".join((value.value, *value.ambiguous))))
    return " ".join(parts)


def cause_words(cause: Cause) -> str:
    """ "the label beside it (Total)"."""
    said = strings.CAUSES[cause.kind]
    if not cause.detail:
        return said
    detail = strings.CAUSE_DETAILS.get(cause.detail, cause.detail)
    form = strings.CAUSE_LABEL if cause.kind is CauseKind.LABEL else strings.CAUSE_DETAIL
    return fill(form, cause=said, detail=detail)
