"""How far a run is: what a checkpoint keeps beside the weights, and how it is put back."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from vlm_desktop.training.optimising import Optimiser
from vlm_desktop.training.order import Plan
from vlm_desktop.training.randomness import capture, packed, restore, unpacked

_GENERATOR = "generator"
_ADAM = "adam"


@dataclass(slots=True)
class Standing:
    """`evaluated` is the step of the last evaluation, -1 for none. `base`, `best` and `last` are
    evaluations as `validating.as_plain` gives them. `seconds` counts training and evaluating of all
    processes that worked on the run."""

    step: int = 0
    evaluated: int = -1
    best_step: int | None = None
    best_score: float | None = None
    since_better: int = 0
    seconds: float = 0.0
    tokens: int = 0
    base: dict[str, Any] | None = None
    best: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    rungs: list[str] = field(default_factory=list)
    batch: int = 0
    accumulation: int = 0
    processes: int = 1
    memory_factor: float | None = None
    peak_bytes: int = 0

    def take_sizes(self, plan: Plan) -> None:
        """Note what batches are of now."""
        self.batch, self.accumulation = plan.batch, plan.accumulation
        self.processes = plan.processes


def standing_of(state: dict[str, Any]) -> Standing:
    """The standing that a checkpoint's state holds."""
    known = {one.name for one in fields(Standing)}
    return Standing(**{name: value for name, value in state.items() if name in known})


def kept_state(
    standing: Standing, optimiser: Optimiser, accelerator: Accelerator
) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """What is written: state as JSON, and tensors. Every process must call it."""
    mine = packed(capture())
    everyone = gather_object([mine]) if accelerator.num_processes > 1 else [mine]
    state = {**asdict(standing), "generators": [plain for plain, _ in everyone]}
    if accelerator.scaler is not None:
        state["scaler"] = accelerator.scaler.state_dict()
    tensors = {f"{_ADAM}/{name}": one for name, one in optimiser.tensors().items()}
    for number, (_, generators) in enumerate(everyone):
        tensors |= {f"{_GENERATOR}/{number}/{name}": one for name, one in generators.items()}
    return state, tensors


def put_back(
    state: dict[str, Any],
    tensors: dict[str, torch.Tensor],
    optimiser: Optimiser,
    accelerator: Accelerator,
) -> None:
    """Give optimiser, scaler and generators what `kept_state` took."""
    optimiser.load(_under(tensors, f"{_ADAM}/"))
    if accelerator.scaler is not None and "scaler" in state:
        accelerator.scaler.load_state_dict(state["scaler"])
    number = accelerator.process_index
    if number < len(state["generators"]):
        mine = _under(tensors, f"{_GENERATOR}/{number}/")
        restore(unpacked(state["generators"][number], mine))


def plan_again(standing: Standing, plan: Plan) -> Plan:
    """The plan with the sizes that a run came to; other numbers of processes start over."""
    if plan.processes != standing.processes or not standing.batch:
        return plan
    smaller: Plan | None = plan
    while smaller is not None and smaller.batch > standing.batch:
        smaller = smaller.halved()
    return smaller or plan


def _under(tensors: dict[str, torch.Tensor], start: str) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(start): one for name, one in tensors.items() if name.startswith(start)
    }
