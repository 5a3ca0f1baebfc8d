"""Time and memory in words."""

from typing import TYPE_CHECKING

from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import train_recipe as strings
from vlm_desktop.strings import bytes_text

if TYPE_CHECKING:
    from vlm_desktop.engine.train.choosing import Measured
    from vlm_desktop.engine.train.costing import Cost

_MINUTE, _HOUR = 60, 3600


def time_words(seconds: float) -> str:
    """About how long, as a person says it."""
    if seconds < _MINUTE:
        return strings.TIME_SHORT
    minutes = round(seconds / _MINUTE)
    if minutes == 1:
        return strings.TIME_MINUTE
    if minutes < 90:
        return fill(strings.TIME_MINUTES, count=minutes)
    return fill(strings.TIME_HOURS, count=max(2, round(seconds / _HOUR)))


def cost_words(cost: "Cost | None") -> str:
    """What a run takes, and how that is known."""
    if cost is None:
        return strings.COST_UNKNOWN
    form = strings.COST_OURS if cost.is_ours else strings.COST_ELSEWHERE
    return fill(form, time=time_words(cost.seconds), memory=bytes_text(cost.memory))


def measured_words(found: "Measured") -> str:
    """What one step showed."""
    values = {
        "time": time_words(found.seconds),
        "memory": bytes_text(found.memory),
        "room": bytes_text(found.room),
    }
    if not found.fits:
        return fill(strings.TOO_LARGE, **values)
    return fill(strings.MEASURED if found.room else strings.MEASURED_BARE, **values)
