"""Random numbers that a killed run finds again: seeding, keeping and putting back generators."""

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True, slots=True, eq=False)
class Generators:
    """The state of every generator of this process."""

    python: Any
    numpy: Any
    torch: torch.Tensor
    cuda: tuple[torch.Tensor, ...]


def seed_all(seed: int, *, deterministic: bool) -> None:
    """Seed every generator; on a CPU have PyTorch do everything in the same way each time."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)  # CUDA's too
    torch.use_deterministic_algorithms(deterministic)
    # Filling memory that is written anyway finds bugs and takes time.
    torch.utils.deterministic.fill_uninitialized_memory = False


def capture() -> Generators:
    """The state of all generators now."""
    cuda = tuple(torch.cuda.get_rng_state_all()) if torch.cuda.is_available() else ()
    return Generators(random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda)


def restore(state: Generators) -> None:
    """Put the generators back."""
    random.setstate(state.python)
    np.random.set_state(state.numpy)
    torch.set_rng_state(state.torch)
    if len(state.cuda) == torch.cuda.device_count() > 0:
        torch.cuda.set_rng_state_all(list(state.cuda))


@contextlib.contextmanager
def untouched() -> Iterator[None]:
    """Whatever happens within draws no number from what training draws from."""
    before = capture()
    try:
        yield
    finally:
        restore(before)


def packed(state: Generators) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """A state as JSON and tensors, neither of which can hold code."""
    version, numbers, gauss = state.python
    name, words, place, has_gauss, cached = state.numpy
    plain = {
        "python": [version, list(numbers), gauss],
        "numpy": [name, place, has_gauss, cached],
    }
    tensors = {"torch": state.torch, "numpy": torch.from_numpy(words.astype(np.int64))}
    tensors |= {f"cuda.{number}": one for number, one in enumerate(state.cuda)}
    return plain, tensors


def unpacked(plain: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Generators:
    """The state that `packed` gave."""
    version, numbers, gauss = plain["python"]
    name, place, has_gauss, cached = plain["numpy"]
    words = tensors["numpy"].numpy().astype(np.uint32)
    cuda = sorted((key for key in tensors if key.startswith("cuda.")), key=lambda key: int(key[5:]))
    return Generators(
        (version, tuple(numbers), gauss),
        (name, words, place, has_gauss, cached),
        tensors["torch"],
        tuple(tensors[key] for key in cuda),
    )
