"""The window's start and end. The only place that makes a QApplication.

The frame is painted first. Then the shell is built, and the engine, on a lane, when something
needs it. So what the frame does without is named here ("module") and imported after its paint.
"""

import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtWidgets import QApplication

from vlm_desktop.base import language
from vlm_desktop.base.paths import bundled, resolve_home
from vlm_desktop.base.settings import load_settings
from vlm_desktop.gui import strings
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.single_instance import SingleInstance
from vlm_desktop.gui.state import WindowState
from vlm_desktop.gui.strings import shell as words
from vlm_desktop.gui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vlm_desktop.base.settings import Settings
    from vlm_desktop.gui.powering import Power
    from vlm_desktop.gui.services import Services

_FOLDER = "--folder"
_QT_WORDS = "vlm_desktop.gui.qt_words"
_POWER = "vlm_desktop.gui.powering"
_SCALE_VARIABLE = "QT_SCALE_FACTOR"


def run(
    build: "Callable[[], Services]",
    home: "Path | None" = None,
    folder: "Path | None" = None,
    *,
    shut_network: bool = True,
) -> int:
    """Show the window until it is closed; index `folder` if one is given. Main thread.

    `build` makes the engine; it is called on a lane thread after the first paint. Where a window
    of this home folder is open already, that one is brought to front and told the folder.
    `shut_network` puts up the gate of `base.network`. Raises `AlreadyRunning`, `HomeNotWritable`.
    """
    paths = resolve_home(home)
    settings = load_settings(paths.settings)
    application = make_application(settings)
    instance = SingleInstance(paths.home)
    if not instance.claim([] if folder is None else [_FOLDER, str(folder.absolute())]):
        return 0
    theme = Theme(application, settings.theme)
    window = MainWindow(state=WindowState(paths.home / "window.json"), set_theme=theme.use)
    powered: list[Power] = []

    def begin() -> None:
        import_module(_QT_WORDS).speak(application)
        theme.complete()
        power = import_module(_POWER).Power(window, paths, build, shut_network=shut_network)
        powered.append(power)
        instance.listen()
        if settings.reduced_motion:
            import_module("vlm_desktop.gui.motion").reduce(True)
        instance.asked.connect(lambda handed: _come_to_front(window, handed))
        if folder is not None:
            window.add_folder(folder)

    # Not at once: what was painted is to be seen before the window is busy.
    window.first_painted.connect(lambda: QtCore.QTimer.singleShot(0, begin))
    window.show()
    code = application.exec()
    for power in powered:
        power.end()
    instance.close()
    return code


def make_application(settings: "Settings") -> QApplication:
    """The application in the language and size of the settings, before any widget is made."""
    if settings.scale != 100 and _SCALE_VARIABLE not in os.environ:
        os.environ[_SCALE_VARIABLE] = str(settings.scale / 100)
    chosen = language.wanted_language(settings.language)
    if chosen != language.ENGLISH:
        language.use(chosen, strings.areas(), bundled("resources") / "translations")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("vlm-desktop")
    application.setApplicationDisplayName(words.WINDOW_TITLE)
    # Ctrl+C in the terminal ends the program: Python's own handler would wait for an event.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return application


def _come_to_front(window: MainWindow, handed: list[str]) -> None:
    """A later start of the program wants this window, maybe with a folder."""
    window.setWindowState(window.windowState() & ~QtCore.Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    if len(handed) == 2 and handed[0] == _FOLDER:
        window.add_folder(import_module("pathlib").Path(handed[1]))
