"""What must run alone waits for answers and for pointing, and they wait for it."""

import threading
from collections.abc import Generator, Iterator

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.panes.settings import working
from vlm_desktop.jobs import ANSWERS, GROUND, POINTING, CancelledEnding, Done, Job, JobRunner

SOON = 10.0


@pytest.fixture
def lanes() -> Iterator[JobRunner]:
    made = JobRunner(lambda listener, event: listener(event))
    yield made
    assert made.shutdown(SOON)


class Held:
    """A verb that says when it runs, and ends when it is let."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, cancel: CancelToken) -> Generator[Event, None, str]:
        yield from ()
        self.entered.set()
        while not self.open.wait(0.01):
            cancel.raise_if_cancelled()
        return "done"


def alone(lanes: JobRunner, verb: Held) -> Job:
    return lanes.submit(lambda c: working._alone(lanes, verb, c), lambda _: None)


@pytest.mark.parametrize("lane", [ANSWERS, GROUND, POINTING])
def test_it_waits_for_the_answer_and_the_next_answer_waits_for_it(
    lanes: JobRunner, lane: str
) -> None:
    answer, sweeping, later = Held(), Held(), Held()
    first = lanes.submit(answer, lambda _: None, lane=lane)
    assert answer.entered.wait(SOON)
    job = alone(lanes, sweeping)
    assert not sweeping.entered.wait(0.2)
    answer.open.set()
    assert sweeping.entered.wait(SOON)
    assert first.ending == Done("done")
    last = lanes.submit(later, lambda _: None, lane=lane)
    assert not later.entered.wait(0.2)
    sweeping.open.set()
    assert job.wait(SOON)
    assert job.ending == Done("done")
    assert later.entered.wait(SOON)
    later.open.set()
    assert last.wait(SOON)


def test_one_that_is_stopped_while_it_waits_lets_answers_go_on(lanes: JobRunner) -> None:
    answer, sweeping, later = Held(), Held(), Held()
    lanes.submit(answer, lambda _: None, lane=ANSWERS)
    assert answer.entered.wait(SOON)
    job = alone(lanes, sweeping)
    job.cancel()
    assert job.wait(SOON)
    assert job.ending == CancelledEnding()
    assert not sweeping.entered.is_set()
    answer.open.set()
    last = lanes.submit(later, lambda _: None, lane=ANSWERS)
    later.open.set()
    assert last.wait(SOON)
    assert last.ending == Done("done")
