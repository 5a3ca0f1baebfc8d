"""CTC decoding and the repair of dropped spaces, on frames and crops made by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vlm_desktop.backends.ocr.decoding import TraceDecoder
from vlm_desktop.backends.ocr.spacing import LineText, line_text
from vlm_desktop.base.arrays import PixelArray

CHARACTERS = ("blank", *"ABCDE.,字画", " ")
_FRAME = 8


def frames(steps: str, *, shares: dict[int, float] | None = None) -> NDArray[np.float32]:
    """One frame a letter of `steps` ("-" is blank); `shares` gives "space" its part of a frame."""
    made = np.zeros((len(steps), len(CHARACTERS)), dtype=np.float32)
    for time, step in enumerate(steps):
        share = (shares or {}).get(time, 0.0)
        made[time, 0 if step == "-" else CHARACTERS.index(step)] = 1.0 - share
        made[time, -1] += share
    return made


def crop(steps: str) -> PixelArray:
    """A picture of such a line: a letter's ink reaches 3 px beyond its frame on either side."""
    picture = np.full((48, _FRAME * len(steps), 3), 250, dtype=np.uint8)
    for time, step in enumerate(steps):
        if step not in "- ":
            picture[8:40, max(0, _FRAME * time - 3) : _FRAME * (time + 1) + 3] = 10
    return picture


def read(
    steps: str, *, shares: dict[int, float] | None = None, repair_spaces: bool = True
) -> LineText:
    trace = TraceDecoder(CHARACTERS).decode(frames(steps, shares=shares))
    return line_text(trace, crop(steps), repair_spaces=repair_spaces)


def test_repeats_collapse_and_a_blank_between_them_keeps_both() -> None:
    assert read("-AA-A-BB-").text == "AAB"


def test_confidence_is_the_mean_of_the_characters() -> None:
    line = read("A-B", shares={0: 0.2})
    assert line.confidence == pytest.approx(0.9)
    assert line.words[0].characters == pytest.approx((0.8, 1.0))


def test_nothing_but_blank_is_no_text() -> None:
    assert read("----") == LineText("", 0.0)


def test_a_space_that_was_read_stays_single() -> None:
    assert read("A- -B", shares={1: 0.3}).text == "A B"


def test_a_space_alone_is_no_text() -> None:
    assert read("- -").text == ""


def test_a_wide_gap_with_a_share_of_space_becomes_a_space() -> None:
    assert read("A---B", shares={2: 0.2}).text == "A B"


@pytest.mark.parametrize(
    ("steps", "shares"),
    [
        pytest.param("A-B", {1: 0.3}, id="share alone, letters close"),
        pytest.param("AB-C---D---A", {6: 0.001}, id="gaps like the others"),
        pytest.param("字---画", {2: 0.2}, id="between ideographs"),
    ],
)
def test_no_space_without_both_traces(steps: str, shares: dict[int, float]) -> None:
    assert " " not in read(steps, shares=shares).text


def test_a_gap_far_wider_than_the_others_needs_no_share() -> None:
    assert read("AB-A-B------------CD-C").text == "ABAB CDC"


def test_repair_can_be_switched_off() -> None:
    assert read("A---B", shares={2: 0.2}, repair_spaces=False).text == "AB"


def test_words_begin_and_end_with_their_ink() -> None:
    line = read("-AB- -CD-")
    assert [word.text for word in line.words] == ["AB", "CD"]
    width = _FRAME * 9
    places = [(word.start * width, word.end * width) for word in line.words]
    assert places == [(5, 27), (45, 67)]


def test_a_line_padded_to_its_batch_keeps_its_places() -> None:
    steps = "-AB- -CD-"
    alone = TraceDecoder(CHARACTERS).decode(frames(steps))
    padded = TraceDecoder(CHARACTERS).decode(frames(steps + "-" * 9), padding=2.0)
    assert padded.centres == pytest.approx(alone.centres)


def test_light_text_on_a_dark_ground_has_places_too() -> None:
    steps = "-AB- -CD-"
    trace = TraceDecoder(CHARACTERS).decode(frames(steps))
    light = line_text(trace, 255 - crop(steps))
    assert light == line_text(trace, crop(steps))


def test_it_answers_like_the_decoder_it_stands_in_for() -> None:
    batch = np.stack([frames("A-B"), frames("---")])
    lines, traces = TraceDecoder(CHARACTERS)(
        batch, True, wh_ratio_list=[1.0, 1.0], max_wh_ratio=1.0
    )
    assert lines == [("AB", 1.0), ("", 0.0)]
    assert [trace.letters for trace in traces] == [("A", "B"), ()]
