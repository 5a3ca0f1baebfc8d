"""Nouns that were looked for in the last pictures, so that phrases which share one share the look.

"Red cup", "cup left of the laptop" and "how many cups" each ask for "cup"; the window asks for one
phrase at a time.
"""

import threading
from collections import OrderedDict

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.grounding import Finds, GroundPicture
from vlm_desktop.engine.ground.finding import Finder

_PICTURES = 2
"""The one that is open, and one that a batch works on beside it."""
_NOUNS = 64
"""Of a picture, at most."""


class NounMemory:
    """What finders said of nouns, by the picture's content, the noun and the model. Any thread.

    What is known of a picture goes with it: once two others were asked about.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: OrderedDict[str, OrderedDict[tuple[str, str], Finds]] = OrderedDict()

    def find(self, finder: Finder, picture: GroundPicture, noun: str, cancel: CancelToken) -> Finds:
        """What a finder says of a noun, asked once. Raises ModelError, Cancelled."""
        words = noun.casefold()
        with self._lock:
            nouns = self._nouns(picture)
            known = nouns.get((words, finder.model_id))
            if known is not None:
                nouns.move_to_end((words, finder.model_id))
                return known
        found = finder.find(picture, noun, cancel)
        with self._lock:
            nouns = self._nouns(picture)
            # Who answers may be known only now: where one fails another does.
            nouns[words, finder.model_id] = found
            while len(nouns) > _NOUNS:
                nouns.popitem(last=False)
        return found

    def forget(self) -> None:
        """Know nothing any more: a model was changed."""
        with self._lock:
            self._pictures.clear()

    def _nouns(self, picture: GroundPicture) -> OrderedDict[tuple[str, str], Finds]:
        """Those of a picture, which is the newest now."""
        nouns = self._pictures.setdefault(picture.content_hash, OrderedDict())
        self._pictures.move_to_end(picture.content_hash)
        while len(self._pictures) > _PICTURES:
            self._pictures.popitem(last=False)
        return nouns
