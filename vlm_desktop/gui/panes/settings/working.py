"""Long work that the settings start: shown in the status bar, stoppable there."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event, Progress
from vlm_desktop.gui.work import Work, WorkState

if TYPE_CHECKING:
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.jobs import Job

Result = TypeVar("Result")

EXCLUSIVE = "model"
"""The lane on which indexing runs: what is submitted there runs when no indexing does."""


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
            verb,
            lambda result: work.finish(done(result)),
            failed=ended,
            progress=progress,
            cancelled=work.finish,
            lane=lane,
        )
    )
