"""What looks for a noun phrase in a picture: the contract of the starter and of shelf models."""

from typing import Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Finds, GroundPicture


class Finder(Protocol):
    """Finds everything in a picture that a noun phrase names.

    It is given one noun phrase without article ("red cup", not "the red cup left of a laptop"):
    what place and relations say is decided from its regions afterwards. Both of its confidences
    are calibrated, so one rule decides for all finders. Any thread, one call at a time.
    """

    @property
    def model_id(self) -> str:
        """What answers name as their model."""
        ...

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        """Candidates best first, in pixels of `picture.size`, overlapping ones already thinned.

        At most some dozens; weak ones may be among them, with their low confidence. The heatmap
        is there where the finder makes one anyway. Raises ModelError, Cancelled.
        """
        ...
