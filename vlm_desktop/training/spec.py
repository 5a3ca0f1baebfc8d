"""The recipe of a run: a TOML file read into frozen dataclasses, checked, and written back whole.

What the file leaves out is filled in at once, so that a written recipe holds every choice, and a
run that is reproduced later does not depend on the defaults of that day. Importing this does not
import torch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from vlm_desktop.base.errors import BadInputFile
from vlm_desktop.base.trainerrors import RecipeWrong
from vlm_desktop.training.rules import (
    any_text,
    at_least,
    each_above_zero,
    natural,
    one_of,
    share,
    texts,
    whole,
    written,
    yes_or_no,
)
from vlm_desktop.training.tomltext import toml_text

Part = TypeVar("Part")

ASSISTANT, CHAT, ENCODER, PROBE, PROMPTS = "assistant", "chat", "encoder", "probe", "prompts"
KINDS = (ASSISTANT, CHAT, ENCODER, PROBE, PROMPTS)
SCHEDULES = ("cosine", "linear", "constant")
LOSSES = ("infonce", "sigmoid")
PRECISIONS = ("fp32", "bf16", "fp16")
DEVICES = ("auto", "cpu", "cuda", "mps")
AT_ENDS, ALWAYS, NEVER = "ends", "always", "never"
TIMES = (AT_ENDS, ALWAYS, NEVER)
RELATIVE, POINTS = "relative", "points"
LOSS_METRIC = "loss"
"""As `run.metric`: the validation loss chooses, and lower is better."""


@dataclass(frozen=True, slots=True)
class ModelPart:
    """What is taught. `revision` is filled in when the run starts."""

    id: str = field(metadata={"rule": written})
    kind: str = field(metadata={"rule": one_of(*KINDS)})
    revision: str = field(default="", metadata={"rule": any_text})


@dataclass(frozen=True, slots=True)
class MethodPart:
    """How: adapters of low rank on parts of the module tree, or those parts themselves (`full`).

    `targets` are names of components as `train check` lists them; empty lets the learner choose.
    `quantised` loads the base in 4 bits. `image_tokens` bounds what a picture may cost, 0 is the
    model's own. `prompt_tokens` is the length of learned prompts (CoOp).
    """

    targets: tuple[str, ...] = field(default=(), metadata={"rule": texts})
    rank: int = field(default=8, metadata={"rule": whole(1, 4096)})
    alpha: float = field(default=16.0, metadata={"rule": at_least(0.0, above=True)})
    dropout: float = field(default=0.0, metadata={"rule": share(open_end=True)})
    dora: bool = field(default=False, metadata={"rule": yes_or_no})
    rslora: bool = field(default=False, metadata={"rule": yes_or_no})
    full: bool = field(default=False, metadata={"rule": yes_or_no})
    quantised: bool = field(default=False, metadata={"rule": yes_or_no})
    image_tokens: int = field(default=0, metadata={"rule": natural})
    prompt_tokens: int = field(default=8, metadata={"rule": whole(1, 256)})


@dataclass(frozen=True, slots=True)
class LossChoice:
    """The contrast of an encoder: softmax over the batch or a sigmoid a pair. `hard_negatives`
    others that the base confuses with an example join its batch."""

    kind: str = field(default="infonce", metadata={"rule": one_of(*LOSSES)})
    hard_negatives: int = field(default=0, metadata={"rule": whole(0, 64)})
    learn_temperature: bool = field(default=True, metadata={"rule": yes_or_no})


@dataclass(frozen=True, slots=True)
class RunPart:
    """The way. Either `steps` or `epochs` is above 0. `batch` is what one process takes at once,
    `accumulation` how often before the weights move. `warmup` is a share of all steps, `decay` the
    weight decay, `clip` the largest norm of the gradient (0 for any).

    0 in `evaluate_every` evaluates at start and end only, in `save_every` saves when it evaluates;
    `patience` counts evaluations without a better score (0 never ends early). `metric` "" is the
    learner's own. `probes` held-out examples are answered and kept at each evaluation. `blind` says
    when the blind control runs. `threads` 0 is filled in when the run starts.
    """

    steps: int = field(default=0, metadata={"rule": natural})
    epochs: float = field(default=0.0, metadata={"rule": at_least(0.0)})
    batch: int = field(default=8, metadata={"rule": whole(1, 65536)})
    accumulation: int = field(default=1, metadata={"rule": whole(1, 65536)})
    rate: float = field(default=1e-4, metadata={"rule": at_least(0.0, above=True)})
    rates: Mapping[str, float] = field(default_factory=dict, metadata={"rule": each_above_zero})
    schedule: str = field(default="cosine", metadata={"rule": one_of(*SCHEDULES)})
    warmup: float = field(default=0.05, metadata={"rule": share(open_end=True)})
    decay: float = field(default=0.01, metadata={"rule": at_least(0.0)})
    clip: float = field(default=1.0, metadata={"rule": at_least(0.0)})
    seed: int = field(default=0, metadata={"rule": whole(0, 2**31 - 1)})
    evaluate_every: int = field(default=50, metadata={"rule": natural})
    save_every: int = field(default=50, metadata={"rule": natural})
    patience: int = field(default=0, metadata={"rule": natural})
    metric: str = field(default="", metadata={"rule": any_text})
    probes: int = field(default=8, metadata={"rule": whole(0, 1000)})
    blind: str = field(default=AT_ENDS, metadata={"rule": one_of(*TIMES)})
    precision: str = field(default="fp32", metadata={"rule": one_of(*PRECISIONS)})
    checkpointing: bool = field(default=False, metadata={"rule": yes_or_no})
    device: str = field(default="auto", metadata={"rule": one_of(*DEVICES)})
    threads: int = field(default=0, metadata={"rule": whole(0, 1024)})


@dataclass(frozen=True, slots=True)
class GuardPart:
    """Against forgetting: examples of the general kind, scored before and after.

    `file` names them ("" is the learner's own set, where it has one), `limit` of them are taken.
    An alarm is raised when the score falls by more than `fall`, "relative" to what it was or in
    "points" of the score. `keep` weighs what holds a model to its base on half of these pictures,
    which then are not scored; 0 scores all.
    """

    file: str = field(default="", metadata={"rule": any_text})
    limit: int = field(default=200, metadata={"rule": natural})
    fall: float = field(default=0.05, metadata={"rule": share()})
    measure: str = field(default=RELATIVE, metadata={"rule": one_of(RELATIVE, POINTS)})
    when: str = field(default=AT_ENDS, metadata={"rule": one_of(*TIMES)})
    keep: float = field(default=4.0, metadata={"rule": at_least(0.0)})


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole recipe. `data` is as it was written; the engine's sources read it, relative to
    `folder`, which is where the file lay."""

    model: ModelPart
    data: Mapping[str, Any] = field(default_factory=dict)
    method: MethodPart = field(default_factory=MethodPart)
    loss: LossChoice = field(default_factory=LossChoice)
    run: RunPart = field(default_factory=RunPart)
    guard: GuardPart = field(default_factory=GuardPart)
    folder: Path = field(default=Path(), compare=False)


USUAL_EPOCHS: dict[str, float] = {ASSISTANT: 10.0, ENCODER: 20.0, PROBE: 40.0, PROMPTS: 40.0}
"""How often a kind sees every example where nobody says how long: few examples and small networks
want many rounds. Others have `DEFAULT_EPOCHS`."""
DEFAULT_EPOCHS = 3.0
KIND_DEFAULTS: dict[str, dict[str, dict[str, Any]]] = {
    ASSISTANT: {"run": {"rate": 1e-3, "batch": 16}},
    CHAT: {"run": {"rate": 2e-4, "batch": 2, "accumulation": 4}, "guard": {"keep": 0.0}},
    ENCODER: {"run": {"rate": 5e-4, "batch": 32}},
    PROBE: {"run": {"rate": 1e-2, "batch": 64, "decay": 0.0}},
    PROMPTS: {"run": {"rate": 2e-3, "batch": 32, "decay": 0.0}},
}
"""Kind -> part -> key -> what it is where the file does not say."""

_PARTS: dict[str, type] = {
    "model": ModelPart,
    "method": MethodPart,
    "loss": LossChoice,
    "run": RunPart,
    "guard": GuardPart,
}


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a file. Raises BadInputFile when it is no TOML, RecipeWrong otherwise."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        said = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    return recipe_of(said, path.absolute().parent)


def recipe_of(said: Mapping[str, Any], folder: Path) -> Recipe:
    """A recipe from what a file says. Raises RecipeWrong, which names the key."""
    for name in said:
        if name not in _PARTS and name != "data":
            known = ", ".join(f"[{one}]" for one in (*_PARTS, "data"))
            raise RecipeWrong(key=name, detail=f"is no part of a recipe; parts: {known}")
    for name, table in said.items():
        if not isinstance(table, Mapping):
            raise RecipeWrong(key=name, detail=f"must be a table, written [{name}]")
    model = _part(ModelPart, "model", said.get("model", {}))
    usual = KIND_DEFAULTS[model.kind]
    read = {
        name: _part(kind, name, {**usual.get(name, {}), **said.get(name, {})})
        for name, kind in _PARTS.items()
        if name != "model"
    }
    read["run"] = _with_length(read["run"], model.kind)
    return Recipe(model=model, data=dict(said.get("data", {})), folder=folder, **read)


def recipe_text(recipe: Recipe) -> str:
    """The recipe as TOML, every key written out. `recipe_of` reads it back to an equal one."""
    tables: dict[str, Mapping[str, Any]] = {}
    for name in ("model", "data", *(one for one in _PARTS if one != "model")):
        part = getattr(recipe, name)
        tables[name] = part if name == "data" else _as_table(part)
    return toml_text(tables)


def beyond_usual(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """What a recipe says that nobody need say to have it: tables of a file, without [data]. Left
    out is what belongs to one run on one machine (revision, threads)."""
    said: dict[str, dict[str, Any]] = {
        "model": {"id": recipe.model.id, "kind": recipe.model.kind},
    }
    usual = recipe_of(said, recipe.folder)
    for name in (one for one in _PARTS if one != "model"):
        ours, theirs = _as_table(getattr(recipe, name)), _as_table(getattr(usual, name))
        said[name] = {
            key: value
            for key, value in ours.items()
            if value != theirs[key] and key != "threads" and not (key == "epochs" and not value)
        }
    return {name: table for name, table in said.items() if table}


def _as_table(part: Any) -> dict[str, Any]:
    return {one.name: getattr(part, one.name) for one in fields(part)}


def _part(kind: type[Part], name: str, table: Mapping[str, Any]) -> Part:
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise RecipeWrong(
                key=f"[{name}] {key}", detail=f"is not known; [{name}] takes {', '.join(known)}"
            )
    if name == "model":
        for key in ("id", "kind"):
            if key not in table:
                raise RecipeWrong(key=f"[model] {key}", detail="must be said")
    values = {
        key: known[key].metadata["rule"](f"[{name}] {key}", value) for key, value in table.items()
    }
    return kind(**values)


def _with_length(run: RunPart, kind: str) -> RunPart:
    if run.steps and run.epochs:
        raise RecipeWrong(
            key="[run] steps", detail="and [run] epochs both say how long; leave one of them out"
        )
    if not run.steps and not run.epochs:
        return replace(run, epochs=USUAL_EPOCHS.get(kind, DEFAULT_EPOCHS))
    return run
