"""What colour a region has, as people name it, measured from its pixels.

Names come from CIELAB (`engine.alttext.colours`). Light and dark shades count for their colour,
and a neighbour counts in part: a red bus in the shade is partly brown, a white shirt partly grey.
Black, grey and white are in nearly everything as shade and shine, so a colour of its own outweighs
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vlm_desktop.base.arrays import PixelArray
from vlm_desktop.base.grounding import GroundPicture
from vlm_desktop.base.masks import Mask
from vlm_desktop.base.types import Box
from vlm_desktop.engine.alttext.colours import colour_shares
from vlm_desktop.engine.ground.spatial import logistic

_NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "black": ("dark grey",),
    "grey": ("dark grey", "light grey"),
    "white": ("light grey",),
    "red": ("pink", "brown", "orange"),
    "orange": ("red", "brown", "yellow"),
    "brown": ("orange", "beige", "olive"),
    "beige": ("brown", "light grey", "yellow"),
    "yellow": ("beige", "orange", "olive"),
    "green": ("turquoise", "yellow"),
    "turquoise": ("green", "blue"),
    "blue": ("turquoise", "purple", "dark grey"),
    "purple": ("blue", "pink"),
    "pink": ("purple", "red", "beige"),
}
_SHADES = {"dark grey": "grey", "light grey": "grey", "olive": "green"}
"""Names that are shades of a colour and do not end in it."""
_PART = 0.35
"""What a neighbour counts."""
_SHADOWS = frozenset({"black", "grey", "white"})
_OWN = 1.6
"""What a colour of its own counts beside black, grey and white."""
_LEAST, _LEAST_SOFT = 0.2, 0.05
_RIVAL, _RIVAL_SOFT = 0.3, 0.06
_NAMED = 0.25
"""A share from which a region is called by a colour."""
_MOST_PIXELS = 6_000


@dataclass(frozen=True, slots=True)
class RegionColours:
    """Shares of each colour word (`colour` in the tables of phrases), 0..1, the largest first."""

    shares: Mapping[str, float]

    @property
    def main(self) -> str:
        """The word for it; "" where no colour takes enough of it."""
        name = max(self.shares, key=self._weight, default="")
        return name if name and self.shares[name] >= _NAMED else ""

    def probability(self, colour: str) -> float:
        """How surely a person would call it by a colour, maybe among others."""
        share = self.shares.get(colour, 0.0)
        rival = max((self._weight(name) for name in self.shares if name != colour), default=0.0)
        own = self._weight(colour) if share else 0.0
        among = own / (own + rival) if own + rival else 0.0
        return min(
            logistic((share - _LEAST) / _LEAST_SOFT), logistic((among - _RIVAL) / _RIVAL_SOFT)
        )

    def instead_of(self, colour: str) -> str:
        """What it is called where it is not called by a colour; "" where nothing stands out."""
        main = self.main
        return main if main != colour else ""

    def _weight(self, name: str) -> float:
        return self.shares.get(name, 0.0) * (1.0 if name in _SHADOWS else _OWN)


def region_colours(picture: GroundPicture, box: Box, mask: Mask | None = None) -> RegionColours:
    """Measure a region: in its mask, without one in the inner part of its box."""
    pixels = _pixels(picture, box, mask)
    if not len(pixels):
        return RegionColours({})
    step = -(-len(pixels) // _MOST_PIXELS)
    return RegionColours(_words(colour_shares(np.ascontiguousarray(pixels[::step]))))


def _words(shares: Mapping[str, float]) -> dict[str, float]:
    own: dict[str, float] = {}
    for name, share in shares.items():
        word = _SHADES.get(name, name.split(" ")[-1])
        own[word] = own.get(word, 0.0) + share
    found = {
        word: own.get(word, 0.0)
        + _PART * sum(own.get(one, 0.0) if one in own else shares.get(one, 0.0) for one in near)
        for word, near in _NEIGHBOURS.items()
    }
    ordered = sorted(found, key=lambda word: -found[word])
    return {word: min(1.0, found[word]) for word in ordered if found[word] > 0}


def _pixels(picture: GroundPicture, box: Box, mask: Mask | None) -> PixelArray:
    """[n, 3]: those of a region in the pixels at hand, which may be fewer than the picture's."""
    height, width = picture.pixels.shape[:2]
    across = width / max(1, picture.size.width)
    down = height / max(1, picture.size.height)
    if mask is not None and mask.bits.any():
        rows = ((np.arange(height) + 0.5) / down).astype(int).clip(0, picture.size.height - 1)
        columns = ((np.arange(width) + 0.5) / across).astype(int).clip(0, picture.size.width - 1)
        found = picture.pixels[mask.full()[np.ix_(rows, columns)]]
        if len(found):
            return found
    inner = 0.15
    wide, high = box.x1 - box.x0, box.y1 - box.y0
    x0, x1 = (box.x0 + inner * wide) * across, (box.x1 - inner * wide) * across
    y0, y1 = (box.y0 + inner * high) * down, (box.y1 - inner * high) * down
    left, top = min(width - 1, max(0, int(x0))), min(height - 1, max(0, int(y0)))
    right, bottom = max(left + 1, round(x1)), max(top + 1, round(y1))
    return picture.pixels[top:bottom, left:right].reshape(-1, 3)
