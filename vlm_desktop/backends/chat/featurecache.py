"""What models saw in pictures, kept in memory and on disk, so that they need not look again.

An entry belongs to one picture (content and crop), one budget of tokens, one model in one
precision and one adapter; all of these are in its name. A file that does not read is no entry.
"""

from pathlib import Path

from safetensors.torch import load_file, save_file

from vlm_desktop.backends.chat.vision import Features
from vlm_desktop.backends.keptfiles import Form, KeptFiles

MEMORY_BYTES = 256 * 1024**2
DISK_BYTES = 2 * 1024**3
_POOLED, _DEEP = "pooled", "deep"


class FeatureCache(KeptFiles[Features]):
    """Features by name, the least recently used dropped first. Never raises: a miss costs time.

    `folder` None keeps them in memory only. Tensors are on the CPU.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        memory_bytes: int = MEMORY_BYTES,
        disk_bytes: int = DISK_BYTES,
    ) -> None:
        form = Form(_load, _save, lambda features: features.size_bytes)
        super().__init__(folder, form, memory_bytes=memory_bytes, disk_bytes=disk_bytes)

    def put(self, name: str, thing: Features) -> None:
        pooled, *deep = (one.cpu().contiguous() for one in (thing.pooled, *thing.deep))
        super().put(name, Features(pooled, tuple(deep)))


def _load(path: Path) -> Features:
    tensors = load_file(path)
    deep = [tensors[f"{_DEEP}.{number}"] for number in range(len(tensors) - 1)]
    return Features(tensors[_POOLED], tuple(deep))


def _save(features: Features, path: Path) -> None:
    tensors = {_POOLED: features.pooled}
    tensors |= {f"{_DEEP}.{number}": one for number, one in enumerate(features.deep)}
    save_file(tensors, path)
