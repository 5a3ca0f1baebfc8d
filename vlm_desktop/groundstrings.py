"""Sentences about grounding that both fronts say.

Beside `vlm_desktop.strings`, in the same manner: whole sentences with named places.
"""

from vlm_desktop.base import grounderrors
from vlm_desktop.base.errors import AppError

GROUND_ERRORS: dict[type[AppError], str] = {
    grounderrors.PromptEmpty: "Click on the object, or drag a box around it.",
    grounderrors.PromptOutside: (
        "The place {x}, {y} lies outside of the picture, which is {width} x {height} pixels."
    ),
    grounderrors.PhraseEmpty: "Say what to look for: the phrase is empty.",
    grounderrors.FindsNoPhrases: (
        "{model} cannot look for words in a picture. Models that can: {known}."
    ),
    grounderrors.LabelBatchUnknown: "This batch of pictures is not kept any more.",
}
"""`strings.sentence` looks here for what is not in its own table."""

GROUND_NOTICES: dict[str, str] = {
    "phrase-cut": "The phrase is very long; only its beginning was looked for: “{detail}”.",
}
"""`strings.notice` looks here for what is not in its own table."""
