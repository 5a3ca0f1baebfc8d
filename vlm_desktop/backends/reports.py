"""What backends tell about their own work, as frozen values. Imports no runtime."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Rejection(StrEnum):
    """Why a provider is not used. `doctor` puts each into words."""

    NOT_IN_BUILD = "not-in-this-build"
    NOT_TRIED = "not-tried"
    LOAD_FAILED = "failed-to-load"
    FELL_BACK = "fell-back-to-the-cpu"
    WRONG_NUMBERS = "wrong-numbers"
    OUT_OF_MEMORY = "out-of-memory"
    RUN_FAILED = "failed-to-run"


@dataclass(frozen=True, slots=True)
class ProviderTrial:
    """One provider's outcome; `rejection` is None when it passed (or is the CPU)."""

    provider: str
    rejection: Rejection | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """The provider to use, by short name, and what every one answered, best first."""

    provider: str
    trials: tuple[ProviderTrial, ...]


@dataclass(frozen=True, slots=True)
class Parity:
    """Cosines between rows of the exported graph and of PyTorch on the same inputs.

    `needed` is what `lowest` had to reach for the export to be kept.
    """

    rows: int
    lowest: float
    mean: float
    needed: float

    @property
    def holds(self) -> bool:
        return self.lowest >= self.needed


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """What answering costs: a second question about a picture, and streaming, as ratios.

    Seconds are to the first token, and of writing `tokens` tokens; `streaming_overhead` is the
    part by which a stream takes longer than a bare `generate` of the same tokens (0.03: 3 %).
    """

    model_id: str
    parameters: int
    device: str
    precision: str
    vision: str
    image_tokens: int
    first_seconds: float
    second_seconds: float
    second_over_first: float
    tokens: int
    stream_seconds: float
    generate_seconds: float
    streaming_overhead: float


@dataclass(frozen=True, slots=True)
class ExportReport:
    """A finished export: where it lies, how large it is and how well it agrees."""

    model_id: str
    export_id: str
    path: Path
    precision: str
    opset: int
    images: Parity
    texts: Parity
    size_bytes: int
    seconds: float
