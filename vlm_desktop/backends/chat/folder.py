"""A folder of weights in the hub's layout, known by its small files."""

import hashlib
import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlm_desktop.backends.chat.loading import read_config
from vlm_desktop.backends.shelf import LOCK_FILE, read_lock
from vlm_desktop.base.chat import ChatSpec
from vlm_desktop.base.errors import ModelBroken


@dataclass(frozen=True, slots=True)
class ChatFolder:
    """What can be told of a model without reading its weights.

    `revision` changes with the weights or the configuration. `image_token_id` is 0 and
    `context_length` is 0 where config.json does not say.
    """

    path: Path
    model_id: str
    model_type: str
    image_token_id: int
    context_length: int
    parameters: int
    revision: str

    @classmethod
    def read(cls, path: Path, model_id: str) -> "ChatFolder":
        """Raises `ModelBroken`, and `ModelUnsupported` for code of its own."""
        config = read_config(path, model_id)
        text = config.get("text_config") or config.get("decoder") or config
        return cls(
            path=path,
            model_id=model_id,
            model_type=str(config.get("model_type", "")),
            image_token_id=int(
                config.get("image_token_id") or config.get("image_token_index") or 0
            ),
            context_length=int(text.get("max_position_embeddings") or 0),
            parameters=count_weights(path, model_id),
            revision=revision(path),
        )

    def spec(
        self, *, device: str = "", precision: str = "", memory_bytes: int = 0, vision: str = "torch"
    ) -> ChatSpec:
        """In words for the engine; device, precision and memory once they are known."""
        return ChatSpec(
            model_id=self.model_id,
            family=self.model_type,
            revision=self.revision,
            device=device or "cpu",
            precision=precision or "fp32",
            vision=vision,
            context_length=self.context_length,
            parameters=self.parameters,
            memory_bytes=memory_bytes or 4 * self.parameters,
        )


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
