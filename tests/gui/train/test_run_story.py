"""What a run said, as columns: repeated steps, thinning, trends; and sentences about it."""

import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.gui.train import run_writing as writing
from vlm_desktop.base.training import (
    Alarm,
    Interval,
    MemoryMeasured,
    Preparing,
    RunInfo,
    RunState,
    Saved,
)
from vlm_desktop.gui.panes.train.run_control import blind_words, general_words
from vlm_desktop.gui.panes.train.run_story import MOST_POINTS, RunLook, RunStory, thinned
from vlm_desktop.gui.panes.train.run_words import (
    ended_words,
    fact_words,
    left_words,
    notices,
    running_words,
    state_words,
    when,
)
from vlm_desktop.gui.strings import train_run as strings


def told(*said: object) -> RunLook:
    story = RunStory()
    for one in said:
        story.take(one if isinstance(one, list) else [one])  # type: ignore[list-item]
    return story.look()


def info(state: RunState, **more: object) -> RunInfo:
    made = RunInfo(
        "r1", Path("r1"), state, "", "starter", "assistant", 0.0, 120, 400, "cider",
        Interval(0.3, 0.2, 0.4), Interval(0.6, 0.5, 0.7), 100, "Fruit",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_what_is_said_again_after_a_kill_counts() -> None:
    look = told(
        [writing.step(one, loss=2.0) for one in range(1, 71)],
        writing.evaluation(50), writing.evaluation(60), Alarm(60, 1.0, "train-blind"),
        Saved(50, 1.0, "checkpoints/step-000050"),
        [writing.step(one, loss=1.0) for one in range(51, 56)],
    )  # fmt: skip
    steps, loss = look.curves["loss"]
    assert steps.tolist() == list(range(1, 56))
    assert loss.tolist() == [2.0] * 50 + [1.0] * 5
    assert [one.step for one in look.evaluated] == [50]
    assert look.best is not None
    assert look.best.step == 50
    assert set(look.probes["v0"]) == {50}
    assert look.alarms == ()
    assert look.saved == 50


def test_the_last_figures_of_the_best_step_take_the_place_of_the_first() -> None:
    look = told(
        writing.evaluation(50), writing.evaluation(100, is_best=False),
        writing.evaluation(50, blind=0.2, general=0.6),
    )  # fmt: skip
    assert [(one.step, one.blind) for one in look.evaluated] == [(50, 0.2), (100, None)]
    assert look.best is look.evaluated[0]


def test_a_hundred_thousand_steps_are_thinned_and_no_peak_is_lost() -> None:
    steps = np.arange(100_000.0)
    values = np.sin(steps / 5000)
    values[77_777], values[33_333], values[5] = 9.0, -9.0, math.nan
    found = thinned(steps, values)
    assert len(found[0]) <= MOST_POINTS + 2
    assert found[1].max() == 9.0
    assert found[1].min() == -9.0
    assert found[0][[0, -1]].tolist() == [0.0, 99_999.0]
    assert np.isfinite(found[1]).all()
    assert (np.diff(found[0]) > 0).all()


def test_a_look_does_not_change_with_the_story() -> None:
    story = RunStory()
    story.take([writing.step(1), *writing.evaluation(1)])
    look = story.look()
    story.take([writing.step(2), *writing.evaluation(2)])
    assert look.curves["loss"][0].tolist() == [1.0]
    assert set(look.probes["v0"]) == {1}
    assert story.look().version > look.version


@pytest.mark.parametrize(
    ("slope", "words"), [(-0.01, ", falling"), (0.0, ", level"), (0.01, ", rising")]
)
def test_the_trend_is_said(slope: float, words: str) -> None:
    look = told([writing.step(one, loss=2.0 + slope * one) for one in range(1, 101)])
    assert f"{words}." in running_words(look)
    assert running_words(told(writing.step(1, loss=1.234))) == "Step 1 of 400: loss 1.23."


def test_a_running_run_is_told_in_one_sentence() -> None:
    look = told(list(writing.learning(120)))
    assert running_words(look) == (
        "Step 120 of 400: loss 1.62, falling; validation CIDEr 0.59 (0.52 to 0.67)."
    )
    assert left_words(info(RunState.RUNNING), look) == "about 4 to 6 minutes left"
    assert left_words(info(RunState.PAUSED), look) == ""
    assert running_words(told(Preparing(0, 1.0, 12, 300))) == ("Getting examples ready: 12 of 300.")
    assert running_words(told(Preparing(0, 1.0, 12, None))).endswith("12 so far.")
    assert running_words(RunLook()) == strings.SAY_STARTING
    assert "840 MB estimated" in fact_words(look)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, ""),
        (10, 40, "less than a minute left"),
        (50, 70, "about a minute left"),
        (240, 360, "about 4 to 6 minutes left"),
        (290, 310, "about 5 minutes left"),
        (7_000, 14_500, "about 2 to 4 hours left"),
    ],
)
def test_time_left_is_a_range(low: float, high: float, words: str) -> None:
    assert strings.left(low, high) == words


def test_every_state_has_its_sentence() -> None:
    look = told(writing.step(120), Saved(100, 1.0, "c"))
    other = info(RunState.RUNNING, model="granite", data="")
    said = {
        state: state_words(info(state, detail="No disk."), look, (other,)) for state in RunState
    }
    assert said[RunState.QUEUED] == "It waits for its turn: granite learns first."
    assert said[RunState.PAUSED] == "Paused at step 120: No disk."
    assert said[RunState.INTERRUPTED] == "Its process vanished. It can go on from step 100."
    assert said[RunState.FAILED] == "It failed: No disk."
    assert said[RunState.STOPPED].startswith("Stopped at step 120")
    assert said[RunState.DONE] == (
        "Done after 120 steps. Best: CIDEr 0.60 (0.50 to 0.70) at step 100. It was 0.30 before."
    )
    assert "its memory is free" in state_words(info(RunState.PAUSED), look).lower()
    assert state_words(info(RunState.INTERRUPTED), told(writing.step(1))).endswith("begin anew.")
    assert all(ended_words(info(state)) for state in RunState if not info(state).is_live)


def test_alarms_are_told_once_each_and_what_was_made_smaller() -> None:
    look = told(
        Alarm(50, 1.0, "train-forgot", "0.6, 0.5"), Alarm(100, 1.0, "train-forgot", "0.6, 0.4"),
        MemoryMeasured(1, 1.0, 1, 2, 2.0),
    )  # fmt: skip
    assert len(notices(look)) == 1
    assert "0.6, 0.4" in notices(look)[0]


def test_the_blind_control_says_what_it_means() -> None:
    good = told(writing.evaluation(0, blind=0.2), writing.evaluation(100, blind=0.1))
    words, tone, bars = blind_words(good)
    assert words.startswith("Yes: with blank pictures it scores 0.10 instead of 0.59")
    assert (tone, [one.edges for one in bars][1]) == (
        "good",
        (pytest.approx(0.06), pytest.approx(0.15)),
    )
    bad = told(writing.evaluation(100, blind=0.58), Alarm(100, 1.0, "train-blind", ""))
    assert blind_words(bad)[:2] == (
        "Hardly: with blank pictures it scores 0.58, about as well as with the real ones (0.59). "
        "It has learned words, not what pictures show; more varied examples help.",
        "bad",
    )
    assert blind_words(told(writing.evaluation(0, blind=0.2)))[:2] == (strings.BLIND_NONE, "muted")
    assert blind_words(RunLook()) == (strings.BLIND_NONE, "muted", ())


def test_the_guard_says_what_was_forgotten() -> None:
    begun = writing.evaluation(0, general=0.6)
    assert general_words(told(begun))[0].startswith("On the general set it scored 0.60 before")
    kept = general_words(told(begun, writing.evaluation(100, general=0.57)))
    assert kept[0] == "No: on the general set it scores 0.57, and 0.60 before (-5.0 %)."
    assert kept[1] == "good"
    lost = told(begun, writing.evaluation(100, general=0.3), Alarm(100, 1.0, "train-forgot", ""))
    assert general_words(lost)[1] == "bad"
    assert general_words(RunLook())[2] == ()


def test_when_a_run_was_started_is_said_as_people_do() -> None:
    now = time.mktime((2026, 11, 22, 10, 0, 0, 0, 0, -1))
    assert when(now - 3600, now) == "09:00"
    assert when(now - 11 * 3600, now) == "yesterday, 23:00"
    assert when(now - 5 * 86400, now) == "2026-11-17, 10:00"
