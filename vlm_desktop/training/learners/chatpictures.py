"""Pictures for models that answer: read from their files, and what a frozen tower saw in them."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import transformers

from vlm_desktop.backends.chat.featurecache import FeatureCache
from vlm_desktop.base.chat import ChatImage
from vlm_desktop.training.learners.frozen import GREY, pixels_of

if TYPE_CHECKING:
    from vlm_desktop.backends.chat.pictures import Prepared
    from vlm_desktop.backends.chat.vision import Features
    from vlm_desktop.training.learners.chatways import Way

SIDE = 2_048
"""Of the shorter side, as in Chat: more than any budget of image tokens shows."""
_KEPT_BYTES = 512 * 1024**2
_DISK_BYTES = 8 * 1024**3


class ChatPictures:
    """Pictures by their path, the last ones kept in memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, ChatImage] = OrderedDict()

    def get(self, path: str, *, blank: bool = False) -> ChatImage:
        """A picture, or an evenly grey one of its size. Raises MediaRefused."""
        image = self._read(path)
        if not blank:
            return image
        height, width = image.pixels.shape[:2]
        return ChatImage(np.full_like(image.pixels, GREY), f"grey:{width}x{height}")

    def _read(self, path: str) -> ChatImage:
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        pixels, content = pixels_of(Path(path), SIDE)
        self._kept[path] = ChatImage(pixels, content)
        while len(self._kept) > 1 and self._bytes() > _KEPT_BYTES:
            self._kept.popitem(last=False)
        return self._kept[path]

    def _bytes(self) -> int:
        return sum(one.pixels.nbytes for one in self._kept.values())


class Looking:
    """What stands for a picture. A tower of which nothing learns looks once, what it saw is kept on
    the disk; one that learns looks each time."""

    def __init__(
        self, way: Way, device: torch.device, cache: Path, maker: str, *, frozen: bool
    ) -> None:
        """`maker` names all that frozen features depend on."""
        self._way, self._device, self.is_frozen = way, device, frozen
        self._maker = f"{maker}|{transformers.__version__}"
        self._cache = FeatureCache(cache / "chat-features", disk_bytes=_DISK_BYTES)
        self._places: dict[str, int] = {}

    def places(self, picture: Prepared) -> int:
        """How many features there are, counted once."""
        if picture.key not in self._places:
            self._places[picture.key] = self._still(picture).places
        return self._places[picture.key]

    def features(self, picture: Prepared) -> Features:
        """The features, with gradients where something learns."""
        seen = self._still(picture) if self.is_frozen else self._way.see(picture)
        return seen.to(self._device)

    @torch.no_grad()
    def _still(self, picture: Prepared) -> Features:
        name = f"{self._maker}|{picture.key}"
        found = self._cache.get(name) if self.is_frozen else None
        if found is None:
            with torch.autocast(
                self._device.type, enabled=False
            ):  # the same wherever it is asked for
                found = self._way.see(picture)
            if self.is_frozen:
                self._cache.put(name, found)
        return found
