"""What the steps of the Train pane share: the data set in hand, the recipe, the run shown."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.trainingdata import DataSet
from vlm_desktop.gui.desk import Desk

if TYPE_CHECKING:
    from vlm_desktop.engine.train.facade import Training

DATA, CHECK, RECIPE, RUN, ADAPTERS = "data", "check", "recipe", "run", "adapters"
STEPS = (DATA, CHECK, RECIPE, RUN, ADAPTERS)
FIRST_RECIPE: Mapping[str, Mapping[str, Any]] = {"model": {"id": "starter", "kind": "assistant"}}
"""What is taught until a person says otherwise."""


class TrainSession(QObject):
    """Main thread; the engine is asked on lanes."""

    listed = Signal()
    """Which data sets there are, or what is in one, is another."""
    opened = Signal()
    """Another data set is in hand, or none."""
    recipe_changed = Signal()
    runs_changed = Signal()
    """A run was started or removed; what a run says is followed by who shows it."""
    run_opened = Signal()
    """Another run is shown, or none."""
    adapters_changed = Signal()
    """The shelf of adapters, or what is in use of it, is another."""
    step_wanted = Signal(str)
    """One of STEPS is to come to front."""
    examples_wanted = Signal(object)
    """Keys of examples that are to be shown and chosen in the first step."""
    trouble = Signal(str)
    """A sentence: the data sets could not be listed."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.sets: tuple[DataSet, ...] = ()
        self.is_listed = False
        self.set_id = 0
        """Of the data set in hand, 0 for none."""
        self.said: dict[str, dict[str, Any]] = {key: dict(of) for key, of in FIRST_RECIPE.items()}
        """The recipe as far as a person, or a suggestion taken, said it: tables of a recipe's file
        without [data], which is the data set in hand. The engine fills in the rest."""
        self.run_id = ""

    @property
    def services(self) -> "Training":
        """For functions that run on lanes, never here."""
        return self.desk.services.training

    # --- data sets -----------------------------------------------------------------------

    @property
    def set(self) -> DataSet | None:
        return next((one for one in self.sets if one.id == self.set_id), None)

    def refresh(self) -> None:
        """Look anew which data sets there are."""
        services = self.desk.services

        def done(found: tuple[DataSet, ...]) -> None:
            self.sets, self.is_listed = found, True
            if self.set_id and self.set is None:
                self.open(0)
            self.listed.emit()

        self.desk.fetch(
            lambda: services.training.datasets.list(), done, failed=self.trouble.emit,
            latest="train-sets",
        )  # fmt: skip

    def open(self, set_id: int) -> None:
        """Take another data set in hand, 0 for none."""
        if set_id != self.set_id:
            self.set_id = set_id
            self.opened.emit()

    def show_examples(self, keys: Sequence[str]) -> None:
        """Bring examples of the data set in hand to front, where they are changed; none for all."""
        self.step_wanted.emit(DATA)
        self.examples_wanted.emit(tuple(keys))

    # --- recipe and run ------------------------------------------------------------------

    def take_recipe(self, said: Mapping[str, Mapping[str, Any]]) -> None:
        """This is the recipe from now on. [data] is left out of it."""
        taken = {key: dict(of) for key, of in said.items() if of and key != "data"}
        if taken != self.said:
            self.said = taken
            self.recipe_changed.emit()

    def recipe_said(self) -> dict[str, dict[str, Any]]:
        """The whole recipe with the data set in hand, for `services.teaching.recipe`."""
        kept = self.set
        return {**self.said, "data": {"dataset": kept.name} if kept is not None else {}}

    def show_run(self, run_id: str) -> None:
        """Show another run, "" for none."""
        if run_id != self.run_id:
            self.run_id = run_id
            self.run_opened.emit()
