"""The small files of a model's folder in the hub's layout. Loads no network."""

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

from vlm_desktop.backends.shelf import LOCK_FILE, read_lock
from vlm_desktop.base.errors import ModelBroken, ModelUnsupported


def read_config(folder: Path, model_id: str) -> dict[str, Any]:
    """config.json. Raises `ModelBroken`, and `ModelUnsupported` when it asks for its own code."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelBroken(model=model_id, detail=f"config.json: {error}") from error
    if not isinstance(config, dict):
        raise ModelBroken(model=model_id, detail="config.json is not a table")
    if "auto_map" in config:
        raise ModelUnsupported(model=model_id, family="Python code of its own, which is never run")
    return config


def weight_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"))


def count_weights(folder: Path, model_id: str) -> int:
    """Numbers in a folder's weights, from their headers. Raises `ModelBroken`."""
    total = 0
    for path in weight_files(folder):
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                header: dict[str, Any] = json.loads(file.read(min(length, 100_000_000)))
            total += sum(
                math.prod(one["shape"]) for name, one in header.items() if name != "__metadata__"
            )
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ModelBroken(model=model_id, detail=f"{path.name}: {error}") from error
    if not total:
        raise ModelBroken(model=model_id, detail="it has no safetensors file")
    return total


def revision(folder: Path) -> str:
    """A short name for exactly these files: by their locked hashes, else by size and time."""
    seen = hashlib.sha256()
    hashes = read_lock(folder).sha256 if (folder / LOCK_FILE).is_file() else {}
    for path in [*weight_files(folder), *sorted(folder.glob("*config.json"))]:
        status = path.stat()
        stamp = hashes.get(path.name) or f"{status.st_size} {status.st_mtime_ns}"
        seen.update(f"{path.name} {stamp}\n".encode())
    return seen.hexdigest()[:16]
