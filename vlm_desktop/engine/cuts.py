"""The two cuts of the calibrated probability, apart from the numbers that lead to it.

Light on purpose: the window imports it at its start, `calibration` needs numpy.
"""

from vlm_desktop.base.types import Verdict

LIKELY = 0.988
POSSIBLE = 0.973


def verdict_of(probability: float) -> Verdict:
    """What a calibrated probability (0..1) is called."""
    if probability >= LIKELY:
        return Verdict.LIKELY
    return Verdict.POSSIBLE if probability >= POSSIBLE else Verdict.NONE
