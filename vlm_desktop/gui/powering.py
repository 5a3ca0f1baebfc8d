"""What runs behind the window: log, network gate, lanes, and the engine when it is first asked."""

import gc
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from vlm_desktop.base import log, network
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.late_services import LateServices
from vlm_desktop.jobs import JobRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from vlm_desktop.gui.main_window import MainWindow
    from vlm_desktop.gui.services import Services

_STOP_SECONDS = 2.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _NetworkChanged(Event):
    state: network.State


class Power:
    """Starts all of it for a window that was painted, and furnishes the window. Main thread."""

    def __init__(
        self,
        window: "MainWindow",
        paths: HomePaths,
        build: "Callable[[], Services]",
        *,
        shut_network: bool,
    ) -> None:
        if shut_network:
            network.install()
        gc.enable()
        log.configure(paths.log)
        self._window = window
        # With a parent it is never taken down as garbage, which may happen on a lane's thread.
        self._bridge = Bridge(QCoreApplication.instance())
        self._runner = JobRunner(self._bridge.post)
        self._services = LateServices(build)
        window.furnish(self._services, self._runner)
        self._unsubscribe = network.subscribe(self._network_changed)

    def _network_changed(self, state: network.State) -> None:
        """From any thread."""
        self._bridge.post(self._show_network, _NetworkChanged(state))

    def _show_network(self, event: Event) -> None:
        assert isinstance(event, _NetworkChanged)
        self._window.show_network(event.state)

    def end(self) -> None:
        """Stop lanes and engine; what does not stop in two seconds is left behind."""
        self._unsubscribe()
        self._bridge.close()
        if not self._runner.shutdown(_STOP_SECONDS):
            _log.warning("The window closed while work was still stopping")
        self._services.close()
