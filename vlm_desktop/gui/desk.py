"""What every pane and dialog is handed: the engine, the lanes, and the window's own services."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.gui.words import failure
from vlm_desktop.jobs import CancelledEnding, Done, Failed, Job, JobRunner

if TYPE_CHECKING:
    from vlm_desktop.gui.actions import ActionBook
    from vlm_desktop.gui.indexing import IndexController
    from vlm_desktop.gui.library_state import LibraryState
    from vlm_desktop.gui.navigator import Navigator
    from vlm_desktop.gui.run_watch import RunWatch
    from vlm_desktop.gui.services import Services
    from vlm_desktop.gui.state import WindowState
    from vlm_desktop.gui.thumbnails import ThumbnailLoader
    from vlm_desktop.gui.undo import Changes
    from vlm_desktop.gui.watching import WatchController
    from vlm_desktop.gui.work import WorkBoard

Result = TypeVar("Result")


@dataclass(frozen=True)
class Desk:
    """Handed to panes by the window. All of it is for the main thread, except what `services`
    offers: that is for verbs, on lane threads, since its first use builds the engine.
    """

    services: "Services"
    runner: JobRunner
    actions: "ActionBook"
    changes: "Changes"
    navigator: "Navigator"
    thumbnails: "ThumbnailLoader"
    indexing: "IndexController"
    library: "LibraryState"
    work: "WorkBoard"
    watching: "WatchController"
    runs: "RunWatch"
    state: "WindowState"
    say: Callable[[str], None]
    """A message in the status bar, told to screen readers too."""
    open_file: Callable[[Path], bool]
    """Show a file in the program the system has for it; False if there is none."""
    set_theme: Callable[[str], None]
    """Take "light", "dark", "contrast" or "system" at once."""

    def ask(
        self,
        verb: Callable[[CancelToken], Generator[Event, None, Result]],
        done: Callable[[Result], None],
        *,
        failed: Callable[[str], None] | None = None,
        progress: Callable[[Event], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        lane: str = "io",
        latest: str | None = None,
    ) -> Job:
        """Run a verb on a lane and have its result, or a sentence about its failure, back here.

        With `latest` the newest request of that key wins and older ones fall silent.
        """

        def heard(event: Event) -> None:
            match event:
                case Done(result):
                    done(result)  # type: ignore[arg-type]
                case Failed(error):
                    (failed or self.say)(failure(error))
                case CancelledEnding():
                    if cancelled is not None:
                        cancelled()
                case _ if progress is not None:
                    progress(event)

        return self.runner.submit(verb, heard, lane=lane, latest=latest)

    def fetch(
        self,
        function: Callable[[], Result],
        done: Callable[[Result], None],
        *,
        failed: Callable[[str], None] | None = None,
        lane: str = "io",
        latest: str | None = None,
    ) -> Job:
        """`ask` for a plain function."""

        def verb(_: CancelToken) -> Generator[Event, None, Result]:
            yield from ()
            return function()

        return self.ask(verb, done, failed=failed, lane=lane, latest=latest)
