"""Merging an adapter into a model that answers, and asking both the same things after."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from vlm_desktop.backends.adapters.merging import merge_assistant, replay
from vlm_desktop.backends.chat.starter import StarterAssistant
from vlm_desktop.backends.shelf import LOCK_FILE, read_lock, write_lock
from vlm_desktop.base.adapters import Replayed
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.base.errors import DiskFull, ModelBroken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.base.arrays import PixelArray
    from vlm_desktop.base.cancel import CancelToken

_NAME = re.compile(r"^name = .*$", re.MULTILINE)
_NO_ROOM = "(os error 28)"


def merge_and_replay(
    base: Path,
    base_id: str,
    model_id: str,
    worn: Worn,
    folder: Path,
    images: Mapping[str, PixelArray],
    cancel: CancelToken,
) -> tuple[Replayed, ...]:
    """Write the merged model to `folder`, and have it and the base with its adapter on describe
    the same pictures.

    Raises BadInputFile, ModelBroken, DiskFull, Cancelled, and OSError of the file system.
    """
    with translated(model_id, folder):
        merge_assistant(base, model_id, [worn], folder)
    before = StarterAssistant(base, model_id=base_id, provider="cpu")
    after = StarterAssistant(folder, model_id=model_id, provider="cpu")
    probes = [(key, "", ChatImage(pixels, key)) for key, pixels in images.items()]
    try:
        before.wear([worn])
        found = replay(before, after, probes, cancel)
    finally:
        before.unload()
        after.unload()
    return tuple(Replayed(one.key, one.before, one.after) for one in found)


@contextlib.contextmanager
def translated(model_id: str, folder: Path) -> Iterator[None]:
    """Errors of writing weights, which happens in Rust and gives the system's words only."""
    try:
        yield
    except SafetensorError as error:
        if _NO_ROOM in str(error):
            raise DiskFull(path=folder) from error
        raise ModelBroken(model=model_id, detail=str(error)) from error


def call_model(folder: Path, name: str) -> None:
    """Give a model's folder another name for people. Raises OSError, ModelBroken."""
    if (folder / LOCK_FILE).is_file():
        lock = read_lock(folder)
        write_lock(folder, replace(lock.card, name=name), lock.sha256)
        return
    path = folder / "model.toml"
    said = json.dumps(name, ensure_ascii=False)
    text = _NAME.sub(lambda _: f"name = {said}", path.read_text(encoding="utf-8"), count=1)
    path.write_text(text, encoding="utf-8", newline="\n")
