"""What looks for a noun phrase in a picture: the contract of the starter and of shelf models."""

from typing import Protocol

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Finds, GroundPicture


class Finder(Protocol):
    """Finds everything in a picture that a noun phrase names.

    It is given a noun without article, in the singular ("wine glass", not "the red wine glasses
    left of the laptop"), maybe with words that cannot be checked apart ("old lady"): colours,
    places and relations are decided from its regions afterwards. Both of its confidences
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
