"""What a front asks for where files are moved, copied and compared."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from vlm_desktop.base.errors import AppError


class ExportKind(StrEnum):
    COPIES = "copies"
    LIST = "list"
    TABLE = "table"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class SheetWords:
    """The words of a contact sheet and the code of the language they are in."""

    title: str = "Photos"
    count: str = ""
    no_picture: str = "No picture"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`target` is a folder for copies, else the file to write, which must not be there.

    `numbered` puts the place among the hits before each copy's name. `words` are those of the
    contact sheet.
    """

    kind: ExportKind
    target: Path
    numbered: bool = False
    sidecars: bool = True
    words: SheetWords = field(default_factory=SheetWords)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that stayed as it was, and the error that says why."""

    path: Path
    error: AppError


@dataclass(frozen=True, slots=True)
class TrashRequest:
    """`kept` is the copy because of which `path` may go: while it is absent, `path` stays."""

    path: Path
    kept: Path | None = None


class Tier(StrEnum):
    """How alike duplicates are: the same bytes, the same pixels, nearly the same picture."""

    IDENTICAL = "identical"
    PIXELS = "pixels"
    NEAR = "near"


class KeepReason(StrEnum):
    """What sets the copy that is suggested to be kept apart from the next best one."""

    RAW = "raw"
    PIXELS = "pixels"
    SIDECAR = "sidecar"
    RATING = "rating"
    BYTES = "bytes"
    NAME = "name"
    OLDER = "older"
    PLACE = "place"
    FIRST = "first"
    """Nothing sets it apart but its name's place in the alphabet."""
