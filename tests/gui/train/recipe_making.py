"""Data sets for the recipe step, and a model that is opened without being one."""

from collections.abc import Generator, Sequence
from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Phase, Progress
from vlm_desktop.base.training import Example, Exchange, Split
from vlm_desktop.base.trainingdata import ExamplesRead, TrainSource
from vlm_desktop.engine.train.facade import Training
from vlm_desktop.training.partslook import PartSeen, PartsSeen
from vlm_desktop.training.spec import Recipe

NAMES = ("Rocky", "Mia's mug") * 3
CAPTIONS = tuple(f"A wave in the colour number {one} on a wall" for one in range(6))


def make_set(
    training: Training, pictures: Sequence[Path], texts: Sequence[str], name: str = "Things"
) -> int:
    """A data set with a text a picture, the last one held out."""
    last = len(texts) - 1
    examples = tuple(
        Example(
            "", str(picture), (Exchange("", text),),
            split=Split.VALIDATION if at == last and last else Split.TRAIN,
        )
        for at, (picture, text) in enumerate(zip(pictures, texts, strict=False))
    )  # fmt: skip
    made = training.datasets.create(name)
    read = ExamplesRead(TrainSource.JSONL, None, examples, ())
    for _ in training.datasets.add(made.id, read, CancelToken()):
        pass
    return made.id


def look_at_parts(
    recipe: Recipe, _home: Path, _cancel: CancelToken
) -> Generator[Progress, None, PartsSeen]:
    """As the real one, of a model with two parts to choose and one that stays."""
    yield Progress(Phase.LOAD, 0, None)
    rank = recipe.method.rank
    parts = (
        PartSeen("language", 1000, 10 * rank, 10 * rank, True),
        PartSeen("projector", 500, 0, 5 * rank, True),
        PartSeen("words", 200, 0, 0, False),
    )
    return PartsSeen("cpu", 10**9, parts, ("language", "projector"), ("language",))
