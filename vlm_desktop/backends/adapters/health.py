"""Whether an adapter of unknown origin really belongs on a model, told by its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends.adapters.deltas import deltas_of, read_tensors
from vlm_desktop.backends.adapters.folder import WEIGHTS, holds_names
from vlm_desktop.backends.adapters.names import read_names
from vlm_desktop.backends.adapters.pairweights import PairWeights
from vlm_desktop.backends.chat.starter_folder import load_network, read_table
from vlm_desktop.backends.encoders.recipe import read_pair
from vlm_desktop.backends.late import resolve
from vlm_desktop.base.adapters import CHAT_KIND, SEARCH_KINDS
from vlm_desktop.base.errors import BadInputFile

if TYPE_CHECKING:
    from pathlib import Path

ASSISTANT = "assistant"
CHAT_FITS = "vlm_desktop.backends.adapters.chatmerging:check_fits"


def check_fits(base: Path, model_id: str, kind: str, folder: Path) -> None:
    """Work out what the adapter in `folder` would change of the model in `base`.

    Raises BadInputFile where its weights are of other names or shapes, are no finite numbers, or
    change nothing; ModelBroken and ModelUnsupported for the base. Other kinds than those that are
    merged here are only looked at for numbers that are none.
    """
    if kind == CHAT_KIND:
        resolve(CHAT_FITS, "using an adapter")(base, model_id, folder)
        return
    if holds_names(folder):
        _check_names(base, folder)
        return
    state = read_tensors(folder)
    if not state or any(not torch.isfinite(one.float()).all() for one in state.values()):
        raise _wrong(folder, "its weights are no finite numbers")
    if kind in SEARCH_KINDS:
        plain = PairWeights(base, model_id).read()
        changed = deltas_of(folder, lambda name: torch.from_numpy(plain[name]))
    elif kind == ASSISTANT:
        own = dict(load_network(base, read_table(base, model_id), model_id).named_parameters())
        changed = deltas_of(folder, lambda name: own[name].detach())
    else:
        return
    if not changed:
        raise _wrong(folder, "it changes nothing of its model")
    if any(not torch.isfinite(one).all() for one in changed.values()):
        raise _wrong(folder, "its weights are no finite numbers")


def _check_names(base: Path, folder: Path) -> None:
    names = read_names(folder)
    width = read_pair(base).dimension
    if not names:
        raise _wrong(folder, "it knows no names")
    for row in names.values():
        if row.shape != (width,) or not np.isfinite(row).all():
            raise _wrong(folder, f"its vectors are not {width} finite numbers each")


def _wrong(folder: Path, detail: str) -> BadInputFile:
    return BadInputFile(path=folder / WEIGHTS, line=None, detail=detail)
