"""`services.training.adapters`: the shelf of adapters, and all that can be done with them.

adapterfolders.py  folders: list, take in, rename, remove    wearing.py    who wears what
adapterwork.py     merge, export                             comparing.py  base against tuned
adapternames.py    names, and cards as they are written      comparedfiles.py  the same as files
"""

from __future__ import annotations

import datetime
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vlm_desktop.backends.adapters.folder import WEIGHTS, AdapterCard, weights_hash
from vlm_desktop.backends.late import resolve
from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import (
    AdapterForeign,
    AdapterUnknown,
    AdapterWorn,
    NothingToCompare,
    RunDamaged,
    RunNotEnded,
)
from vlm_desktop.base.training import Example, RunState, Split, Validated
from vlm_desktop.engine.train.adapterfolders import AdapterFolders
from vlm_desktop.engine.train.adapterwork import MERGING, AdapterWork, recipe_in
from vlm_desktop.engine.train.comparedfiles import save_comparison
from vlm_desktop.engine.train.comparing import compared
from vlm_desktop.training.runfolder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from vlm_desktop.backends.registry import Registry
    from vlm_desktop.base.adapters import (
        AdapterExported,
        AdapterInfo,
        AdapterMerged,
        ModelsCompared,
        WornNow,
    )
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.events import Event
    from vlm_desktop.engine.train.recipedata import RecipeData
    from vlm_desktop.engine.train.runs import Runs
    from vlm_desktop.engine.train.wearing import Wearing
    from vlm_desktop.media.pool import DecodePool

COLUMNS = "vlm_desktop.training.columns:answer_columns"
BASE = "base"
_MOST_COLUMNS = 6


class Adapters:
    """Adapters by name or id. What is no generator is quick and may be called from any thread;
    generators belong on the lane "model"."""

    def __init__(
        self,
        home: Path,
        registry: Registry,
        runs: Runs,
        data: RecipeData,
        wearing: Wearing,
        open_pool: Callable[[], DecodePool],
    ) -> None:
        self._home = home
        self._runs = runs
        self._data = data
        self._folders = AdapterFolders(home / "adapters", registry)
        self._wearing = wearing
        self._work = AdapterWork(home, registry, home / "training" / "runs", open_pool)

    # --- the shelf ---------------------------------------------------------------------

    def all(self, *, verify: bool = False) -> tuple[AdapterInfo, ...]:
        """Every adapter by name, with the strength it is worn with. With `verify` all weights are
        read and compared with their checksums."""
        return self._folders.all(self._wearing.strengths(), verify=verify)

    def get(self, name: str, *, verify: bool = False) -> AdapterInfo:
        """One adapter; with `verify` its weights are read and compared with their checksum. Raises
        AdapterUnknown."""
        info = self._folders.get(name, verify=verify)
        return replace(info, worn=self._wearing.strengths().get(info.id))

    def from_run(self, run_id: str, name: str = "", *, step: int | None = None) -> AdapterInfo:
        """Make an adapter of the best checkpoint of a run that ended, or of that of a step (see
        `Runs.checkpoints`). "" calls it as the run.

        Raises RunUnknown, RunNotEnded, RunDamaged, AdapterNameTaken, AdapterNameEmpty,
        AdapterKnown, DiskFull, HomeNotWritable; then nothing was changed.
        """
        info = self._runs.get(run_id)
        if info.state not in (RunState.DONE, RunState.STOPPED):
            raise RunNotEnded(run=run_id)
        run, card = RunFolder(info.folder), self._runs.card(run_id)
        try:
            is_best = step is None or step == card.get("best_step")
            weights = run.best if is_best or step is None else run.weights_at(step)
            if not (weights / WEIGHTS).is_file():
                raise RunDamaged(path=weights / WEIGHTS, detail="it is not there")
            told = next(one["sha256"] for one in card["weights"] if one["file"] == WEIGHTS)
            if is_best and weights_hash(weights) != told:
                raise RunDamaged(path=run.best / WEIGHTS, detail="it is not what the card names")
            base = card["base"]
            made = AdapterCard(
                id="",
                name=name or run_id,
                kind=str(base["kind"]),
                base=str(base["id"]),
                base_revision=str(base["revision"]),
                data=str(card["data"]["sha256"]),
                recipe=run.recipe.read_text(encoding="utf-8"),
                metric=info.metric,
                metrics=_metrics(card if is_best else self._card_at(card, run_id, step)),
                licence=str(base["licence"]),
                run=run_id,
                made=str(card.get("ended", "")) or _now(),
            )
        except (KeyError, TypeError, StopIteration, OSError) as error:
            raise RunDamaged(path=run.card, detail=f"{error!r}") from error
        except BadInputFile as error:
            raise RunDamaged(path=run.best, detail=str(error.fields["detail"])) from error
        return self._folders.add(weights, made)

    def _card_at(self, card: dict[str, Any], run_id: str, step: int | None) -> dict[str, Any]:
        """A run's card with the figures of one of its checkpoints in the place of the best."""
        said, _ = self._runs.events(run_id)
        found = [one for one in said if isinstance(one, Validated) and one.step == step]
        figures: dict[str, Any] = {}
        if found:
            last = found[-1]
            figures["score"] = [last.score.value, last.score.low, last.score.high]
            figures["blind"] = None if last.blind is None else [last.blind]
            figures["general"] = None if last.general is None else [last.general]
        return {**card, "metrics": {"base": card["metrics"].get("base"), "best": figures}}

    def take_in(self, folder: Path, name: str = "") -> AdapterInfo:
        """Take in an adapter from another machine. See `AdapterFolders.take_in`."""
        return self._folders.take_in(folder, name)

    def rename(self, name: str, new: str) -> AdapterInfo:
        """Renaming back undoes it. See `AdapterFolders.rename`."""
        return self._folders.rename(name, new)

    def remove(self, name: str) -> AdapterInfo:
        """Put an adapter into the bin; `restore` with its id undoes it until `purge`. Raises
        AdapterUnknown, AdapterWorn, HomeNotWritable."""
        info = self.get(name)
        if info.worn is not None:
            raise AdapterWorn(adapter=info.name)
        return self._folders.remove(info.id)

    def restore(self, adapter_id: str) -> AdapterInfo:
        """See `AdapterFolders.restore`."""
        return self._folders.restore(adapter_id)

    def purge(self) -> int:
        """Empty the bin, and what killed programs left half merged, at the start of a program; how
        many adapters went."""
        for one in (self._home / "models").glob(f"{MERGING}*"):
            shutil.rmtree(one, ignore_errors=True)
        return self._folders.purge()

    # --- using -------------------------------------------------------------------------

    def worn(self) -> tuple[WornNow, ...]:
        """What Chat and Alt text, and Search, wear now."""
        return self._wearing.now()

    def use(
        self, name: str, cancel: CancelToken, *, strength: float = 1.0
    ) -> Generator[Event, None, WornNow]:
        """Wear an adapter in Chat and Alt text, or in Search, by its kind; 0 takes it off.

        Raises what `AdapterFolders.usable` and `Wearing.put_on` raise.
        """
        if strength == 0:
            return (yield from self.take_off(name, cancel))
        info = self._folders.usable(name)
        return (yield from self._wearing.put_on(info, strength, cancel, self._name_of))

    def take_off(self, name: str, cancel: CancelToken) -> Generator[Event, None, WornNow]:
        """Wear it no more; by its id also one whose files are gone. Raises AdapterUnknown, and
        what `Wearing.take_off` raises."""
        try:
            known = self._folders.get(name).id
        except AdapterUnknown:
            if name not in self._wearing.strengths():
                raise
            known = name
        return (yield from self._wearing.take_off(known, cancel))

    # --- making something of it --------------------------------------------------------

    def merge(
        self, name: str, cancel: CancelToken, *, model_id: str = "", strength: float = 1.0
    ) -> Generator[Event, None, AdapterMerged]:
        """See `AdapterWork.merge`; raises what `AdapterFolders.usable` raises, too."""
        info = self._folders.usable(name)
        return (yield from self._work.merge(info, model_id, strength, cancel))

    def export(
        self, name: str, target: Path, cancel: CancelToken, *, strength: float = 1.0
    ) -> Generator[Event, None, AdapterExported]:
        """See `AdapterWork.export`; raises what `AdapterFolders.usable` raises, too."""
        info = self._folders.usable(name)
        return (yield from self._work.export(info, target, strength, cancel))

    def compare(
        self,
        name: str,
        cancel: CancelToken,
        *,
        data: Path | None = None,
        dataset: str = "",
        beside: Sequence[str] | None = None,
    ) -> Generator[Event, None, ModelsCompared]:
        """Base and adapter over every held-out example of a file or of a data set (all of one that
        holds none out), or of the run itself; and beside them other checkpoints of its run, or,
        where `beside` names any, these adapters of the same base and kind.

        Raises NothingToCompare, AdapterForeign, RecipeWrong, what `AdapterFolders.usable`,
        `RecipeData.examples` and learners raise, Cancelled.
        """
        info = self._folders.usable(name)
        run = RunFolder(self._home / "training" / "runs" / (info.run or "-"))
        others = [self._beside(info, one) for one in beside or ()]
        if data is None and not dataset:
            examples = _held_out(run.read_examples(run.data))
        else:
            said = {"dataset": dataset} if data is None else {"file": str(data.absolute())}
            place = self._home if data is None else data.absolute().parent
            found = yield from self._data.examples(said, place, cancel)
            examples = found.examples if found.split_here else _held_out(found.examples)
        if not examples:
            raise NothingToCompare
        steps = _checkpoints(run, info.sha256) if beside is None else {}
        recipe = recipe_in(info)
        columns = resolve(COLUMNS, "comparing models")(
            recipe, examples, self._home, run.general, [info.folder, *steps.values()], cancel,
            others=[(recipe_in(one), one.folder) for one in others],
        )  # fmt: skip
        metric, scores = yield from columns
        names = (BASE, info.name, *steps, *(one.name for one in others))
        return compared(metric, examples, names, scores, recipe.run.seed)

    def save_comparison(self, found: ModelsCompared, target: Path) -> Path:
        """Write a comparison, over what is there: as a table where `target` ends in .csv, else as
        JSON lines, an item each. Raises DestinationNotWritable, DiskFull."""
        return save_comparison(found, target)

    def answers(
        self, name: str, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Event, None, tuple[tuple[str, ...], tuple[str, ...]]]:
        """What the base says of examples, and what an adapter makes of it, in their order.

        Raises what `AdapterFolders.usable` and learners raise, Cancelled.
        """
        info = self._folders.usable(name)
        columns = resolve(COLUMNS, "comparing models")(
            recipe_in(info), examples, self._home, None, [info.folder], cancel
        )
        _, (base, tuned) = yield from columns
        return tuple(one.answer for one in base), tuple(one.answer for one in tuned)

    def _beside(self, info: AdapterInfo, name: str) -> AdapterInfo:
        """Another adapter that can answer the same examples."""
        other = self._folders.usable(name)
        if (other.base, other.kind) != (info.base, info.kind):
            taught, here = (f"{one.base} ({one.kind})" for one in (other, info))
            raise AdapterForeign(adapter=other.name, base=taught, model=here)
        return other

    def _name_of(self, adapter_id: str) -> str:
        """What people call an adapter; its id once it is gone."""
        try:
            return self._folders.get(adapter_id).name
        except AdapterUnknown:
            return adapter_id


def _held_out(examples: tuple[Example, ...]) -> tuple[Example, ...]:
    return tuple(one for one in examples if one.split is Split.VALIDATION)


def _checkpoints(run: RunFolder, known: str) -> dict[str, Path]:
    """Weights of other checkpoints of a run, the oldest first."""
    found = {}
    for one in sorted(run.checkpoints.glob("step-*")):
        weights = one / "weights"
        if (weights / WEIGHTS).is_file() and weights_hash(weights) != known:
            found[one.name.replace("-", " ")] = weights
    return dict(list(found.items())[: _MOST_COLUMNS - 2])


def _metrics(card: dict[str, Any]) -> dict[str, float]:
    """Figures of a run card, flat: "base", "best", "best low", "best blind" ..."""
    found: dict[str, float] = {}
    for name in ("base", "best"):
        one = card["metrics"].get(name) or {}
        for key, words in (("score", ""), ("blind", " blind"), ("general", " general")):
            if one.get(key):
                found[f"{name}{words}"] = float(one[key][0])
        if one.get("score"):
            found[f"{name} low"], found[f"{name} high"] = map(float, one["score"][1:])
    return found


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
