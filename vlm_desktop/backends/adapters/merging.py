"""Making an adapter part of a model's plain weights, and proving that it says the same."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetensors.torch import save_file

from vlm_desktop.backends.adapters.wearing import Wardrobe
from vlm_desktop.backends.chat.starter_folder import load_network, read_table
from vlm_desktop.base.chat import GenerationOptions, ImagePart, Message, Role, TextPart

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from vlm_desktop.backends.adapters.folder import Worn
    from vlm_desktop.backends.protocols import ChatModel
    from vlm_desktop.base.cancel import CancelToken
    from vlm_desktop.base.chat import ChatImage, Reply, Token

_ID = re.compile(r'^id = ".*"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Replay:
    """One probe asked before and after merging."""

    key: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def merge_assistant(base: Path, model_id: str, worn: Sequence[Worn], folder: Path) -> Path:
    """Write the starter's folder anew under another id, its decoder with these adapters in it, in
    16 bits: the base's 8 would round what was learned away. `folder` appears whole.

    Raises BadInputFile, ModelBroken.
    """
    table = read_table(base, model_id)
    network = load_network(base, table, model_id)
    Wardrobe(network).wear(worn)
    writing = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(writing, ignore_errors=True)
    shutil.copytree(base, writing)
    state = {name: one.half().contiguous() for name, one in network.state_dict().items()}
    save_file(state, writing / table.weights)
    described = writing / "model.toml"
    told = _ID.sub(f'id = "{model_id}"', described.read_text(encoding="utf-8"), count=1)
    digest = hashlib.sha256((writing / table.weights).read_bytes()).hexdigest()
    told = re.sub(
        rf'^"{re.escape(table.weights)}" = ".*"$', f'"{table.weights}" = "{digest}"', told,
        count=1, flags=re.MULTILINE,
    )  # fmt: skip
    described.write_text(told, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    writing.rename(folder)
    return folder


def replay(
    before: ChatModel,
    after: ChatModel,
    probes: Sequence[tuple[str, str, ChatImage]],
    cancel: CancelToken,
) -> tuple[Replay, ...]:
    """Ask both the same: `probes` are keys, questions ("" for a caption) and pictures. Raises what
    `ChatModel.stream` does."""
    return tuple(
        Replay(key, _said(before, asked, image, cancel), _said(after, asked, image, cancel))
        for key, asked, image in probes
    )


def _said(model: ChatModel, asked: str, image: ChatImage, cancel: CancelToken) -> str:
    parts = (ImagePart(0), TextPart(asked)) if asked else (ImagePart(0),)
    options = GenerationOptions(max_new_tokens=64)
    return _whole(model.stream([Message(Role.USER, parts)], [image], options, cancel)).text


def _whole(stream: Generator[Token, None, Reply]) -> Reply:
    while True:
        try:
            next(stream)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
