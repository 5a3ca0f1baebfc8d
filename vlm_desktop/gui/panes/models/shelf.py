"""The shelf's controller: what is on it, and everything that is done with a model."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import HubGated, LicenceDiffers
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.models.entries import (
    STEPS,
    Activity,
    Entry,
    Kind,
    Remedy,
    Trouble,
    adopt_activity,
    download_activity,
    verify_activity,
)
from vlm_desktop.gui.strings import models as strings
from vlm_desktop.gui.words import failure
from vlm_desktop.gui.work import Work, WorkState
from vlm_desktop.jobs import CancelledEnding, Done, Failed, Job

if TYPE_CHECKING:
    from vlm_desktop.engine.switching import ShelfFacts

Verb = Callable[[CancelToken], Generator[Event, None, Any]]


@dataclass(slots=True)
class _Run:
    """Something that goes on with one model. `discard` throws a download away once it stopped."""

    kind: Kind
    job: Job
    work: Work | None
    form: str
    discard: bool = False


class Shelf(QObject):
    """Entries by id, in the order of the shelf. Main thread; outlives the pane's being hidden.

    Downloads go one after the other. All endings are said in the status bar.
    """

    loaded = Signal()
    """The entries were read anew: other models may be there."""
    failed = Signal(str)
    entry_changed = Signal(str)
    """What goes on with this model, or what came of it, is another."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.facts: ShelfFacts | None = None
        self._runs: dict[str, _Run] = {}
        self._activities: dict[str, Activity] = {}
        self._troubles: dict[str, Trouble] = {}
        self._queue: deque[tuple[str, str]] = deque()

    # --- what is there -------------------------------------------------------------------

    @property
    def entries(self) -> tuple[Entry, ...]:
        facts = self.facts
        if facts is None:
            return ()
        return tuple(
            Entry(
                card=card,
                active=card.id == facts.active,
                photos=facts.photos,
                covered=facts.covered.get(card.id),
                activity=self._activities.get(card.id),
                trouble=self._troubles.get(card.id),
            )
            for card in facts.cards
        )

    def entry(self, model_id: str) -> Entry | None:
        return next((one for one in self.entries if one.card.id == model_id), None)

    def name(self, model_id: str) -> str:
        entry = self.entry(model_id)
        return entry.card.name if entry else model_id

    def refresh(self) -> None:
        """Read the shelf anew; `loaded` or `failed` follows."""

        def done(facts: "ShelfFacts") -> None:
            self.facts = facts
            self.loaded.emit()

        self._desk.ask(
            lambda _: self._desk.services.switching.facts(),
            done,
            failed=self.failed.emit,
            latest="models.shelf",
        )

    # --- downloading ---------------------------------------------------------------------

    def download(self, model_id: str, accept_licence: str = "") -> None:
        """Fetch a model, or go on where it was paused; waits its turn behind another download."""
        if model_id in self._activities:
            return
        self._troubles.pop(model_id, None)
        self._queue.append((model_id, accept_licence))
        self._show(model_id, Activity(Kind.DOWNLOAD, strings.WAITING))
        self._next_download()

    def _next_download(self) -> None:
        if not self._queue or any(run.kind is Kind.DOWNLOAD for run in self._runs.values()):
            return
        model_id, licence = self._queue.popleft()

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            models = self._desk.services.models
            return models.download(model_id, cancel, accept_licence=licence)

        self._start(
            model_id, Kind.DOWNLOAD, verb, lane="io", form=strings.WORK_DOWNLOAD, stop=self.pause
        )

    def pause(self, model_id: str) -> None:
        """Stop a download; what has arrived is kept, and `download` goes on from there."""
        waiting = [one for one in self._queue if one[0] == model_id]
        for one in waiting:
            self._queue.remove(one)
            self._show(model_id, None)
        self.stop(model_id)

    def discard(self, model_id: str) -> None:
        """Stop a download, if one runs, and throw away what has arrived."""
        run = self._runs.get(model_id)
        if run is not None:
            run.discard = True
            self.pause(model_id)
        elif model_id in self._activities:
            self.pause(model_id)
        else:
            self._remove(model_id, strings.DISCARDED)

    def save_token(self, model_id: str, token: str) -> None:
        """Keep an access token and try the download again."""
        self._desk.fetch(
            lambda: self._desk.services.models.keep_hub_token(token),
            lambda _: self.download(model_id),
        )

    # --- the other things one can do -----------------------------------------------------

    def adopt(self, model_id: str) -> None:
        """Let a model answer searches, as soon as it knows every photo."""

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            return self._desk.services.switching.adopt(model_id, cancel)

        if model_id not in self._activities:
            busy = self._desk.indexing.is_running
            text = strings.WAITING if busy else strings.ADOPT_STARTING
            self._show(model_id, Activity(Kind.ADOPT, text))
            self._start(
                model_id, Kind.ADOPT, verb, lane="model", form=strings.WORK_ADOPT, stop=self.stop
            )

    def verify(self, model_id: str) -> None:
        """Compare every file with its checksum."""

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            return self._desk.services.models.verify(model_id, cancel)

        if model_id not in self._activities:
            self._show(model_id, Activity(Kind.VERIFY, strings.VERIFY))
            self._start(model_id, Kind.VERIFY, verb, lane="io")

    def remove(self, model_id: str) -> None:
        """Delete a model's files. Whoever calls has asked."""
        if model_id not in self._activities:
            self._remove(model_id, strings.REMOVED)

    def import_folder(self, folder: Path) -> None:
        """Take in a folder with a model's files."""

        def done(card: Any) -> None:
            self._desk.say(fill(strings.IMPORTED, name=card.name))
            self.refresh()

        self._desk.ask(
            lambda _: self._desk.services.models.import_folder(folder),
            done,
            failed=self._desk.say,
        )

    def stop(self, model_id: str) -> None:
        """Stop what goes on with a model; what is done so far is kept."""
        run = self._runs.get(model_id)
        if run is not None:
            activity = self._activities.get(model_id)
            done = activity.done if activity else None
            stopping = Activity(run.kind, strings.STOPPING, done, stopping=True)
            self._show(model_id, stopping)
            run.job.cancel()

    def stop_all(self) -> None:
        """The window closes."""
        self._queue.clear()
        for run in list(self._runs.values()):
            run.job.cancel()

    # --- running -------------------------------------------------------------------------

    def _start(
        self,
        model_id: str,
        kind: Kind,
        verb: Verb,
        *,
        lane: str,
        form: str = "",
        stop: Callable[[str], None] | None = None,
    ) -> None:
        """Run a verb; with `stop` it also stands in the status bar, in the words of `form`."""
        if model_id in self._runs:
            return
        self._troubles.pop(model_id, None)
        work = None
        if stop is not None:
            activity = self._activities[model_id]
            text = fill(form, name=self.name(model_id), progress=activity.text)
            work = Work(text, stop=lambda: stop(model_id), parent=self)
            self._desk.work.begin(work)

        def heard(event: Event) -> None:
            self._heard(model_id, event)

        job = self._desk.runner.submit(verb, heard, lane=lane)
        self._runs[model_id] = _Run(kind, job, work, form)

    def _heard(self, model_id: str, event: Event) -> None:
        run = self._runs[model_id]
        match event:
            case Done(result):
                self._end(model_id, self._came_of(run, model_id, result))
            case Failed(error):
                self.show_trouble(model_id, error)
                self._end(model_id, failure(error))
            case CancelledEnding():
                self._cancelled(run, model_id)
            case _:
                self._go_on(run, model_id, event)

    def show_trouble(self, model_id: str, error: BaseException) -> None:
        """Have a card say why something failed, and what can be done about it."""
        self._troubles[model_id] = _trouble(error)
        self.entry_changed.emit(model_id)

    def _go_on(self, run: _Run, model_id: str, event: Event) -> None:
        shown = self._activities.get(model_id)
        if shown is not None and shown.stopping:
            return
        match run.kind:
            case Kind.DOWNLOAD:
                activity = download_activity(event, self.facts.hub_host if self.facts else "")
            case Kind.ADOPT:
                activity = adopt_activity(event)
            case _:
                activity = verify_activity(event)
        if activity is not None:
            self._show(model_id, activity)

    def _came_of(self, run: _Run, model_id: str, result: Any) -> str:
        name = self.name(model_id)
        match run.kind:
            case Kind.DOWNLOAD:
                return fill(strings.DOWNLOADED, name=name)
            case Kind.ADOPT:
                self._desk.navigator.library_changed.emit()
                return fill(strings.ADOPTED, name=name)
            case Kind.VERIFY:
                return fill(strings.VERIFIED, count=len(result.files))
            case Kind.REMOVE:
                return fill(run.form, name=name)

    def _cancelled(self, run: _Run, model_id: str) -> None:
        if run.kind is Kind.DOWNLOAD and not run.discard:
            self._end(model_id, fill(strings.PAUSED, name=self.name(model_id)))
            return
        self._end(model_id, strings.ADOPT_STOPPED if run.kind is Kind.ADOPT else "")
        if run.discard:
            self._remove(model_id, strings.DISCARDED)

    def _remove(self, model_id: str, form: str) -> None:
        """`form` is what is said when it is done."""

        def verb(_: CancelToken) -> Generator[Event, None, Any]:
            return self._desk.services.models.remove(model_id)

        self._start(model_id, Kind.REMOVE, verb, lane="io", form=form)

    def _end(self, model_id: str, text: str) -> None:
        run = self._runs.pop(model_id)
        if run.work is not None:
            run.work.finish(text)
            run.work.deleteLater()
        elif text:
            self._desk.say(text)
        self._show(model_id, None)
        self.refresh()
        self._next_download()

    def _show(self, model_id: str, activity: Activity | None) -> None:
        if activity is None:
            self._activities.pop(model_id, None)
        else:
            self._activities[model_id] = activity
        run = self._runs.get(model_id)
        if run is not None and run.work is not None and activity is not None:
            text = fill(run.form, name=self.name(model_id), progress=activity.text)
            known = activity.done is not None
            state = WorkState(text, activity.done or 0, STEPS if known else 0)
            run.work.show(replace(state, stopping=activity.stopping))
        self.entry_changed.emit(model_id)


def _trouble(error: BaseException) -> Trouble:
    match error:
        case LicenceDiffers():
            return Trouble(failure(error), Remedy.LICENCE, error.stated, error.page)
        case HubGated():
            return Trouble(failure(error), Remedy.TOKEN, page=error.page)
    return Trouble(failure(error))
