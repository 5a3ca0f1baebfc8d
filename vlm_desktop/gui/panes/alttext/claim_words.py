"""Claims and their evidence in words."""

from collections.abc import Sequence

from vlm_desktop.base.altchecks import Claim, Evidence, EvidenceKind, Field
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext_checks as strings


def claim_words(claim: Claim, field: Field, *, approved: bool) -> str:
    """A claim as a row: how it stands, and what it says."""
    state = strings.CLAIM_APPROVED if approved else strings.CLAIM_STATES[claim.state]
    words = fill(strings.CLAIM_ROW, state=state, text=claim.text)
    return fill(strings.CLAIM_EXTENDED, claim=words) if field is Field.EXTENDED else words


def evidence_words(found: Sequence[Evidence]) -> str:
    """What speaks for a claim, then what speaks against it, one a line."""
    if not found:
        return strings.NO_EVIDENCE
    ordered = sorted(found, key=lambda one: not one.supports)
    return "\n".join(
        fill(strings.FOR if one.supports else strings.AGAINST, evidence=_words(one))
        for one in ordered
    )


def _words(one: Evidence) -> str:
    percent = round(100 * one.score) if one.score is not None else 0
    match one.kind:
        case EvidenceKind.REGION:
            form = strings.FOUND_THERE if one.box is not None else strings.FOUND
            return fill(form, percent=percent)
        case EvidenceKind.ABSENT:
            return fill(strings.NOT_FOUND, percent=percent)
        case EvidenceKind.RANK:
            return fill(strings.FITS_BETTER, percent=percent)
        case EvidenceKind.CONTRAST:
            return strings.PREFERRED if one.supports else strings.NOT_PREFERRED
        case EvidenceKind.OCR:
            return strings.READ if one.supports else strings.NOT_READ
        case EvidenceKind.METADATA:
            return fill(strings.RECORDED, detail=one.detail)
        case EvidenceKind.SAMPLES:
            agree, _, count = one.detail.partition("/")
            return fill(strings.SAMPLES, agree=agree, count=count)
        case EvidenceKind.ANSWER:
            return fill(strings.ANSWERED, detail=one.detail)
        case EvidenceKind.SIGHT:
            return strings.SEEN if one.supports else strings.NOT_SEEN
    return fill(strings.TOLD, detail=one.detail)
