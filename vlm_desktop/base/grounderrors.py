"""Errors of grounding: prompts, phrases, masks and kept objects; see `base.errors`.

Their sentences are in `vlm_desktop.groundstrings`.
"""

from pathlib import Path

from vlm_desktop.base.errors import RequestError


class GroundRefused(RequestError):
    """Root of what cannot be pointed at or named as asked; the next lines say which."""


class PhraseEmpty(GroundRefused):
    """Nothing was said that could be looked for."""


class FindsNoPhrases(GroundRefused):
    """The model is there, and cannot look for words; `known` names those that can."""

    def __init__(self, *, model: str, known: str) -> None:
        super().__init__(model=model, known=known)


class TooFewToFit(GroundRefused):
    """Boxes of too few pictures to fit a finder on; `least` are needed in each half of them."""

    def __init__(self, *, least: int, found: int) -> None:
        super().__init__(least=least, found=found)


class PromptEmpty(GroundRefused):
    """Nothing says what belongs to the object: no box, and no point that adds."""


class NothingOutlined(GroundRefused):
    """Nothing is left of a mask, once what does not belong is taken away."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class PromptOutside(GroundRefused):
    """A click, or all of a box, lies outside of the picture, whose size is in pixels."""

    def __init__(self, *, x: str, y: str, width: int, height: int) -> None:
        super().__init__(x=x, y=y, width=width, height=height)


# --- kept objects ----------------------------------------------------------------------


class LabelBatchUnknown(GroundRefused):
    """The batch of pictures to label was removed, or never was."""


# --- exports and imports of objects ----------------------------------------------------


class AnnotationsTooLarge(GroundRefused):
    """A file of annotations of more bytes, or a folder of more files, than are read at once."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class AnnotationsUnknown(GroundRefused):
    """None of the formats that are read here."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class ExportFolderFull(GroundRefused):
    """The folder to export to holds something already."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)


class NoSuchObject(GroundRefused):
    """The object was taken out of its picture, or has no place that could be shown."""

    def __init__(self, *, path: Path) -> None:
        super().__init__(path=path)
