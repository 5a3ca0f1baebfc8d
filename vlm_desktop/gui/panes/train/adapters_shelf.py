"""What the shelf of adapters holds, and what is done with one of them."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.adapters import (
    AdapterExported,
    AdapterInfo,
    AdapterMerged,
    ModelsCompared,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import RunInfo, RunState
from vlm_desktop.gui.panes.train import adapters_words as words
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.wearing import INDEXING
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from vlm_desktop.engine.train.adapters import Adapters
    from vlm_desktop.gui.panes.train.session import TrainSession

_ENDED = (RunState.DONE, RunState.STOPPED)


class AdapterShelf(QObject):
    """Main thread; the engine is asked on lanes. Long work goes one piece at a time."""

    listed = Signal()
    trouble = Signal(str)
    """A sentence: the adapters could not be listed."""
    outcome = Signal(str, str, bool)
    """An adapter's id, what came of something that was done with it, whether that is good."""
    came = Signal(str)
    """The id of an adapter that is new here."""
    compared = Signal(str)
    """The id of an adapter whose comparison is there now."""

    def __init__(self, session: "TrainSession", parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, session.desk
        self.infos: tuple[AdapterInfo, ...] = ()
        self.runs: tuple[RunInfo, ...] = ()
        """Runs that ended and whose weights are on no shelf, the newest first."""
        self.is_listed = False
        self.comparisons: dict[str, ModelsCompared] = {}
        self.task = LongTask(self._desk, self)
        self.task_id = ""
        """The adapter that the long work is about; "" where there is none."""

    @property
    def _adapters(self) -> "Adapters":
        """For functions that run on lanes, never here."""
        return self._session.services.adapters

    def get(self, adapter_id: str) -> AdapterInfo | None:
        return next((one for one in self.infos if one.id == adapter_id), None)

    def refresh(self) -> None:
        """Look anew; `listed` or `trouble` follows."""
        services = self._desk.services

        def read() -> tuple[tuple[AdapterInfo, ...], tuple[RunInfo, ...]]:
            training = services.training
            infos = training.adapters.all()
            taken = {one.run for one in infos}
            runs = (one for one in training.runs.all() if one.state in _ENDED)
            return infos, tuple(one for one in runs if one.id not in taken)

        def done(found: tuple[tuple[AdapterInfo, ...], tuple[RunInfo, ...]]) -> None:
            before, was_listed = self.infos, self.is_listed
            self.infos, self.runs = found
            self.is_listed = True
            self.listed.emit()
            if was_listed and _names(before) != _names(self.infos):
                self._changed()  # undoing and other windows change them, too

        self._desk.fetch(read, done, failed=self.trouble.emit, latest="adapters")

    # --- changes that can be undone ----------------------------------------------------------

    def rename(self, info: AdapterInfo, name: str) -> None:
        change = Change(
            fill(strings.CHANGE_RENAME, name=info.name),
            quick(lambda: self._adapters.rename(info.id, name)),
            lambda _: quick(lambda: self._adapters.rename(info.id, info.name)),
        )
        self._perform(change, info, lambda made: fill(strings.RENAMED, name=made.name))

    def remove(self, info: AdapterInfo) -> None:
        change = Change(
            fill(strings.CHANGE_REMOVE, name=info.name),
            quick(lambda: self._adapters.remove(info.id)),
            lambda _: quick(lambda: self._adapters.restore(info.id)),
        )
        self._perform(change, info, lambda made: fill(strings.REMOVED, name=made.name))

    def _perform(
        self, change: Change, info: AdapterInfo, said: Callable[[AdapterInfo], str]
    ) -> None:
        def done(made: AdapterInfo) -> None:
            self._desk.say(said(made))

        def failed(sentence: str) -> None:
            self.outcome.emit(info.id, sentence, False)

        self._desk.changes.perform(change, done, failed)

    def _remember(self, form: str, made: AdapterInfo) -> None:
        """That an adapter came is a change that can be undone; done again it comes from the bin."""
        first = [made]

        def do(_: CancelToken) -> Generator[Event, None, AdapterInfo]:
            yield from ()
            if first:
                return first.pop()
            return self._adapters.restore(made.id)

        change = Change(
            fill(form, name=made.name),
            do,
            lambda _: quick(lambda: self._adapters.remove(made.id)),
        )
        self._desk.changes.perform(change)

    # --- coming ------------------------------------------------------------------------------

    def take_in(self, folder: Path) -> None:
        """Import the adapter of a folder, once its hash and its base are right."""
        self._come(
            fill(strings.IMPORTING, name=folder.name),
            lambda: self._adapters.take_in(folder),
            strings.IMPORTED,
            strings.CHANGE_IMPORT,
        )

    def add_run(self, run: RunInfo) -> None:
        """Make an adapter of what a run learned."""
        self._come(
            strings.ADDING,
            lambda: self._adapters.from_run(run.id),
            strings.ADDED,
            strings.CHANGE_ADD,
        )

    def _come(self, doing: str, make: Callable[[], AdapterInfo], said: str, change: str) -> None:
        def done(made: AdapterInfo) -> str:
            self._remember(change, made)
            self.came.emit(made.id)
            self._changed()
            sentence = fill(said, name=made.name)
            self.outcome.emit(made.id, sentence, True)
            return sentence

        self._run("", doing, quick(make), done)

    # --- long work ---------------------------------------------------------------------------

    def check(self, info: AdapterInfo) -> None:
        """Read the weights and compare them with their checksum."""

        def done(found: AdapterInfo) -> str:
            problem = words.problem_words(found)
            self._changed()
            return self._tell(info, problem or fill(strings.CHECKED, name=info.name), not problem)

        doing = fill(strings.CHECKING, name=info.name)
        self._run(info.id, doing, quick(lambda: self._adapters.get(info.id, verify=True)), done)

    def merge(self, info: AdapterInfo, strength: float) -> None:
        """Write a model that has the adapter in its weights."""
        name = words.dressed(
            info.base, ((info.id, strength),), {info.base: words.base_name(info)},
            {info.id: info.name},
        )  # fmt: skip

        def verb(cancel: CancelToken) -> Generator[Event, None, AdapterMerged]:
            return self._adapters.merge(info.id, cancel, strength=strength)

        def done(made: AdapterMerged) -> str:
            self._desk.navigator.library_changed.emit()  # the shelves of models are read anew
            self._desk.navigator.adapters_changed.emit()
            return self._tell(info, words.merged_words(made, name))

        self._run(info.id, fill(strings.MERGING, name=info.name), verb, done, lane=INDEXING)

    def export(self, info: AdapterInfo, folder: Path, strength: float) -> None:
        """Copy it into a new folder within `folder`."""

        def verb(cancel: CancelToken) -> Generator[Event, None, AdapterExported]:
            target = folder / info.id
            return self._adapters.export(info.id, target, cancel, strength=strength)

        def done(made: AdapterExported) -> str:
            return self._tell(info, words.exported_words(made, info.name))

        self._run(info.id, fill(strings.EXPORTING, name=info.name), verb, done, lane=INDEXING)

    def compare(
        self, info: AdapterInfo, data: Path | None, dataset: str, beside: tuple[str, ...] | None
    ) -> None:
        """Have base, adapter and what is beside them answer all held-out examples."""

        def verb(cancel: CancelToken) -> Generator[Event, None, ModelsCompared]:
            return self._adapters.compare(
                info.id, cancel, data=data, dataset=dataset, beside=beside
            )

        def done(found: ModelsCompared) -> str:
            self.comparisons[info.id] = found
            self.compared.emit(info.id)
            return self._tell(info, fill(strings.COMPARED, name=info.name))

        doing = fill(strings.COMPARING, name=info.name, base=words.base_name(info))
        self._run(info.id, doing, verb, done, lane=INDEXING)

    def save_comparison(self, info: AdapterInfo, target: Path) -> None:
        """Write the comparison that is shown."""
        found = self.comparisons[info.id]
        self._desk.fetch(
            lambda: self._adapters.save_comparison(found, target),
            lambda _: self._desk.say(fill(strings.SAVED, name=target.name)),
        )

    def _run(
        self,
        adapter_id: str,
        doing: str,
        verb: Callable[[CancelToken], Generator[Event, None, Any]],
        done: Callable[[Any], str],
        lane: str = "io",
    ) -> None:
        def failed(sentence: str) -> str:
            self.outcome.emit(adapter_id, sentence, False)
            return sentence

        if not self.task.is_running:
            self.task_id = adapter_id
            self.task.run(
                doing, verb, done, lane=lane, failed=failed, stopped=lambda: strings.STOPPED
            )

    def _tell(self, info: AdapterInfo, sentence: str, good: bool = True) -> str:
        self.outcome.emit(info.id, sentence, good)
        return sentence

    def _changed(self) -> None:
        self._session.adapters_changed.emit()


def _names(infos: tuple[AdapterInfo, ...]) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in infos]
