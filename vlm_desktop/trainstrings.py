"""Sentences about training that both fronts say.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.base import trainerrors, training, trainingdata
from vlm_desktop.base.language import fill

if TYPE_CHECKING:
    from vlm_desktop.base.errors import AppError
    from vlm_desktop.base.training import TrainEvent
    from vlm_desktop.base.trainingdata import Advice, SkippedRow, TrainFinding, WorthLabelling

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
        "Nothing can be learned from the examples {keys}: no token of their answers is left, "
        "because they are empty or were cut off."
    ),
    trainerrors.PlacesDiffer: (
        "The model would be trained blindly: the examples {keys} have {placeholders} places for "
        "pictures in their text, and {features} features to put there."
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
    trainerrors.BatchTooLarge: (
        "{batch} examples at once do not fit into memory ({detail}). A run would take fewer at "
        "once until they do; to see the model here, choose a smaller batch."
    ),
    trainerrors.KindNotTaught: "Models of the kind {kind} cannot be trained; kinds: {known}.",
    trainerrors.GroupUnknown: ("[run.rates] names {name}, but what is trained here is {known}."),
    trainerrors.AdapterUnknown: "There is no adapter called {adapter}.",
    trainerrors.AdapterForeign: (
        "The adapter {adapter} was taught on {base} and cannot be used with {model}. Choose that "
        "model, or teach it anew."
    ),
    trainerrors.StrengthWrong: (
        "{strength} is no strength of an adapter. Give a number from 0 to {most}."
    ),
    trainerrors.AdapterNameTaken: "There is an adapter called {name} already. Choose another name.",
    trainerrors.AdapterNameEmpty: "Give the adapter a name.",
    trainerrors.AdapterKnown: "This adapter is on the shelf already; it is called {name}.",
    trainerrors.AdapterDamaged: (
        "The adapter {adapter} is damaged and is not used: {detail}. Take it from its run again, "
        "or import it anew."
    ),
    trainerrors.AdapterUnproven: (
        "{path} is not taken in: it names no checksum of the adapter's weights, so nobody can tell "
        "whether they arrived as they were sent."
    ),
    trainerrors.AdapterWorn: "The adapter {adapter} is in use. Take it off before removing it.",
    trainerrors.AdaptersTooMany: (
        "A model wears at most {most} adapters at once, and it wears {worn} already. Take one off."
    ),
    trainerrors.RunNotEnded: (
        "The training run {run} has not come to an end yet. Let it end, or stop it; what it "
        "learned so far is kept."
    ),
    trainerrors.QuantisedNotMerged: (
        "The adapter {adapter} was taught on a model in 4 bits. In plain weights it would be "
        "another model, so it is not merged; go on wearing it."
    ),
    trainerrors.NamesNotMerged: (
        "The adapter {adapter} knows names and changes no weights, so there is nothing to merge."
    ),
    trainerrors.KindNotMerged: (
        "The adapter {adapter} cannot be merged: it was taught on a model of the kind {kind}."
    ),
    trainerrors.ModelNameTaken: (
        "A model cannot be called {model}: there is one already, or this is no id of a model "
        "(small letters, digits, dots and dashes)."
    ),
    trainerrors.MergeDiffers: (
        "The merged model was not kept: it says the same as the model with the adapter {adapter} "
        "on for only {same} of {total} pictures."
    ),
    trainerrors.WritingDiffers: (
        "What was written of the adapter {adapter} was not kept: its vectors differ from the exact "
        "ones (lowest cosine {cosine}, {needed} needed)."
    ),
    trainerrors.NothingToCompare: "There is no held-out example to compare models on.",
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


# --- data sets, and what is wrong with them ----------------------------------------------

TRAIN_SOURCES: dict[str, str] = {
    "alt texts": "approved alt texts",
    "documents": "corrected documents",
    "objects": "accepted boxes",
    "chat": "answers with a thumb up",
    "library": "photos of the library",
    "folder": "a folder of pictures",
    "jsonl": "JSON lines",
    "csv": "a table (CSV)",
    "llava": "conversations (LLaVA)",
    "sharegpt": "conversations (ShareGPT)",
    "coco": "captions (COCO)",
}
"""By `base.trainingdata.TrainSource`."""

SKIPPED: dict[str, str] = {
    "no-picture": "{where}: no picture is named. {detail}",
    "picture-absent": "{where}: the picture was not found: {detail}",
    "picture-outside": (
        "{where}: the picture lies outside of the file's folder: {detail} (name the folder it is "
        "in, and it is taken)"
    ),
    "no-text": "{where}: there is no text. {detail}",
    "malformed": "{where}: this makes no sense here. {detail}",
    "several-pictures": "{where}: several pictures at once cannot be trained on. {detail}",
    "no-place": "{where}: the box is no place in a picture. {detail}",
    "untold": "{where}: nothing in it was corrected or reviewed. {detail}",
    "too-many": "{where}: this and all that follows was not read; it is too much at once.",
}
"""Why a row became no example, by `base.trainingdata.SkipReason`."""

FINDINGS: dict[str, str] = {
    "nothing": "There is nothing to train on.",
    "one-item": "There is only one example, and at least two are needed.",
    "no-training": "Everything is held out for validation; nothing is left to train on.",
    "no-validation": (
        "Nothing is held out, so nobody will know whether the model learned or just repeats."
    ),
    "all-the-same": (
        "Every example says the same: “{detail}”. That is learned at once, and blindly."
    ),
    "unreadable": "{detail} cannot be read: {reason}.",
    "vanished": "{detail} is gone from this disk.",
    "moved": "The picture has moved and lies at {detail} now.",
    "rotated": (
        "{detail} lies on its side in the file and says so; it is set upright before training."
    ),
    "across-splits": (
        "The same picture, or nearly, is both trained on and held out, so the score would be too "
        "good: {detail}."
    ),
    "repeated": "The same words about the same picture are there more than once: {detail}.",
    "empty": "Nothing is to be said about this picture.",
    "too-long": "Too long for the model, in tokens: {detail}. The end would be cut off.",
    "file-name": "The text holds the name of a file or camera: {detail}.",
    "box-outside": "The box reaches out of its picture: {detail}.",
    "box-empty": "The box holds nothing of its picture: {detail}.",
    "conflict": "One picture, several answers: {detail}.",
    "label-noise": "The base model would rather say: “{detail}”.",
}
"""By `base.trainingdata.FindingCode`."""

FINDING_MORE = "The same holds of {count} more examples."

FIXES: dict[str, str] = {
    "leave-out": "Leave out",
    "remove": "Remove",
    "group": "Put on one side",
    "clip-box": "Cut the box at the edge",
    "find-moved": "Follow the picture",
    "split": "Hold out a fifth",
}
"""What ends a finding, by `base.trainingdata.Fix`."""

ADVICE: dict[str, str] = {
    "few": "{detail} examples to train on are few; from some 30 on a model learns a style.",
    "split": "Nothing is held out yet. Hold out a fifth, to see whether the model learns.",
    "few-validated": "{detail} held-out examples say little; ten or more tell better.",
    "uneven": "The labels are uneven ({detail}); add examples of the rarer ones.",
    "few-of-label": "There are few examples of a label ({detail}); five or more are better.",
    "label-not-validated": "No example of “{detail}” is held out.",
    "some-unlabelled": "{detail} examples have no label, the others do.",
}
"""What a data set lacks, by `base.trainingdata.Advice`."""

ASK_REASONS: dict[str, str] = {
    "tuned-differs": "The base model says “{first}”, the tuned one “{second}”.",
    "samples-differ": "The model says “{first}”, and asked again “{second}”.",
    "search-differs": "It says “{first}”, but looks more like “{second}”.",
}
"""Why an item is worth a label, by `base.trainingdata.AskReason`."""


def skipped(row: SkippedRow) -> str:
    """Why a row was left out, with its place."""
    return fill(SKIPPED[row.reason.value], where=row.where, detail=row.detail).strip()


def finding(found: TrainFinding, reason: str = "") -> str:
    """What the doctor found, in a sentence. `reason` is why a picture cannot be read, in words."""
    if is_rest(found):
        return fill(FINDING_MORE, count=len(found.keys))
    return fill(FINDINGS[found.code.value], detail=found.detail, reason=reason or found.reason)


def is_rest(found: TrainFinding) -> bool:
    """Whether it stands for all those of its kind that were not told one by one."""
    return found.detail == trainingdata.REST


def advice(said: Advice) -> str:
    return fill(ADVICE[said.code], detail=said.detail)


def ask_reason(item: WorthLabelling) -> str:
    """Why an item is worth a label."""
    return fill(ASK_REASONS[item.reason.value], first=item.first, second=item.second)


# --- runs -----------------------------------------------------------------------------------

RUN_STATES: dict[str, str] = {
    "queued": "waits for its turn",
    "running": "is running",
    "paused": "is paused",
    "done": "is done",
    "stopped": "was stopped",
    "failed": "failed",
    "interrupted": "was interrupted",
}
"""By `base.training.RunState`."""

RUNGS: dict[str, str] = {
    "batch": "batch times accumulation",
    "checkpointing": "computing layers anew instead of keeping them",
    "image budget": "tokens a picture",
    "quantised base": "a base in 4 bits",
    "rank": "rank of the adapters",
}
"""By `Adjusted.what`."""

RUN_SAYINGS: dict[str, str] = {
    "step": (
        "Step {step} of {total}: loss {loss:.4f}, rate {rate:.2g}, {speed:,.0f} tokens a second"
    ),
    "left": ", {low} to {high} left",
    "validated": "Step {step}: {metric} {value:.3f} ({low:.3f} to {high:.3f}), loss {loss:.4f}",
    "blind": ", {value:.3f} with blank pictures",
    "general": ", general {value:.3f}",
    "best": "; the best so far",
    "adjusted": "Memory ran out, so this was made smaller: {what}, from {before} to {after}.",
    "saved": "Saved {folder}.",
    "state": "The run {state}.",
    "preparing": "Getting examples ready: {done} of {total}.",
}
"""What a run says, by event; pieces of sentences begin with a mark."""

RUN_STARTED = "The run is called {run}. It learns from {train} examples; {held} are held out."
RUN_RESUMES = "Go on with: vlm-desktop train --resume {run}"
RUN_FROZEN = (
    "Start it with: vlm-desktop train --resume {run}, or in many processes with: accelerate launch "
    "-m vlm_desktop train-worker {folder}"
)
RUN_LEFT = "It goes on by itself. Look again with: vlm-desktop train follow {run}"
ESTIMATED_MEMORY = "Estimated: {total} in all, {step} of it for a step."
MEASURED_MEMORY = "One step took {measured}, so that {corrected} are to be expected in all."
CANNOT_START = "It would not start: {reason}"
CAN_START = "It can start: {steps} steps of {batch} examples."


def run_event(event: TrainEvent) -> str:
    """What a run says, in a sentence; "" for what is said elsewhere."""
    if isinstance(event, training.StepDone):
        said = fill(
            RUN_SAYINGS["step"],
            step=event.step,
            total=event.total_steps,
            loss=event.loss,
            rate=event.rate,
            speed=event.tokens_per_second,
        )
        low, high = event.seconds_left
        left = fill(RUN_SAYINGS["left"], low=duration(low), high=duration(high)) if high else ""
        return f"{said}{left}."
    if isinstance(event, training.Validated):
        return _validated(event)
    if isinstance(event, training.Adjusted):
        what = RUNGS.get(event.what, event.what)
        return fill(RUN_SAYINGS["adjusted"], what=what, before=event.before, after=event.after)
    if isinstance(event, training.Alarm):
        return fill(TRAIN_NOTICES[event.code], detail=event.detail)
    if isinstance(event, training.Saved):
        return fill(RUN_SAYINGS["saved"], folder=event.folder)
    if isinstance(event, training.StateChanged):
        return event.detail or fill(RUN_SAYINGS["state"], state=RUN_STATES[event.state.value])
    if isinstance(event, training.Preparing):
        total = "?" if event.total is None else event.total
        return fill(RUN_SAYINGS["preparing"], done=event.done, total=total)
    return ""


def _validated(event: training.Validated) -> str:
    said = fill(
        RUN_SAYINGS["validated"], step=event.step, metric=event.metric, value=event.score.value,
        low=event.score.low, high=event.score.high, loss=event.loss,
    )  # fmt: skip
    if event.blind is not None:
        said += fill(RUN_SAYINGS["blind"], value=event.blind)
    if event.general is not None:
        said += fill(RUN_SAYINGS["general"], value=event.general)
    best = RUN_SAYINGS["best"] if event.is_best else ""
    return f"{said}{best}."


def duration(seconds: float) -> str:
    """A time that is to come, roughly: "40 s", "12 min", "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def source_name(source: str) -> str:
    """What a source is called, by `Share.name` or `TrainSource`; others by their own name."""
    return TRAIN_SOURCES.get(source, source)


def fix_name(found: TrainFinding) -> str:
    """What would end a finding, "" where nothing can."""
    return FIXES[found.fix.value] if found.fix else ""


# --- adapters -------------------------------------------------------------------------------

ADAPTER_STATES: dict[str, str] = {
    "sound": "can be used",
    "base absent": "its model is not on this disk",
    "foreign": "taught on other weights of its model",
    "damaged": "damaged",
}
"""By `base.adapters.AdapterState`."""

WORN_BY: dict[str, str] = {
    "answers": "{model} answers in Chat and Alt text now.",
    "search": "{model} answers searches now.",
}
"""By `base.adapters.Wearer`."""

ADAPTER_MADE = "The adapter is called {name}."
ADAPTER_REMOVED = "The adapter {name} was removed. Until the next start it can be brought back."
ADAPTER_MERGED = "The model is called {model}. It takes {size} on the disk."
REPLAY_SAID = "{same} of {total} pictures were answered in the very same words."
CLOSE_TEXTS = "Texts: lowest cosine {lowest:.5f}, mean {mean:.5f}, over {rows}."
CLOSE_IMAGES = "Pictures: lowest cosine {lowest:.5f}, mean {mean:.5f}, over {rows}."
COMPARED_SAID = (
    "{name}: {metric} {mean:.3f}; {improved} improved, {harmed} harmed, {equal} equal, sign test "
    "p = {p:.3g}; mean difference {value:+.3f} ({low:+.3f} to {high:+.3f})"
)
COMPARED_BASE = "{name}: {metric} {mean:.3f}"
