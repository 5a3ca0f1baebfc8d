"""From what a file brings to what a picture has: nothing a person said is written over. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vlm_desktop.base.grounding import GroundObject, ObjectState
from vlm_desktop.engine.ground.keeping import free_number
from vlm_desktop.engine.ground.proposing import is_same_thing, place_overlap, same_label

_SAME = 0.999
_SAME_PIXELS = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """The objects a picture shall have, and how many of the brought ones were which."""

    objects: tuple[GroundObject, ...]
    added: int = 0
    offered: int = 0
    known: int = 0


def merged(objects: Sequence[GroundObject], brought: Sequence[GroundObject]) -> Merged:
    """What is there already is passed over, but for new words that name it. What lies where a
    person accepted or rejected something under the same label is proposed beside that; a mere
    proposal gives way to what is brought as accepted. All else is added as it is."""
    found = list(objects)
    there = len(found)
    added = offered = known = 0
    for one in brought:
        at = next((at for at, two in enumerate(found) if _is_same(one, two)), None)
        if at is not None:
            words = dict.fromkeys((*found[at].expressions, *one.expressions))
            if tuple(words) != found[at].expressions:
                found[at] = replace(found[at], expressions=tuple(words))
            known += 1
            continue
        number = one.number
        if not number or any(number == two.number for two in found):
            number = free_number(found)
        rivals = [at for at in range(there) if is_same_thing(one, found[at])]
        if any(found[at].state is not ObjectState.PROPOSED for at in rivals):
            found.append(replace(one, number=number, state=ObjectState.PROPOSED))
            offered += 1
        elif rivals and one.state is ObjectState.ACCEPTED:
            found[rivals[0]] = replace(one, number=found[rivals[0]].number)
            added += 1
        else:
            found.append(replace(one, number=number))
            added += 1
    return Merged(tuple(found), added, offered, known)


def _is_same(one: GroundObject, other: GroundObject) -> bool:
    """The same label at the same place; how the place is drawn counts as well."""
    if not same_label(one, other) or (one.mask is None) != (other.mask is None):
        return False
    if one.box is None or other.box is None:
        same_box = one.box is other.box
    else:
        same_box = all(
            abs(mine - theirs) <= _SAME_PIXELS
            for mine, theirs in (
                (one.box.x0, other.box.x0), (one.box.y0, other.box.y0),
                (one.box.x1, other.box.x1), (one.box.y1, other.box.y1),
            )
        )  # fmt: skip
    if one.mask is not None and other.mask is not None:
        return place_overlap(one, other) >= _SAME
    return same_box and one.points == other.points and len(one.polygon) == len(other.polygon)
