"""CTC decoding and the repair of dropped spaces, on frames made by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vlm_desktop.backends.ocr.decoding import SpacedDecoder

CHARACTERS = ("blank", *"ABCDE.,字画", " ")


def frames(steps: str, *, shares: dict[int, float] | None = None) -> NDArray[np.float32]:
    """One frame a letter of `steps` ("-" is blank); `shares` gives "space" its part of a frame."""
    made = np.zeros((len(steps), len(CHARACTERS)), dtype=np.float32)
    for time, step in enumerate(steps):
        share = (shares or {}).get(time, 0.0)
        made[time, 0 if step == "-" else CHARACTERS.index(step)] = 1.0 - share
        made[time, -1] += share
    return made


def test_repeats_collapse_and_a_blank_between_them_keeps_both() -> None:
    assert SpacedDecoder(CHARACTERS).decode(frames("-AA-A-BB-")).text == "AAB"


def test_confidence_is_the_mean_of_the_characters() -> None:
    line = SpacedDecoder(CHARACTERS).decode(frames("A-B", shares={0: 0.2}))
    assert line.confidence == pytest.approx(0.9)


def test_nothing_but_blank_is_no_text() -> None:
    line = SpacedDecoder(CHARACTERS).decode(frames("----"))
    assert (line.text, line.confidence) == ("", 0.0)


def test_a_space_that_was_read_stays_single() -> None:
    assert SpacedDecoder(CHARACTERS).decode(frames("A- -B", shares={1: 0.3})).text == "A B"


def test_a_wide_gap_with_a_share_of_space_becomes_a_space() -> None:
    assert SpacedDecoder(CHARACTERS).decode(frames("A---B", shares={2: 0.2})).text == "A B"


@pytest.mark.parametrize(
    ("steps", "shares"),
    [
        pytest.param("A---B", {}, id="wide gap alone"),
        pytest.param("A-B", {1: 0.3}, id="share alone, letters close"),
        pytest.param("A---.", {2: 0.2}, id="before closing punctuation"),
        pytest.param("字---画", {2: 0.2}, id="between ideographs"),
    ],
)
def test_no_space_without_both_traces(steps: str, shares: dict[int, float]) -> None:
    assert " " not in SpacedDecoder(CHARACTERS).decode(frames(steps, shares=shares)).text


def test_repair_can_be_switched_off() -> None:
    decoder = SpacedDecoder(CHARACTERS, repair_spaces=False)
    assert decoder.decode(frames("A---B", shares={2: 0.2})).text == "AB"


def test_it_answers_like_the_decoder_it_stands_in_for() -> None:
    batch = np.stack([frames("A-B"), frames("---")])
    lines, words = SpacedDecoder(CHARACTERS)(
        batch, False, wh_ratio_list=[1.0, 1.0], max_wh_ratio=1.0
    )
    assert lines == [("AB", 1.0), ("", 0.0)]
    assert words == [None, None]
