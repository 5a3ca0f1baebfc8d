"""How values lie to labels: behind, right of, below, above or left of, and how far.

A relation's strength is 0..1: the label's quality, less with distance and with what stands between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vlm_desktop.base.types import Box
from vlm_desktop.engine.documents.candidates import Candidate
from vlm_desktop.engine.documents.labels import Hit
from vlm_desktop.engine.documents.pageindex import ROWS_DOWN, PageIndex, beside

INLINE, RIGHT, BELOW, ABOVE, LEFT = "inline", "right", "below", "above", "left"
_BETWEEN = 0.8
_FAR_RIGHT = 25.0
_FAR_LEFT = 2.0
_FAR_DOWN = 2.5
_FAINT = 0.02


@dataclass(frozen=True, slots=True)
class Relation:
    """The best label of a candidate by one way of lying; `hit` is that label."""

    strength: float
    hit: Hit


Relations = dict[str, Relation]
"""Way of lying -> the strongest; labels of the name; "described" for those of the description."""


def relate(
    page: PageIndex, hits: Sequence[Hit], candidates: Sequence[Candidate]
) -> list[Relations]:
    """For each candidate of a page, how the field's labels lie to it.

    Only candidates near a label are looked at, so the work grows with labels, not with the page.
    """
    by_row: dict[int, list[int]] = {}
    for place, candidate in enumerate(candidates):
        by_row.setdefault(page.lines[candidate.first.line].row, []).append(place)
    found: list[Relations] = [{} for _ in candidates]
    for hit in hits:
        row = page.lines[hit.spans[-1].line].row
        top = page.lines[hit.spans[0].line].row
        for near in range(top - 2, row + ROWS_DOWN + 1):
            for place in by_row.get(near, ()):
                way, near_share = _way(page, hit, candidates[place])
                if way and near_share > _FAINT:
                    _keep(found[place], way, Relation(hit.quality * near_share, hit))
    return found


def _keep(relations: Relations, way: str, relation: Relation) -> None:
    if relation.hit.described:
        way = "described"
    known = relations.get(way)
    if known is None or relation.strength > known.strength:
        relations[way] = relation


def _way(page: PageIndex, hit: Hit, candidate: Candidate) -> tuple[str, float]:
    """Which way a candidate lies to a label, and its nearness 0..1; "" when it does not."""
    first, last = candidate.first, hit.spans[-1]
    if any(
        span.line == part.line and span.start < part.end and span.end > part.start
        for span in hit.spans
        for part in candidate.spans
    ):
        return "", 0.0
    if first.line == last.line:
        if first.start < last.end:
            return "", 0.0
        between = page.lines[last.line].text[hit.value_at : first.start]
        words = len(between.split()) if first.start > hit.value_at else 0
        return INLINE, _BETWEEN**words
    line, label = page.lines[first.line], page.lines[last.line]
    if line.row == label.row or _beside(hit.box, page.box_of(first)):
        gap = candidate.box.x0 - hit.box.x1
        if gap < -page.body:
            before = (hit.box.x0 - candidate.box.x1) / page.body
            return (LEFT, 1 / (1 + before / _FAR_LEFT)) if before > -1 else ("", 0.0)
        return RIGHT, _rightness(page, hit, candidate, max(0.0, gap) / page.body)
    if candidate.box.y0 > hit.box.y0:
        return BELOW, _belowness(page, hit, candidate)
    return ABOVE, 0.5 * _belowness(page, hit, candidate)


def _beside(label: Box, line: Box) -> bool:
    """Whether a value's first line stands at the height of a label, or of its lines."""
    middle = (line.y0 + line.y1) / 2
    within = label.y0 <= middle <= label.y1 and line.x0 > label.x1
    return within or (line.x0 > label.x0 and beside(label, line))


def _rightness(page: PageIndex, hit: Hit, candidate: Candidate, gap: float) -> float:
    row = page.rows[page.lines[hit.spans[-1].line].row]
    between = 0
    for index in row:
        box = page.lines[index].box
        if box.x0 > hit.box.x1 - page.body and box.x1 < candidate.box.x0 + page.body:
            between += index not in {candidate.first.line, hit.spans[-1].line}
    inside = page.lines[candidate.first.line].text[: candidate.first.start].split()
    tail = page.lines[hit.spans[-1].line].text[hit.value_at :].split()
    steps = between + 0.5 * len(inside) + 0.5 * len(tail)
    return float(_BETWEEN**steps / (1 + gap / _FAR_RIGHT))


def _belowness(page: PageIndex, hit: Hit, candidate: Candidate) -> float:
    label, value = hit.box, candidate.box
    width = min(label.x1 - label.x0, value.x1 - value.x0)
    shared = min(label.x1, value.x1) - max(label.x0, value.x0)
    aligned = max(shared / max(width, 1e-6), 1 - abs(label.x0 - value.x0) / (3 * page.body))
    if aligned <= 0:
        return 0.0
    down, up = (label, value) if value.y0 > label.y0 else (value, label)
    gap = max(0.0, up.y0 - down.y1) / page.body
    rows = abs(page.lines[candidate.first.line].row - page.lines[hit.spans[-1].line].row) - 1
    inside = len(page.lines[candidate.first.line].text[: candidate.first.start].split())
    steps = max(0, rows) + 0.5 * inside
    return float(min(1.0, aligned) * _BETWEEN**steps / (1 + gap / _FAR_DOWN))


def strongest(relations: Mapping[str, Relation]) -> Relation | None:
    """The label that speaks most for a candidate."""
    named = [one for way, one in relations.items() if way != "described"]
    return max(named or relations.values(), key=lambda one: one.strength, default=None)
