"""What engine verbs yield. Frozen; the job runner adds exactly one ending."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vlm_desktop.base.errors import Refusal


class Phase(StrEnum):
    """Stages of long work, in the order they run."""

    INVENTORY = "inventory"
    DECODE = "decode"
    ENCODE = "encode"
    OCR = "ocr"
    CALIBRATE = "calibrate"
    EXPORT = "export"
    DOWNLOAD = "download"
    VERIFY = "verify"
    EVALUATE = "evaluate"
    BENCH = "bench"
    EDIT = "edit"
    COPY = "copy"
    SCRUB = "scrub"
    LABEL = "label"
    MAP = "map"
    THUMBNAILS = "thumbnails"
    SIZES = "sizes"
    TRASH = "trash"
    LOAD = "load"
    ANSWER = "answer"
    GROUND = "ground"


@dataclass(frozen=True, slots=True)
class Event:
    """Root of everything a verb yields."""


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """`total` is None while it is not known. `rate` is items per second, 0 when not measured.

    While a model is downloaded, the items are bytes.
    """

    phase: Phase
    done: int
    total: int | None
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Quarantined(Event):
    """One file was set aside; the work goes on."""

    path: Path
    reason: Refusal
    detail: str


@dataclass(frozen=True, slots=True)
class Committed(Event):
    """The library holds this many more finished files than before; they can be searched."""

    files: int


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something worth telling that is no failure, by code (see `vlm_desktop.strings`)."""

    code: str
    detail: str = ""
