"""`services.training.choosing`: what a data set can teach, to which model, and what a recipe is.

All but `parts` and `measure` is quick and loads no network; those load PyTorch in this process.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.registry import Registry
from vlm_desktop.backends.shelf import BUNDLED, INSTALLED, ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError
from vlm_desktop.base.events import Event
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.base.training import Split
from vlm_desktop.engine.train.costing import ELSEWHERE, Cost, cost_of, pace_of
from vlm_desktop.engine.train.datasets import Datasets
from vlm_desktop.engine.train.runs import Runs
from vlm_desktop.engine.train.suiting import Reason, doubt_of, suggestion
from vlm_desktop.engine.train.teaching import Teaching
from vlm_desktop.training.order import plan_of
from vlm_desktop.training.runfolder import write_whole
from vlm_desktop.training.schedule import rate_factor
from vlm_desktop.training.spec import (
    ASSISTANT,
    CHAT,
    DEFAULT_EPOCHS,
    KINDS,
    USUAL_EPOCHS,
    Recipe,
    RunPart,
    beyond_usual,
    read_recipe,
    recipe_of,
    recipe_text,
)

if TYPE_CHECKING:
    from vlm_desktop.training.partslook import PartsSeen

LOOK = "vlm_desktop.training.partslook:look_at_parts"
ROOM = "vlm_desktop.training.partslook:room_of"
STARTER = "starter"
_FAMILIES = {
    ASSISTANT: ("starter-assistant",),
    CHAT: ("transformers-chat", "transformers-captioner"),
}
"""What answers with a model of these kinds; the others want an encoder of `_ENCODERS`."""
_ENCODERS = "onnx-dual"
_SHORTER, _LONGER = 0.2, 3.0
"""A quick try and a thorough run, by the usual one."""
_POINTS = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind that can be taught here. `models` are those of this disk that it fits; `doubt` says
    why the data do not suit it, None where they do; `cost` is that of its usual recipe for the
    first model, None where nobody knows."""

    kind: str
    models: tuple[ModelCard, ...]
    doubt: Reason | None
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Offers:
    """`suggested` is a kind of the offers, "" where nothing can be told, and `reason` says why."""

    offers: tuple[Offer, ...]
    suggested: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class WrongValue:
    """A value that cannot be, by its table and key."""

    part: str
    key: str
    error: RecipeWrong


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run may be, by how thorough it is."""

    epochs: float
    steps: int


@dataclass(frozen=True, slots=True)
class RecipeLook:
    """What the tables of a recipe come to. `wrong` values stand as usual in `recipe`; `usual` is
    the recipe of the same model that says nothing else. `curve` is the rate over the run, in shares
    of its peak. `lengths` are "quick", "usual" and "thorough". `cost` is as in `Offer`."""

    recipe: Recipe
    usual: Recipe
    wrong: tuple[WrongValue, ...]
    text: str
    steps: int
    lengths: Mapping[str, Length]
    curve: tuple[float, ...]
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one step showed. Bytes; `room` is all memory of the device, 0 where it cannot be told;
    `seconds` is what all steps would take at the speed of the first, without evaluations. `refusal`
    is why the run would not start, and the rest is 0 then."""

    device: str = ""
    memory: int = 0
    room: int = 0
    seconds: float = 0.0
    refusal: AppError | None = None

    @property
    def fits(self) -> bool:
        return not self.room or self.memory <= self.room


class Choosing:
    """Methods that are no generators are quick reads, from any thread."""

    def __init__(
        self,
        home: Path,
        registry: Registry,
        datasets: Datasets,
        teaching: Callable[[], Teaching],
        runs: Callable[[], Runs],
        look: str = LOOK,
    ) -> None:
        """`look` names what opens a model to see its parts (tests name their own)."""
        self._home = home
        self._registry = registry
        self._datasets = datasets
        self._teaching = teaching
        self._runs = runs
        self._look = look

    # --- what could be taught --------------------------------------------------------------

    def offers(self, set_id: int) -> Offers:
        """Kinds and models, with the one that suits a data set. Reads all its examples. Raises
        DataSetUnknown."""
        examples = self._datasets.examples(set_id)
        learned = [one for one in examples if one.split is Split.TRAIN]
        cards = [one for one in self._registry.cards() if one.state in (BUNDLED, INSTALLED)]
        found = [(kind, tuple(one for one in cards if _fits(kind, one))) for kind in KINDS]
        offers = tuple(
            Offer(
                kind,
                models,
                doubt_of(kind, learned),
                self._usual_cost(kind, models[0].id, len(learned)),
            )
            for kind, models in found
            if models
        )
        suggested, reason = suggestion(learned)
        known = any(one.kind == suggested for one in offers)
        return Offers(offers, suggested if known else "", reason if known else None)

    def parts(
        self, said: Mapping[str, Mapping[str, Any]], cancel: CancelToken
    ) -> Generator[Event, None, "PartsSeen"]:
        """The parts of the recipe's model, with what of each would learn; wrong values count for
        nothing. Opens the model.

        Raises RecipeWrong, ModelError, TrainRefused, PartMissing, Cancelled.
        """
        recipe = recipe_of(_taken(said, self._home)[0], self._home)
        look: Callable[..., Generator[Event, None, PartsSeen]] = resolve(self._look, "training")
        return (yield from look(recipe, self._home, cancel))

    def measure(
        self, said: Mapping[str, Mapping[str, Any]], cancel: CancelToken
    ) -> Generator[Event, None, Measured]:
        """Take one step and throw it away. Raises what `Teaching.check` raises, RecipeWrong."""
        recipe = recipe_of(said, self._home)
        checked = yield from self._teaching().check(recipe, cancel, judged=False)
        seen = checked.inspection
        if seen is None:
            return Measured(refusal=checked.refusal)
        room = _room(seen.device)
        seconds = seen.part_seconds * seen.accumulation * seen.steps
        return Measured(seen.device, seen.memory, room, seconds)

    # --- what a recipe is --------------------------------------------------------------------

    def look(self, said: Mapping[str, Mapping[str, Any]], train: int) -> RecipeLook:
        """What the tables come to with so many examples to learn from. A value that cannot be is
        told and left out. Raises RecipeWrong where the model itself is wrong."""
        usual = recipe_of({"model": said.get("model", {})}, self._home)
        kept, wrong = _taken(said, self._home)
        recipe = recipe_of(kept, self._home)
        kind = recipe.model.kind
        epochs = USUAL_EPOCHS.get(kind, DEFAULT_EPOCHS)
        shares = {"quick": _SHORTER, "usual": 1.0, "thorough": _LONGER}
        lengths = {
            name: Length(
                max(1.0, round(epochs * by)),
                _steps(recipe.run, train, max(1.0, round(epochs * by))),
            )
            for name, by in shares.items()
        }
        steps = _steps(recipe.run, train)
        return RecipeLook(
            recipe, usual, wrong, recipe_text(recipe), steps, lengths, _curve(recipe.run, steps),
            self._cost(recipe, train),
        )  # fmt: skip

    def _usual_cost(self, kind: str, model: str, train: int) -> Cost | None:
        return self._cost(recipe_of({"model": {"id": model, "kind": kind}}, self._home), train)

    def _cost(self, recipe: Recipe, train: int) -> Cost | None:
        """By the newest run of the same model and kind; of the starter, else, by what is known."""
        runs, wanted = self._runs(), recipe.model
        taken = _steps(recipe.run, train) * _whole(recipe.run, train)
        for info in runs.all():
            if (info.model, info.kind) == (wanted.id, wanted.kind):
                theirs = read_recipe(info.folder / "recipe.toml").run
                pace = pace_of(runs.events(info.id)[0], theirs.batch * theirs.accumulation)
                if pace is not None:
                    return cost_of(pace, train, taken, is_ours=True)
        known = ELSEWHERE.get(wanted.kind) if wanted.id == STARTER else None
        return None if known is None else cost_of(known, train, taken, is_ours=False)

    def open(self, path: Path) -> dict[str, dict[str, Any]]:
        """The tables that a recipe's file comes to, as far as they differ from the usual, without
        [data]; paths are whole. Raises BadInputFile, RecipeWrong."""
        recipe = read_recipe(path)
        if recipe.guard.file:
            whole = str(recipe.folder / recipe.guard.file)
            recipe = replace(recipe, guard=replace(recipe.guard, file=whole))
        return beyond_usual(recipe)

    def save(self, said: Mapping[str, Mapping[str, Any]], path: Path) -> None:
        """Write the whole recipe to a file. Raises RecipeWrong, OSError's translations."""
        write_whole(path, recipe_text(recipe_of(said, self._home)))


def _fits(kind: str, card: ModelCard) -> bool:
    if kind in _FAMILIES:
        return card.chat_family in _FAMILIES[kind]
    return card.family == _ENCODERS


def _taken(
    said: Mapping[str, Mapping[str, Any]], folder: Path
) -> tuple[dict[str, dict[str, Any]], tuple[WrongValue, ...]]:
    """What of the tables can be, and what cannot."""
    kept = {part: dict(table) for part, table in said.items()}
    wrong: list[WrongValue] = []
    while True:
        try:
            recipe_of(kept, folder)
        except RecipeWrong as error:
            part, key = _place(str(error.fields["key"]), kept)
            if not key:
                raise
            del kept[part][key]
            wrong.append(WrongValue(part, key, error))
        else:
            return kept, tuple(wrong)


def _place(named: str, kept: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Table and key of "[run] rates.text"; a key of "" where it is none that was said."""
    part, _, key = named.removeprefix("[").partition("] ")
    key = key.partition(".")[0]
    return (part, key) if key in kept.get(part, {}) and part != "model" else (part, "")


def _room(device: str) -> int:
    """All memory of a device; PyTorch is only asked for that of a graphics card."""
    if device == "cpu":
        return int(psutil.virtual_memory().total)
    room: Callable[[str], int] = resolve(ROOM, "training")
    return room(device)


def _whole(run: RunPart, train: int) -> int:
    """Examples a step."""
    return plan_of(run, [str(one) for one in range(max(train, 1))]).whole


def _steps(run: RunPart, train: int, epochs: float = 0.0) -> int:
    """Updates of a whole run, or of one with so many epochs."""
    plan = plan_of(run, [str(one) for one in range(max(train, 1))])
    return plan.total(replace(run, steps=0, epochs=epochs) if epochs else run)


def _curve(run: RunPart, steps: int) -> tuple[float, ...]:
    count = min(_POINTS, max(steps, 2))
    at = (round(one * (steps - 1) / (count - 1)) for one in range(count))
    return tuple(rate_factor(run, step, steps) for step in at)
