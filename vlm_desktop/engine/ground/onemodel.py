"""Models of one kind, of which one at a time lies in memory and serves one caller at a time.

Where memory runs out, models that answer leave the device, and the work is tried once more; when
they need the room, this one leaves.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import ModelOutOfMemory
from vlm_desktop.engine.residents import Residents

_POLL_SECONDS = 0.05
_GIVE_WAY_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Unloading(Protocol):
    """A model whose weights can be freed; its next use reads them again."""

    def unload(self) -> None: ...


_M = TypeVar("_M", bound=Unloading)
_T = TypeVar("_T")


class OneModel(Generic[_M]):
    """A `DeviceHolder`. Any thread.

    `open_model` opens one without its weights, `residents` gives the models that answer.
    """

    def __init__(self, open_model: Callable[[str], _M], residents: Callable[[], Residents]) -> None:
        self._open_model = open_model
        self._residents = residents
        self._turn = threading.Lock()
        self._opening = threading.Lock()
        self._opened: dict[str, _M] = {}
        self._in_memory = ""
        self._is_registered = False
        self._is_stale = False

    def asked(self, model_id: str, cancel: CancelToken, work: Callable[[_M], _T]) -> _T:
        """What `work` makes with a model, which is nobody else's meanwhile.

        `work` may be called twice, when memory ran out the first time. Raises ModelError, and
        Cancelled while it waits for its turn.
        """
        with self.having_turn(cancel):
            return self.trying(model_id, cancel, work)

    @contextlib.contextmanager
    def having_turn(self, cancel: CancelToken) -> Iterator[None]:
        """Nobody else works meanwhile. Raises Cancelled while it waits."""
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            cancel.raise_if_cancelled()
        try:
            if self._is_stale:
                self._unload()
                with self._opening:
                    self._opened.clear()
                self._is_stale = False
            yield
        finally:
            self._turn.release()

    def trying(self, model_id: str, cancel: CancelToken, work: Callable[[_M], _T]) -> _T:
        """As `asked`, for whoever has the turn."""
        model = self.model(model_id)
        if self._in_memory != model_id:
            self._unload()
        if not self._is_registered:
            self._residents().register(self)
            self._is_registered = True
        self._in_memory = model_id
        try:
            return work(model)
        except ModelOutOfMemory:
            self._unload()
            if not self._residents().free_device(cancel):
                raise
            _log.info("asking %s again, now that others left the device", model_id)
        self._in_memory = model_id
        try:
            return work(model)
        except ModelOutOfMemory:
            self._unload()
            raise

    def model(self, model_id: str) -> _M:
        """A model, opened; to be asked what it is without a turn. Raises ModelError."""
        with self._opening:
            if model_id not in self._opened:
                self._opened[model_id] = self._open_model(model_id)
            return self._opened[model_id]

    def give_way(self) -> bool:
        """Free the weights once the work under way is done; whether any were there."""
        if not self._turn.acquire(timeout=_GIVE_WAY_SECONDS):
            return False
        try:
            return self._unload()
        finally:
            self._turn.release()

    def release(self, model_id: str) -> None:
        """Forget a model that is being removed or replaced; waits for the work under way."""
        with self._turn:
            if model_id == self._in_memory:
                self._unload()
            with self._opening:
                self._opened.pop(model_id, None)

    def renew_later(self) -> None:
        """Open every model anew at its next use: a setting says otherwise how they run."""
        self._is_stale = True

    def close(self) -> None:
        """Free everything; work under way is waited for, though not for ever."""
        if self._is_registered:
            self._residents().unregister(self)
        self.give_way()

    # --- parts ---------------------------------------------------------------------------

    def _unload(self) -> bool:
        model = self._opened.get(self._in_memory)
        self._in_memory = ""
        if model is not None:
            model.unload()
        return model is not None
