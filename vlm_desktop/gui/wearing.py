"""Putting adapters on and off from anywhere in the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vlm_desktop.base.adapters import AdapterInfo, Wearer, WornNow
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.strings import train_adapters as strings
from vlm_desktop.gui.widgets.long_task import LongTask

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event

INDEXING = "model"


class Wearing(QObject):
    """One change after the other. What answers changes at once, Search in its own time, as work
    that can be stopped. Main thread; the engine is asked on lanes."""

    worn = Signal(object)
    """A `WornNow`: what a wearer wears now."""
    failed = Signal(str, str)
    """An adapter's id, and a sentence."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.search = LongTask(desk, self)
        self.search_id = ""
        """The adapter for which Search is being changed; "" while it is not."""
        self.known: dict[str, AdapterInfo] = {}
        """What was put on or off so far, by id."""
        self._wanted: dict[str, float] = {}
        self._is_asking = False
        self._later: tuple[AdapterInfo, float] | None = None
        """What Search is to wear next."""

    def wear(self, info: AdapterInfo, strength: float) -> None:
        """Put an adapter on, with a strength above 0 (1 is what was taught), or take it off."""
        self.known[info.id] = info
        if info.wearer is Wearer.SEARCH:
            self._change_search(info, strength)
        else:  # while one is on its way only the newest wish waits
            self._wanted[info.id] = strength
            self._next()

    def _verb(
        self, adapter_id: str, strength: float, cancel: CancelToken
    ) -> "Generator[Event, None, WornNow]":
        adapters = self._desk.services.training.adapters
        if strength > 0:
            return (yield from adapters.use(adapter_id, cancel, strength=strength))
        return (yield from adapters.take_off(adapter_id, cancel))

    def _next(self) -> None:
        if self._is_asking or not self._wanted:
            return
        adapter_id = next(iter(self._wanted))
        strength = self._wanted.pop(adapter_id)
        self._is_asking = True

        def done(now: WornNow) -> None:
            self._is_asking = False
            self._tell(now)
            self._next()

        def failed(sentence: str) -> None:
            self._is_asking = False
            self.failed.emit(adapter_id, sentence)
            self._next()

        self._desk.ask(lambda cancel: self._verb(adapter_id, strength, cancel), done, failed=failed)

    def _change_search(self, info: AdapterInfo, strength: float) -> None:
        form = strings.SEARCH_ON if strength > 0 else strings.SEARCH_OFF

        def done(now: WornNow) -> str:
            self.search_id = ""
            self._tell(now)
            self._desk.navigator.library_changed.emit()
            if self._later is not None:
                later, self._later = self._later, None
                QTimer.singleShot(0, self, lambda: self.wear(*later))
            return ""

        def failed(sentence: str) -> str:
            self.search_id = ""
            self.failed.emit(info.id, sentence)
            return sentence

        def stopped() -> str:
            self.search_id = ""
            self._desk.navigator.adapters_changed.emit()
            return strings.SEARCH_STOPPED

        if self.search.is_running:
            if info.id == self.search_id and not info.has_own_vectors:
                self._later = (info, strength)  # a slider goes on
            else:
                self.failed.emit(info.id, strings.SEARCH_BUSY)
            return
        self._later = None
        self.search_id = info.id
        self.search.run(
            fill(form, name=info.name),
            lambda cancel: self._verb(info.id, strength, cancel),
            done,
            lane=INDEXING,
            failed=failed,
            stopped=stopped,
        )

    def _tell(self, now: WornNow) -> None:
        self.worn.emit(now)
        self._desk.navigator.adapters_changed.emit()
