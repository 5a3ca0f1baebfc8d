"""Promptable models of the shelf behind `Masking`: opened once, seen pictures kept, memory given
back.

One model at a time lies in memory. Looking at a picture ahead of time gives way to a click on
another picture and begins again after it. Where memory runs out, models that answer leave the
device, and the click is tried once more; and when they need the room, this one leaves.
"""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from vlm_desktop.backends.protocols import MaskModel
from vlm_desktop.backends.segmentation.scaling import resized_mask
from vlm_desktop.backends.shelf import MASK_MODEL, TASK_SEGMENTATION, ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import Cancelled, ModelError
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.base.grounding import GroundPicture, MaskChoice, MaskFeatures, ObjectPrompt
from vlm_desktop.engine.ground.automatic import Automatic, is_usable
from vlm_desktop.engine.ground.embeddings import Embeddings
from vlm_desktop.engine.ground.masking import MaskCard
from vlm_desktop.engine.ground.onemodel import OneModel
from vlm_desktop.engine.ground.pointing import scaled_prompt
from vlm_desktop.engine.residents import Residents, default_memory

_POLL_SECONDS = 0.05


class PromptModels:
    """A `ModelMasks` over the shelf. Any thread; one at a time is served.

    `open_model` opens one without its weights, `residents` gives the models that answer. `budget`
    is what a model that nobody named may take of memory.
    """

    def __init__(
        self,
        cards: Callable[[], Iterable[ModelCard]],
        open_model: Callable[[str], MaskModel],
        embeddings: Embeddings,
        residents: Callable[[], Residents],
        budget: Callable[[], int] = default_memory,
    ) -> None:
        self._cards = cards
        self._embeddings = embeddings
        self._automatic = Automatic(self._quickest_first, budget)
        self._memory: OneModel[MaskModel] = OneModel(open_model, residents)
        self._lock = threading.Lock()
        self._wanted: list[str] = []

    # --- asking --------------------------------------------------------------------------

    def models(self) -> tuple[MaskCard, ...]:
        """Promptable models on the disk, by id; broken ones are none."""
        return tuple(MaskCard(card.id, card.name) for card in self._usable())

    def automatic(self) -> str:
        """The model that outlines where none is named: the smallest that is installed, since an
        outline that comes soon is worth more than a slightly better one. "" for none."""
        return self._automatic.model()

    def refuse(self, model_id: str, error: ModelError) -> None:
        """It failed though nobody named it."""
        self._automatic.refuse(model_id, error)

    def _usable(self) -> list[ModelCard]:
        return [
            card
            for card in self._cards()
            if TASK_SEGMENTATION in card.tasks and card.family == MASK_MODEL and is_usable(card)
        ]

    def _quickest_first(self) -> list[ModelCard]:
        return sorted(self._usable(), key=lambda one: (one.parameters or one.size_bytes, one.id))

    def is_ready(self, content_hash: str, model_id: str) -> bool:
        """Whether a click needs the decoder alone. False for a model that cannot be opened."""
        try:
            return self._embeddings.has(content_hash, self._memory.model(model_id).spec)
        except ModelError:
            return False

    def prepare(
        self, picture: GroundPicture, model_id: str, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Look at a picture before anyone clicks, between clicks. Raises ModelError, Cancelled."""
        yield Progress(Phase.GROUND, 0, 1)
        ahead = _Ahead(cancel, lambda: self._is_wanted_elsewhere(picture.content_hash))
        while not self.is_ready(picture.content_hash, model_id):
            cancel.raise_if_cancelled()
            if ahead.is_cancelled:
                cancel.wait(_POLL_SECONDS)
                continue
            with contextlib.suppress(Cancelled), self._memory.having_turn(ahead):
                self._seen(picture, model_id, ahead)
                break
        yield Progress(Phase.GROUND, 1, 1)

    def segment(
        self, picture: GroundPicture, prompt: ObjectPrompt, cancel: CancelToken, model_id: str
    ) -> tuple[MaskChoice, ...]:
        """Masks for a prompt, both in pixels of `picture.size`. Raises ModelError, Cancelled."""
        with self._wanting(picture.content_hash), self._memory.having_turn(cancel):
            seen = self._seen(picture, model_id, cancel)
            asked = scaled_prompt(prompt, picture.size, seen.size)
            made = self._memory.trying(
                model_id, cancel, lambda model: model.decode(seen, asked, cancel)
            )
        return tuple(replace(one, mask=resized_mask(one.mask, picture.size)) for one in made)

    # --- memory --------------------------------------------------------------------------

    def give_way(self) -> bool:
        """Free the weights, once a click under way is answered; whether any were there."""
        return self._memory.give_way()

    def release(self, model_id: str) -> None:
        """Forget a model that is being removed or replaced; waits for its answer."""
        self._memory.release(model_id)
        self._automatic.reconsider()

    def renew_later(self) -> None:
        """Open every model anew at its next use: a setting says otherwise how they run."""
        self._memory.renew_later()
        self._automatic.reconsider()

    def close(self) -> None:
        """Free everything; a click under way is waited for, though not for ever."""
        self._memory.close()
        self._embeddings.forget()

    # --- parts ---------------------------------------------------------------------------

    def _seen(self, picture: GroundPicture, model_id: str, cancel: CancelToken) -> MaskFeatures:
        """What the model saw in a picture, now or before. For whoever has the turn."""
        model = self._memory.model(model_id)
        kept = self._embeddings.get(picture.content_hash, model.spec)
        if kept is not None:
            return kept
        seen = self._memory.trying(
            model_id, cancel, lambda model: model.encode(picture.pixels, cancel)
        )
        self._embeddings.put(picture.content_hash, model.spec, seen)
        return seen

    @contextlib.contextmanager
    def _wanting(self, content_hash: str) -> Iterator[None]:
        """While a click waits for its answer, nothing else is looked at ahead of time."""
        with self._lock:
            self._wanted.append(content_hash)
        try:
            yield
        finally:
            with self._lock:
                self._wanted.remove(content_hash)

    def _is_wanted_elsewhere(self, content_hash: str) -> bool:
        return any(one != content_hash for one in tuple(self._wanted))


class _Ahead(CancelToken):
    """Cancelled with the job it belongs to, and while a click on another picture waits."""

    def __init__(self, outer: CancelToken, gives_way: Callable[[], bool]) -> None:
        super().__init__()
        self._outer = outer
        self._gives_way = gives_way

    @property
    def is_cancelled(self) -> bool:
        return self._outer.is_cancelled or self._gives_way()

    def raise_if_cancelled(self) -> None:
        self._outer.raise_if_cancelled()
        if self._gives_way():
            raise Cancelled
