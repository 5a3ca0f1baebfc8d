"""One process's share of a run: opens the learner, gets it ready, hands it to the loop."""

import datetime
import time
from collections.abc import Mapping

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs, InitProcessGroupKwargs

from vlm_desktop.backends.late import resolve
from vlm_desktop.base.trainerrors import KindNotTaught, NothingToTrain, RecipeWrong
from vlm_desktop.base.training import Example, Preparing, RunState, Split
from vlm_desktop.training.asking import Asked
from vlm_desktop.training.eventlog import Teller
from vlm_desktop.training.learners.protocol import Learner, LearnerFactory, Place
from vlm_desktop.training.loop import Ending, Loop
from vlm_desktop.training.randomness import seed_all
from vlm_desktop.training.runcard import write_card
from vlm_desktop.training.runfolder import RunFolder
from vlm_desktop.training.spec import Recipe, read_recipe

_SAY_SECONDS = 1.0
_PATIENCE = datetime.timedelta(hours=6)
"""How long processes wait for the first one, which evaluates while they do."""


def work(run: RunFolder, tell: Teller, asked: Asked, learners: Mapping[str, str]) -> Ending:
    """Work on a run from its last checkpoint to an end. Raises AppError where it fails."""
    recipe = read_recipe(run.recipe)
    examples = run.read_examples(run.data)
    if not any(one.split is Split.TRAIN for one in examples):
        raise NothingToTrain
    accelerator = make_accelerator(recipe)
    if recipe.run.threads:
        torch.set_num_threads(recipe.run.threads)
    device = str(accelerator.device)
    learner = make_learner(recipe, run, device, learners)
    try:
        seed_all(recipe.run.seed, deterministic=device == "cpu")
        learner.open()
        with accelerator.main_process_first():  # the others find what it kept on the disk
            _prepare(learner, examples, tell, asked)
        # What opening and preparing drew does not matter; and each process draws its own.
        seed_all(recipe.run.seed + accelerator.process_index, deterministic=device == "cpu")
        ending = Loop(accelerator, recipe, learner, examples, run, tell, asked).run()
        if accelerator.is_main_process and ending.state in (RunState.DONE, RunState.STOPPED):
            write_card(run, recipe, learner, examples, ending.standing, device, ending.state)
    finally:
        learner.close()
        if accelerator.num_processes > 1:
            accelerator.end_training()
    return ending


def make_accelerator(recipe: Recipe) -> Accelerator:
    """The accelerator that a recipe asks for. Raises RecipeWrong when it cannot be had."""
    on_cpu = device_of(recipe) == "cpu"
    precision = "no" if recipe.run.precision == "fp32" else recipe.run.precision
    return Accelerator(
        cpu=on_cpu,
        mixed_precision=precision,
        kwargs_handlers=[
            DistributedDataParallelKwargs(find_unused_parameters=True, broadcast_buffers=False),
            InitProcessGroupKwargs(timeout=_PATIENCE),
        ],
    )


def device_of(recipe: Recipe) -> str:
    """PyTorch's name of the device that a recipe asks for. Raises RecipeWrong."""
    wanted = recipe.run.device
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    here = "cpu" if found is None else found.type
    if wanted not in ("auto", "cpu", here):
        raise RecipeWrong(key="[run] device", detail=f'is "{wanted}", and there is none here')
    device = "cpu" if wanted == "cpu" else here
    if device == "cpu" and recipe.run.precision == "fp16":
        detail = 'is "fp16", which needs a GPU; "bf16" and "fp32" do not'
        raise RecipeWrong(key="[run] precision", detail=detail)
    return device


def make_learner(
    recipe: Recipe, run: RunFolder, device: str, learners: Mapping[str, str]
) -> Learner:
    """The learner of a recipe's kind. Raises KindNotTaught, PartMissing."""
    target = learners.get(recipe.model.kind)
    if target is None:
        raise KindNotTaught(kind=recipe.model.kind, known=", ".join(learners))
    home = run.root.parents[2]
    build: LearnerFactory = resolve(target, "training")
    place = Place(home, run.root, home / "training" / "cache", device)
    return build(recipe, place)


def _prepare(learner: Learner, examples: tuple[Example, ...], tell: Teller, asked: Asked) -> None:
    said = 0.0
    for one in learner.prepare(examples, asked):
        if time.monotonic() - said > _SAY_SECONDS or one.done == one.total:
            tell(Preparing, done=one.done, total=one.total)
            said = time.monotonic()
        asked.raise_if_cancelled()
