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
