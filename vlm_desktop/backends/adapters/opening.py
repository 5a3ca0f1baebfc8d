"""From a model's id with adapters in it, "starter+shop@0.8", to the folders of these adapters."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from vlm_desktop.backends.adapters.folder import (
    CARD,
    Worn,
    holds_names,
    read_card,
    worn_name,
)
from vlm_desktop.backends.late import resolve
from vlm_desktop.backends.modelfolder import revision
from vlm_desktop.base.adapters import CHAT_KIND, MOST_STRENGTH, SEARCH_KINDS
from vlm_desktop.base.trainerrors import AdapterForeign, AdapterUnknown, StrengthWrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vlm_desktop.backends.protocols import ImageTextEncoder

ADAPTERS, ADAPTED = "adapters", "adapted"
"""Folders of the home folder: adapters, and encoders made with them, which may be thrown away."""
_MERGED = "vlm_desktop.backends.adapters.pairs:worn_folder"
_NAMED = "vlm_desktop.backends.adapters.names:NamedEncoder"


def split_worn(model_id: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    """A base's id, and ids of adapters with their strengths, 1 where none is said. Raises
    StrengthWrong."""
    base, *parts = model_id.split("+")
    worn = []
    for part in parts:
        name, at, said = part.partition("@")
        try:
            strength = float(said) if at else 1.0
        except ValueError:
            strength = -1.0
        if not 0.0 <= strength <= MOST_STRENGTH:
            raise StrengthWrong(strength=said, most=MOST_STRENGTH)
        worn.append((name, strength))
    return base, tuple(worn)


def find_worn(home: Path, base: Path, model_id: str) -> tuple[Worn, ...]:
    """The adapters that an id names, of the base in the folder `base`. Raises AdapterUnknown,
    AdapterForeign, StrengthWrong, BadInputFile."""
    model, parts = split_worn(model_id)
    found = []
    for name, strength in parts:
        folder = home / ADAPTERS / name
        if not name or folder.parent != home / ADAPTERS or not (folder / CARD).is_file():
            raise AdapterUnknown(adapter=name)
        card = read_card(folder)
        told = base_revision(base, card.kind)
        if card.base != model or (card.base_revision and told and card.base_revision != told):
            taught = f"{card.base} {card.base_revision}".strip()
            raise AdapterForeign(adapter=name, base=taught, model=f"{model} {told}".strip())
        found.append(Worn(folder, strength))
    return tuple(found)


def base_revision(folder: Path, kind: str) -> str:
    """What changes with the weights that adapters of this kind are added to: the beginnings of
    the sums that the starter's model.toml names, or the revision of a folder in the hub's layout.
    "" where nothing is known."""
    if kind == CHAT_KIND:
        return revision(folder)
    try:
        said = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    encoder = kind in SEARCH_KINDS
    files = ("image.onnx", "text.onnx") if encoder else ("assistant.safetensors",)
    sums = said.get("sha256", {})
    return "".join(str(sums.get(name, ""))[:16] for name in files)


def vectors_id(home: Path, base: Path, model_id: str) -> str:
    """What the vectors of an encoder with adapters are kept under: adapters that only know names
    leave pictures as they are, and are left out. Raises what `find_worn` does."""
    worn = find_worn(home, base, model_id)
    merged = tuple((one.folder.name, one.strength) for one in worn if not holds_names(one.folder))
    return worn_name(split_worn(model_id)[0], merged)


def open_worn(
    home: Path, base: Path, model_id: str, make: Callable[[Path, str], ImageTextEncoder]
) -> ImageTextEncoder:
    """An encoder with the adapters on that its id names. `make` opens a folder under an id.

    Weights are merged into a folder of their own, and so the encoder goes by an id of its own;
    with nothing but taught names it goes by that of its base, whose vectors of pictures it has.
    Raises what `find_worn` does, ModelBroken, ModelUnsupported.
    """
    worn = find_worn(home, base, model_id)
    named = [one for one in worn if holds_names(one.folder)]
    merged = [one for one in worn if one not in named]
    plain, _ = split_worn(model_id)
    folder, used = base, plain
    if merged:
        used = worn_name(plain, tuple((one.folder.name, one.strength) for one in merged))
        folder = resolve(_MERGED, "using an adapter")(base, used, merged, home / ADAPTED)
    encoder = make(folder, used)
    if named:
        encoder = resolve(_NAMED, "using an adapter")(encoder, named)
    return encoder
