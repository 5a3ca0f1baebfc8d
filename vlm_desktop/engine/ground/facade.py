"""`AppServices.ground`: pointing and naming as the fronts see them, one attribute a part.

Every owner adds a line to `Ground.__init__`, and what it needs to the call in `engine.services`.
"""

from vlm_desktop.engine.ground.pictures import GroundPictures
from vlm_desktop.engine.preparing import Preparer


class Ground:
    """All parts of grounding. Each is made at once and opens nothing before it is used."""

    def __init__(self, preparer: Preparer) -> None:
        self.pictures = GroundPictures(preparer.pictures)

    def close(self) -> None:
        """End processes and free networks."""
