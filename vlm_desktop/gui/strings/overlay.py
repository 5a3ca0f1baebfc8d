"""Words about what lies over a picture: its kinds, its places, moving it about."""

from vlm_desktop.base.language import fill

KINDS = {
    "heat": "heat",
    "mask": "outline",
    "polygon": "polygon",
    "box": "box",
    "point": "point",
    "nothing": "no place",
}
POINTS = "{count:,} points"
PLACES = {
    "0-0": "upper left",
    "0-1": "top",
    "0-2": "upper right",
    "1-0": "left",
    "1-1": "middle",
    "1-2": "right",
    "2-0": "lower left",
    "2-1": "bottom",
    "2-2": "lower right",
}
SHARE = "{percent} % of the picture"
SHARE_TINY = "under 1 % of the picture"
SHARE_BRIEF = "{percent} %"
SHARE_TINY_BRIEF = "under 1 %"
STRONGEST = "strongest: {place}"
COUNTED = "{number:,} of {count:,}: {said}"

CANVAS_DESCRIPTION = (
    "Arrow keys go from region to region, with Ctrl they move the picture. F2 moves the points "
    "and edges of a region, Enter goes to it."
)
AIM_BEGUN = "Cross in the middle. Arrow keys move it, Enter adds, Shift and Enter takes away."
AIM_AT = "{x} % from the left, {y} % from the top"
EDIT_END = "Done moving."
HANDLE_POINT = "point {number:,} of {count:,}, {where}"
HANDLE_CORNER = "corner {number:,} of {count:,}, {where}"
HANDLE_BOX = "{name}, {where}"
HANDLES = {
    "0": "upper left corner",
    "1": "upper edge",
    "2": "upper right corner",
    "3": "right edge",
    "4": "lower right corner",
    "5": "lower edge",
    "6": "lower left corner",
    "7": "left edge",
    "8": "whole box",
}
LEGEND_LITTLE = "little"
LEGEND_MUCH = "much"

LIST_NAME = "Regions"
LIST_DESCRIPTION = "All that lies over the picture. Enter goes to it, Delete takes it away."


def points(count: int) -> str:
    return KINDS["point"] if count == 1 else fill(POINTS, count=count)
