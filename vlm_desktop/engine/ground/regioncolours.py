"""What colour a region has, as people name it, measured from its pixels.

Names come from CIELAB (`engine.alttext.colours`). Light and dark shades count for their colour,
and a neighbour counts in part: a red bus in the shade is partly brown, a white shirt mostly light
grey. Where much of a region is a neighbour's, nothing is denied: people see past the light, pixels
do not. Black, grey and white are in nearly everything as shade and shine, so a colour of its own
outweighs them.
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

_NEAR: dict[str, tuple[str, ...]] = {
    "black": ("dark grey",),
    "grey": ("dark grey", "light grey"),
    "white": ("light grey", "beige"),
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
_SHADED: dict[str, tuple[str, ...]] = {"white": ("grey",), "yellow": ("brown",)}
"""What a colour turns into in the shade: it counts nothing, but then the colour is not denied."""
_SHADES = {"dark grey": "grey", "light grey": "grey", "olive": "green"}
"""Names that are shades of a colour and do not end in it."""
_PART, _MOST_PART = 0.35, 0.7
"""What a neighbour counts; the second is light grey for white, as most white things are."""
_OPEN_SHARE, _OPEN = 0.4, 0.4
"""With so much of a colour and its neighbours it is not denied: the probability is at least so."""
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
    """Shares of each colour word (`colour` in the tables of phrases), 0..1, the largest first;
    `around` with all of its neighbours."""

    shares: Mapping[str, float]
    around: Mapping[str, float]

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
        sure = min(
            logistic((share - _LEAST) / _LEAST_SOFT), logistic((among - _RIVAL) / _RIVAL_SOFT)
        )
        return max(sure, _OPEN) if self.around.get(colour, 0.0) >= _OPEN_SHARE else sure

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
        return RegionColours({}, {})
    step = -(-len(pixels) // _MOST_PIXELS)
    named = colour_shares(np.ascontiguousarray(pixels[::step]))
    own: dict[str, float] = {}
    for name, share in named.items():
        word = _SHADES.get(name, name.split(" ")[-1])
        own[word] = own.get(word, 0.0) + share
    # Shades are looked up by their full name, colours with all of their shades.
    known = {**named, **own}
    shares, around = {}, {}
    for word, near in _NEAR.items():
        parts = [(known.get(one, 0.0), _part(word, one)) for one in near]
        shares[word] = min(1.0, own.get(word, 0.0) + sum(part * share for share, part in parts))
        shaded = sum(known.get(one, 0.0) for one in _SHADED.get(word, ()))
        around[word] = min(1.0, own.get(word, 0.0) + sum(share for share, _ in parts) + shaded)
    ordered = sorted(shares, key=lambda word: -shares[word])
    return RegionColours({word: shares[word] for word in ordered}, around)


def _part(word: str, neighbour: str) -> float:
    return _MOST_PART if (word, neighbour) == ("white", "light grey") else _PART


def _pixels(picture: GroundPicture, box: Box, mask: Mask | None) -> PixelArray:
    """[n, 3]: those of a region in the pixels at hand, which may be fewer than the picture's."""
    height, width = picture.pixels.shape[:2]
    across = width / max(1, picture.size.width)
    down = height / max(1, picture.size.height)
    if mask is not None:
        high, wide = mask.bits.shape
        rows = ((np.arange(height) + 0.5) / down).astype(int) - mask.top
        columns = ((np.arange(width) + 0.5) / across).astype(int) - mask.left
        held_rows = np.flatnonzero((rows >= 0) & (rows < high))
        held_columns = np.flatnonzero((columns >= 0) & (columns < wide))
        bits = mask.bits[np.ix_(rows[held_rows], columns[held_columns])]
        found = picture.pixels[np.ix_(held_rows, held_columns)][bits]
        if len(found):
            return found
    inner = 0.15
    wide, high = box.x1 - box.x0, box.y1 - box.y0
    x0, x1 = (box.x0 + inner * wide) * across, (box.x1 - inner * wide) * across
    y0, y1 = (box.y0 + inner * high) * down, (box.y1 - inner * high) * down
    left, top = min(width - 1, max(0, int(x0))), min(height - 1, max(0, int(y0)))
    right, bottom = max(left + 1, round(x1)), max(top + 1, round(y1))
    return picture.pixels[top:bottom, left:right].reshape(-1, 3)
