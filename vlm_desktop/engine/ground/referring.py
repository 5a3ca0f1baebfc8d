"""Words that could tell one region from others of its noun, the shortest first. Pure.

They are guesses from colour and geometry; whether they find the region is for grounding to say.
"""

from collections.abc import Sequence

from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.ground import spatial
from vlm_desktop.engine.ground.spatial import Measure

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_OF_TWO: dict[Measure, str] = {
    Measure.LEFT: "left",
    Measure.RIGHT: "right",
    Measure.TOP: "top",
    Measure.BOTTOM: "bottom",
    Measure.LARGEST: "bigger",
    Measure.SMALLEST: "smaller",
}
_OF_MORE: dict[Measure, str] = {
    Measure.LEFT: "leftmost",
    Measure.RIGHT: "rightmost",
    Measure.TOP: "topmost",
    Measure.BOTTOM: "lowest",
    Measure.LARGEST: "biggest",
    Measure.SMALLEST: "smallest",
    Measure.MIDDLE: "middle",
}


def ways_to_say(
    noun: str, colour: str, box: Box, rivals: Sequence[Box], size: Size
) -> tuple[str, ...]:
    """Phrases for the noun at `box` beside rivals of the same noun; `colour` may be ""."""
    ways = [noun]
    if colour:
        ways.append(f"{colour} {noun}")
    chosen = _choices(box, rivals, size)
    ways += [f"{word} {noun}" for word in chosen]
    if colour:
        ways += [f"{word} {colour} {noun}" for word in chosen]
    ways += _counted(noun, box, rivals, size)
    return tuple(sorted(dict.fromkeys(ways), key=lambda way: len(way.split(" "))))


def _choices(box: Box, rivals: Sequence[Box], size: Size) -> list[str]:
    """What the region is most of: "left" of two, "leftmost" of more."""
    if not rivals:
        return []
    words = _OF_TWO if len(rivals) == 1 else _OF_MORE
    boxes = [box, *rivals]
    return [
        word
        for measure, word in words.items()
        if spatial.holds(spatial.ranked(boxes, size, measure)[0])
    ]


def _counted(noun: str, box: Box, rivals: Sequence[Box], size: Size) -> list[str]:
    """ "Second cup from the left", from the nearer side, in rows and in columns."""
    count = len(rivals) + 1
    if not 3 <= count <= len(_ORDINALS):
        return []
    found = []
    for measure in (Measure.LEFT, Measure.RIGHT, Measure.TOP, Measure.BOTTOM):
        for number in range(2, (count + 1) // 2 + 1):
            sure = spatial.ranked([box, *rivals], size, measure, number)[0]
            if spatial.holds(sure):
                found.append(f"{_ORDINALS[number - 1]} {noun} from the {measure.value}")
    return found
