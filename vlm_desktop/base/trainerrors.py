"""Errors of training: data sets, the files they are read from, runs; see `base.errors`.

Their sentences are in `vlm_desktop.trainstrings`.
"""

from pathlib import Path

from vlm_desktop.base.errors import RequestError


class TrainRefused(RequestError):
    """Root of what cannot be taught as asked; the next lines say which."""


# --- data sets -------------------------------------------------------------------------


class DataSetUnknown(TrainRefused):
    """No data set of this name is kept; `known` are those that are."""

    def __init__(self, *, name: str, known: str) -> None:
        super().__init__(name=name, known=known)


class DataSetNameTaken(TrainRefused):
    """Another data set has this name, whatever the case."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class DataSetNameEmpty(TrainRefused):
    """A data set needs a name."""


class ExampleUnknown(TrainRefused):
    """The example was taken out of its data set, or never was in it."""


class ExampleKnown(TrainRefused):
    """The data set has the same words about the same picture already."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class ExampleSilent(TrainRefused):
    """An example needs a text that is to be learned."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


# --- files of examples -----------------------------------------------------------------


class TrainFileTooLarge(TrainRefused):
    """A file of more bytes, or a folder of more files, than are read at once."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class TrainFileUnknown(TrainRefused):
    """None of the formats that are read here."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class TrainTargetTaken(TrainRefused):
    """Something lies where examples were to be written."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class DataUnclear(TrainRefused):
    """The part [data] of a recipe names no data, several, or a key that is not known."""

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


# --- too little to learn from ----------------------------------------------------------


class NothingToTrain(TrainRefused):
    """There is no example at all that could be trained on."""


class TooFewExamples(TrainRefused):
    """`count` usable examples are there, and `needed` are the least."""

    def __init__(self, *, count: int, needed: int) -> None:
        super().__init__(count=count, needed=needed)


# --- recipes and runs ------------------------------------------------------------------


class RecipeWrong(TrainRefused):
    """A key of a recipe that is not known, or a value that cannot be; `detail` ends a sentence."""

    def __init__(self, *, key: str, detail: str) -> None:
        super().__init__(key=key, detail=detail)


class RunUnknown(TrainRefused):
    """No run has this id."""

    def __init__(self, *, run: str) -> None:
        super().__init__(run=run)


class RunNotLive(TrainRefused):
    """A run is to be paused or stopped that is not running or waiting."""

    def __init__(self, *, run: str) -> None:
        super().__init__(run=run)


class RunIsLive(TrainRefused):
    """A run is to be removed or resumed whose process is alive."""

    def __init__(self, *, run: str) -> None:
        super().__init__(run=run)


class RunFinished(TrainRefused):
    """A run is to be resumed that came to its end."""

    def __init__(self, *, run: str) -> None:
        super().__init__(run=run)


class RunDamaged(TrainRefused):
    """A file of a run's folder is missing or does not read."""

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=path, detail=detail)


class NothingSupervised(TrainRefused):
    """No token of a batch teaches anything: the loss would be of nothing."""

    def __init__(self, *, keys: str) -> None:
        super().__init__(keys=keys)


class PlacesDiffer(TrainRefused):
    """A batch holds other numbers of places for pictures and of features that go there."""

    def __init__(self, *, keys: str, placeholders: int, features: int) -> None:
        super().__init__(keys=keys, placeholders=placeholders, features=features)


class NothingTrainable(TrainRefused):
    """No part of the model was chosen to be trained."""

    def __init__(self, *, model: str, targets: str) -> None:
        super().__init__(model=model, targets=targets)


class LossNotFinite(TrainRefused):
    """The loss or its gradient became infinite or no number at all; `keys` were in the batch."""

    def __init__(self, *, step: int, what: str, keys: str) -> None:
        super().__init__(step=step, what=what, keys=keys)


class BatchTooLarge(TrainRefused):
    """A look at the first batch found no room for it; a run would make something smaller."""

    def __init__(self, *, batch: int, detail: str) -> None:
        super().__init__(batch=batch, detail=detail)


class TrainOutOfMemory(TrainRefused):
    """Memory ran out, and nothing is left that could be made smaller."""

    def __init__(self, *, step: int, detail: str) -> None:
        super().__init__(step=step, detail=detail)


class KindNotTaught(TrainRefused):
    """Nothing here teaches models of this kind."""

    def __init__(self, *, kind: str, known: str) -> None:
        super().__init__(kind=kind, known=known)


class GroupUnknown(TrainRefused):
    """`[run.rates]` names a group of parameters that the model does not train."""

    def __init__(self, *, name: str, known: str) -> None:
        super().__init__(name=name, known=known)


# --- adapters --------------------------------------------------------------------------


class AdapterUnknown(TrainRefused):
    """No adapter has this id."""

    def __init__(self, *, adapter: str) -> None:
        super().__init__(adapter=adapter)


class AdapterForeign(TrainRefused):
    """An adapter was taught on another model, or on another revision of it."""

    def __init__(self, *, adapter: str, base: str, model: str) -> None:
        super().__init__(adapter=adapter, base=base, model=model)


class StrengthWrong(TrainRefused):
    """A strength that is no number from 0 to `most`."""

    def __init__(self, *, strength: str, most: float) -> None:
        super().__init__(strength=strength, most=most)


class AdapterNameTaken(TrainRefused):
    """Another adapter has this name, whatever the case."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class AdapterNameEmpty(TrainRefused):
    """An adapter needs a name."""


class AdapterKnown(TrainRefused):
    """The very same weights are on the shelf already, called `name`."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class AdapterDamaged(TrainRefused):
    """An adapter's files are missing, or not what its card says."""

    def __init__(self, *, adapter: str, detail: str) -> None:
        super().__init__(adapter=adapter, detail=detail)


class AdapterUnproven(TrainRefused):
    """An adapter from elsewhere whose card names no checksum of its weights."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class AdapterWorn(TrainRefused):
    """An adapter is to be removed that a model wears."""

    def __init__(self, *, adapter: str) -> None:
        super().__init__(adapter=adapter)


class AdaptersTooMany(TrainRefused):
    """So many adapters are on the model already; `worn` names them."""

    def __init__(self, *, most: int, worn: str) -> None:
        super().__init__(most=most, worn=worn)


class RunNotEnded(TrainRefused):
    """An adapter is to be made of a run that has not come to an end."""

    def __init__(self, *, run: str) -> None:
        super().__init__(run=run)


class QuantisedNotMerged(TrainRefused):
    """An adapter was taught on a base in 4 bits; plain weights with it are another model."""

    def __init__(self, *, adapter: str) -> None:
        super().__init__(adapter=adapter)


class NamesNotMerged(TrainRefused):
    """An adapter that only knows names changes no weights."""

    def __init__(self, *, adapter: str) -> None:
        super().__init__(adapter=adapter)


class KindNotMerged(TrainRefused):
    """Nothing here merges adapters of this kind."""

    def __init__(self, *, adapter: str, kind: str) -> None:
        super().__init__(adapter=adapter, kind=kind)


class ModelNameTaken(TrainRefused):
    """A model of this id is there already, or the id is none."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)


class MergeDiffers(TrainRefused):
    """The merged model does not say what the model with its adapter on does; it was not kept."""

    def __init__(self, *, adapter: str, same: int, total: int) -> None:
        super().__init__(adapter=adapter, same=same, total=total)


class WritingDiffers(TrainRefused):
    """Written graphs are too far from the exact network; they were not kept."""

    def __init__(self, *, adapter: str, cosine: float, needed: float) -> None:
        super().__init__(adapter=adapter, cosine=round(cosine, 4), needed=needed)


class NothingToCompare(TrainRefused):
    """There is no held-out example that models could be compared on."""
