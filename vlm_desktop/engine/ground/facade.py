"""`AppServices.ground`: pointing and naming as the fronts see them, one attribute a part.

Every owner adds a line to `Ground.__init__`, and what it needs to the call in `engine.services`.
"""

from collections.abc import Callable
from pathlib import Path

from vlm_desktop.engine.ground.keeping import KeptObjects
from vlm_desktop.engine.ground.masking import Masking
from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.ground.shelfmodels import GroundModels
from vlm_desktop.engine.preparing import Preparer
from vlm_desktop.store.library import Library


class Ground:
    """All parts of grounding. Each is made at once and opens nothing before it is used."""

    def __init__(
        self,
        preparer: Preparer,
        library: Callable[[], Library],
        other_copies: Callable[[], tuple[Path, ...]],
        models: GroundModels,
    ) -> None:
        self.pictures = GroundPictures(preparer.pictures)
        self.models = models
        self.masks = Masking(models.promptable)
        self.keeping = KeptObjects(library, other_copies)

    def close(self) -> None:
        """End processes and free networks."""
        self.models.close()
