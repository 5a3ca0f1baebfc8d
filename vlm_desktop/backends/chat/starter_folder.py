"""The starter's folder as its assistant reads it: the table [chat] of model.toml, and the files."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer

from vlm_desktop.backends.chat.starter_answers import AnswerClassifier, AnswersConfig
from vlm_desktop.backends.chat.starter_choice import AnswerTable
from vlm_desktop.backends.chat.starter_network import StarterConfig, StarterNetwork
from vlm_desktop.backends.chat.starter_prompt import SPECIAL
from vlm_desktop.backends.encoders.torch_dual import choose_device
from vlm_desktop.base.errors import ModelBroken, ProviderRefused

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "starter-assistant"
WEIGHTS = "assistant.safetensors"
TOKENIZER = "assistant_tokenizer.json"
ANSWERS = "assistant_answers.safetensors"
SCALE = ".scale"
"""Behind the name of a weight in int8, what each of its rows is multiplied with."""
CELLS, WHOLE = "cells", "image_embeds"
"""Outputs of the image tower: its cells, and the embedding that search uses too."""


@dataclass(frozen=True, slots=True)
class AnswersPart:
    """The table [answers]: the classifier's file and shape, and how much the decoder's own
    probability counts beside it."""

    weights: str
    config: AnswersConfig
    share: float


@dataclass(frozen=True, slots=True)
class StarterTable:
    """The tables [chat] and [answers], None without one. `revision` changes with the weights."""

    config: StarterConfig
    weights: str
    tokenizer: str
    parameters: int
    revision: str
    answers: AnswersPart | None = None


@dataclass(frozen=True, slots=True)
class ShortAnswers:
    """The classifier, ready to use, with its answers in tokens."""

    classifier: AnswerClassifier
    table: AnswerTable
    share: float


def read_table(folder: Path, model_id: str) -> StarterTable:
    """Raises `ModelBroken`, naming what is wrong."""
    try:
        table = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
        chat: dict[str, Any] = table["chat"]
        if chat["family"] != FAMILY:
            raise ValueError(f"its [chat] family is {chat['family']!r}")
        weights = str(chat.get("weights", WEIGHTS))
        answers = _answers_part(table["answers"]) if "answers" in table else None
        sums = table.get("sha256", {})
        files = [weights, *([answers.weights] if answers else [])]
        return StarterTable(
            StarterConfig(**_shape(StarterConfig, chat)),
            weights,
            str(chat.get("tokenizer", TOKENIZER)),
            int(chat.get("parameters", 0)),
            _revision([str(sums.get(one, "")) for one in files]),
            answers,
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelBroken(model=model_id, detail=f"model.toml: {error}") from error


def _shape(config: type, table: dict[str, Any]) -> dict[str, int]:
    return {one.name: int(table[one.name]) for one in fields(config) if one.name in table}


def _answers_part(table: dict[str, Any]) -> AnswersPart:
    config = AnswersConfig(**_shape(AnswersConfig, table))
    return AnswersPart(str(table.get("weights", ANSWERS)), config, float(table["share"]))


def _revision(sums: list[str]) -> str:
    """Sixteen signs that change with any of the files."""
    if len(sums) == 1:
        return sums[0][:16]
    return hashlib.sha256("".join(sums).encode()).hexdigest()[:16]


def unpacked(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights in float32; those in int8 have a scale for each row."""
    found = {}
    for name, value in state.items():
        if name.endswith(SCALE):
            continue
        found[name] = value.float()
        if value.dtype == torch.int8:
            scale = state[name + SCALE].float()
            found[name] *= scale.view(-1, *[1] * (value.ndim - 1))
    return found


def load_answers(
    folder: Path, table: StarterTable, tokenizer: Tokenizer, model_id: str
) -> ShortAnswers | None:
    """The classifier in float32; None where the folder has none. Raises `ModelBroken`."""
    part = table.answers
    if part is None:
        return None
    classifier = AnswerClassifier(part.config)
    try:
        with safe_open(folder / part.weights, framework="pt") as file:
            listed: list[str] = json.loads((file.metadata() or {})["answers"])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        classifier.load_state_dict(unpacked(state))
        if len(listed) != part.config.answers:
            raise ValueError(f"it lists {len(listed)} answers")
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError) as error:
        detail = f"{part.weights}: {str(error).splitlines()[0]}"
        raise ModelBroken(model=model_id, detail=detail) from error
    classifier.eval().requires_grad_(False)
    return ShortAnswers(classifier, AnswerTable(listed, tokenizer), part.share)


def load_network(folder: Path, table: StarterTable, model_id: str) -> StarterNetwork:
    """The network in float32, ready to answer. Raises `ModelBroken`."""
    network = StarterNetwork(table.config)
    try:
        network.load_state_dict(unpacked(load_file(folder / table.weights)))
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError) as error:
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
