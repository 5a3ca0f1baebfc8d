"""Events across threads: order, coalescing, and silence after close."""

import threading
import time

from pytestqt.qtbot import QtBot

from vlm_desktop.base.events import Committed, Event, Phase, Progress
from vlm_desktop.gui.bridge import Bridge


def from_a_thread(work: object) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_events_arrive_in_order_on_the_main_thread(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[tuple[Event, threading.Thread]] = []

    def listener(event: Event) -> None:
        heard.append((event, threading.current_thread()))

    from_a_thread(lambda: [bridge.post(listener, Committed(n)) for n in range(50)])
    assert heard == [], "nothing is called on the worker's thread"
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert [event for event, _ in heard] == [Committed(n) for n in range(50)]
    assert {thread for _, thread in heard} == {threading.main_thread()}


def test_twenty_thousand_events_make_few_wake_ups(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[Event] = []
    wake_ups: list[int] = []
    bridge._woken.connect(lambda: wake_ups.append(1))

    def listener(event: Event) -> None:
        heard.append(event)

    from_a_thread(lambda: [bridge.post(listener, Committed(n)) for n in range(20_000)])
    qtbot.waitUntil(lambda: len(heard) == 20_000)
    assert len(wake_ups) < 200


class TimedBridge(Bridge):
    """Notes how long each delivery keeps the main thread."""

    def __init__(self) -> None:
        self.stays: list[float] = []
        super().__init__()

    def _deliver(self) -> None:
        started = time.monotonic()
        super()._deliver()
        self.stays.append(time.monotonic() - started)


def test_a_flood_leaves_the_event_loop_its_turns(qtbot: QtBot) -> None:
    """200 events of a millisecond each are not delivered in one go."""
    bridge = TimedBridge()
    heard: list[Event] = []

    def slow(event: Event) -> None:
        time.sleep(0.001)
        heard.append(event)

    for number in range(200):
        bridge.post(slow, Committed(number))
    qtbot.waitUntil(lambda: len(heard) == 200)
    bridge.close()
    assert len(bridge.stays) > 5
    assert sorted(bridge.stays)[len(bridge.stays) // 2] < 0.05


def test_only_the_latest_progress_of_a_phase_is_delivered(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[Event] = []

    def listener(event: Event) -> None:
        heard.append(event)

    for done in range(1_000):
        bridge.post(listener, Progress(Phase.ENCODE, done, 1_000))
    bridge.post(listener, Progress(Phase.OCR, 1, 10))
    bridge.post(listener, Committed(5))
    bridge.post(listener, Progress(Phase.OCR, 2, 10))
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard == [
        Progress(Phase.ENCODE, 999, 1_000),
        Progress(Phase.OCR, 1, 10),
        Committed(5),
        Progress(Phase.OCR, 2, 10),
    ]


def test_after_close_nothing_is_delivered(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[Event] = []
    bridge.post(heard.append, Committed(1))
    bridge.close()
    bridge.post(heard.append, Committed(2))
    from_a_thread(lambda: bridge.post(heard.append, Committed(3)))
    qtbot.wait(50)
    assert heard == []


def test_closing_from_within_a_listener_drops_the_rest(qtbot: QtBot, bridge: Bridge) -> None:
    heard: list[Event] = []

    def listener(event: Event) -> None:
        heard.append(event)
        bridge.close()

    for number in range(5):
        bridge.post(listener, Committed(number))
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(30)
    assert heard == [Committed(0)]


def test_one_listener_that_fails_does_not_keep_the_others_from_hearing(
    qtbot: QtBot, bridge: Bridge
) -> None:
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise ZeroDivisionError

    bridge.post(broken, Committed(1))
    bridge.post(heard.append, Committed(2))
    with qtbot.captureExceptions() as caught:
        qtbot.waitUntil(lambda: bool(heard))
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    assert heard == [Committed(2)]
