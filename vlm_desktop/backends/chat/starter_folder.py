"""The starter's folder as its assistant reads it: the table [chat] of model.toml, and the files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer

from vlm_desktop.backends.chat.starter_network import StarterConfig, StarterNetwork
from vlm_desktop.backends.chat.starter_prompt import SPECIAL
from vlm_desktop.backends.encoders.torch_dual import choose_device
from vlm_desktop.base.errors import ModelBroken, ProviderRefused

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "starter-assistant"
WEIGHTS = "assistant.safetensors"
TOKENIZER = "assistant_tokenizer.json"
CELLS, WHOLE = "cells", "image_embeds"
"""Outputs of the image tower: its cells, and the embedding that search uses too."""


@dataclass(frozen=True, slots=True)
class StarterTable:
    """The table [chat]. `revision` changes with the weights."""

    config: StarterConfig
    weights: str
    tokenizer: str
    parameters: int
    revision: str


def read_table(folder: Path, model_id: str) -> StarterTable:
    """Raises `ModelBroken`, naming what is wrong."""
    try:
        table = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
        chat: dict[str, Any] = table["chat"]
        if chat["family"] != FAMILY:
            raise ValueError(f"its [chat] family is {chat['family']!r}")
        shape = {one.name: int(chat[one.name]) for one in fields(StarterConfig) if one.name in chat}
        weights = str(chat.get("weights", WEIGHTS))
        return StarterTable(
            StarterConfig(**shape),
            weights,
            str(chat.get("tokenizer", TOKENIZER)),
            int(chat.get("parameters", 0)),
            str(table.get("sha256", {}).get(weights, ""))[:16],
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelBroken(model=model_id, detail=f"model.toml: {error}") from error


def load_network(folder: Path, table: StarterTable, model_id: str) -> StarterNetwork:
    """The network in float32, ready to answer. Raises `ModelBroken`."""
    network = StarterNetwork(table.config)
    try:
        state = load_file(folder / table.weights)
        network.load_state_dict({name: value.float() for name, value in state.items()})
    except (OSError, SafetensorError, RuntimeError, ValueError) as error:
        detail = f"{table.weights}: {str(error).splitlines()[0]}"
        raise ModelBroken(model=model_id, detail=detail) from error
    return network.eval().requires_grad_(False)


def load_tokenizer(folder: Path, table: StarterTable, model_id: str) -> Tokenizer:
    """Raises `ModelBroken`."""
    try:
        text = (folder / table.tokenizer).read_text(encoding="utf-8")
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # noqa: BLE001 - `tokenizers` raises bare Exception only
        detail = f"{table.tokenizer}: {str(error).splitlines()[0]}"
        raise ModelBroken(model=model_id, detail=detail) from error
    if any(tokenizer.token_to_id(one) is None for one in SPECIAL):
        raise ModelBroken(model=model_id, detail=f"{table.tokenizer}: special tokens are missing")
    return tokenizer


def torch_device(provider: str) -> torch.device:
    """Where the decoder runs: on the CPU when the provider is one that only the tower can use."""
    try:
        return choose_device(provider)
    except ProviderRefused:
        return torch.device("cpu")
