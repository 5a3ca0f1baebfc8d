"""An adapter's folder: what it is (adapter.toml), its weights, and how these are to be read.

Importing this loads no network.

    adapter.toml           name, kind, base, lineage, metrics, licence, size and hash of the weights
    adapter.safetensors    the weights, by the names of peft
    adapter_config.json    rank, alpha and the like, as peft writes them
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vlm_desktop.base.errors import BadInputFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CARD = "adapter.toml"
WEIGHTS = "adapter.safetensors"
CONFIG = "adapter_config.json"
NAMES_TYPE = "NAMES"
"""As peft_type: no weights, but a vector for each of its `names`."""


@dataclass(frozen=True, slots=True)
class AdapterCard:
    """What is known of an adapter.

    `base` and `base_revision` name the model it was taught on; on another it is refused. `data` is
    the hash of the examples, `recipe` the recipe as TOML text, `metrics` figures by name, of what
    `metric` names; `run` is the run that taught it, `made` when that ended (ISO 8601).
    """

    id: str
    name: str
    kind: str
    base: str
    base_revision: str
    data: str = ""
    recipe: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    licence: str = ""
    bytes: int = 0
    sha256: str = ""
    metric: str = ""
    run: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class Worn:
    """An adapter in use: its folder and how much it counts, 0 to 1.5."""

    folder: Path
    strength: float = 1.0


def worn_name(base: str, worn: tuple[tuple[str, float], ...]) -> str:
    """The id of a model with adapters on, by their ids: "starter+shop@1.0". Vectors and caches are
    kept by it, so that nothing of one is taken for the other's."""
    return "+".join([base, *(f"{name}@{strength:.4g}" for name, strength in sorted(worn))])


def base_id(model_id: str) -> str:
    """The model without adapters: "starter" of "starter+shop@1"."""
    return model_id.partition("+")[0]


def read_card(folder: Path) -> AdapterCard:
    """Raises BadInputFile."""
    path = folder / CARD
    known = {one.name for one in fields(AdapterCard)}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        said.setdefault("id", folder.name)
        return _typed(AdapterCard(**{key: one for key, one in said.items() if key in known}))
    except (OSError, ValueError, TypeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def _typed(card: AdapterCard) -> AdapterCard:
    """The card of a file that may be a stranger's. Raises TypeError."""
    numbers = card.metrics.values() if isinstance(card.metrics, dict) else (None,)
    if type(card.bytes) is not int or any(type(one) not in (int, float) for one in numbers):
        raise TypeError("bytes and metrics must be numbers")
    texts = {one.name for one in fields(card)} - {"metrics", "bytes"}
    if any(not isinstance(getattr(card, one), str) for one in texts):
        raise TypeError("something that must be a text is none")
    return card


def read_config(folder: Path) -> dict[str, Any]:
    """Raises BadInputFile."""
    path = folder / CONFIG
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        said["peft_type"], said["target_modules"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error
    return said


def holds_names(folder: Path) -> bool:
    """Whether an adapter has vectors of names instead of weights. Raises BadInputFile."""
    return bool(read_config(folder)["peft_type"] == NAMES_TYPE)


def write_config(folder: Path, said: Mapping[str, Any]) -> None:
    text = json.dumps(dict(said), indent=2, sort_keys=True)
    (folder / CONFIG).write_text(text + "\n", encoding="utf-8", newline="\n")


def weights_hash(folder: Path) -> str:
    """Of the weights' file, sha256 in hex. Raises BadInputFile."""
    path = folder / WEIGHTS
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInputFile(path=path, line=None, detail=str(error)) from error


def check_weights(folder: Path) -> None:
    """Raises BadInputFile where the weights are not those that adapter.toml names."""
    wanted = read_card(folder).sha256
    if wanted and weights_hash(folder) != wanted:
        detail = "its weights are not those that adapter.toml names"
        raise BadInputFile(path=folder / WEIGHTS, line=None, detail=detail)
