"""What a run says survives as lines, whole or not at all."""

import io
from pathlib import Path

import pytest

from vlm_desktop.base import training
from vlm_desktop.base.training import Interval, Probed, RunState, Saved, StateChanged, StepDone
from vlm_desktop.training.eventlog import EventLog, Teller, event_of, line_of, read_events
from vlm_desktop.trainstrings import RUN_STATES, TRAIN_NOTICES, run_event

STEP = StepDone(3, 1.5, 0.5, 0.1, 1e-4, 120.0, 1000, 90, (60.0, 200.0))
EVENTS: list[training.TrainEvent] = [
    STEP,
    training.Validated(4, 2.0, "CIDEr", 0.4, Interval(0.5, 0.4, 0.6), True, 0.1, None),
    Probed(4, 2.0, "key", "a “red” cup\n", 0.5),
    Saved(4, 2.0, "checkpoints/step-000004"),
    training.Adjusted(4, 2.0, "batch", "8 x 1", "4 x 2"),
    training.Alarm(4, 2.0, "train-forgot", "0.5, 0.4"),
    training.Preparing(0, 1.0, 3, None),
    training.MemoryMeasured(1, 1.0, 10, 20, 2.0),
    StateChanged(4, 2.0, RunState.PAUSED, "The disk is full."),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda one: type(one).__name__)
def test_every_event_is_a_line_and_back(event: training.TrainEvent) -> None:
    line = line_of(event)
    assert "\n" not in line
    assert event_of(line) == event


def test_every_kind_of_event_has_its_line() -> None:
    kinds = {kind.__name__ for kind in training.TrainEvent.__subclasses__()}
    assert kinds == {type(one).__name__ for one in EVENTS}


def test_half_lines_and_later_versions_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    whole = line_of(STEP)
    path.write_text(whole + "\n" + '{"event": "FromTheFuture", "step": 1}\n' + whole[:20])
    said, offset = read_events(path)
    assert said == (STEP,)
    assert offset == path.stat().st_size - 20
    with EventLog(path) as log:  # the next worker closes the torn line
        log.say(EVENTS[3])
    assert read_events(path, offset)[0] == (EVENTS[3],)
    assert read_events(tmp_path / "absent")[0] == ()


def test_a_listener_that_goes_away_does_not_silence_the_file(tmp_path: Path) -> None:
    echo = io.StringIO()
    with EventLog(tmp_path / "e", echo) as log:
        log.say(STEP)
        echo.close()
        log.say(STEP)
    assert len(read_events(tmp_path / "e")[0]) == 2


def test_no_room_is_no_failure_and_nothing_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with EventLog(folder / "e") as log:
        log.say(STEP)  # the folder is not there
        folder.mkdir()
        log.say(EVENTS[3])
    assert read_events(folder / "e")[0] == (STEP, EVENTS[3])


def test_the_teller_fills_in_step_and_time(tmp_path: Path) -> None:
    with EventLog(tmp_path / "e") as log:
        tell = Teller(log, clock=lambda: 7.0)
        tell.step = 5
        tell(Saved, folder="x")
        Teller(None)(Saved, folder="of another process")
    assert read_events(tmp_path / "e")[0] == (Saved(5, 7.0, "x"),)


@pytest.mark.parametrize("event", EVENTS, ids=lambda one: type(one).__name__)
def test_events_are_sentences(event: training.TrainEvent) -> None:
    said = run_event(event)
    assert "{" not in said
    assert said == "" or said.endswith((".", ")"))
    assert bool(said) == (type(event).__name__ not in ("Probed", "MemoryMeasured"))


def test_every_state_and_alarm_has_words() -> None:
    assert set(RUN_STATES) == {one.value for one in RunState}
    assert {"train-blind", "train-forgot"} <= set(TRAIN_NOTICES)
