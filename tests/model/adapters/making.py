"""Adapters of low rank for the starter that nobody taught: small random ones."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from vlm_desktop.backends.adapters.folder import CONFIG, NAMES_TYPE, WEIGHTS, AdapterCard
from vlm_desktop.backends.adapters.opening import base_revision
from vlm_desktop.backends.adapters.pairweights import PairWeights
from vlm_desktop.backends.chat.starter_folder import load_network, read_table
from vlm_desktop.base.paths import bundled
from vlm_desktop.engine.train.adapternames import write_card
from vlm_desktop.training.spec import recipe_of, recipe_text

STARTER = bundled("models") / "starter"


def assistant_matrices() -> dict[str, tuple[int, int]]:
    """Linear layers of the decoder, which a recipe trains by itself, and their shapes."""
    network = load_network(STARTER, read_table(STARTER, "starter"), "starter")
    return {
        name: tuple(one.weight.shape)
        for name, one in network.named_modules()
        if isinstance(one, torch.nn.Linear) and name.startswith(("blocks.", "norm."))
    }


def encoder_matrices() -> dict[str, tuple[int, int]]:
    """Matrices of the text tower and of the image tower's head."""
    weights = PairWeights(STARTER, "starter")
    plain = weights.read()
    return {name.removesuffix(".weight"): plain[name].shape for name in weights.names()}


def make_adapter(
    folder: Path, kind: str, size: float, *, seed: int = 0, quantised: bool = False, rank: int = 2
) -> Path:
    """An exported adapter, with a right card."""
    folder.mkdir(parents=True)
    draw = torch.Generator().manual_seed(seed)
    shapes = encoder_matrices() if kind == "encoder" else assistant_matrices()
    state = {}
    for name, (out, into) in shapes.items():
        state[f"{name}.lora_A.weight"] = torch.randn(rank, into, generator=draw) / into**0.5
        state[f"{name}.lora_B.weight"] = torch.randn(out, rank, generator=draw) * size
    save_file(state, folder / WEIGHTS)
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": rank, "target_modules": sorted(shapes)}
    (folder / CONFIG).write_text(json.dumps(config))
    method = {"rank": rank, "alpha": float(rank), "quantised": quantised}
    _write_card(folder, kind, method)
    return folder


def make_names(folder: Path, taught: dict[str, np.ndarray]) -> Path:
    """An adapter that knows names, as a probe writes it."""
    folder.mkdir(parents=True)
    rows = torch.from_numpy(np.stack(list(taught.values())))
    state = {
        "directions": rows.clone(), "vectors": rows, "log_scale": torch.tensor(3.0),
        "offset": torch.tensor(-10.0),
    }  # fmt: skip
    save_file(state, folder / WEIGHTS)
    config = {"peft_type": NAMES_TYPE, "target_modules": [], "names": list(taught)}
    (folder / CONFIG).write_text(json.dumps(config))
    _write_card(folder, "probe", {})
    return folder


def _write_card(folder: Path, kind: str, method: dict[str, object]) -> None:
    recipe = recipe_of({"model": {"id": "starter", "kind": kind}, "method": method}, folder)
    card = AdapterCard(
        id="far", name="Läden", kind=kind, base="starter",
        base_revision=base_revision(STARTER, kind), recipe=recipe_text(recipe),
        bytes=(folder / WEIGHTS).stat().st_size,
        sha256=hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
        metric="CIDEr", metrics={"best": 0.5}, licence="MIT",
    )  # fmt: skip
    write_card(folder, card)
