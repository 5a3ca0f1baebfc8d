"""The job runner: one ending each, cancelling at every moment, newest request wins."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator

import pytest

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, QueryEmpty
from vlm_desktop.base.events import Committed, Event
from vlm_desktop.jobs import CancelledEnding, Done, Failed, Job, JobRunner
from vlm_desktop.jobs.runner import OnEvent

Verb = Generator[Event, None, object]
SOON = 60.0


def direct(listener: OnEvent, event: Event) -> None:
    listener(event)


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    made = JobRunner(direct)
    yield made
    assert made.shutdown(SOON)


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def endings(self) -> list[Event]:
        return [e for e in self.events if isinstance(e, Done | Failed | CancelledEnding)]


def counting(to: int, result: object = "finished") -> Callable[[CancelToken], Verb]:
    def verb(_: CancelToken) -> Verb:
        for number in range(to):
            yield Committed(number)
        return result

    return verb


class Gate:
    """A verb that says when it runs and goes on when it is let."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()
        self.closed = threading.Event()

    def __call__(self, token: CancelToken) -> Verb:
        try:
            self.entered.set()
            while not self.open.wait(0.005):
                token.raise_if_cancelled()
            yield Committed(1)
            return "through"
        finally:
            self.closed.set()


# --- endings -----------------------------------------------------------------------------


def test_events_come_in_order_and_then_the_result(runner: JobRunner) -> None:
    heard = Heard()
    job = runner.submit(counting(3), heard)
    assert job.wait(SOON)
    assert heard.events == [Committed(0), Committed(1), Committed(2), Done("finished")]
    assert job.ending == Done("finished")


def test_our_own_error_ends_the_job_and_is_no_bug(runner: JobRunner) -> None:
    def verb(_: CancelToken) -> Verb:
        yield Committed(1)
        raise QueryEmpty

    heard = Heard()
    runner.submit(verb, heard).wait(SOON)
    assert len(heard.endings) == 1
    ending = heard.events[-1]
    assert isinstance(ending, Failed)
    assert isinstance(ending.error, QueryEmpty)
    assert not ending.is_bug


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), SystemExit(3), KeyboardInterrupt()])
def test_anything_else_is_a_bug_with_its_traceback_in_the_log(
    runner: JobRunner, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    def verb(_: CancelToken) -> Verb:
        yield Committed(1)
        raise error

    heard = Heard()
    with caplog.at_level(logging.ERROR):
        runner.submit(verb, heard).wait(SOON)
    ending = heard.events[-1]
    assert isinstance(ending, Failed)
    assert ending.is_bug
    assert ending.error is error
    [record] = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    after = Heard()
    runner.submit(counting(1), after).wait(SOON)
    assert after.endings == [Done("finished")], "the lane lives on"


def test_a_verb_that_cannot_even_be_made_fails(runner: JobRunner) -> None:
    def make(_: CancelToken) -> Verb:
        raise QueryEmpty

    heard = Heard()
    runner.submit(make, heard).wait(SOON)
    assert [type(event) for event in heard.events] == [Failed]


def test_an_error_while_cleaning_up_after_a_cancel_is_not_hidden(
    runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    def verb(token: CancelToken) -> Verb:
        try:
            token.cancel()
            yield Committed(1)
        finally:
            raise ZeroDivisionError

    heard = Heard()
    with caplog.at_level(logging.CRITICAL):
        runner.submit(verb, heard).wait(SOON)
    assert [type(event) for event in heard.events] == [Committed, Failed]


# --- cancelling --------------------------------------------------------------------------


def test_cancel_before_the_lane_is_free_ends_at_once_and_never_runs(runner: JobRunner) -> None:
    gate = Gate()
    first = runner.submit(gate, Heard())
    assert gate.entered.wait(SOON)
    made: list[bool] = []

    def never(_: CancelToken) -> Verb:
        made.append(True)
        yield Committed(1)

    heard = Heard()
    waiting = runner.submit(never, heard)
    waiting.cancel()
    assert waiting.wait(0)
    assert heard.events == [CancelledEnding()]
    gate.open.set()
    assert first.wait(SOON)
    after = runner.submit(counting(1), Heard())
    assert after.wait(SOON)
    assert heard.events == [CancelledEnding()]
    assert not made


def test_cancel_between_events_stops_a_verb_that_never_looks(runner: JobRunner) -> None:
    cleaned = threading.Event()
    started = threading.Event()

    def heedless(_: CancelToken) -> Verb:
        try:
            while True:
                started.set()
                time.sleep(0.001)
                yield Committed(1)
        finally:
            cleaned.set()

    heard = Heard()
    job = runner.submit(heedless, heard)
    assert started.wait(SOON)
    job.cancel()
    assert job.wait(SOON)
    assert cleaned.is_set()
    assert heard.endings == [CancelledEnding()]
    assert heard.events[-1] == CancelledEnding()


def test_cancel_within_a_step_reaches_the_token(runner: JobRunner) -> None:
    gate = Gate()
    heard = Heard()
    job = runner.submit(gate, heard)
    assert gate.entered.wait(SOON)
    job.cancel()
    job.cancel()
    assert job.wait(SOON)
    assert gate.closed.is_set()
    assert heard.events == [CancelledEnding()]


def test_cancel_after_the_end_changes_nothing(runner: JobRunner) -> None:
    heard = Heard()
    job = runner.submit(counting(1), heard)
    assert job.wait(SOON)
    job.cancel()
    assert heard.endings == [Done("finished")]
    assert job.ending == Done("finished")


def test_a_token_of_ones_own_may_be_raised_beforehand(runner: JobRunner) -> None:
    token = CancelToken()
    token.cancel()
    heard = Heard()
    runner.submit(counting(5), heard, token=token).wait(SOON)
    assert heard.events == [CancelledEnding()]


def test_cancelled_raised_by_the_verb_itself_is_a_cancel(runner: JobRunner) -> None:
    def verb(_: CancelToken) -> Verb:
        yield Committed(1)
        raise Cancelled

    heard = Heard()
    runner.submit(verb, heard).wait(SOON)
    assert heard.events == [Committed(1), CancelledEnding()]


def test_cancelling_at_any_moment_gives_exactly_one_ending(runner: JobRunner) -> None:
    """Two hundred races of `cancel` against start, run and end."""
    jobs, listeners = [], []
    for number in range(200):
        heard = Heard()
        jobs.append(runner.submit(counting(number % 4), heard, lane="io"))
        listeners.append(heard)
        if number % 3:
            time.sleep(0.0001 * (number % 5))
            jobs[-1].cancel()
    assert all(job.wait(SOON) for job in jobs)
    for job, heard in zip(jobs, listeners, strict=True):
        assert len(heard.endings) == 1
        assert heard.events[-1] == job.ending
    kinds = {type(job.ending) for job in jobs}
    assert Failed not in kinds


# --- lanes -------------------------------------------------------------------------------


def test_the_model_lane_runs_one_job_at_a_time_in_order(runner: JobRunner) -> None:
    running = 0
    most = 0
    order: list[int] = []

    def make(number: int) -> Callable[[CancelToken], Verb]:
        def verb(_: CancelToken) -> Verb:
            nonlocal running, most
            running += 1
            most = max(most, running)
            order.append(number)
            time.sleep(0.002)
            yield Committed(number)
            running -= 1

        return verb

    jobs = [runner.submit(make(number), Heard()) for number in range(10)]
    assert all(job.wait(SOON) for job in jobs)
    assert (most, order) == (1, list(range(10)))


def test_the_io_lane_runs_a_few_together_and_never_more(runner: JobRunner) -> None:
    together = threading.Barrier(3)

    def verb(_: CancelToken) -> Verb:
        together.wait(SOON)
        yield Committed(1)

    before = threading.active_count()
    jobs = [runner.submit(verb, Heard(), lane="io") for _ in range(9)]
    assert all(job.wait(SOON) for job in jobs)
    assert all(job.ending == Done(None) for job in jobs)
    assert threading.active_count() - before <= 3


def test_a_search_does_not_wait_for_the_model_lane(runner: JobRunner) -> None:
    gate = Gate()
    runner.submit(gate, Heard())
    assert gate.entered.wait(SOON)
    assert runner.submit(counting(1), Heard(), lane="search").wait(SOON)
    gate.open.set()


def test_an_unknown_lane_is_a_mistake_of_the_caller(runner: JobRunner) -> None:
    with pytest.raises(KeyError):
        runner.submit(counting(1), Heard(), lane="nowhere")


def test_no_thread_starts_before_the_first_job() -> None:
    before = threading.active_count()
    runner = JobRunner(direct)
    assert threading.active_count() == before
    assert runner.shutdown(SOON)


# --- newest request wins -----------------------------------------------------------------


def test_the_newest_request_silences_the_older_ones(runner: JobRunner) -> None:
    gate = Gate()
    old, middle, new = Heard(), Heard(), Heard()
    first = runner.submit(gate, old, latest="search")
    assert gate.entered.wait(SOON)
    second = runner.submit(counting(2), middle, latest="search")
    third = runner.submit(counting(2, "newest"), new, latest="search")
    assert all(job.wait(SOON) for job in (first, second, third))
    assert old.events == []
    assert middle.events == []
    assert new.events == [Committed(0), Committed(1), Done("newest")]
    assert first.ending == CancelledEnding()
    assert second.ending == CancelledEnding()


def test_other_keys_and_plain_jobs_are_left_alone(runner: JobRunner) -> None:
    gate = Gate()
    kept = Heard()
    job = runner.submit(gate, kept, latest="search")
    runner.submit(counting(1), Heard(), lane="io", latest="preview")
    runner.submit(counting(1), Heard(), lane="io")
    gate.open.set()
    assert job.wait(SOON)
    assert kept.endings == [Done("through")]


def test_events_already_posted_are_dropped_when_a_newer_request_came_first() -> None:
    """The window's queue may hold an old answer while the user types on."""
    queue: list[tuple[OnEvent, Event]] = []
    runner = JobRunner(lambda listener, event: queue.append((listener, event)))
    old, new = Heard(), Heard()
    assert runner.submit(counting(1), old, latest="search").wait(SOON)
    assert len(queue) == 2
    assert runner.submit(counting(1), new, latest="search").wait(SOON)
    for listener, event in queue:
        listener(event)
    assert old.events == []
    assert new.events == [Committed(0), Done("finished")]
    assert runner.shutdown(SOON)


# --- the post and shutting down ----------------------------------------------------------


def test_a_post_that_fails_does_not_take_the_lane_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(listener: OnEvent, event: Event) -> None:
        raise RuntimeError("the window is gone")

    runner = JobRunner(broken)
    with caplog.at_level(logging.CRITICAL):
        first = runner.submit(counting(2), Heard())
        second = runner.submit(counting(2), Heard())
        assert first.wait(SOON)
        assert second.wait(SOON)
    assert second.ending == Done("finished")
    assert runner.shutdown(SOON)


def test_shutdown_ends_running_and_waiting_jobs_and_joins_the_threads() -> None:
    before = set(threading.enumerate())
    runner = JobRunner(direct)
    gates = [Gate() for _ in range(3)]
    listeners = [Heard() for _ in range(5)]
    jobs = [runner.submit(gates[0], listeners[0])]
    jobs += [runner.submit(gates[1 + i], listeners[1 + i], lane="io") for i in range(2)]
    jobs += [runner.submit(counting(3), listeners[3 + i]) for i in range(2)]
    assert all(gate.entered.wait(SOON) for gate in gates)
    assert runner.shutdown(SOON)
    assert set(threading.enumerate()) <= before
    assert all(gate.closed.is_set() for gate in gates)
    for job, heard in zip(jobs, listeners, strict=True):
        assert heard.events == [CancelledEnding()]
        assert job.ending == CancelledEnding()


def test_after_shutdown_nothing_is_taken_and_shutting_down_again_is_harmless() -> None:
    runner = JobRunner(direct)
    assert runner.shutdown(SOON)
    assert runner.shutdown(SOON)
    with pytest.raises(RuntimeError):
        runner.submit(counting(1), Heard())


def test_a_verb_that_will_not_stop_is_reported_and_does_not_hold_the_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    let_go = threading.Event()
    entered = threading.Event()

    def stubborn(_: CancelToken) -> Verb:
        entered.set()
        let_go.wait(SOON)
        yield Committed(1)

    runner = JobRunner(direct)
    job = runner.submit(stubborn, Heard())
    assert entered.wait(SOON)
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert not runner.shutdown(0.05)
    assert time.monotonic() - started < SOON, "it waited for the stubborn job"
    assert "model-1" in caplog.text
    let_go.set()
    assert job.wait(SOON)
    assert job.ending == CancelledEnding()
    assert runner.shutdown(SOON)


def test_submitting_while_shutting_down_ends_or_refuses_but_never_hangs() -> None:
    def pour(runner: JobRunner, accepted: list[Job]) -> None:
        with contextlib.suppress(RuntimeError):
            while True:
                accepted.append(runner.submit(counting(1), Heard(), lane="io"))

    for _ in range(20):
        runner = JobRunner(direct)
        accepted: list[Job] = []
        thread = threading.Thread(target=pour, args=(runner, accepted))
        thread.start()
        time.sleep(0.001)
        assert runner.shutdown(SOON)
        thread.join(SOON)
        assert not thread.is_alive()
        assert all(job.wait(SOON) for job in accepted)
