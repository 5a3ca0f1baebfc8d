"""Sentences about grounding that both fronts say.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm_desktop.base import grounderrors
from vlm_desktop.base.language import fill

if TYPE_CHECKING:  # the window starts here, and this would load numpy
    from vlm_desktop.base.errors import AppError
    from vlm_desktop.base.grounding import Clause, Grounded

GROUND_ERRORS: dict[type[AppError], str] = {
    grounderrors.PromptEmpty: "Click on the object, or drag a box around it.",
    grounderrors.NothingOutlined: (
        "Nothing is left to outline in {path}: every place that was pointed at is excluded."
    ),
    grounderrors.PromptOutside: (
        "The place {x}, {y} lies outside of the picture, which is {width} x {height} pixels."
    ),
    grounderrors.PhraseEmpty: "Say what to look for: the phrase is empty.",
    grounderrors.FindsNoPhrases: (
        "{model} cannot look for words in a picture. Models that can: {known}."
    ),
    grounderrors.TooFewToFit: (
        "There is too little to fit a finder on: in each half of the pictures, {least} need a "
        "phrase with a box of 3 % of the picture or more, and a half has only {found}."
    ),
    grounderrors.LabelBatchUnknown: "This batch of pictures is not kept any more.",
    grounderrors.AnnotationsTooLarge: (
        "{path} is too large to be read at once. Split it and try again."
    ),
    grounderrors.AnnotationsUnknown: (
        "{path} holds no objects in a format that is read here: COCO, YOLO, labelme, Pascal VOC, "
        "RefCOCO in JSON, or an export of this program."
    ),
    grounderrors.ExportFolderFull: (
        "The folder {path} holds something already, and nothing is written over. Choose another "
        "name or an empty folder."
    ),
    grounderrors.NoSuchObject: "This object of {path} is gone, or has no outline.",
}
"""`strings.sentence` looks here for what is not in its own table."""

GROUND_NOTICES: dict[str, str] = {
    "phrase-cut": "The phrase is very long; only its beginning was looked for: “{detail}”.",
    "phrase-not-english": (
        "“{detail}” does not look like English, and the model that finds phrases reads English "
        "only, so it was not looked for. Say it in English, or choose a model that reads more."
    ),
    "objects-clipped": "Places that reach beyond their picture were cut at its edge: {detail}.",
    "objects-outside": "Places outside of their picture were left out: {detail}.",
    "objects-unreadable": "Entries that make no sense were left out: {detail}.",
    "objects-without-place": "Objects without a place were left out: {detail}.",
    "objects-without-outline": "Objects without an outline were left out: {detail}.",
    "objects-without-words": "Objects that nothing names were left out: {detail}.",
    "objects-too-many": "Of pictures with too many objects, some were left out: {detail}.",
    "labels-changed": "Labels were changed to what the format can hold: {detail}.",
    "labels-too-many": "Objects of labels beyond the 255th were left out: {detail}.",
    "masks-overlap": (
        "Masks that overlap cover each other in the pictures of labels; each is whole in its own "
        "file: {detail}."
    ),
    "pictures-absent": "Pictures that were not found were left out: {detail}.",
    "pictures-unreadable": "Pictures that cannot be read were left out: {detail}.",
    "pictures-other-size": ("Pictures of another size than the file says were left out: {detail}."),
}
"""`strings.notice` looks here for what is not in its own table."""

VERDICTS: dict[str, str] = {
    "found": "Found: {phrase}.",
    "several": "{count} match: {phrase}.",
    "absent": "Not here: {phrase}.",
    "attribute-wrong": "Not quite: {phrase}.",
    "unsure": "Not sure: {phrase}.",
}
"""What is said of a phrase, by `base.grounding.Verdict`."""

REASONS: dict[str, str] = {
    "object": "Nothing here is “{noun}”.",
    "attribute": "“{noun}” is here, but not “{said}”.",
    "relation": "“{noun}” is here, but not “{said}”.",
    "place": "“{noun}” is here, but not “{said}”.",
    "number": "“{noun}” is here, but not “{said}” of them.",
}
"""Why a phrase was not found, by the kind of the clause that does not hold."""

REASONS_INSTEAD: dict[str, str] = {
    "attribute": "“{noun}” is here, but it is {instead} and not “{said}”.",
    "place": "“{noun}” is here, but it is {instead} and not “{said}”.",
    "number": "“{noun}”: {instead} are here, and not “{said}”.",
}
"""The same where it is known what is there in its place."""

REASON_OPEN = "“{noun}” is here; whether it is “{said}” cannot be told."
REASON_UNSURE = "Whether “{noun}” is here cannot be told."

SEEN: dict[str, str] = {
    "black": "black",
    "grey": "grey",
    "white": "white",
    "red": "red",
    "orange": "orange",
    "brown": "brown",
    "beige": "beige",
    "yellow": "yellow",
    "green": "green",
    "turquoise": "turquoise",
    "blue": "blue",
    "purple": "purple",
    "pink": "pink",
    "left": "on the left",
    "right": "on the right",
    "top": "at the top",
    "bottom": "at the bottom",
    "middle": "in the middle",
    "top left": "at the top left",
    "top right": "at the top right",
    "bottom left": "at the bottom left",
    "bottom right": "at the bottom right",
}
"""What was seen in place of what was said, by `Clause.instead`; other words are shown as they
are."""


def verdict(grounded: Grounded) -> str:
    """What is said of a phrase, in a sentence."""
    words = VERDICTS[grounded.verdict.value]
    return fill(words, phrase=grounded.phrase, count=len(grounded.regions))


def reason(grounded: Grounded) -> str:
    """Why a phrase was not found, or is not sure, in a sentence; "" where there is nothing to say.

    Names the first clause that does not hold, else the first that cannot be told.
    """
    if grounded.verdict.value in {"found", "several"} or not grounded.clauses:
        return ""
    noun = grounded.clauses[0]
    failing = [one for one in grounded.clauses if one.holds is False]
    if failing:
        return _failing(failing[0], noun)
    if noun.holds is None:
        return fill(REASON_UNSURE, noun=noun.text)
    still = [one for one in grounded.clauses if one.holds is None]
    return fill(REASON_OPEN, noun=noun.text, said=still[0].text) if still else ""


def _failing(clause: Clause, noun: Clause) -> str:
    kind = clause.kind.value
    if clause.instead and kind in REASONS_INSTEAD:
        instead = SEEN.get(clause.instead, clause.instead)
        return fill(REASONS_INSTEAD[kind], noun=noun.text, said=clause.text, instead=instead)
    return fill(REASONS[kind], noun=noun.text, said=clause.text)
