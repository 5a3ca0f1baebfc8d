"""Models that answer, in memory: each loaded once, the least recently used let go of first.

One thread at a time uses a model, mostly that of the lane "answers". `using` holds the turn from
before a model is loaded until its answer is written; whoever else wants a model, or wants the
memory back, waits for it. So nothing is unloaded under an answer, and a model needs no locks of
its own although indexing runs beside it: both share the device, never a network.

The budget counts what models take of main memory by their own account (`ChatSpec.memory_bytes`);
what lies on a GPU counts against the GPU's own budget, where one is set. Where a device says
itself that it is full (`ModelOutOfMemory`), `make_room` frees all it can: other models first, then
whoever else holds the device and gives way (`DeviceHolder`).

A model that wears adapters ("starter+shop@0.8") is its base in memory: the adapters are put on for
the turn, and others for the next one, without loading anything again.

A training run that is to have the GPU calls `free_device` first, and so does indexing when it runs
out of memory (`engine.givingway`). A paused training run that holds memory registers itself as a
holder, and is asked to give way when a person wants an answer meanwhile.
"""

import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import psutil

from vlm_desktop.backends.adapters.folder import Worn, base_id
from vlm_desktop.backends.protocols import ChatModel, WearsAdapters
from vlm_desktop.backends.shelf import ModelCard
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chaterrors import ModelTooLarge
from vlm_desktop.base.errors import BadInputFile, ModelOutOfMemory, ModelUnsupported
from vlm_desktop.base.settings import Settings

CPU = "cpu"
_SHARE_OF_MEMORY = 0.7
_POLL_SECONDS = 0.05
_CLOSE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class DeviceHolder(Protocol):
    """What else holds a device's memory: a training run that is paused."""

    def give_way(self) -> bool:
        """Free what can be freed without losing anything; whether anything was. May take seconds.

        Called on the lane "answers".
        """
        ...


@dataclass(frozen=True, slots=True)
class Budgets:
    """Bytes that models may take in main memory and on a GPU; None lets the device say."""

    memory: int
    gpu: int | None = None

    def of(self, device: str) -> int | None:
        return self.memory if device == CPU else self.gpu


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in memory; `bytes` by its own account, most recently used last."""

    model_id: str
    device: str
    bytes: int


def default_memory() -> int:
    """Bytes of main memory that models may take where no setting says: most, not all of it."""
    return int(psutil.virtual_memory().total * _SHARE_OF_MEMORY)


def budgets_of(settings: Settings) -> Budgets:
    """What the settings let models take."""
    mebibyte = 1024**2
    return Budgets(
        memory=settings.chat_memory_mb * mebibyte or default_memory(),
        gpu=settings.gpu_memory_mb * mebibyte or None,
    )


def wears_nothing(model_id: str) -> tuple[Worn, ...]:
    """Where there are no adapters."""
    return ()


def largest_within(cards: Sequence[ModelCard], most: int) -> str:
    """The largest model on this disk that answers and takes at most so many bytes; "" for none."""
    fitting = [
        card
        for card in cards
        if card.path is not None and card.converses and 0 < card.size_bytes <= most
    ]
    return max(fitting, key=lambda card: card.size_bytes).id if fitting else ""


class Residents:
    """Opened models by id. Any thread may call; `using` lets in one at a time.

    `open_chat` opens a model without its weights, `budgets` says what may be taken now, `smaller`
    names an installed model that takes at most so many bytes ("" for none), `worn` tells the
    adapters that a model's id names.
    """

    def __init__(
        self,
        open_chat: Callable[[str], ChatModel],
        budgets: Callable[[], Budgets],
        smaller: Callable[[int], str],
        worn: Callable[[str], tuple[Worn, ...]] = wears_nothing,
    ) -> None:
        self._open_chat = open_chat
        self._budgets = budgets
        self._smaller = smaller
        self._worn = worn
        self._dressed: dict[str, tuple[Worn, ...]] = {}
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._opened: dict[str, ChatModel] = {}
        self._loaded: OrderedDict[str, ChatModel] = OrderedDict()
        self._holders: list[DeviceHolder] = []
        self._stale = False

    @contextlib.contextmanager
    def using(
        self, model_id: str, cancel: CancelToken, *, load: bool = True
    ) -> Iterator[ChatModel]:
        """A model, loaded with its adapters on unless `load` is False, nobody else's until the
        block ends.

        Raises ModelError (`ModelTooLarge`, `ModelOutOfMemory` ...), what `Registry.worn` raises,
        BadInputFile for an adapter that does not fit, and Cancelled while waiting.
        """
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            cancel.raise_if_cancelled()
        try:
            if self._stale:
                self._renew()
            model = self._model(base_id(model_id))
            if load:
                self._load_dressed(model_id, model)
            yield model
        finally:
            self._turn.release()

    def make_room(self, keep: str) -> bool:
        """Unload every other model and ask holders to give way; whether anything was freed.

        For whoever is inside `using(keep)` and was told that memory ran out.
        """
        others = [name for name in self._loaded if name != base_id(keep)]
        for name in others:
            self._unload(name)
        asked = [holder.give_way() for holder in self._holder_list()]
        return bool(others) or any(asked)

    def begin_anew(self, model_id: str) -> None:
        """Unload a model whose memory ran out and load it again: what it had half made is gone.

        For whoever is inside `using(model_id)`.
        """
        base = base_id(model_id)
        self._unload(base)
        self._load(base, self._model(base))

    def drop(self, model_id: str) -> None:
        """Unload a model that ran out of memory for good. For whoever is inside `using`."""
        self._unload(base_id(model_id))

    def offer(self, model_id: str, limit: int | None = None) -> str:
        """A model on this disk that takes less than this one, or at most `limit` bytes."""
        model = self._opened.get(base_id(model_id))
        most = limit if limit is not None else (model.spec.memory_bytes // 2 if model else 0)
        found = self._smaller(most)
        return "" if found == base_id(model_id) else found

    # --- freeing -------------------------------------------------------------------------

    def free_device(self, cancel: CancelToken) -> int:
        """Unload every model, once the answer under way is written; how many were loaded.

        For a training run that wants the device. Models come back with the next question.
        """
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            cancel.raise_if_cancelled()
        try:
            names = list(self._loaded)
            for name in names:
                self._unload(name)
            return len(names)
        finally:
            self._turn.release()

    def release(self, model_id: str) -> None:
        """Forget a model that is being removed or replaced; waits for its answer."""
        with self._turn:
            self._unload(model_id)
            self._opened.pop(model_id, None)
            self._dressed.pop(model_id, None)

    def renew_later(self) -> None:
        """Open every model anew at its next use: a setting says otherwise how they run.

        Returns at once; an answer under way ends as it began.
        """
        self._stale = True

    def _renew(self) -> None:
        for name in list(self._loaded):
            self._unload(name)
        self._opened.clear()
        self._dressed.clear()
        self._stale = False

    def register(self, holder: DeviceHolder) -> None:
        """Let a training run that holds memory be asked for it."""
        with self._lock:
            self._holders.append(holder)

    def unregister(self, holder: DeviceHolder) -> None:
        with self._lock:
            if holder in self._holders:
                self._holders.remove(holder)

    def has(self, model_id: str) -> bool:
        """Whether a model lies in memory."""
        with self._lock:
            return base_id(model_id) in self._loaded

    def loaded(self) -> tuple[Resident, ...]:
        """What lies in memory, the least recently used first."""
        with self._lock:
            held = list(self._loaded.items())
        return tuple(
            Resident(name, model.spec.device, model.spec.memory_bytes) for name, model in held
        )

    def close(self) -> None:
        """Unload everything, once the answer under way has ended.

        One that nobody drives to its end any more is not waited for.
        """
        waited = self._turn.acquire(timeout=_CLOSE_SECONDS)
        try:
            self._renew()
        finally:
            if waited:
                self._turn.release()

    # --- parts ---------------------------------------------------------------------------

    def _model(self, model_id: str) -> ChatModel:
        if model_id not in self._opened:
            self._opened[model_id] = self._open_chat(model_id)
        return self._opened[model_id]

    def _load_dressed(self, model_id: str, model: ChatModel) -> None:
        """Load a model with its adapters on; what does not fit leaves it the base."""
        base = base_id(model_id)
        wanted = self._worn(model_id) if model_id != base else ()
        if wanted and not isinstance(model, WearsAdapters):
            raise ModelUnsupported(model=model_id, family=model.spec.family)
        try:
            if isinstance(model, WearsAdapters) and self._dressed.get(base, ()) != wanted:
                model.wear(wanted)
                self._dressed[base] = wanted
            self._load(base, model)
        except BadInputFile:
            if isinstance(model, WearsAdapters):
                model.wear(())
            self._dressed.pop(base, None)
            raise

    def _load(self, model_id: str, model: ChatModel) -> None:
        if model_id in self._loaded:
            with self._lock:
                self._loaded.move_to_end(model_id)
            return
        self._fit(model_id, model)
        try:
            model.load()
        except ModelOutOfMemory:
            model.unload()
            if not self.make_room(model_id):
                raise
            _log.info("loading %s again, now that others gave way", model_id)
            model.load()
        with self._lock:
            self._loaded[model_id] = model
        self._fit(model_id, model)  # the device and the bytes are final only now

    def _fit(self, model_id: str, model: ChatModel) -> None:
        """Unload the least recently used until this one keeps the budget of its device."""
        device, needed = model.spec.device, model.spec.memory_bytes
        limit = self._budgets().of(device)
        if limit is None:
            return
        if needed > limit:
            self._unload(model_id)
            raise ModelTooLarge(
                model=model_id, needed=needed, limit=limit, offer=self.offer(model_id, limit)
            )
        for name in [name for name in self._loaded if name != model_id]:
            taken = sum(
                other.spec.memory_bytes
                for key, other in self._loaded.items()
                if key != model_id and other.spec.device == device
            )
            if taken + needed <= limit:
                return
            if self._loaded[name].spec.device == device:
                self._unload(name)

    def _unload(self, model_id: str) -> None:
        with self._lock:
            model = self._loaded.pop(model_id, None)
        if model is not None:
            model.unload()

    def _holder_list(self) -> list[DeviceHolder]:
        with self._lock:
            return list(self._holders)
