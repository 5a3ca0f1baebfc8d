"""Where the starter's decoder looks at each word of its caption: its own attention to the cells.

A word is chosen by what the network reads before it, so the attention that counts for a token is
that of the place in front of it, over all layers and heads alike. What goes to the words before,
and to the embedding of the whole picture, is left out; the rest is made to sum to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends.chat.starter_prompt import CAPTION, END, Prompts
from vlm_desktop.backends.chat.starter_writing import write
from vlm_desktop.base.chat import LookedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vlm_desktop.backends.chat.starter_network import Memory, StarterNetwork


@torch.inference_mode()
def caption_looks(
    network: StarterNetwork, memory: Memory, tokenizer: Tokenizer
) -> tuple[LookedWord, ...]:
    """The greedy caption of the picture in `memory`, word by word."""
    prompts = Prompts(tokenizer)
    begin, room = prompts.special(CAPTION), network.config.positions
    device = memory.keys.device
    (written,) = write(
        network,
        memory.repeated(1, room),
        torch.tensor([[begin]], device=device),
        end=prompts.special(END),
        longest=room - 1,
    )
    if not written.tokens:
        return ()
    read = torch.tensor([[begin, *written.tokens[:-1]]], device=device)
    shares = attention_to_cells(network, memory, read)
    return _words(tokenizer, written.tokens, shares)


@torch.inference_mode()
def attention_to_cells(
    network: StarterNetwork, memory: Memory, tokens: torch.Tensor
) -> NDArray[np.float32]:
    """Read tokens [1,n] behind the picture in `memory`: each one's attention to the cells
    [n, cells], rows of sum 1, the mean of layers and heads."""
    seen: list[torch.Tensor] = []
    places = torch.arange(tokens.shape[1], device=tokens.device)
    behind = memory.repeated(1, tokens.shape[1])
    text = network.read(tokens, places.expand_as(tokens))
    network.remember(text, behind, causal=True, watch=seen.append)
    mean = torch.stack(seen).mean(dim=(0, 2))[0]  # [L,1,h,n,m] -> [n,m]
    cells = mean[:, : network.config.cells]
    found: NDArray[np.float32] = (cells / cells.sum(-1, keepdim=True)).cpu().numpy()
    return found


def _words(
    tokenizer: Tokenizer, tokens: Sequence[int], shares: NDArray[np.float32]
) -> tuple[LookedWord, ...]:
    """Pieces put together to words; a sign such as a comma belongs to the word before it."""
    words: list[tuple[str, list[NDArray[np.float32]]]] = []
    said = ""
    for count, row in enumerate(shares, start=1):
        text: str = tokenizer.decode(list(tokens[:count]), skip_special_tokens=True)
        piece, said = text[len(said) :], text
        fresh = piece[:1].isspace() and any(sign.isalnum() for sign in piece)
        if not words or fresh:
            words.append((piece.strip(), [row]))
        else:
            before, rows = words[-1]
            words[-1] = (before + piece.strip(), [*rows, row])
    side = round(shares.shape[1] ** 0.5)
    return tuple(
        LookedWord(word, np.mean(rows, axis=0, dtype=np.float32).reshape(side, -1))
        for word, rows in words
        if word
    )
