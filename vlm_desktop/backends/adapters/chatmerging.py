"""Adapters of models in the hub's layout: whether one belongs on a model, and merging it.

A merged model has the base's files, its weights in 16 bits with what was learned added in full
precision, one matrix after the other.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
import transformers

from vlm_desktop.backends.adapters.deltas import each_delta, read_tensors
from vlm_desktop.backends.adapters.folder import WEIGHTS, read_config
from vlm_desktop.backends.adapters.layers import check_shapes, is_sum
from vlm_desktop.backends.adapters.merging import replay
from vlm_desktop.backends.adapters.proving import translated
from vlm_desktop.backends.chat import loading
from vlm_desktop.backends.chat.captioner import TransformersCaptioner
from vlm_desktop.backends.chat.families import CAPTIONER, FAMILIES
from vlm_desktop.backends.chat.folder import ChatFolder
from vlm_desktop.backends.chat.transformers_chat import TransformersChat
from vlm_desktop.backends.importing import recognise
from vlm_desktop.backends.modelfolder import read_config as read_model_config
from vlm_desktop.backends.shelf import LOCK_FILE, folder_card, sha256_of, write_lock
from vlm_desktop.base.adapters import Replayed
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.errors import BadInputFile, ModelBroken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.cancel import CancelToken

_INDEX = "model.safetensors.index.json"


def check_fits(base: Path, model_id: str, folder: Path) -> None:
    """Look at an adapter of unknown origin beside the modules of the model in `base`, of which no
    weights are read. Raises BadInputFile, ModelBroken."""
    state = read_tensors(folder)
    with torch.device("meta"):
        network = _network(base, model_id)
    if is_sum(folder):
        check_shapes(folder, state, dict(network.named_modules()))
        if not any(bool(one.any()) for name, one in state.items() if ".lora_B." in name):
            raise _wrong(folder, "it changes nothing of its model")
        return
    if not state or any(not torch.isfinite(one.float()).all() for one in state.values()):
        raise _wrong(folder, "its weights are no finite numbers")
    if read_config(folder)["peft_type"] == "FULL":
        own = {name: one.shape for name, one in network.named_parameters()}
        for name, one in state.items():
            if own.get(name) != one.shape:
                raise _wrong(folder, f"the model has no such weight {name}")
        return
    plain = dict(network.named_parameters())
    for _ in each_delta(folder, lambda name: torch.zeros(plain[name].shape)):
        pass


def merge_and_replay(
    base: Path,
    base_id: str,
    model_id: str,
    worn: Worn,
    folder: Path,
    images: Mapping[str, PixelArray],
    cancel: CancelToken,
) -> tuple[Replayed, ...]:
    """Write the merged model to `folder`, and have it and the base with its adapter on describe
    the same pictures.

    Raises BadInputFile, ModelBroken, ModelOutOfMemory, DiskFull, Cancelled, and OSError of the file
    system.
    """
    with translated(model_id, folder):
        merge(base, base_id, model_id, worn, folder)
    before, after = _opened(base, base_id), _opened(folder, model_id)
    probes = [(key, "", ChatImage(pixels, key)) for key, pixels in images.items()]
    try:
        before.wear([worn])
        found = replay(before, after, probes, cancel)
    finally:
        before.unload()
        after.unload()
    return tuple(Replayed(one.key, one.before, one.after) for one in found)


def merge(base: Path, base_id: str, model_id: str, worn: Worn, folder: Path) -> None:
    """Write the base with an adapter in it, in 16 bits. Raises BadInputFile, ModelBroken, and
    OSError of the file system."""
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("*.safetensors", _INDEX, LOCK_FILE))
    plan = loading.Plan("cpu", "fp32")
    network = loading.read_weights(base, base_id, plan, _class(base, base_id))
    own = dict(network.named_parameters())
    with torch.no_grad():
        for name, delta in each_delta(worn.folder, lambda name: own[name].detach()):
            own[name].add_(delta, alpha=worn.strength)
    wanted = _stored_type(network, base, base_id)
    network.to(wanted)
    network.config.dtype = wanted
    network.save_pretrained(folder)
    found = recognise(folder, model_id)
    card = folder_card(base, "")
    made = replace(
        found.card, licence=card.licence, languages=card.languages, notice=card.notice,
        memory_mb=card.memory_mb,
    )  # fmt: skip
    write_lock(folder, made, {name: sha256_of(folder / name) for name in found.files})


def _stored_type(network: Any, base: Path, model_id: str) -> torch.dtype:
    """The 16 bits that the base's weights are in; else those that round less, where all numbers
    are within their reach."""
    config = read_model_config(base, model_id)
    text = config.get("text_config") or {}
    named = str(config.get("dtype") or config.get("torch_dtype") or text.get("dtype") or "")
    reach = torch.finfo(torch.float16).max
    fits = all(float(one.detach().abs().max()) < reach for one in network.parameters())
    return torch.bfloat16 if named == "bfloat16" or not fits else torch.float16


def _opened(folder: Path, model_id: str) -> TransformersChat | TransformersCaptioner:
    family = FAMILIES[ChatFolder.read(folder, model_id).model_type]
    make = TransformersCaptioner if family.adapter == CAPTIONER else TransformersChat
    return make(folder, model_id=model_id, provider="cpu")


def _class(folder: Path, model_id: str) -> Any:
    named = (read_model_config(folder, model_id).get("architectures") or [""])[0]
    found = getattr(transformers, str(named), None)
    if found is None:
        raise ModelBroken(model=model_id, detail=f"config.json names no network: {named!r}")
    return found


def _network(folder: Path, model_id: str) -> Any:
    try:
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
        return _class(folder, model_id)(config)
    except loading.LOAD_ERRORS as error:
        raise ModelBroken(model=model_id, detail=loading.first_line(error)) from error


def _wrong(folder: Path, detail: str) -> BadInputFile:
    return BadInputFile(path=folder / WEIGHTS, line=None, detail=detail)
