"""Who has which words: fields of one document compete for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from vlm_desktop.engine.documents.candidates import Candidate
from vlm_desktop.engine.documents.pageindex import Span


@dataclass(frozen=True, slots=True)
class Bid:
    """A field (by its place) wants a candidate (by its place among the field's options)."""

    field: int
    option: int
    candidate: Candidate
    log_odds: float


def assign(bids: Sequence[Bid], taken: Sequence[tuple[int, Span]] = ()) -> dict[int, Bid]:
    """One bid for each field, no two of them for the same words; the surest first.

    `taken` are (page from 0, span) that are given away already. A field that loses its best
    candidate to another gets its next.
    """
    held: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for page, span in taken:
        held.setdefault((page, span.line), []).append((span.start, span.end))
    found: dict[int, Bid] = {}
    for bid in sorted(bids, key=lambda one: -one.log_odds):
        if bid.field in found or _held(held, bid.candidate):
            continue
        found[bid.field] = bid
        for span in bid.candidate.spans:
            held.setdefault((bid.candidate.page, span.line), []).append((span.start, span.end))
    return found


def _held(held: dict[tuple[int, int], list[tuple[int, int]]], candidate: Candidate) -> bool:
    """Whether a good part of a candidate's words has been given away."""
    shared = whole = 0
    for span in candidate.spans:
        whole += span.end - span.start
        for start, end in held.get((candidate.page, span.line), ()):
            shared += max(0, min(end, span.end) - max(start, span.start))
    return shared > 0.3 * whole
