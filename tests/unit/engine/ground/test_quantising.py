"""What it costs to say places in a few bins."""

import numpy as np
import pytest

from vlm_desktop.engine.ground.quantising import (
    SIDES,
    USUAL_BINS,
    quantisation_errors,
    quantised,
)


def test_what_bins_cost_falls_with_their_number():
    errors = quantisation_errors()
    assert [one.bins for one in errors] == list(USUAL_BINS) == [10, 32, 100, 1000, 1024]
    for one in errors:
        assert one.corner == pytest.approx(0.5 / one.bins, rel=0.02)
        assert one.worst <= one.overlaps[0] <= one.overlaps[1] <= one.overlaps[2] <= 1
        assert len(one.overlaps) == len(SIDES)
    small = [one.overlaps[0] for one in errors]
    assert small == sorted(small)
    assert small[0] < 0.3 < 0.6 < small[2] < 0.95 < small[3]
    assert quantisation_errors((1024,)) == (errors[-1],), "the same boxes every time"


def test_a_place_is_the_middle_of_its_bin():
    assert quantised(np.array([0.0, 0.05, 0.1, 0.999, 1.0]), 10) == pytest.approx(
        [0.05, 0.05, 0.15, 0.95, 0.95]
    )


def test_one_bin_is_the_least():
    with pytest.raises(ValueError, match="0 bins"):
        quantisation_errors((0,))
