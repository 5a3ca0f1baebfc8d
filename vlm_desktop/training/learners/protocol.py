"""What the training loop asks of a model that learns; the loop knows nothing of models beyond it.

Importing this does not import torch. A learner lives in one thread of one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    import torch

    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.events import Progress
    from vlm_desktop.base.training import Example
    from vlm_desktop.training.spec import Recipe


@dataclass(frozen=True, slots=True)
class Place:
    """Where a learner works. `home` is the program's home folder, whose `models` hold what was
    downloaded; `run` the folder of the run; `cache` holds frozen features and may be thrown away.
    `device` is PyTorch's name of it."""

    home: Path
    run: Path
    cache: Path
    device: str = "cpu"


class LearnerFactory(Protocol):
    """`build` of a learner's module, named in `training.worker.LEARNERS`. Loads nothing yet."""

    def __call__(self, recipe: Recipe, place: Place) -> Learner: ...


@dataclass(frozen=True, slots=True)
class BaseModel:
    """What is trained upon, for the run card. "" where it is not known."""

    id: str
    revision: str
    licence: str
    family: str


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the real module tree. Counts are of single numbers; `bytes` is what its weights
    take as they are loaded (quantised ones less than their count would say)."""

    name: str
    parameters: int
    trainable: int
    bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Parameters with a learning rate of their own.

    `name` is what `[run.rates]` of a recipe may name; where it does not, the rate is the recipe's
    times `factor`. Names of parameters are unique over all groups and the same in every process,
    because checkpoints find the optimiser's state by them.
    """

    name: str
    parameters: tuple[tuple[str, torch.nn.Parameter], ...]
    factor: float = 1.0
    decays: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Examples made ready for the network, on its device or not yet.

    `supervised` counts the tokens that teach (pairs for an encoder) as `loss` will count them.
    `placeholders` counts places for pictures in the text, `features` the features that will stand
    there: training is refused where they differ. Both are 0 for models without such places.
    """

    keys: tuple[str, ...]
    data: Mapping[str, Any]
    supervised: int
    placeholders: int = 0
    features: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LossPart:
    """`loss` is a scalar: the mean over `supervised` tokens or pairs of the batch. The loop weighs
    parts by that count, so that accumulating and several processes give the mean over all. A loss
    that compares examples with each other compares those of one part in one process."""

    loss: torch.Tensor
    supervised: int


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One held-out example: what the model says and how good that is.

    The mean of `score` over examples is the metric (CIDEr and F1 are taken per item); higher is
    better. `answer` is text for a person: of an encoder, the best names with their scores. `loss`
    is the training loss of the example alone, or of its place in the whole set.
    """

    key: str
    answer: str
    score: float
    loss: float


@dataclass(frozen=True, slots=True)
class XrayToken:
    """A token as the network is given it: its piece of text, whether it is learned, and whether it
    is a place for a picture."""

    id: int
    text: str
    is_supervised: bool
    is_image: bool


@dataclass(frozen=True, slots=True, eq=False)
class Xray:
    """One example of a batch exactly as the network sees it.

    `pixels` are those after preprocessing, made visible again (RGB, 0..255). `template` is the
    decoded prompt with its special tokens, "" for models without text.
    """

    key: str
    pixels: PixelArray
    template: str
    tokens: tuple[XrayToken, ...]
    placeholders: int
    features: int


@dataclass(frozen=True, slots=True)
class Tower:
    """A stack of layers, for the memory estimate, as one batch runs through it.

    `rows` x `tokens` run through `layers` of `width`, with `heads` and `inner` features in the
    feed-forward part. `keeps` says whether what it computes is kept for the way back: False for a
    frozen tower with nothing trained before or in it. `vocabulary` is the width of its logits over
    all tokens, 0 for none.
    """

    name: str
    rows: int
    tokens: int
    layers: int
    width: int
    heads: int
    inner: int
    keeps: bool = True
    vocabulary: int = 0


class Rung(StrEnum):
    """What can be made smaller when memory runs out, in the order that costs least."""

    BATCH = "batch"
    """Half the batch, accumulated twice as often: the loop does it alone."""
    CHECKPOINTING = "checkpointing"
    IMAGE_BUDGET = "image budget"
    QUANTISED = "quantised base"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What a rung changed, in words for a person: "no" -> "yes", "256 tokens" -> "128 tokens"."""

    before: str
    after: str


@runtime_checkable
class CountsTokens(Protocol):
    """A learner whose texts have an end. Known after `open`; needs no `prepare`."""

    @property
    def most_tokens(self) -> int:
        """What the model reads, its pictures included; what is beyond is cut off."""
        ...

    def tokens_of(self, example: Example) -> int:
        """How many tokens an example is, put into the template, before anything is cut off."""
        ...


@runtime_checkable
class NamesTargets(Protocol):
    """A learner of which parts can be chosen. Known after `open`."""

    @property
    def targets(self) -> tuple[str, ...]:
        """What `method.targets` of a recipe may name."""
        ...


class Learner(Protocol):
    """A model that learns. Errors of libraries are translated to those of `base`."""

    @property
    def module(self) -> torch.nn.Module:
        """Holds every trained parameter; what accelerate prepares. Only after `open`."""
        ...

    @property
    def metric(self) -> str:
        """What `ItemScore.score` is: the recipe's `run.metric`, or the learner's own for ""."""
        ...

    def base(self) -> BaseModel:
        """What is trained upon. Known before `open`."""
        ...

    def open(self) -> None:
        """Load the base, freeze it, put in what is trained. Random numbers are seeded before, so
        that two processes start alike. Raises ModelError."""
        ...

    def components(self) -> tuple[Component, ...]:
        """The parts of the module tree, each parameter in exactly one. After `open`."""
        ...

    def groups(self) -> tuple[Group, ...]:
        """All trained parameters. Asked anew after `shrink`."""
        ...

    def prepare(
        self, examples: Sequence[Example], cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        """Get ready for these examples, of all splits: read pictures once, keep frozen features on
        the disk. Called once in every process, after `open` and before anything below. A picture
        that cannot be read raises MediaRefused: the doctor has sorted those out before."""
        ...

    def batch(self, keys: Sequence[str], draw: int) -> Batch:
        """Make examples ready. What is random about one of them is drawn from (`draw`, its key)
        alone, never from the generators of Python, numpy or torch, nor from its neighbours."""
        ...

    def loss(self, batch: Batch) -> LossPart:
        """Forward, in training mode, under the loop's autocast."""
        ...

    def xray(self, batch: Batch) -> tuple[Xray, ...]:
        """The batch as the network sees it, an example each."""
        ...

    def shapes(self, batch: Batch) -> tuple[Tower, ...]:
        """What the batch runs through, for the memory estimate."""
        ...

    def evaluate(
        self, examples: Sequence[Example], cancel: CancelToken, *, blank: bool = False
    ) -> tuple[ItemScore, ...]:
        """Answer held-out examples, one score each in their order, in evaluation mode and without
        drawing random numbers. With `blank` all pictures are evenly grey. Raises Cancelled."""
        ...

    def general(self, cancel: CancelToken) -> tuple[ItemScore, ...]:
        """The same on the general set that was frozen with the run, `place.run / "general.jsonl"`;
        empty where there is none."""
        ...

    def save(self, folder: Path) -> None:
        """Write what is trained, and buffers that change in training, and nothing else, as
        safetensors into this folder, which is there and empty. The loop moves it to its place
        once everything is on the disk."""
        ...

    def load(self, folder: Path) -> None:
        """Take trained weights of such a folder, bit for bit."""
        ...

    def shrink(self, rung: Rung) -> Shrunk | None:
        """Make something smaller; None where this cannot be. May be called again for more. After
        it `module` and `groups` are asked anew; parameters of the same name and shape keep their
        state in the optimiser."""
        ...

    def close(self) -> None:
        """Free memory and files."""
        ...
