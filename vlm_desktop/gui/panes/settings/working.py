"""Long work that the settings start: shown in the status bar, stoppable there."""

import functools
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.gui.work import Work, WorkState
from vlm_desktop.jobs import ANSWERS, GROUND, POINTING, Job, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk

Result = TypeVar("Result")

EXCLUSIVE = "model"
"""The lane on which indexing runs: what is begun there runs when neither indexing nor an answer
does, and nobody points at or looks for anything."""
_OTHERS = (ANSWERS, GROUND, POINTING)
_POLL_SECONDS = 0.05


def begin(
    desk: "Desk",
    text: str,
    verb: Callable[[CancelToken], Generator[Event, None, Result]],
    done: Callable[[Result], str],
    *,
    lane: str = EXCLUSIVE,
    failed: Callable[[str], None] | None = None,
) -> None:
    """Run a verb on a lane; `done` takes its result and gives the last words."""
    jobs: list[Job] = []
    alone = (lambda cancel: _alone(desk.runner, verb, cancel)) if lane == EXCLUSIVE else verb
    work = Work(text, stop=lambda: [job.cancel() for job in jobs] and None)

    def progress(event: Event) -> None:
        if isinstance(event, Progress):
            work.show(WorkState(text, event.done, event.total or 0))

    def ended(sentence: str) -> None:
        work.finish()
        (failed or desk.say)(sentence)

    desk.work.begin(work)
    jobs.append(
        desk.ask(
            alone,
            lambda result: work.finish(done(result)),
            failed=ended,
            progress=progress,
            cancelled=work.finish,
            lane=lane,
        )
    )


def _alone(
    runner: JobRunner,
    verb: Callable[[CancelToken], Generator[Event, None, Result]],
    cancel: CancelToken,
) -> Generator[Event, None, Result]:
    """Drive a verb while the other lanes stand still. Runs on the lane of indexing."""
    over = threading.Event()
    held = [threading.Event() for _ in _OTHERS]

    def hold(is_held: threading.Event, token: CancelToken) -> Generator[Event, None, None]:
        yield from ()
        is_held.set()
        while not over.wait(_POLL_SECONDS):
            token.raise_if_cancelled()

    holders = [
        runner.submit(functools.partial(hold, one), lambda _: None, lane=lane)
        for one, lane in zip(held, _OTHERS, strict=True)
    ]
    try:
        for one in held:
            while not one.wait(_POLL_SECONDS):
                cancel.raise_if_cancelled()
        return (yield from verb(cancel))
    finally:
        over.set()
        for holder in holders:
            holder.cancel()
