"""What lies over the picture, from what is known: objects, places found, dots, heat. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from vlm_desktop.base.grounding import FoundRegion, GroundObject, ObjectState
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.ground.verdict_words import percent
from vlm_desktop.gui.strings import ground as strings
from vlm_desktop.gui.strings import ground_phrases as phrase_strings
from vlm_desktop.gui.widgets.overlay_items import Line, OverlayItem, Tone

if TYPE_CHECKING:
    from vlm_desktop.base.types import Box
    from vlm_desktop.gui.panes.ground.phrasing import Phrasing
    from vlm_desktop.gui.panes.ground.pointing import Pointing
    from vlm_desktop.gui.panes.ground.session import GroundSession

DRAFT = "draft"
HOVER = "hover"
OBJECT, FOUND, OTHER, DOT, HEAT, WORD = "object", "found", "other", "dot", "heat", "word"
ItemKey = tuple[str, int, int]
"""Which kind, and its numbers: an object's; a phrase's and its region's; a dot's."""


def key(kind: str, first: int = 0, second: int = 0) -> ItemKey:
    return (kind, first, second)


def object_items(session: "GroundSession", hidden: int) -> list[OverlayItem]:
    """Kept objects but the one that is being changed and those that were rejected."""
    return [
        _object_item(session, one)
        for one in session.objects
        if one.number != hidden and one.state is not ObjectState.REJECTED
    ]


def _object_item(session: "GroundSession", one: GroundObject) -> OverlayItem:
    proposed = one.state is ObjectState.PROPOSED
    notes = [strings.PROPOSED] if proposed else []
    if one.confidence is not None:
        notes.append(fill(phrase_strings.REGION_SURE, sure=percent(one.confidence)))
    outlined = one.mask is not None or bool(one.polygon)
    return OverlayItem(
        key=key(OBJECT, one.number),
        label=session.name_of(one),
        colour=one.colour or one.number,
        box=None if outlined else rect(one.box),
        mask=one.mask,
        polygon=() if one.mask is not None else one.polygon,
        points=() if outlined or one.box is not None else one.points,
        line=Line.DASHED if proposed else Line.WHOLE,
        note=", ".join(notes),
        can_edit=True,
    )


def draft_item(session: "GroundSession", pointing: "Pointing") -> OverlayItem | None:
    """What is pointed at, with its points; None for nothing."""
    if not pointing.is_active:
        return None
    edited = session.object(pointing.editing)
    number = edited.number if edited is not None else session.new_number()
    mask, prompt = pointing.mask, pointing.prompt
    rough = pointing.is_rough or (mask is None and prompt.box is None)
    return OverlayItem(
        key=key(DRAFT),
        label=session.name_of(edited) if edited is not None else strings.NEW_OBJECT,
        colour=edited.colour if edited is not None else number,
        box=rect(prompt.box),
        mask=mask,
        points=prompt.points,
        line=Line.DASHED if rough else Line.WHOLE,
        note=strings.NOT_KEPT,
        can_edit=True,
    )


def hover_item(session: "GroundSession", pointing: "Pointing") -> OverlayItem | None:
    """What a click would take; None for nothing."""
    choice = pointing.hover_choice
    if choice is None:
        return None
    return OverlayItem(
        key=key(HOVER), colour=session.new_number(), mask=choice.mask, line=Line.DOTTED
    )


def found_items(
    phrasing: "Phrasing", objects: Sequence[GroundObject], only: int | None
) -> list[OverlayItem]:
    """Places that answer phrases, but for those that were kept, and those that fit in part; of one
    phrase with `only`."""
    kept = {(phrase, one.box) for one in objects for phrase in one.expressions}
    items = []
    for phrase, one in enumerate(phrasing.asked):
        if one.answer is None or only not in (None, phrase):
            continue
        for number, region in enumerate(one.answer.regions):
            if (one.phrase, region.box) not in kept:
                at = key(FOUND, phrase, number)
                items.append(_found_item(at, one.phrase, region, phrasing.colour_of(phrase)))
        for number, region in enumerate(one.answer.others):
            items.append(_other_item(key(OTHER, phrase, number), one.phrase, region))
    return items


def _found_item(at: ItemKey, phrase: str, region: FoundRegion, colour: int) -> OverlayItem:
    return OverlayItem(
        key=at,
        label=region.label or phrase,
        colour=colour,
        box=rect(region.box),
        mask=region.mask,
        line=Line.DASHED,
        note=fill(phrase_strings.REGION_SURE, sure=percent(region.confidence)),
    )


def _other_item(at: ItemKey, phrase: str, region: FoundRegion) -> OverlayItem:
    """What the phrase's thing is, and not all that the phrase says."""
    return OverlayItem(
        key=at,
        label=region.label or phrase,
        box=rect(region.box),
        line=Line.DOTTED,
        tone=Tone.CAREFUL,
        note=phrase_strings.REGION_OTHER,
    )


def rect(box: "Box | None") -> QRectF | None:
    if box is None:
        return None
    return QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
