"""From what phrases find to proposed objects, beside what a picture has already. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from vlm_desktop.base.grounding import Grounded, GroundObject, ObjectState
from vlm_desktop.base.masks import overlap as mask_overlap
from vlm_desktop.engine.ground.keeping import free_number
from vlm_desktop.engine.ground.spatial import overlap as box_overlap

SAME_OVERLAP = 0.5
"""Of two objects under one label, above which they are the same thing in the picture."""


def proposals(answers: Sequence[Grounded]) -> list[GroundObject]:
    """An object for every region that answers a phrase, labelled by it. Numbers are not set."""
    return [
        GroundObject(
            number=0,
            label=answer.phrase,
            box=region.box,
            mask=region.mask,
            source=answer.model,
            confidence=region.confidence,
            state=ObjectState.PROPOSED,
            expressions=(answer.phrase,),
        )
        for answer in answers
        for region in answer.regions
    ]


def with_proposals(
    objects: Sequence[GroundObject], proposed: Sequence[GroundObject]
) -> tuple[GroundObject, ...]:
    """The objects, then those of the proposed that are not among them under the same label, be it
    accepted, rejected or proposed before. Nothing that is there is changed."""
    found = list(objects)
    for one in proposed:
        if not any(is_same_thing(one, other) for other in found):
            found.append(replace(one, number=free_number(found)))
    return tuple(found)


def is_same_thing(one: GroundObject, other: GroundObject) -> bool:
    """Whether two objects name the same thing at the same place."""
    return same_label(one, other) and place_overlap(one, other) >= SAME_OVERLAP


def same_label(one: GroundObject, other: GroundObject) -> bool:
    return " ".join(one.label.split()).casefold() == " ".join(other.label.split()).casefold()


def place_overlap(one: GroundObject, other: GroundObject) -> float:
    """Intersection over union of the masks where both have one, else of the boxes."""
    if one.mask is not None and other.mask is not None:
        return mask_overlap(one.mask, other.mask)
    if one.box is None or other.box is None:
        return 0.0
    return box_overlap(one.box, other.box)
