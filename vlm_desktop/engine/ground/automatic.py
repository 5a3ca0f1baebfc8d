"""Which model of the shelf answers where a person chose none.

What came with the program answers until a model that can do it better is installed; from then on
the model does. One that fails when it was not chosen by name costs nobody an answer: it is passed
over from then on, and the next one, in the end the program's own, answers instead.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from vlm_desktop.backends.shelf import BROKEN, ModelCard
from vlm_desktop.base.errors import ModelError
from vlm_desktop.engine.residents import default_memory

NONE = ""
_MEBIBYTE = 1024**2
_ROOM = 1.5
"""Bytes in memory for each on the disk, for models of which nothing better is known."""
_LOOK_SECONDS = 2.0
"""The shelf is read anew after so long: a click does not read it, and an installed model is taken
up at once as people count it."""
_log = logging.getLogger(__name__)


def is_usable(card: ModelCard) -> bool:
    """Whether a model lies whole on this disk, as far as its card says."""
    return card.path is not None and card.state != BROKEN


def needed_bytes(card: ModelCard) -> int:
    """About what a model takes in memory."""
    return card.memory_mb * _MEBIBYTE or int(card.size_bytes * _ROOM)


class Automatic:
    """Chooses among models. Any thread.

    `models` are those on the disk that may be taken, the best first; `budget` is what one may take
    of memory, in bytes.
    """

    def __init__(
        self,
        models: Callable[[], Sequence[ModelCard]],
        budget: Callable[[], int] = default_memory,
    ) -> None:
        self._models = models
        self._budget = budget
        self._lock = threading.Lock()
        self._refused: set[str] = set()
        self._looked: float | None = None
        self._order: tuple[str, ...] = ()

    def model(self) -> str:
        """The id of the model that answers; NONE where the program's own does."""
        with self._lock:
            now = time.monotonic()
            if self._looked is None or now - self._looked > _LOOK_SECONDS:
                most = self._budget()
                cards = self._models()
                self._order = tuple(one.id for one in cards if needed_bytes(one) <= most)
                self._looked = now
            return next((one for one in self._order if one not in self._refused), NONE)

    def refuse(self, model_id: str, error: ModelError) -> None:
        """A model failed: it is not chosen again until `reconsider`."""
        _log.warning("%s is passed over from now on: %s", model_id, error)
        with self._lock:
            self._refused.add(model_id)

    def reconsider(self) -> None:
        """Models or settings changed: look anew, and try those again that failed."""
        with self._lock:
            self._refused.clear()
            self._looked = None
