"""Errors of grounding: prompts, phrases, masks and kept objects; see `base.errors`.

Their sentences are in `vlm_desktop.groundstrings`.
"""

from vlm_desktop.base.errors import RequestError


class GroundRefused(RequestError):
    """Root of what cannot be pointed at or named as asked; the next lines say which."""


class PhraseEmpty(GroundRefused):
    """Nothing was said that could be looked for."""


class FindsNoPhrases(GroundRefused):
    """The model is there, and cannot look for words; `known` names those that can."""

    def __init__(self, *, model: str, known: str) -> None:
        super().__init__(model=model, known=known)


class PromptEmpty(GroundRefused):
    """Nothing says what belongs to the object: no box, and no point that adds."""


class PromptOutside(GroundRefused):
    """A click, or all of a box, lies outside of the picture, whose size is in pixels."""

    def __init__(self, *, x: str, y: str, width: int, height: int) -> None:
        super().__init__(x=x, y=y, width=width, height=height)


# --- kept objects ----------------------------------------------------------------------


class LabelBatchUnknown(GroundRefused):
    """The batch of pictures to label was removed, or never was."""
