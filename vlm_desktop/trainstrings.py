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
    trainerrors.RecipeWrong: "In the recipe, {key} {detail}.",
    trainerrors.RunUnknown: "There is no training run {run}.",
    trainerrors.RunNotLive: "The training run {run} is neither running nor waiting.",
    trainerrors.RunIsLive: "The training run {run} is still going on. Pause or stop it first.",
    trainerrors.RunFinished: "The training run {run} has come to its end and cannot go on.",
    trainerrors.RunDamaged: "The training run cannot be used: {path} does not read ({detail}).",
    trainerrors.NothingSupervised: (
        "Training was not started: in the examples {keys} no token is left to learn from, because "
        "the answers are empty or were cut off."
    ),
    trainerrors.PlacesDiffer: (
        "Training was not started: the examples {keys} have {placeholders} places for pictures "
        "in their text but {features} features to put there, so the model would not see."
    ),
    trainerrors.NothingTrainable: (
        "Nothing of {model} would be trained: its parts are {targets}. Name some of them in "
        "[method] targets."
    ),
    trainerrors.LossNotFinite: (
        "Training stopped before step {step}: the {what} is no finite number for the examples "
        "{keys}. Look at these, or lower the rate; the last good checkpoint is kept."
    ),
    trainerrors.TrainOutOfMemory: (
        "Memory ran out at step {step}, and nothing is left to make smaller ({detail}). Choose a "
        "smaller model or close other programs."
    ),
    trainerrors.KindNotTaught: "Models of the kind {kind} cannot be trained; kinds: {known}.",
    trainerrors.GroupUnknown: ("[run.rates] names {name}, but what is trained here is {known}."),
}
"""`strings.sentence` looks here for what is not in its own table."""

TRAIN_NOTICES: dict[str, str] = {
    "train-blind": (
        "The model does hardly better than without seeing: it has learned words, not what pictures "
        "show ({detail} with blank pictures)."
    ),
    "train-forgot": (
        "What the model could do before has suffered: the general score fell ({detail})."
    ),
}
"""`strings.notice` looks here for what is not in its own table."""
