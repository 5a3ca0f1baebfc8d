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
