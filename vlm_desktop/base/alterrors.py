"""Errors of the keeping of alt texts; see `base.errors`."""

from pathlib import Path

from vlm_desktop.base.errors import OptionUnsupported, RequestError


class AltSetUnknown(RequestError):
    """The set was removed, or never was."""


class AltImageUnknown(RequestError):
    """The image was forgotten, or never was kept."""


class AltEventUnknown(RequestError):
    """There is no such line in the history."""


class AltNameMissing(RequestError):
    """A set without a name."""


class ApprovalRefused(RequestError):
    """Root of the reasons why a text was not approved; `name` is the image's."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class NothingDecided(ApprovalRefused):
    """Nobody said yet what the image is for."""


class NothingWritten(ApprovalRefused):
    """There is no text, and the image is not decorative."""


class FollowsAnother(ApprovalRefused):
    """Another image of its group carries the text."""


class NothingToSee(ApprovalRefused):
    """Its file is not there, so nobody can have looked at it."""


class AltStateRefused(RequestError):
    """A state that only approving, or looking at the file, may give."""

    def __init__(self, *, state: str) -> None:
        super().__init__(state=state)


class StyleNotWritten(OptionUnsupported):
    """A model that only captions was asked for another style; `style` is its name."""

    def __init__(self, *, model: str, style: str) -> None:
        detail = f"it writes plain captions, not {style} ones"
        super().__init__(model=model, option="style", detail=detail)


class LanguageNotWritten(OptionUnsupported):
    """A model that writes English was asked for another language."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model, option="language", detail="it writes English only")


class SentencesNotWritten(OptionUnsupported):
    """A model that chooses among a few words was asked for a draft."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model, option="draft", detail="it only chooses among a few words")


class NotTranslating(OptionUnsupported):
    """A model that follows no instructions was asked for a translation."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model, option="translate", detail="it follows no instructions")


class NoTextRead(RequestError):
    """The words of an image were to be its alt text, and none were read in it."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class NoActionKnown(RequestError):
    """Neither the page nor the image tells what a link or button does."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)
