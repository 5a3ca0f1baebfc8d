"""Which finder answers: the starter's, or one over a model of the shelf."""

import threading
from collections.abc import Callable, Sequence

from vlm_desktop.backends.shelf import TASK_GROUNDING, ModelCard
from vlm_desktop.base.errors import ModelUnknown
from vlm_desktop.base.grounderrors import FindsNoPhrases
from vlm_desktop.engine.ground.finding import Finder
from vlm_desktop.engine.ground.masking import MaskCard

STARTER = "starter"


class Finders:
    """Opens finders and keeps them. Safe from any thread; nothing is loaded before one is asked.

    `open_shelf` is given a model's id. `search_model` names what compares regions with words.
    """

    def __init__(
        self,
        open_starter: Callable[[], Finder],
        open_shelf: Callable[[str], Finder],
        cards: Callable[[], Sequence[ModelCard]],
        search_model: Callable[[], str],
    ) -> None:
        self._open_starter = open_starter
        self._open_shelf = open_shelf
        self._cards = cards
        self.search_model = search_model
        self._lock = threading.Lock()
        self._opened: dict[str, Finder] = {}

    def models(self) -> tuple[MaskCard, ...]:
        """Models of the shelf on this disk that find phrases."""
        return tuple(
            MaskCard(card.id, card.name)
            for card in self._cards()
            if TASK_GROUNDING in card.tasks and card.path is not None
        )

    def finder(self, model_id: str = "") -> Finder:
        """The starter's for "" and "starter". Raises ModelUnknown, FindsNoPhrases, ModelError."""
        key = model_id or STARTER
        with self._lock:
            if key not in self._opened:
                self._opened[key] = self._open(key)
            return self._opened[key]

    def _open(self, model_id: str) -> Finder:
        if model_id == STARTER:
            return self._open_starter()
        cards = {card.id: card for card in self._cards()}
        known = ", ".join([STARTER, *(card.id for card in self.models())])
        if model_id not in cards:
            raise ModelUnknown(model=model_id, known=known)
        if TASK_GROUNDING not in cards[model_id].tasks:
            raise FindsNoPhrases(model=model_id, known=known)
        return self._open_shelf(model_id)
