"""The same held-out examples, answered by a base and by what it learned at several times."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import NAMES_TYPE, read_config
from vlm_desktop.backends.late import resolve
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.trainerrors import KindNotTaught
from vlm_desktop.base.training import Example, Exchange
from vlm_desktop.training.learners.protocol import Place
from vlm_desktop.training.randomness import untouched
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import ENCODER, PROBE, PROMPTS, Recipe
from vlm_desktop.training.worker import LEARNERS
from vlm_desktop.training.working import device_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.training.learners.protocol import ItemScore, Learner, LearnerFactory


def answer_columns(
    recipe: Recipe,
    examples: Sequence[Example],
    home: Path,
    general: Path | None,
    weights: Sequence[Path],
    cancel: CancelToken,
    learners: Mapping[str, str] = LEARNERS,
    others: Sequence[tuple[Recipe, Path]] = (),
) -> Generator[Progress, None, tuple[str, tuple[tuple[ItemScore, ...], ...]]]:
    """The metric's name, and scores of all examples: the base's first, then of each folder of
    trained weights, then of `others`, which were trained by recipes of their own on the same base.
    `general` is the general set that the run was measured among.

    Raises ModelError, MediaRefused, RunDamaged, TrainRefused, Cancelled.
    """
    runs = home / "training" / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(Path(tempfile.mkdtemp(prefix=".compare-", dir=runs)))
    try:
        folder.write_examples(folder.data, _named(weights))
        if general is not None and general.is_file():
            shutil.copyfile(general, folder.general)
        place = Place(home, folder.root, home / "training" / "cache", device_of(recipe))
        knows_names = recipe.model.kind in (PROBE, PROMPTS)
        plain = replace(recipe, model=replace(recipe.model, kind=ENCODER))
        _, base = yield from _answered(plain if knows_names else recipe, examples, place, (None,),
                                       cancel, learners)  # fmt: skip
        metric, found = yield from _answered(recipe, examples, place, weights, cancel, learners)
        for other, one in others:
            judged = replace(other, run=replace(other.run, metric=recipe.run.metric))
            _, more = yield from _answered(judged, examples, place, (one,), cancel, learners)
            found += more
        return metric, (*base, *found)
    finally:
        shutil.rmtree(folder.root, ignore_errors=True)


def _answered(
    recipe: Recipe,
    examples: Sequence[Example],
    place: Place,
    weights: Sequence[Path | None],
    cancel: CancelToken,
    learners: Mapping[str, str],
) -> Generator[Progress, None, tuple[str, list[tuple[ItemScore, ...]]]]:
    target = learners.get(recipe.model.kind)
    if target is None:
        raise KindNotTaught(kind=recipe.model.kind, known=", ".join(learners))
    build: LearnerFactory = resolve(target, "comparing models")
    learner: Learner = build(recipe, place)
    found = []
    try:
        with untouched():
            learner.open()
            yield from learner.prepare(examples, cancel)
            for done, one in enumerate(weights):
                yield Progress(Phase.EVALUATE, done, len(weights))
                if one is not None:
                    learner.load(one)
                found.append(learner.evaluate(examples, cancel))
        return learner.metric, found
    finally:
        learner.close()


def _named(weights: Sequence[Path]) -> list[Example]:
    """Examples that teach the names that an adapter knows: a learner of names asks for these."""
    config = read_config(weights[0]) if weights else {"peft_type": ""}
    if config["peft_type"] != NAMES_TYPE:
        return []
    return [
        Example(f"name {at}", "", (Exchange("", one),)) for at, one in enumerate(config["names"])
    ]
