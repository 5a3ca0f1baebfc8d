"""Measures and colours, read from `resources/theme/tokens.toml`. They are written nowhere else."""

import functools
import tomllib
from typing import Any, NamedTuple

from vlm_desktop.base.paths import bundled


class Measures(NamedTuple):
    """Lengths in device-independent pixels."""

    space: tuple[int, ...]
    radius: int
    card_radius: int
    type_small: int
    type_body: int
    type_large: int
    type_title: int
    hairline: int
    focus_ring: int
    tile: int
    icon: int
    rail: int
    status: int


class Colours(NamedTuple):
    """One theme's colours as "#rrggbb"."""

    ground: str
    raised: str
    sunken: str
    hairline: str
    text: str
    text_muted: str
    accent: str
    accent_text: str
    accent_soft: str
    disabled: str
    good: str
    careful: str
    bad: str


class HeatRamp(NamedTuple):
    """Colours of a heatmap from nothing to most, and how much of the picture they hide (0..1)."""

    colours: tuple[str, ...]
    least: float
    most: float


@functools.cache
def _tokens() -> dict[str, Any]:
    path = bundled("resources") / "theme" / "tokens.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def measures() -> Measures:
    values = dict(_tokens()["measure"])
    return Measures(space=tuple(values.pop("space")), **values)


@functools.cache
def colours(name: str) -> Colours:
    """The colours of "light", "dark" or "contrast"."""
    return Colours(**_tokens()[name])


@functools.cache
def overlay_colours() -> tuple[str, ...]:
    """What lies over pictures is told apart by these, in turn; as "#rrggbb"."""
    return tuple(_tokens()["overlay"]["colours"])


@functools.cache
def heat_ramp() -> HeatRamp:
    ramp = _tokens()["overlay"]["heat"]
    return HeatRamp(tuple(ramp["colours"]), ramp["least"], ramp["most"])


def is_dark(chosen: Colours) -> bool:
    """Whether the ground is nearer to black than to white."""
    red, green, blue = (int(chosen.ground[at : at + 2], 16) for at in (1, 3, 5))
    return max(red, green, blue) + min(red, green, blue) < 255
