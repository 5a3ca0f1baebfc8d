"""The documents the weights are fitted on: so many of each kind, the same ones for a seed."""

import random
from collections.abc import Callable, Iterator

from vlm_desktop.training.documents.broadcasts import broadcast
from vlm_desktop.training.documents.invoices import invoice
from vlm_desktop.training.documents.receipts import receipt
from vlm_desktop.training.documents.samples import Made

MAKERS: dict[str, Callable[[random.Random], Made]] = {
    "receipt": receipt,
    "invoice": invoice,
    "broadcast": broadcast,
}


def synthetic(kind: str, count: int, seed: int) -> Iterator[Made]:
    """Documents of one kind; each depends on its number and the seed alone."""
    for number in range(count):
        yield MAKERS[kind](random.Random(f"{kind} {seed} {number}"))
