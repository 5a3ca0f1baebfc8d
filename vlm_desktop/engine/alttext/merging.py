"""Whose words stay when a draft or a text from elsewhere meets what is there. Pure; any thread.

What a person wrote, approved or put on the way to approval is never overwritten. For the rest an
import is merged three ways, field by field: `base` is what the file or page was last known to
say, `ours` what is kept here, `theirs` what it says now.

    theirs says nothing of it, or is as ours       ours stays, nothing to tell
    theirs is as base: only we changed             ours stays, nothing to tell
    ours is protected                              ours stays, theirs is kept aside
    ours is empty, or as base: only they changed   theirs
    ours is a model's draft nobody touched         theirs; the draft stays among the candidates
    both changed, or no base is known              ours stays, theirs is kept aside
"""

from dataclasses import dataclass
from enum import StrEnum

from vlm_desktop.base.alttext import AltState, AltText, Author


class Merged(StrEnum):
    SAME = "same"
    """Nothing changes and nothing is to be told."""
    THEIRS = "theirs"
    KEPT_OURS = "kept-ours"


@dataclass(frozen=True, slots=True)
class Merge:
    """What the text is after an import, and how it came about.

    `clash`: something of theirs was not taken over, so it is to be offered.
    """

    outcome: Merged
    alt: str
    extended: str
    clash: bool = False


def is_protected(text: AltText) -> bool:
    """Whether no draft and no import may take its place."""
    if text.state in (AltState.APPROVED, AltState.STALE, AltState.IN_REVIEW, AltState.NEEDS_FACTS):
        return True
    return text.written_by.author is Author.HUMAN and bool(text.alt or text.extended)


def takes_draft(text: AltText) -> bool:
    """Whether a draft may become the text: there is none, or only an older draft."""
    if is_protected(text):
        return False
    return not (text.alt or text.extended) or text.written_by.author is Author.MODEL


def merge(
    base: tuple[str, str] | None, ours: AltText, alt: str | None, extended: str | None
) -> Merge:
    """Three-way merge of an import. `base` None: not known. None of theirs: not said."""
    known = base or (None, None)
    fields = (
        _merge_field(known[0], ours.alt, alt, ours),
        _merge_field(known[1], ours.extended, extended, ours),
    )
    outcomes = {outcome for outcome, _ in fields}
    alt_now, extended_now = (words for _, words in fields)
    outcome = next(one for one in (Merged.THEIRS, Merged.KEPT_OURS, Merged.SAME) if one in outcomes)
    return Merge(outcome, alt_now, extended_now, Merged.KEPT_OURS in outcomes)


def _merge_field(
    base: str | None, ours: str, theirs: str | None, text: AltText
) -> tuple[Merged, str]:
    if theirs is None or theirs in (ours, base):
        return Merged.SAME, ours
    if is_protected(text):
        return Merged.KEPT_OURS, ours
    if not ours or ours == base or text.written_by.author is Author.MODEL:
        return Merged.THEIRS, theirs
    return Merged.KEPT_OURS, ours


def next_base(
    base: tuple[str, str] | None, alt: str | None, extended: str | None
) -> tuple[str, str] | None:
    """What the file is known to say after an import; what it does not speak of stays."""
    if alt is None and extended is None:
        return base
    before = base or ("", "")
    return (before[0] if alt is None else alt, before[1] if extended is None else extended)
