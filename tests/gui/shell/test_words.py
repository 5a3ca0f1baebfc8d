"""How numbers and times are said."""

import pytest

from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.engine.indexing import IndexSummary
from vlm_desktop.gui.indexing import progress_state, summary_words
from vlm_desktop.gui.strings import indexing, pages, shell


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "less than a minute left"),
        (70, "about a minute left"),
        (240, "about 4 minutes left"),
        (4_000, "about 67 minutes left"),
        (90_000, "about 25 hours left"),
    ],
)
def test_time_left(seconds: float, said: str) -> None:
    assert indexing.time_left(seconds) == said


def test_counts_agree_with_their_noun() -> None:
    assert pages.photos(1) == "1 photo"
    assert pages.photos(8_310) == "8,310 photos"
    assert shell.set_aside(1) == "1 file set aside"
    assert shell.set_aside(2) == "2 files set aside"


def test_progress_says_what_where_how_fast_and_how_long() -> None:
    state = progress_state("Holidays", Progress(Phase.ENCODE, 1_204, 8_310, 31.2))
    assert state.text == (
        "Indexing Holidays: 1,204 of 8,310 photos · 31 a second · about 4 minutes left"
    )
    assert (state.done, state.total) == (1_204, 8_310)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("total", [None, 0, 50])
def test_every_phase_has_words_whether_its_total_is_known_or_not(
    phase: Phase, total: int | None
) -> None:
    state = progress_state("Holidays", Progress(phase, 7, total, 2.5))
    assert "Holidays" in state.text
    assert "{" not in state.text


def test_a_single_new_photo_is_one_photo() -> None:
    one, two = (IndexSummary(60 + n, n, 60, 0, (), 1.0, 9.0) for n in (1, 2))
    assert summary_words(one) == "1 photo indexed, 60 unchanged"
    assert summary_words(two) == "2 photos indexed, 60 unchanged"
    assert summary_words(IndexSummary(5, 0, 0, 5, (), 1.0, 0.0)) == "5 photos removed"
    assert summary_words(IndexSummary(5, 0, 5, 0, (), 1.0, 0.0)) == indexing.FINISHED_NOTHING
