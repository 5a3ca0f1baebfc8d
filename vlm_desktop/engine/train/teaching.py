"""`services.training.teaching`: from a recipe to a run, or to a look at what that run would do."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm_desktop.backends.late import resolve
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event
from vlm_desktop.base.training import Example, RunInfo
from vlm_desktop.base.trainingdata import DoctorOfData
from vlm_desktop.engine.train.doctor import Doctor
from vlm_desktop.engine.train.recipedata import RecipeData, RecipeExamples
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.training.spec import Recipe, read_recipe, recipe_of, recipe_text

if TYPE_CHECKING:
    from vlm_desktop.training.checking import Inspection

INSPECT = "vlm_desktop.training.checking:inspect"


@dataclass(frozen=True, slots=True)
class Taught:
    """A run that was started, from what, and what the doctor said of that."""

    run: RunInfo
    data: RecipeExamples
    report: DoctorOfData


@dataclass(frozen=True, slots=True)
class RecipeChecked:
    """What a run would be. `refusal` is why it would not start; the inspection is None then."""

    recipe: Recipe
    data: RecipeExamples
    report: DoctorOfData
    general: int
    inspection: "Inspection | None"
    refusal: AppError | None


class Teaching:
    """Puts recipe, data, doctor and runs together."""

    def __init__(
        self, home: Path, data: RecipeData, doctor: Doctor, runs: Runs, inspect: str = INSPECT
    ) -> None:
        """`inspect` names what opens a model to look at it (tests name their own)."""
        self._home = home
        self._data = data
        self._doctor = doctor
        self._runs = runs
        self._inspect = inspect

    def read(self, path: Path) -> Recipe:
        """A recipe. Raises BadInputFile, RecipeWrong."""
        return read_recipe(path)

    def recipe(self, said: Mapping[str, Mapping[str, Any]]) -> Recipe:
        """A recipe from the tables of its file, the usual filled in; paths count from the home
        folder. Raises RecipeWrong."""
        return recipe_of(said, self._home)

    def text(self, recipe: Recipe) -> str:
        """The recipe as TOML, every key written out."""
        return recipe_text(recipe)

    def start(
        self, recipe: Recipe, cancel: CancelToken, *, launch: bool = True
    ) -> Generator[Event, None, Taught]:
        """Read the data, have the doctor look, freeze it all and start a run, or leave it paused
        for a launcher of many processes. The run's own events are told by `Runs.follow`.

        Raises what `RecipeData.examples` and `Runs.start` raise, and what the doctor refuses.
        """
        data, general, report = yield from self._gather(recipe, cancel, judged=False)
        refusal = self._doctor.refusal(report, data.examples)
        if refusal is not None:
            raise refusal
        begin = self._runs.start if launch else self._runs.freeze
        return Taught(begin(recipe, data.examples, general), data, report)

    def check(
        self, recipe: Recipe, cancel: CancelToken, *, judged: bool = True
    ) -> Generator[Event, None, RecipeChecked]:
        """Do all that comes before the first step, and measure one, in this process. Nothing is
        kept. What would refuse the run is in the result. Without `judged` the doctor leaves labels
        undoubted, which takes longest.

        Raises what `RecipeData.examples` raises, Cancelled.
        """
        data, general, report = yield from self._gather(recipe, cancel, judged=judged)
        refusal = self._doctor.refusal(report, data.examples)
        inspection = None
        if refusal is None:
            inspect: Callable[..., Generator[Event, None, Inspection]] = resolve(
                self._inspect, "training"
            )
            try:
                inspection = yield from inspect(recipe, data.examples, self._home, cancel)
            except AppError as error:
                cancel.raise_if_cancelled()
                refusal = error
            else:
                report = self._doctor.with_lengths(
                    report, data.examples, inspection.lengths, inspection.most_tokens
                )
        return RecipeChecked(recipe, data, report, len(general), inspection, refusal)

    def _gather(
        self, recipe: Recipe, cancel: CancelToken, *, judged: bool
    ) -> Generator[Event, None, tuple[RecipeExamples, tuple[Example, ...], DoctorOfData]]:
        data = yield from self._data.examples(recipe.data, recipe.folder, cancel)
        general: tuple[Example, ...] = ()
        if recipe.guard.file:
            said = {"file": recipe.guard.file, "limit": recipe.guard.limit, "validation": 0.0}
            general = (yield from self._data.examples(said, recipe.folder, cancel)).examples
        report = yield from self._doctor.of(data.examples, cancel, judged=judged)
        data = replace(data, examples=self._doctor.sorted_out(report, data.examples))
        return data, general, report
