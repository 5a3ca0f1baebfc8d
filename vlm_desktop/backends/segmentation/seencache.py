"""What promptable segmenters saw in pictures, kept so that a click costs only the decoder."""

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from vlm_desktop.backends.keptfiles import Form, KeptFiles
from vlm_desktop.base.grounding import MaskFeatures
from vlm_desktop.base.types import Size

MEMORY_BYTES = 256 * 1024**2
DISK_BYTES = 2 * 1024**3
_SIZE = "picture_size"


def open_seen(
    folder: Path | None, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES
) -> KeptFiles[MaskFeatures]:
    """Features by name, the least recently used dropped first; see `KeptFiles`."""
    form = Form(_load, _save, _weight)
    return KeptFiles(folder, form, memory_bytes=memory_bytes, disk_bytes=disk_bytes)


def _load(path: Path) -> MaskFeatures:
    arrays = load_file(path)
    width, height = (int(one) for one in arrays.pop(_SIZE))
    return MaskFeatures(Size(width, height), arrays)


def _save(features: MaskFeatures, path: Path) -> None:
    size = np.array([features.size.width, features.size.height], np.int64)
    arrays = {name: np.ascontiguousarray(one) for name, one in features.arrays.items()}
    save_file({**arrays, _SIZE: size}, path)


def _weight(features: MaskFeatures) -> int:
    return sum(one.nbytes for one in features.arrays.values())
