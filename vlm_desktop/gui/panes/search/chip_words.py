"""Filters as a person says them: the words on a chip."""

from vlm_desktop.base.errors import BadFilter
from vlm_desktop.base.language import fill
from vlm_desktop.base.types import Filters, PlaceBox
from vlm_desktop.engine.querytext import TypedPart, add_filter
from vlm_desktop.gui.strings import query as strings


def chip_words(part: TypedPart) -> str:
    """What a filter's chip says; of one that is not understood what was typed."""
    try:
        filters = add_filter(Filters(), part.text)
    except BadFilter:
        return part.text
    match part.key:
        case "date":
            return _dates(filters)
        case "place" if filters.place is not None:
            return fill(strings.CHIP_PLACE, place=place_words(filters.place))
        case "rating":
            return strings.CHIP_RATING_ONE if part.value == "1" else _one(part)
        case "type":
            return fill(strings.CHIP_TYPE, value=strings.TYPES[filters.kinds[0]])
        case "size":
            return _sizes(filters)
    return _one(part)


def place_words(box: PlaceBox) -> str:
    """The middle of a box: "41.9° N, 12.5° E"."""
    east = box.east if box.west <= box.east else box.east + 360
    return point_words((box.south + box.north) / 2, ((box.west + east) / 2 + 180) % 360 - 180)


def point_words(latitude: float, longitude: float) -> str:
    """A point in degrees as a map says it."""
    if latitude >= 0:
        words = strings.NORTH_EAST if longitude >= 0 else strings.NORTH_WEST
    else:
        words = strings.SOUTH_EAST if longitude >= 0 else strings.SOUTH_WEST
    return fill(words, latitude=abs(latitude), longitude=abs(longitude))


def _one(part: TypedPart) -> str:
    words = {
        "camera": strings.CHIP_CAMERA,
        "folder": strings.CHIP_FOLDER,
        "rating": strings.CHIP_RATING,
        "tag": strings.CHIP_TAG,
        "album": strings.CHIP_ALBUM,
    }[part.key]
    return fill(words, value=part.value)


def _dates(filters: Filters) -> str:
    first, last = filters.date_from, filters.date_to
    if first == last:
        return fill(strings.CHIP_DATE, date=first)
    if first and last:
        return fill(strings.CHIP_DATES, first=first, last=last)
    return fill(strings.CHIP_FROM, first=first) if first else fill(strings.CHIP_UNTIL, last=last)


def _sizes(filters: Filters) -> str:
    low, high = filters.min_side, filters.max_side
    if low is not None and high is not None:
        return fill(strings.CHIP_SIZE, low=low, high=high)
    if low is not None:
        return fill(strings.CHIP_SIZE_FROM, low=low)
    return fill(strings.CHIP_SIZE_UP_TO, high=high)
