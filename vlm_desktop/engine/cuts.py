"""The two cuts of the calibrated probability, apart from the numbers that lead to it.

Light on purpose: the window imports it at its start, `calibration` needs numpy.
"""

from vlm_desktop.base.types import Verdict

LIKELY = 0.5
"""More likely right than wrong."""

POSSIBLE = 0.25
"""Right one time in four."""


def verdict_of(probability: float) -> Verdict:
    """What a calibrated probability (0..1) is called."""
    if probability >= LIKELY:
        return Verdict.LIKELY
    return Verdict.POSSIBLE if probability >= POSSIBLE else Verdict.NONE
