"""Colours of overlays: told apart by most eyes, with numbers that can be read; even heat."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from tests.gui.shell.test_theme import contrast, luminance
from vlm_desktop.gui.tokens import heat_ramp, overlay_colours
from vlm_desktop.gui.widgets.overlay_painting import ink_on

# Viénot, Brettel, Mollon (1999), in linear light: how people without red or green cones see.
_EYES = {
    "most": np.eye(3),
    "no red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "no green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_FEW = 6
"""So many objects are told apart by colour alone; more have numbers."""


def lab(colour: str, eye: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b*, as seen by an eye."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = _TO_XYZ @ np.clip(eye @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", _EYES)
def test_the_first_colours_differ_for_every_eye(eye: str) -> None:
    seen = [lab(one, _EYES[eye]) for one in overlay_colours()[:_FEW]]
    least = min(
        (float(np.linalg.norm(a - b)), i, j) for (i, a), (j, b) in combinations(enumerate(seen), 2)
    )
    assert least[0] > 20, least


def test_all_colours_differ_for_most_eyes() -> None:
    seen = [lab(one, _EYES["most"]) for one in overlay_colours()]
    least = min(
        (float(np.linalg.norm(a - b)), i, j) for (i, a), (j, b) in combinations(enumerate(seen), 2)
    )
    assert least[0] > 15, least


def test_numbers_are_readable_on_every_colour() -> None:
    for colour in overlay_colours():
        assert contrast(ink_on(QColor(colour)).name(), colour) >= 4.5, colour


def test_heat_grows_lighter_in_even_steps() -> None:
    light = [lab(one, _EYES["most"])[0] for one in heat_ramp().colours]
    steps = np.diff(light)
    assert steps.min() > 5, steps
    assert steps.max() < 3 * steps.min(), steps
    assert luminance(heat_ramp().colours[0]) < 0.05
    assert 0 <= heat_ramp().least < heat_ramp().most < 1
