"""Pictures to point at."""

from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.grounding import GroundPicture
from vlm_desktop.engine.chatpictures import PictureLoader


class GroundPictures:
    """Reads pictures through the loader that chat uses, whose last ones stay at hand.
    Any thread."""

    def __init__(self, loader: PictureLoader) -> None:
        self._loader = loader

    def load(self, path: Path, cancel: CancelToken) -> GroundPicture:
        """The upright picture. Raises MediaRefused, DecoderUnavailable, Cancelled."""
        loaded = self._loader.load(Attachment(path), cancel)
        return GroundPicture(path, loaded.content_hash, loaded.size, loaded.image.pixels)
