"""Checks of what a phrase says of place: sides, choices among several, relations."""

from collections.abc import Sequence

from vlm_desktop.base.grounding import ClauseKind
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground import relations, spatial
from vlm_desktop.engine.ground.judging import Check
from vlm_desktop.engine.ground.phraseparts import Place, Placed, Ranked, Related
from vlm_desktop.engine.ground.spatial import Measure, Relation

_SURE_OF_RELATIVE = 0.8
"""The leftmost of two is "on the left" even where neither is: so sure at most."""


def place_checks(place: Place, boxes: Sequence[Box], size: Size, *, several: bool) -> list[Check]:
    """One check a box. `several`: more than one is meant ("the cups on the left")."""
    if isinstance(place, Ranked):
        found = spatial.ranked(boxes, size, place.measure, place.number)
        return [Check(ClauseKind.PLACE, place.text, one) for one in found]
    if isinstance(place, Placed):
        found = _at_sides(place, boxes, size, several=several)
        return [
            Check(ClauseKind.PLACE, place.text, one, _sides_text(box, size))
            for one, box in zip(found, boxes, strict=True)
        ]
    return [Check(ClauseKind.PLACE, place.text, 0.5) for _ in boxes]


def _at_sides(place: Placed, boxes: Sequence[Box], size: Size, *, several: bool) -> list[float]:
    """Where one of several is meant, "on the left" is the one furthest left."""
    found = [spatial.in_place(box, size, place.sides) for box in boxes]
    there = [index for index, one in enumerate(found) if spatial.holds(one)]
    if several or len(boxes) < 2 or len(there) == 1:
        return found
    if len(place.sides) > 1:
        if there:
            return found
        best = max(found)
        return [_SURE_OF_RELATIVE if one == best > 0.05 else one for one in found]
    relative = spatial.ranked(boxes, size, Measure(place.sides[0]))
    if there:
        return [min(one, among) for one, among in zip(found, relative, strict=True)]
    return [min(_SURE_OF_RELATIVE, among) for among in relative]


def _sides_text(box: Box, size: Size) -> str:
    return " ".join(spatial.sides_of(box, size))


def relation_checks(
    related: Related, boxes: Sequence[Box], others: Sequence[Sequence[Box]], size: Size
) -> list[Check]:
    """One check a box; `others` are the boxes of each of the relation's things."""
    return [
        Check(ClauseKind.RELATION, related.text, one)
        for one in _relation(related.relation, boxes, others, size)
    ]


def _relation(
    relation: Relation, boxes: Sequence[Box], others: Sequence[Sequence[Box]], size: Size
) -> list[float]:
    first = others[0]
    if relation in {Relation.CLOSEST_TO, Relation.FURTHEST_FROM}:
        far = relation is Relation.FURTHEST_FROM
        return relations.by_distance(boxes, first, size, far=far)
    if relation is Relation.BETWEEN:
        return [relations.between(box, first, others[-1]) for box in boxes]
    return [relations.related(box, relation, first) for box in boxes]
