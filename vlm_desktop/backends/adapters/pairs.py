"""An encoder with adapters on: a folder like its base's, with graphs that hold both.

The folder lies in a cache and is made again whenever it is missing. Its model id names the
adapters and their strengths, so that vectors of two encoders never mix.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends.adapters.deltas import deltas_of, read_tensors
from vlm_desktop.backends.adapters.folder import weights_hash
from vlm_desktop.backends.adapters.pairweights import HEAD, TEXT, PairWeights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn

KEPT = 4
"""Folders in the cache; those unused for longest go first."""
_ID = re.compile(r'^id = ".*"$', re.MULTILINE)
_SCALE = re.compile(r"^logit_scale = .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Merged:
    """What was written. `worst` is the largest relative difference of a stored matrix from the
    exact one: graphs hold matrices in 8 and 16 bits."""

    folder: Path
    matrices: int
    worst: float


def worn_folder(base: Path, model_id: str, worn: Sequence[Worn], cache: Path) -> Path:
    """Where the encoder `model_id` lies, made at need. Raises BadInputFile, ModelBroken,
    ModelUnsupported."""
    said = [f"{weights_hash(one.folder)}@{one.strength:.6g}" for one in worn]
    said += [(base / "model.toml").read_text(encoding="utf-8"), model_id]
    folder = cache / hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
    if (folder / "model.toml").exists():
        os.utime(folder)
        return folder
    merge_pair(base, model_id, worn, folder)
    kept = sorted(cache.glob("[0-9a-f]*"), key=lambda one: one.stat().st_mtime)
    for old in kept[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def merge_pair(base: Path, model_id: str, worn: Sequence[Worn], folder: Path) -> Merged:
    """Write an ONNX pair that is the base with these adapters on. `folder` appears whole."""
    weights = PairWeights(base, model_id)
    plain = weights.read()
    added: dict[str, torch.Tensor] = {}
    scale = 0.0
    for one in worn:
        for name, delta in deltas_of(one.folder, lambda n: torch.from_numpy(plain[n])).items():
            added[name] = added.get(name, torch.zeros_like(delta)) + one.strength * delta
        learned = read_tensors(one.folder).get("log_scale")
        scale = float(learned.exp()) if learned is not None else scale
    worst = 0.0
    for name, delta in added.items():
        exact = plain[name] + delta.numpy()
        weights.write(name, exact)
    stored = weights.read()
    for name, delta in added.items():
        exact = plain[name] + delta.numpy()
        worst = max(worst, float(np.linalg.norm(stored[name] - exact) / np.linalg.norm(exact)))
    _write(base, weights, model_id, scale, folder)
    return Merged(folder, len(added), worst)


def _write(base: Path, weights: PairWeights, model_id: str, scale: float, folder: Path) -> None:
    writing = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(writing, ignore_errors=True)
    writing.mkdir(parents=True)
    for part in (TEXT, HEAD):
        (writing / weights.files[part].name).write_bytes(weights.graph(part))
    shutil.copy2(base / "tokenizer.json", writing / "tokenizer.json")
    told = (base / "model.toml").read_text(encoding="utf-8")
    head = re.split(r"^\[(?:chat|answers|sha256)\]$", told, maxsplit=1, flags=re.MULTILINE)[0]
    head = _ID.sub(f'id = "{model_id}"', head, count=1)
    if scale:
        head = _SCALE.sub(f"logit_scale = {scale:.4f}", head, count=1)
    names = sorted(one.name for one in writing.iterdir())
    sums = (f'"{name}" = "{_sum(writing / name)}"' for name in names)
    (writing / "model.toml").write_text(
        head + "[sha256]\n" + "\n".join(sums) + "\n", encoding="utf-8"
    )
    shutil.rmtree(folder, ignore_errors=True)
    writing.rename(folder)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
