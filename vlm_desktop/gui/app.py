"""The window's start and end. The only place that makes a QApplication.

The window is painted first and the engine is built after that, on a lane, when something needs it.
"""

import logging
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from vlm_desktop.base import language, network
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths, bundled
from vlm_desktop.base.settings import Settings, load_settings
from vlm_desktop.gui import strings
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.late_services import LateServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.single_instance import SingleInstance
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.strings import shell as words
from vlm_desktop.gui.theme import Theme
from vlm_desktop.jobs import JobRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from vlm_desktop.gui.services import Services

_STOP_SECONDS = 2.0
_FOLDER = "--folder"
_SCALE_VARIABLE = "QT_SCALE_FACTOR"
_log = logging.getLogger(__name__)


def run(build: "Callable[[], Services]", paths: HomePaths, folder: Path | None = None) -> int:
    """Show the window until it is closed; index `folder` if one is given. Main thread.

    `build` makes the engine; it is called on a lane thread after the first paint. Where a window
    of this home folder is open already, that one is brought to front and told the folder. Raises
    `AlreadyRunning`, `HomeNotWritable`.
    """
    settings = load_settings(paths.settings)
    application = make_application(settings)
    instance = SingleInstance(paths.home)
    if not instance.claim([] if folder is None else [_FOLDER, str(folder.absolute())]):
        return 0
    theme = Theme(application, settings.theme)
    bridge = Bridge()
    runner = JobRunner(bridge.post)
    services = LateServices(build)
    window = MainWindow(
        services,
        runner,
        state=WindowState(paths.home / "window.json"),
        set_theme=theme.use,
    )
    window.first_painted.connect(instance.listen)
    instance.asked.connect(lambda words: _come_to_front(window, words))
    unsubscribe = network.subscribe(lambda state: _tell(bridge, window, state))
    window.show()
    if folder is not None:
        window.first_painted.connect(lambda: window.add_folder(folder))
    code = application.exec()
    unsubscribe()
    bridge.close()
    if not runner.shutdown(_STOP_SECONDS):
        _log.warning("The window closed while work was still stopping")
    services.close()
    instance.close()
    return code


def _come_to_front(window: MainWindow, words: list[str]) -> None:
    """A later start of the program wants this window, maybe with a folder."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    if len(words) == 2 and words[0] == _FOLDER:
        window.add_folder(Path(words[1]))


@dataclass(frozen=True, slots=True)
class _NetworkChanged(Event):
    state: network.State


def _tell(bridge: Bridge, window: MainWindow, state: network.State) -> None:
    """The network is used, or not any more. From any thread."""

    def show(event: Event) -> None:
        assert isinstance(event, _NetworkChanged)
        window.show_network(event.state)

    bridge.post(show, _NetworkChanged(state))


def make_application(settings: Settings) -> QApplication:
    """The application in the language and size of the settings, before any widget is made."""
    if settings.scale != 100 and _SCALE_VARIABLE not in os.environ:
        os.environ[_SCALE_VARIABLE] = str(min(200, max(100, settings.scale)) / 100)
    chosen = language.wanted_language(settings.language)
    if chosen != language.ENGLISH:
        language.use(chosen, strings.areas(), bundled("resources") / "translations")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("vlm-desktop")
    application.setApplicationDisplayName(words.WINDOW_TITLE)
    # Ctrl+C in the terminal ends the program: Python's own handler would wait for an event.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return application
