"""An encoder with an adapter in it as ONNX graphs, and how close these are to the exact network.

The graphs hold matrices in 8 and 16 bits; the exact network is their base in PyTorch, in 32 bits,
with what the adapter adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vlm_desktop.backends.adapters.deltas import deltas_of
from vlm_desktop.backends.adapters.pairs import merge_pair
from vlm_desktop.backends.encoders.export import NEEDED, PROBES
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.backends.encoders.tokens import TextTokens
from vlm_desktop.base.adapters import Closeness
from vlm_desktop.base.errors import ModelBroken
from vlm_desktop.training.learners.encodertowers import EncoderTowers, load_towers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.base.arrays import PixelArray, VectorArray


def write_pair(
    base: Path, base_id: str, model_id: str, worn: Worn, folder: Path, images: Sequence[PixelArray]
) -> tuple[Closeness, Closeness]:
    """Write the pair to `folder` and measure its vectors of texts and of these pictures.

    Raises BadInputFile, ModelBroken, ModelUnsupported, and OSError of the file system.
    """
    merge_pair(base, model_id, [worn], folder)
    towers = _exact(base, base_id, worn)
    written = OnnxDualEncoder(folder, model_id=model_id, provider="cpu")
    plain = OnnxDualEncoder(base, model_id=base_id, provider="cpu")
    try:
        texts = _closeness(_read(plain, base, towers), written.encode_texts(PROBES), NEEDED["int8"])
        with torch.no_grad():
            seen = towers.see(torch.from_numpy(plain.cells().look(images))).numpy()
        return texts, _closeness(seen, written.encode_images(images), NEEDED["fp16"])
    finally:
        written.close()
        plain.close()


def _exact(base: Path, base_id: str, worn: Worn) -> EncoderTowers:
    towers = load_towers(base, base_id, 100.0).eval()
    own = dict(towers.named_parameters())
    changed = deltas_of(worn.folder, lambda name: own[name].detach())
    with torch.no_grad():
        for name, delta in changed.items():
            own[name].add_(delta, alpha=worn.strength)
    return towers


def _read(encoder: OnnxDualEncoder, base: Path, towers: EncoderTowers) -> VectorArray:
    recipe = encoder.recipe
    batch = TextTokens(base / recipe.text.tokenizer, recipe.text).encode(PROBES)
    with torch.no_grad():
        rows: VectorArray = towers.read(
            torch.from_numpy(batch.ids), torch.from_numpy(batch.mask)
        ).numpy()
    return rows


def _closeness(exact: VectorArray, found: VectorArray, needed: float) -> Closeness:
    cosines = (exact * found).sum(axis=1)
    if not np.isfinite(cosines).all():
        raise ModelBroken(model="", detail="its vectors are no finite numbers")
    return Closeness(len(cosines), float(cosines.min()), float(cosines.mean()), needed)
