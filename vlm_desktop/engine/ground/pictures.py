"""Pictures to point at."""

from pathlib import Path

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.conversations import Attachment
from vlm_desktop.base.grounding import GroundPicture, page_hash
from vlm_desktop.engine.chatpictures import PictureLoader


class GroundPictures:
    """Reads pictures through the loader that chat uses, whose last ones stay at hand.
    Any thread."""

    def __init__(self, loader: PictureLoader) -> None:
        self._loader = loader

    def load(self, path: Path, cancel: CancelToken, page: int = 0) -> GroundPicture:
        """The upright picture, of a PDF the page of that number. Raises MediaRefused,
        DecoderUnavailable, Cancelled."""
        loaded = self._loader.load(Attachment(path, page), cancel)
        number = loaded.attachment.page
        pages = self._loader.page_count(path, cancel) if number else 0
        name = page_hash(loaded.content_hash, number)
        return GroundPicture(path, name, loaded.size, loaded.image.pixels, number, pages)
