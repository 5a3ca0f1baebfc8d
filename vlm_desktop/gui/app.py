"""The window's start and end. The only place that makes a QApplication."""

import logging
import signal
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from vlm_desktop.gui import strings, theme
from vlm_desktop.gui.bridge import Bridge
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.services import Services
from vlm_desktop.jobs import JobRunner

_STOP_SECONDS = 2.0
_log = logging.getLogger(__name__)


def run(app: Services, folder: Path | None = None) -> int:
    """Show the window until it is closed; index `folder` if one is given. Main thread."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("vlm-desktop")
    application.setApplicationDisplayName(strings.WINDOW_TITLE)
    theme.follow_system(application)
    # Ctrl+C in the terminal ends the program: Python's own handler would wait for an event.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    bridge = Bridge()
    runner = JobRunner(bridge.post)
    window = MainWindow(app, runner)
    window.show()
    if folder is not None:
        window.add_folder(folder)
    code = application.exec()
    bridge.close()
    if not runner.shutdown(_STOP_SECONDS):
        _log.warning("The window closed while work was still stopping")
    return code
