"""Sentences about training that both fronts say.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.base import trainerrors

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError

TRAIN_ERRORS: dict[type[AppError], str] = {
    trainerrors.DataSetUnknown: "There is no data set called {name}. Data sets: {known}.",
    trainerrors.DataSetNameTaken: "There is a data set called {name} already. Choose another name.",
    trainerrors.DataSetNameEmpty: "Give the data set a name.",
    trainerrors.ExampleUnknown: "This example is not in its data set any more.",
    trainerrors.ExampleKnown: "The data set has the same words about {path} already.",
    trainerrors.ExampleSilent: (
        "Nothing is to be learned about {path}: write what a model should say."
    ),
    trainerrors.TrainFileTooLarge: (
        "{path} is too large to be read at once. Split it and try again."
    ),
    trainerrors.TrainFileUnknown: (
        "{path} holds no examples in a format that is read here: pictures with a .txt beside each, "
        "JSON lines, CSV with a column of captions, conversations as LLaVA or ShareGPT write them, "
        "or captions as COCO writes them."
    ),
    trainerrors.TrainTargetTaken: (
        "{path} is there already, and nothing is written over. Choose another name."
    ),
    trainerrors.DataUnclear: "The part [data] of the recipe cannot be gone by: {detail}.",
    trainerrors.NothingToTrain: "There is nothing to train on: no example is left to learn from.",
    trainerrors.TooFewExamples: (
        "There are too few examples to learn from: {count}, and at least {needed} are needed."
    ),
}
"""`strings.sentence` looks here for what is not in its own table."""

TRAIN_NOTICES: dict[str, str] = {}
"""`strings.notice` looks here for what is not in its own table."""
