"""Changes of the examples in hand, each of which Ctrl+Z takes back."""

from collections.abc import Callable, Sequence

from vlm_desktop.base.language import fill
from vlm_desktop.base.training import Example, Split
from vlm_desktop.base.trainingdata import ExamplesAdded, ExamplesChange
from vlm_desktop.gui.panes.train.data_corner import free_name
from vlm_desktop.gui.panes.train.session import TrainSession
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.undo import Change, Verb
from vlm_desktop.gui.verbs import quick


class DataChanges:
    """Main thread; the engine is asked on the io lane, one change after the other."""

    def __init__(self, session: TrainSession) -> None:
        self._session, self._desk = session, session.desk

    def _undo(self, change: ExamplesChange) -> Verb:
        services = self._desk.services
        return quick(lambda: services.training.datasets.apply(change))

    def _act(
        self,
        text: str,
        do: Callable[[], ExamplesChange],
        done: Callable[[ExamplesChange], object] = lambda _: None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        self._desk.changes.perform(
            Change(text, quick(do), self._undo), done, failed or self._desk.say
        )

    def use_for(self, keys: Sequence[str], split: Split) -> None:
        """Learn from examples, hold them out, or leave them out."""
        set_id, services, wanted = self._session.set_id, self._desk.services, tuple(keys)

        def done(change: ExamplesChange) -> None:
            said = strings.counted(
                strings.SIDE_SET_ONE, strings.SIDE_SET, len(change.marks),
                side=strings.SIDES[split],
            )  # fmt: skip
            grown = len(change.marks) > len(wanted)
            self._desk.say(f"{said} {strings.SIDE_WITH_GROUP}" if grown else said)

        if wanted:
            self._act(
                strings.CHANGE_SIDE,
                lambda: services.training.datasets.use_for(set_id, wanted, split),
                done,
            )

    def take_out(self, keys: Sequence[str]) -> None:
        set_id, services, wanted = self._session.set_id, self._desk.services, tuple(keys)

        def done(change: ExamplesChange) -> None:
            self._desk.say(
                strings.counted(strings.TAKEN_OUT_ONE, strings.TAKEN_OUT, len(change.put))
            )

        if wanted:
            self._act(
                strings.CHANGE_TAKE_OUT,
                lambda: services.training.datasets.take_out(set_id, wanted),
                done,
            )

    def edit(
        self,
        key: str,
        example: Example,
        done: Callable[[ExamplesChange], object],
        failed: Callable[[str], None],
    ) -> None:
        """Put an example in another's place."""
        set_id, services = self._session.set_id, self._desk.services
        self._act(
            strings.CHANGE_EDIT,
            lambda: services.training.datasets.edit(set_id, key, example),
            done,
            failed,
        )

    def apply(
        self, text: str, change: ExamplesChange, done: Callable[[ExamplesChange], object]
    ) -> None:
        """Carry out what was worked out before."""
        services = self._desk.services
        self._act(text, lambda: services.training.datasets.apply(change), done)

    def add(
        self,
        name: str,
        prepared: Sequence[Example],
        done: Callable[[ExamplesAdded], object],
        failed: Callable[[str], None],
    ) -> None:
        """Put examples into the data set in hand, or, without one, into a new one of this name."""
        set_id, services = self._session.set_id, self._desk.services
        text = fill(strings.CHANGE_ADD, name=name)
        if set_id:
            self._desk.changes.perform(
                Change(
                    text,
                    quick(lambda: services.training.datasets.put(set_id, prepared)),
                    lambda added: self._undo(added.undo),
                ),
                done,
                failed,
            )
            return
        self._add_new(name, text, prepared, done, failed)

    def _add_new(
        self,
        name: str,
        text: str,
        prepared: Sequence[Example],
        done: Callable[[ExamplesAdded], object],
        failed: Callable[[str], None],
    ) -> None:
        """Done again, it is the same data set."""
        services, made = self._desk.services, list[ExamplesAdded]()

        def do() -> ExamplesAdded:
            sets = services.training.datasets
            if made:
                sets.restore(made[0].undo.set_id)
            else:
                free = free_name(name, [one.name for one in sets.list()])
                new = sets.create(free)
                try:
                    made.append(sets.put(new.id, prepared))
                finally:
                    if not made:
                        sets.remove(new.id)
            return made[0]

        def added(report: ExamplesAdded) -> None:
            self._session.open(report.undo.set_id)
            done(report)

        self._desk.changes.perform(
            Change(
                text,
                quick(do),
                lambda report: quick(lambda: services.training.datasets.remove(report.undo.set_id)),
            ),
            added,
            failed,
        )
