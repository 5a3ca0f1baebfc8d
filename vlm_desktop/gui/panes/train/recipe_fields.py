"""Every field of a recipe that a person may set, as one table. Words are `strings.FIELD_...`."""

from dataclasses import dataclass
from enum import Enum, auto

ASSISTANT, ENCODER, PROBE, PROMPTS, CHAT = "assistant", "encoder", "probe", "prompts", "chat"
WRITERS = frozenset({ASSISTANT, CHAT})
NAMERS = frozenset({ENCODER, PROBE, PROMPTS})
LOW_RANK = frozenset({ASSISTANT, ENCODER, CHAT})
ALL = WRITERS | NAMERS
"""Kinds of recipes."""


class Sort(Enum):
    """What a value is set with."""

    NUMBER = auto()
    TEXT = auto()
    YES = auto()
    CHOICE = auto()
    RATES = auto()
    """Names with a number each."""
    FILE = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a table of the recipe. `choices` are values of a CHOICE; `kinds` those it means
    something to."""

    part: str
    key: str
    sort: Sort
    kinds: frozenset[str] = ALL
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the tables of words have it."""
        return f"{self.part}.{self.key}"


_TIMES = ("ends", "always", "never")
GROUPS: dict[str, tuple[Field, ...]] = {
    "method": (
        Field("method", "rank", Sort.NUMBER, LOW_RANK),
        Field("method", "alpha", Sort.NUMBER, LOW_RANK),
        Field("method", "dropout", Sort.NUMBER, LOW_RANK),
        Field("method", "dora", Sort.YES, LOW_RANK),
        Field("method", "rslora", Sort.YES, LOW_RANK),
        Field("method", "full", Sort.YES, LOW_RANK),
        Field("method", "quantised", Sort.YES, frozenset({CHAT})),
        Field("method", "image_tokens", Sort.NUMBER, frozenset({CHAT})),
        Field("method", "prompt_tokens", Sort.NUMBER, frozenset({PROMPTS})),
    ),
    "loss": (
        Field("loss", "kind", Sort.CHOICE, NAMERS, ("infonce", "sigmoid")),
        Field("loss", "hard_negatives", Sort.NUMBER, NAMERS),
        Field("loss", "learn_temperature", Sort.YES, NAMERS),
    ),
    "pace": (
        Field("run", "epochs", Sort.NUMBER),
        Field("run", "steps", Sort.NUMBER),
        Field("run", "rate", Sort.NUMBER),
        Field("run", "rates", Sort.RATES),
        Field("run", "schedule", Sort.CHOICE, choices=("cosine", "linear", "constant")),
        Field("run", "warmup", Sort.NUMBER),
        Field("run", "decay", Sort.NUMBER),
        Field("run", "clip", Sort.NUMBER),
    ),
    "portions": (
        Field("run", "batch", Sort.NUMBER),
        Field("run", "accumulation", Sort.NUMBER),
        Field("run", "seed", Sort.NUMBER),
        Field("run", "precision", Sort.CHOICE, choices=("fp32", "bf16", "fp16")),
        Field("run", "checkpointing", Sort.YES, frozenset({CHAT})),
        Field("run", "device", Sort.CHOICE, choices=("auto", "cpu", "cuda", "mps")),
        Field("run", "threads", Sort.NUMBER),
    ),
    "exams": (
        Field("run", "evaluate_every", Sort.NUMBER),
        Field("run", "save_every", Sort.NUMBER),
        Field("run", "patience", Sort.NUMBER),
        Field(
            "run", "metric", Sort.CHOICE, WRITERS,
            ("", "cider", "exact", "vqa", "fields", "iou", "loss"),
        ),
        Field("run", "metric", Sort.CHOICE, NAMERS, ("", "recall@1", "recall@5", "recall@10")),
        Field("run", "probes", Sort.NUMBER),
        Field("run", "blind", Sort.CHOICE, choices=_TIMES),
    ),
    "guard": (
        Field("guard", "file", Sort.FILE),
        Field("guard", "limit", Sort.NUMBER),
        Field("guard", "fall", Sort.NUMBER),
        Field("guard", "measure", Sort.CHOICE, choices=("relative", "points")),
        Field("guard", "when", Sort.CHOICE, choices=_TIMES),
        Field("guard", "keep", Sort.NUMBER, frozenset({ASSISTANT, ENCODER})),
    ),
}  # fmt: skip
"""By the group they are shown in, in order."""


def meant_for(kind: str, part: str, key: str) -> bool:
    """Whether a key means something to a kind."""
    same = [one for some in GROUPS.values() for one in some if (one.part, one.key) == (part, key)]
    if (part, key) == ("method", "targets"):
        return kind in LOW_RANK
    return any(kind in one.kinds for one in same)
