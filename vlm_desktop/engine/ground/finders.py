"""Which finder answers: the starter's, or one over a model of the shelf."""

import threading
from collections.abc import Callable, Sequence

from vlm_desktop.backends.grounding.families import BEST_FIRST
from vlm_desktop.backends.modelfolder import read_config
from vlm_desktop.backends.shelf import PHRASE_MODEL, TASK_GROUNDING, ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelError, ModelUnknown
from vlm_desktop.base.grounderrors import FindsNoPhrases
from vlm_desktop.base.grounding import AUTOMATIC, STARTER, Finds, GroundPicture
from vlm_desktop.engine.ground.automatic import Automatic, is_usable
from vlm_desktop.engine.ground.finding import Finder
from vlm_desktop.engine.ground.masking import MaskCard
from vlm_desktop.engine.ground.otherlanguages import ENGLISH
from vlm_desktop.engine.residents import default_memory


class Finders:
    """Opens finders and keeps them. Safe from any thread; nothing is loaded before one is asked.

    `open_shelf` is given a model's id. `search_model` names what compares regions with words.
    `budget` is what a model that nobody named may take of memory.
    """

    def __init__(
        self,
        open_starter: Callable[[], Finder],
        open_shelf: Callable[[str], Finder],
        cards: Callable[[], Sequence[ModelCard]],
        search_model: Callable[[], str],
        budget: Callable[[], int] = default_memory,
    ) -> None:
        self._open_starter = open_starter
        self._open_shelf = open_shelf
        self._cards = cards
        self.search_model = search_model
        self._automatic = Automatic(self._best_first, budget)
        self._lock = threading.Lock()
        self._opened: dict[str, Finder] = {}

    def models(self) -> tuple[MaskCard, ...]:
        """Models of the shelf on this disk that find phrases; broken ones are none."""
        return tuple(MaskCard(card.id, card.name) for card in self._usable())

    def automatic(self) -> str:
        """Who is asked where AUTOMATIC is: the best detector that is installed, fits into memory
        and did not fail, else STARTER. Quick; an answer of seconds ago."""
        return self._automatic.model() or STARTER

    def refuse(self, model_id: str, error: ModelError) -> None:
        """It failed though nobody named it: another one is the automatic one from now on."""
        self._automatic.refuse(model_id, error)

    def reconsider(self) -> None:
        """Models or settings changed."""
        self._automatic.reconsider()

    def reads_only_english(self, model_id: str) -> bool:
        """Whether a finder's model, as its answers name it, knows English words alone."""
        card = next((one for one in self._cards() if one.id == model_id), None)
        return card is None or set(card.languages) <= {ENGLISH}

    def finder(self, model_id: str = AUTOMATIC) -> Finder:
        """The one for a model's id, STARTER, or AUTOMATIC.

        Raises ModelUnknown, FindsNoPhrases, ModelError.
        """
        if model_id == AUTOMATIC and self.automatic() != STARTER:
            return _AutomaticFinder(self)
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

    def _usable(self) -> list[ModelCard]:
        return [card for card in self._cards() if TASK_GROUNDING in card.tasks and is_usable(card)]

    def _best_first(self) -> list[ModelCard]:
        ranked = []
        for card in self._usable():
            kind = _model_type(card)
            if card.family == PHRASE_MODEL and kind in BEST_FIRST:
                ranked.append((BEST_FIRST.index(kind), card.id, card))
        return [card for _, _, card in sorted(ranked, key=lambda one: one[:2])]


class _AutomaticFinder:
    """Asks the automatic one; where it fails, the next, in the end the starter's. One thread."""

    def __init__(self, finders: Finders) -> None:
        self._finders = finders
        self._model = finders.automatic()

    @property
    def model_id(self) -> str:
        """Whoever is asked now; after a `find`, whoever answered."""
        return self._model

    def find(self, picture: GroundPicture, noun_phrase: str, cancel: CancelToken) -> Finds:
        """See `Finder`. Raises ModelError where even the starter's fails, Cancelled."""
        while True:
            try:
                finder = self._finders.finder(self._model)
                return finder.find(picture, noun_phrase, cancel)
            except ModelError as error:
                if self._model == STARTER:
                    raise
                self._finders.refuse(self._model, error)
                self._model = self._finders.automatic()


def _model_type(card: ModelCard) -> str:
    if card.path is None:
        return ""
    try:
        return str(read_config(card.path, card.id).get("model_type", ""))
    except ModelError:
        return ""
