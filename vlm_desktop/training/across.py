"""What a loss needs of other processes: a contrast over the whole batch, wherever its parts lie."""

import torch
import torch.distributed as distributed
from torch.distributed.nn.functional import all_gather


def gathered(vectors: torch.Tensor) -> torch.Tensor:
    """Rows of all processes, in their order, with gradients that flow back to each; alone, the
    rows themselves. Every process must hand in the same number of rows.

    A loss over all of them, taken in each process, has the gradient of one process that saw the
    whole batch, once the processes' gradients are averaged as accelerate does.
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return vectors
    return torch.cat(all_gather(vectors.contiguous()))
