"""Errors of conversations and of the memory that models share; see `base.errors`."""

from pathlib import Path

from vlm_desktop.base.errors import ModelError, RequestError


class ChatOutOfMemory(ModelError):
    """Memory ran out while a model answered, with the smallest pictures and no other model.

    `offer` is the id of a model on this disk that would fit, "" when there is none.
    """

    def __init__(self, *, model: str, detail: str, offer: str) -> None:
        self.offer = offer
        super().__init__(model=model, detail=detail, offer=offer)


class ModelTooLarge(ModelError):
    """A model needs more memory than models that answer may take; both in bytes.

    `offer` is the id of a model on this disk that would fit, "" when there is none.
    """

    def __init__(self, *, model: str, needed: int, limit: int, offer: str) -> None:
        self.offer = offer
        super().__init__(model=model, needed=needed, limit=limit, offer=offer)


class ConversationUnknown(RequestError):
    """The conversation was deleted, or never was."""


class TurnUnknown(RequestError):
    """The question or answer was taken out of its conversation, or never was in one."""


class NoAnswerYet(RequestError):
    """What was asked for needs an answer of a model, and the turn is none."""


class PresetNameRefused(RequestError):
    """A system prompt without a name, or with that of one that comes with the program."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class BadRegion(RequestError):
    """A region that does not meet its picture, whose size is in pixels (PDF: points)."""

    def __init__(self, *, path: Path, width: int, height: int) -> None:
        super().__init__(path=path, width=width, height=height)


class SchemaRefused(RequestError):
    """What was given as a JSON schema is none, or asks for what cannot be asked."""

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)
